"""Notices to those who watch a case: one for each act, with what was written and what became of it (ATSP 4.7)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby

from cases.case.in_words import in_words
from cases.case.models import Case
from cases.events import Happening, WatchedHappened
from cases.verbs import Verb
from cases.watching.models import Watch
from contracts.parties.presence import written_to
from contracts.scope import reach_of
from portal.models import Notice, User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient
from portal.subscriptions import subscribe
from portal.ui import verbs

TOLD = frozenset(
    {
        Verb.CASE_ASSIGNED,
        Verb.CASE_STATE_CHANGED,
        Verb.CASE_REPLIED,
        Verb.CASE_CALL_LOGGED,
        Verb.CASE_NOTED,
        Verb.CASE_OTHER_CAUSE,
        Verb.CASE_INFORMATION_ADDED,
        Verb.CASE_INFORMATION_REQUESTED,
        Verb.CASE_CLOCK_TAKEN_BACK,
        Verb.CASE_CALL_CONFIRMED,
        Verb.CASE_SEVERITY_CONFIRMED,
        Verb.CASE_SEVERITY_PROPOSED,
        Verb.CASE_SEVERITY_ANSWERED,
        Verb.CASE_DOWNGRADED,
        Verb.CASE_RELIEF_SENT,
        Verb.CASE_RELIEVED,
        Verb.CASE_RELIEF_FAILED,
        Verb.CASE_WORKAROUND_AGREED,
        Verb.CASE_CLOSED,
        Verb.CASE_CLOSING_PROPOSED,
        Verb.CASE_CLOSING_DECLINED,
        Verb.CASE_CLOSING_OFF,
        Verb.CASE_REOPENED,
        Verb.CASE_DUPLICATE_NAMED,
        Verb.CASE_TOOK_IN,
        Verb.CASE_MERGE_UNDONE,
        Verb.CASE_LET_GO,
        Verb.CASE_SPLIT,
        Verb.CASE_HANDED_OVER,
        Verb.CASE_SUB_CASE_OPENED,
        Verb.CASE_SUB_CASE_ANSWERED,
        Verb.CASE_SUB_CASE_CLOSED,
    }
)
"""What who watches is told: messages, states, severity, and who works on it."""
_OF_PROMISES = ("promise_near", "promise_missed", "missed_digest")
_WRITTEN = frozenset(
    {
        Verb.CASE_REPLIED,
        Verb.CASE_CALL_LOGGED,
        Verb.CASE_NOTED,
        Verb.CASE_INFORMATION_ADDED,
        Verb.CASE_INFORMATION_REQUESTED,
        Verb.CASE_RELIEF_SENT,
    }
)


def register_watching() -> None:
    """Listen for what happens to cases that are watched."""
    subscribe(WatchedHappened, happened)


def happened(event: WatchedHappened) -> None:
    """Tell who watches the cases, a notice a case; a few statements however many there are."""
    told = [one for one in event.happenings if one.verb in TOLD]
    if not told:
        return
    by_case = {pk: list(some) for pk, some in groupby(sorted(told, key=_number), key=_number)}
    at = told[0].at
    watches: dict[int, list[Watch]] = {}
    for watch in Watch.objects.filter(case__in=list(by_case)).select_related(
        "user", "contact__user"
    ):
        watches.setdefault(watch.case_id, []).append(watch)
    heard = heard_at(list(watches), at)
    words = in_words(watches)
    drafts = [
        draft
        for pk, some in watches.items()
        for draft in _drafts(by_case[pk], some, words[pk].context(), heard.get(pk, set()))
    ]
    outbox.post_many(drafts, at=at)


def _number(one: Happening) -> int:
    return one.case.pk


def heard_at(cases: Sequence[int], at: dt.datetime) -> dict[int, set[str]]:
    """Who was told of the cases at that instant, by the act's own notices: the agreement's come first, and suffice."""
    rows = Notice.objects.about_any(Case._meta.label_lower, cases).filter(created_at=at)
    rows = rows.exclude(template__in=_OF_PROMISES)  # a sweep tells of them at the same instant
    found: dict[int, set[str]] = {}
    for pk, key in rows.values_list("subject_id", "recipient_key"):
        found.setdefault(pk, set()).add(key)
    return found


def _drafts(
    told: Sequence[Happening],
    watches: Iterable[Watch],
    context: dict[str, object],
    heard: set[str],
) -> Iterable[NoticeDraft]:
    case, by = told[0].case, told[0].by
    step = f"watched:{told[0].verb}:{told[0].at.isoformat()}:{by.pk if by else ''}"
    for watch in watches:
        seen = [one for one in told if one.public or watch.user_id is not None]
        recipient = _recipient(watch, case)
        if not seen or recipient is None or recipient == by or key_of_recipient(recipient) in heard:
            continue
        lines = [_line(one) for one in seen]
        body = case.said if any(one.verb in _WRITTEN for one in seen) else ""
        yield NoticeDraft(
            case,
            step,
            [recipient],
            "case_watched",
            f"Case {case.number}: {lines[0]}",
            {**context, "lines": lines, "body": body, "leave": watch.leave_path},
            case.get_absolute_url(),
            case.programme.paper.cite("ATSP 4.7"),
        )


def _line(one: Happening) -> str:
    """What happened, in a line: who did what, and the entry's own words where no message says more."""
    who = one.by.name if one.by is not None else "The portal"
    words = f"{who} {verbs.look(one.verb).words}"
    return f"{words}: {one.text}" if one.text and one.verb not in _WRITTEN else words


def _recipient(watch: Watch, case: Case) -> Recipient | None:
    """Whom to write to; None for who may not see the case any more, or cannot be written to."""
    if watch.user is not None:
        user: User = watch.user
        sees = user.is_active and user.is_provider and reach_of(user).is_of(case.provider_id)
        return user if sees and user.email else None
    contact = watch.contact
    if contact is None or contact.organisation_id != case.reseller_id:
        return None
    return written_to(contact)


def key_of_recipient(recipient: Recipient) -> str:
    """By which a notice knows whom it tells."""
    if isinstance(recipient, User):
        return f"user:{recipient.pk}"
    return f"mailto:{recipient.email.lower()}"
