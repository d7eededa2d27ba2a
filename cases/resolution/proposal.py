"""A proposal to close while it waits: when it is made, and when it is off (ATSP 4.10; D-27).

For acts that hold the case. It imports none of them, since each of them may end it.
"""

import datetime as dt
from collections.abc import Sequence

from cases.case.models import Case
from cases.case.record import record_many
from cases.case.rules.silence import Silence, silence, speaks_against
from cases.clocks import setting as clocks
from cases.verbs import Verb
from contracts.programmes.rules.terms import ClosureReason
from portal import deadlines
from portal.deadlines import Setting
from portal.models import User

CLAUSE = "ATSP 4.10, D-27"
CLOCKS = (clocks.CLOSING_REMINDER, clocks.CLOSING)


def clear(case: Case) -> None:
    """Let no proposal wait; the caller tells it, and puts its clocks away."""
    case.closing_proposed_at = None
    case.closing_proposed_for = ""
    case.closing_due_at = None


def off(case: Case, *, by: User | None, at: dt.datetime, cause: str) -> None:
    """The proposal is off, and the case goes on; `cause` is a sentence."""
    off_many([(case, cause)], by=by, at=at)


def off_many(cases: Sequence[tuple[Case, str]], *, by: User | None, at: dt.datetime) -> None:
    """The proposals are off, each with its cause. The number of statements does not grow with them."""
    entries = []
    for case, cause in cases:
        before = {"reason": case.closing_proposed_for}
        clear(case)
        text = f"{cause} The proposal to close is off."
        entries.append((case, {"text": text, "before": before, "clause": CLAUSE}))
    record_many(entries, Verb.CASE_CLOSING_OFF, by=by, at=at, public=True)
    deadlines.cancel_many(
        [case for case, _ in cases], at=at, cause="the proposal to close is off", kinds=CLOCKS
    )


def why_not_by_silence(case: Case, reason: ClosureReason) -> str:
    """Why the case cannot close for the reason by the contact's silence, as a sentence; "" when it can."""
    contact = case.contact
    if contact.left_at is not None or (contact.user_id is None and not contact.email):
        return f"{contact.name} cannot be told in writing, so silence says nothing."
    return speaks_against(
        case.programme,
        reason,
        case.severity,
        agreed=case.workaround_agreed_at is not None,
        relieved=case.relieved_at is not None,
    )


def silence_after(case: Case, reason: ClosureReason, at: dt.datetime) -> Silence | None:
    """What silence comes to after a proposal at `at`; None where only an answer closes the case."""
    if why_not_by_silence(case, reason):
        return None
    return silence(case.programme, at, case.calendar)


def begin(case: Case, reason: ClosureReason, *, at: dt.datetime) -> Silence | None:
    """Begin the silence of a proposal for the reason at `at`; the caller tells it, and sets its clocks then."""
    found = silence_after(case, reason, at)
    case.closing_due_at = found.closes_at if found else None
    return found


def set_clocks(case: Case, found: Silence | None, *, at: dt.datetime) -> None:
    """Set the reminders and the closing of a proposal in the place of those there were."""
    deadlines.supersede(case, at=at, cause="the silence begins anew", kinds=CLOCKS)
    if found is not None:
        deadlines.set_deadlines(settings_of(case, found), at=at)


def settings_of(case: Case, found: Silence) -> list[Setting]:
    """The deadlines of a proposal: the reminders, and the closing."""
    reminders = [
        Setting(
            case,
            clocks.CLOSING_REMINDER,
            due_at,
            found.clause,
            step=str(number),
            words=found.words,
            data={"last": number == len(found.remind_at)},
        )
        for number, due_at in enumerate(found.remind_at, 1)
    ]
    return [
        *reminders,
        Setting(case, clocks.CLOSING, found.closes_at, found.clause, words=found.words),
    ]
