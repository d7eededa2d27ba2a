"""Notices of missed promises (ATSP 4.6; D-22)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from cases.case.in_words import CaseInWords
from cases.clocks import setting as clocks
from cases.clocks.rules.missing import in_a_row
from portal.deadlines import Due
from portal.models import Deadline, SubjectKey, User
from portal.notices.outbox import NoticeDraft
from portal.rules.business_time import zone_named
from portal.ui import words

LISTED = 40
"""How many cases a digest names; the rest it counts."""


@dataclass(frozen=True, slots=True)
class Run:
    """A case that misses update upon update: how many so far, and since when one is owed."""

    case: CaseInWords
    number: int
    since: dt.datetime


def promise_missed(
    case: CaseInWords, deadline: Due, title: str, to: Sequence[User], number: int = 1
) -> NoticeDraft:
    """The notice that a promise of ours was missed, the so-manieth in a row."""
    return _of_promise(
        case,
        deadline,
        title,
        to,
        step=f"missed:{deadline.pk}",
        template="promise_missed",
        says=f"Case {case.number}: {title} missed{in_a_row(number)}",
        due=f"The {title}, missed",
        late=deadline.late,
    )


def promise_near(case: CaseInWords, deadline: Due, title: str, to: Sequence[User]) -> NoticeDraft:
    """The reminder that a promise of ours is due soon (D-29)."""
    return _of_promise(
        case,
        deadline,
        title,
        to,
        step=f"near:{deadline.pk}",
        template="promise_near",
        says=f"Case {case.number}: {title} due soon",
        due=f"The {title}",
    )


def still_overdue(
    case: CaseInWords, promise: Deadline, timer: Due, to: Sequence[User], *, at: dt.datetime
) -> NoticeDraft:
    """The notice, every hour, that a promise of a severity 1 case is still not made up for."""
    title = clocks.TITLES[promise.kind]
    since = words.span((at - promise.due_at).total_seconds())
    return _of_promise(
        case,
        promise,
        title,
        to,
        step=f"still-overdue:{timer.pk}",
        template="promise_missed",
        says=f"Case {case.number}, severity {case.severity}: {title} overdue by {since}",
        due=f"The {title}, overdue by {since}",
        late=timer.late,
    )


def _of_promise(
    case: CaseInWords,
    promise: Deadline | Due,
    title: str,
    to: Sequence[User],
    *,
    step: str,
    template: str,
    says: str,
    due: str,
    late: bool = False,
) -> NoticeDraft:
    return NoticeDraft(
        subject=case.key,
        step=step,
        to=to,
        template=template,
        title=says,
        context=case.context(
            promise=title,
            due=due,
            by_whom=_by_whom(case, to),
            due_at=promise.due_at,
            words=promise.words,
        ),
        url=case.url,
        clause=promise.clause,
        late=late,
    )


def digest(
    person: User, runs: Sequence[Run], zone: str, morning: dt.datetime, *, late: bool
) -> NoticeDraft:
    """The digest of a person's morning: the cases that miss update upon update, the most severe first."""
    first = sorted(runs, key=lambda run: (run.case.severity, run.since, run.case.pk))
    day = morning.astimezone(zone_named(zone)).date()
    cases = "1 case waits" if len(runs) == 1 else f"{len(runs)} cases wait"
    return NoticeDraft(
        subject=SubjectKey(User._meta.label_lower, person.pk),
        step=f"missed-updates:{day.isoformat()}",
        to=[person],
        template="missed_digest",
        title=f"{cases} for updates missed in a row",
        context={
            "runs": [
                {
                    "case": run.case.number,
                    "title": run.case.title,
                    "severity": run.case.severity,
                    "reseller": run.case.reseller,
                    "owner": run.case.owner.name if run.case.owner else "",
                    "number": run.number,
                    "since": run.since,
                }
                for run in first[:LISTED]
            ],
            "more": max(len(runs) - LISTED, 0),
            "action": "Open the overdue cases",
        },
        url=f"{reverse('queue')}?breached=1",
        clause="ATSP 4.6",
        late=late,
    )


def _by_whom(case: CaseInWords, to: Sequence[User]) -> str:
    """Who owes it, for those who act for the case (D-29)."""
    if case.owner is None:
        return "nobody yet: the case has no engineer"
    if case.owner in to:
        return case.owner.name
    return f"dispatch: {case.owner.name} has the case and is not there"
