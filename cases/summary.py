"""What daily summaries say of cases: what waits for the reader, and what is due today."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from cases.case.models import Case
from cases.case.rows import READ, CaseRow
from cases.case.rules.vocabulary import State
from cases.case.selecting import CaseQuerySet
from cases.clocks.page.promises import next_due, with_promises
from cases.clocks.page.waits import most_urgent_first, provider_waits_of, waiting, waits_of
from cases.notice_kinds import ASKED
from portal.models import User
from portal.notices import duty
from portal.notices.last_words import Item, Section, register_summary
from portal.roles import Role

SHOWN = 10
WAITS_FOR_YOU = "Waits for you"
ASKED_OF_PROVIDER = {
    "ring": "Confirm the call of a severity 1",
    "proposed": "Answer the severity that was proposed",
    "frequency": "Answer how often updates come",
    "left": "Say who answers for it",
    "check": "Check the information that came",
}


def register() -> None:
    """Add these sections, and say who is on duty."""
    register_summary(sections)
    duty.register(with_severity_1)


def with_severity_1(user_ids: Iterable[int], at: dt.datetime) -> set[int]:
    """The engineers of a severity 1 that is worked on: they are on duty until relief is given."""
    cases = Case.objects.open().filter(severity=1, owner__in=list(user_ids))
    return set(cases.exclude(state=State.RELIEVED).order_by().values_list("owner", flat=True))


def sections(user: User, at: dt.datetime) -> Sequence[Section]:
    """What somebody's summary says of cases at an instant, by what they do."""
    opened = Case.objects.visible_to(user).open()
    tomorrow = _end_of_day(user, at)
    if not user.is_provider:
        mine = opened.filter(contact__user=user)
        return [_waits(mine, user), _due(mine, user, tomorrow, "We owe you today")]
    parts = []
    owned = opened.filter(owner=user)
    parts += [_provider_waits(owned), _due(owned, user, tomorrow, "You owe today")]
    if user.has_role(Role.DISPATCH):
        parts.append(_listed(opened.filter(owner=None), user, "Nobody has these cases", 5))
    if user.has_role(Role.DISPATCH, Role.SUPPORT_MANAGEMENT, Role.ACCOUNT_MANAGER, Role.PSAM):
        broken = opened.filter(Q(next_due_at__lt=at))
        parts.append(_listed(broken, user, "Promises that are missed and still owed", 30))
        severe = opened.filter(severity=1).exclude(state=State.RELIEVED)
        parts.append(_listed(severe, user, "Severity 1", 6))
    return parts


def _end_of_day(user: User, at: dt.datetime) -> dt.datetime:
    here = at.astimezone(zoneinfo.ZoneInfo(user.zone))
    return dt.datetime.combine(here.date() + dt.timedelta(days=1), dt.time(), tzinfo=here.tzinfo)


def _waits(cases: CaseQuerySet, user: User) -> Section:
    stuck = list(waiting(cases)[:50])
    clocks = with_promises(stuck, user)
    waits = most_urgent_first(
        [wait for case in stuck for wait in waits_of(case, clocks[case.pk].information)]
    )
    return _of_waits(waits, ASKED)


def _provider_waits(cases: CaseQuerySet) -> Section:
    waits = [
        wait
        for case in cases.select_related("contact").order_by("severity", "pk")[:50]
        for wait in provider_waits_of(case)
    ]
    return _of_waits(waits, ASKED_OF_PROVIDER)


def _of_waits(waits: Sequence[Any], words: dict[str, str]) -> Section:
    items = [
        Item(
            f"Case {wait.case.pk}, {wait.case.title}: {words[wait.kind]}",
            wait.url,
            wait.deadline.due_at if wait.deadline else None,
        )
        for wait in waits[:SHOWN]
    ]
    return Section(WAITS_FOR_YOU, items, 0, max(0, len(waits) - SHOWN))


def _due(cases: CaseQuerySet, user: User, before: dt.datetime, title: str) -> Section:
    """The promises on cases that fall due before an instant, the soonest first."""
    rows = _rows(cases.filter(next_due_at__lt=before).order_by("next_due_at", "pk"))
    items = [
        Item(f"Case {row.pk}, {row.title}: {due['label']}", row.address, due["due_at"])
        for row in rows
        if (due := next_due(row, user)) is not None
    ]
    return Section(title, items[:SHOWN], 10, max(0, len(items) - SHOWN))


def _listed(cases: CaseQuerySet, user: User, title: str, position: int) -> Section:
    rows = _rows(cases.most_urgent_first())
    items = [Item(f"Case {row.pk}, {row.reseller}: {row.title}", row.address) for row in rows]
    return Section(title, items[:SHOWN], position, max(0, len(items) - SHOWN))


def _rows(cases: CaseQuerySet) -> list[CaseRow]:
    return [CaseRow(*row) for row in cases.with_information_due().values_list(*READ)[:50]]
