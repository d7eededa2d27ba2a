"""Taking back what the information clock did, when it turns out that the information was there in time (D-23).

What it told people stays in the record; so does what it did, with the entry that takes it back.
"""

import datetime as dt

from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.vocabulary import State
from cases.clocks import setting as clocks
from cases.events import SeveritiesChanged
from cases.information import notices
from cases.verbs import Verb
from portal import subscriptions, telling
from portal.models import Deadline, DeadlineState, JournalEntry, User

_ACTS = (Verb.CASE_DOWNGRADED, Verb.CASE_CLOSED)
_WAITED = ("awaits_call_for", "proposed_severity", "proposed_by_side", "proposal_reason")


def take_back(case: Case, received_at: dt.datetime, *, by: User, at: dt.datetime) -> None:
    """Undo the downgrades and the closing by the clock that the information of `received_at` was in time for.

    The caller holds the case and has stopped its clock. What a person decided since stays as they decided it.
    """
    missed = Deadline.objects.about(case).filter(
        kind=clocks.INFORMATION, state=DeadlineState.MISSED, due_at__gte=received_at
    )
    first = missed.order_by("due_at").first()
    if first is None:
        return
    missed.update(state=DeadlineState.MET, met_at=received_at, settled_at=received_at)
    acted = _first_act(case, first)
    if acted is None or _decided_since(case, acted):
        return
    before = telling.rebuilt(
        JournalEntry.objects.about(case)
        .filter(pk__lt=acted.pk)
        .as_written()
        .values_list("changed", flat=True)
    )
    _restore(case, before, acted, received_at, by=by, at=at)


def _first_act(case: Case, missed: Deadline) -> JournalEntry | None:
    """What the clock did first when that deadline had passed."""
    acts = JournalEntry.objects.about(case).filter(verb__in=_ACTS, by=None, at__gte=missed.due_at)
    return acts.as_written().first()


def _decided_since(case: Case, acted: JournalEntry) -> bool:
    """Whether somebody has changed the severity, or reopened the case, since the clock acted."""
    later = JournalEntry.objects.about(case).filter(pk__gt=acted.pk, by__isnull=False)
    return (
        later.filter(changed__has_key="severity").exists()
        or later.filter(verb=Verb.CASE_REOPENED).exists()
    )


def _restore(
    case: Case,
    before: telling.Values,
    acted: JournalEntry,
    received_at: dt.datetime,
    *,
    by: User,
    at: dt.datetime,
) -> None:
    was_open, level, ended_updates = case.is_open, case.severity, ""
    if not was_open:
        relieved = before["state"] == State.RELIEVED
        case.state = State.RELIEVED if relieved else State.IN_PROGRESS
        case.closed_at = None
        case.closure_reason = ""
    if level != before["severity"]:
        case.severity = before["severity"]
        case.severity_confirmed = before["severity_confirmed"]
        case.severity_since = dt.datetime.fromisoformat(before["severity_since"])
        ended_updates = clocks.end_rarer_updates(case, at=at)
    _let_wait_again(case, before)
    did = "closed" if not was_open else f"lowered to severity {level}"
    words = (
        f"The information was here in time, so that the case is not {did} for want of it: it is "
        f"{State(case.state).label}, of severity {case.severity}. {ended_updates}"
    ).strip()
    record(
        case,
        Verb.CASE_CLOCK_TAKEN_BACK,
        by=by,
        at=at,
        public=True,
        clause=acted.clause,
        text=words,
        before={"severity": level, "open": was_open},
        after={"severity": case.severity, "received_at": received_at},
    )
    if not was_open:
        clocks.begin_again(case, at=at)
    if level != case.severity:
        clocks.change_severities([(case, level)], at=at)
        subscriptions.publish(SeveritiesChanged([(case, level)], by, at, taken_back=True))
    notices.clock_taken_back(case, words, clause=acted.clause, at=at)


def _let_wait_again(case: Case, before: telling.Values) -> None:
    """What waited for a call or an answer when the clock acted waits again, where nothing else has since."""
    if case.awaits_call_for is None and case.proposed_severity is None:
        for name in _WAITED:
            setattr(case, name, before[name])
