"""Handlers for a case's deadlines. The sweep calls them in its own transaction."""

import datetime as dt
from collections.abc import Sequence

from cases import notices
from cases.case.models import REPORTED, Case
from cases.clocks import misses
from cases.clocks import setting as clocks
from cases.resolution.actions import closing as resolution
from cases.severity import actions as severity_actions
from cases.severity import rules as severity
from cases.severity.rules import SeverityChange
from cases.verbs import Verb
from contracts.programmes.rules.terms import ClosureReason, InformationOutcome
from portal import bulk, journal, telling
from portal.deadlines import DeadlineKind, Due, register
from portal.notices import outbox


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(
        DeadlineKind(
            clocks.FIRST_RESPONSE, "First technical response", True, misses.first_response_missed
        )
    )
    register(DeadlineKind(clocks.STATUS_UPDATE, "Status update", True, misses.status_update_missed))
    register(DeadlineKind(clocks.OVERDUE, "Severity 1 still overdue", False, misses.still_overdue))
    register(DeadlineKind(clocks.DIGEST, "Digest of missed updates", False, misses.mornings_come))
    register(DeadlineKind(clocks.INFORMATION, "Information of 5.2.3", True, information_missed))
    register(
        DeadlineKind(
            clocks.INFORMATION_WARNING, "Information still missing", False, warn_of_information
        )
    )


def warn_of_information(rows: Sequence[Due], now: dt.datetime) -> None:
    """Warn the contact before the information clock acts, with what is missing (ATSP 4.9.1, 4.10.8)."""
    cases = _cases(rows)
    outbox.post_many(
        [notices.information_warning(cases[row.subject_id], row, at=now) for row in rows], at=now
    )
    journal.record_many(
        journal.entry(
            row.subject,
            Verb.CASE_INFORMATION_WARNED,
            by=None,
            at=now,
            public=True,
            clause=row.clause,
            text="The contact was warned that information is still missing.",
            due_at=row.data.get("due_at"),
            late=row.late,
        )
        for row in rows
    )


def information_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """The information did not come: the case is downgraded, or closed (ATSP 4.9.1, 4.10.8)."""
    cases = _cases(rows)
    for case in cases.values():
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
        notices.severity_changed(downgraded, by=None, at=now)
    for case in cases.values():
        telling.require_told(case)
    clocks.note_next_due(cases.values())
    bulk.update(list(cases.values()), _ACTED_ON)


_ACTED_ON = (
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


def _cases(rows: Sequence[Due]) -> dict[int, Case]:
    """The cases the rows are about, with whom to tell."""
    cases = Case.objects.defer(*REPORTED)
    return cases.with_parties({row.subject_id for row in rows})
