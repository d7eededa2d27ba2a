"""What the information clock does: it warns the contact, then downgrades or closes (ATSP 4.9.1, 4.10.8; D-20)."""

import datetime as dt
from collections.abc import Mapping, Sequence

from cases.case.models import Case
from cases.case.record import record_many
from cases.case.reported import REPORTED
from cases.clocks import setting as clocks
from cases.information import notices
from cases.information.rules import acts_at
from cases.resolution.actions import closing as resolution
from cases.severity import actions as severity_actions
from cases.severity import rules as severity
from cases.severity.notices import severity_changed
from cases.severity.rules import SeverityChange
from cases.verbs import Verb
from contracts.programmes.rules.terms import ClosureReason, InformationOutcome
from portal import bulk, deadlines, telling
from portal.deadlines import Due, Setting
from portal.models import Deadline, DeadlineState
from portal.notices import outbox


def warn(rows: Sequence[Due], now: dt.datetime) -> None:
    """Warn the contact before the information clock acts, with what is missing and what follows."""
    _warn(_cases(rows), [(row, row.data["due_at"]) for row in rows], now)


def missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """The information did not come: the case is downgraded, or closed.

    Never without a warning that left the contact half the notice: a clock whose warning came too late, as after a
    standstill, is put off by what is left of that.
    """
    cases = _cases(rows)
    warned = _warned(rows)
    due: list[Due] = []
    early: list[tuple[Due, dt.datetime]] = []
    for row in rows:
        length = dt.timedelta(seconds=row.data.get("warned_for", 0))
        acts = acts_at(row.due_at, warned.get(row.subject_id), length, now)
        if acts > now:
            early.append((row, acts))
        else:
            due.append(row)
    if early:
        _put_off(cases, early, warned, now)
    if due:
        _act(cases, due, now)


def _act(cases: Mapping[int, Case], rows: Sequence[Due], now: dt.datetime) -> None:
    acted_on = [cases[row.subject_id] for row in rows]
    for case in acted_on:
        telling.hold(case)
    closing: list[tuple[Case, ClosureReason]] = []
    downgraded: list[tuple[Case, SeverityChange]] = []
    for row in rows:
        case = cases[row.subject_id]
        if row.data["outcome"] == InformationOutcome.CLOSE.value:
            closing.append((case, case.programme.closure_reason(row.data["closure_reason"])))
        else:
            to = row.data["to_severity"]
            change = severity.downgrade_by_clock(case.programme, case.standing, to, row.clause)
            downgraded.append((case, change))
    if closing:
        resolution.apply_closure(closing, by=None, at=now)
    if downgraded:
        severity_actions.apply(downgraded, by=None, at=now, verb=Verb.CASE_DOWNGRADED)
        severity_changed(downgraded, by=None, at=now)
    for case in acted_on:
        telling.require_told(case)
    clocks.note_next_due(acted_on)
    bulk.update(acted_on, _ACTED_ON)


_ACTED_ON = (
    "closing_proposed_at",
    "closing_proposed_for",
    "closing_due_at",
    "state",
    "closed_at",
    "closure_reason",
    "severity",
    "severity_since",
    "severity_confirmed",
    "awaits_call_for",
    "proposed_severity",
    "proposed_by_side",
    "proposal_reason",
    "information_asked_at",
    "information_received_at",
    "next_due_at",
    "next_due_kind",
)
"""What of a case the information clock may change."""


def _put_off(
    cases: Mapping[int, Case],
    rows: Sequence[tuple[Due, dt.datetime]],
    warned: Mapping[int, dt.datetime],
    now: dt.datetime,
) -> None:
    """Let the clocks act later, and warn whom nobody warned."""
    subjects = [row.subject for row, _ in rows]
    deadlines.supersede_many(
        subjects,
        at=now,
        cause="put off: the warning came late (D-20)",
        kinds=clocks.INFORMATION_CLOCKS,
    )
    deadlines.set_deadlines(
        [
            Setting(
                row.subject,
                row.kind,
                acts,
                row.clause,
                words=row.words,
                data=row.data | {"warned_at": warned.get(row.subject_id, now)},
            )
            for row, acts in rows
        ],
        at=now,
    )
    record_many(
        [(cases[row.subject_id], {"clause": "ATSP 4.9.1", "due_at": acts}) for row, acts in rows],
        Verb.CASE_INFORMATION_PUT_OFF,
        by=None,
        at=now,
        public=True,
        text="The clock of the information is put off: its warning came late (D-20).",
    )
    _warn(cases, [(row, acts) for row, acts in rows if row.subject_id not in warned], now)


def _warn(
    cases: Mapping[int, Case], rows: Sequence[tuple[Due, dt.datetime]], now: dt.datetime
) -> None:
    """Warn the contacts of those cases; each row comes with when the clock acts."""
    drafts = [
        notices.information_warning(cases[row.subject_id], row, due_at=due_at, at=now)
        for row, due_at in rows
    ]
    outbox.post_many(drafts, at=now)
    record_many(
        [
            (cases[row.subject_id], {"clause": row.clause, "due_at": due_at, "late": row.late})
            for row, due_at in rows
        ],
        Verb.CASE_INFORMATION_WARNED,
        by=None,
        at=now,
        public=True,
        text="The contact was warned that information is still missing.",
    )


def _warned(rows: Sequence[Due]) -> dict[int, dt.datetime]:
    """When the contact was warned of each clock that is due, by case; one statement."""
    fired = Deadline.objects.about_any(clocks.CASE, [row.subject_id for row in rows]).filter(
        kind=clocks.INFORMATION_WARNING, state=DeadlineState.FIRED
    )
    of_clocks = {(one.subject_id, one.data["due_at"]): one.settled_at for one in fired}
    found = {
        row.subject_id: row.data.get("warned_at") or of_clocks.get((row.subject_id, row.due_at))
        for row in rows
    }
    return {case_id: at for case_id, at in found.items() if at is not None}


def _cases(rows: Sequence[Due]) -> dict[int, Case]:
    """The cases the rows are about, with whom to tell."""
    cases = Case.objects.defer(*REPORTED)
    return cases.with_parties({row.subject_id for row in rows})
