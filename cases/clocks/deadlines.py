"""What happens when a case's deadlines fall due. The sweep calls these, in its own transaction."""

import datetime as dt
from collections.abc import Sequence

from cases import notices
from cases.case.models import Case
from cases.clocks import setting as clocks
from cases.resolution.actions import closing as resolution
from cases.severity import actions as severity_actions
from cases.severity import rules as severity
from cases.verbs import Verb
from contracts.parties.people import Staff
from contracts.programmes.rules.terms import InformationOutcome
from portal import journal
from portal.deadlines import DeadlineKind, register
from portal.models import Deadline
from portal.notices import outbox
from portal.roles import Role


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(
        DeadlineKind(clocks.FIRST_RESPONSE, "First technical response", True, first_response_missed)
    )
    register(DeadlineKind(clocks.STATUS_UPDATE, "Status update", True, status_update_missed))
    register(DeadlineKind(clocks.INFORMATION, "Information of 5.2.3", True, information_missed))
    register(
        DeadlineKind(
            clocks.INFORMATION_WARNING, "Information still missing", False, warn_of_information
        )
    )


def first_response_missed(rows: Sequence[Deadline], now: dt.datetime) -> None:
    """Nobody answered in time (ATSP 4.6): journal it and tell whose it is. The promise stays to be kept."""
    _promises_missed(rows, now, "first technical response")


def status_update_missed(rows: Sequence[Deadline], now: dt.datetime) -> None:
    """The contact was not updated in time (ATSP 4.6): journal it and tell whose it is."""
    _promises_missed(rows, now, "status update")


def warn_of_information(rows: Sequence[Deadline], now: dt.datetime) -> None:
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


def information_missed(rows: Sequence[Deadline], now: dt.datetime) -> None:
    """The information did not come: the case is downgraded, or closed (ATSP 4.9.1, 4.10.8)."""
    cases = _cases(rows)
    for row in rows:
        case = cases[row.subject_id]
        if row.data["outcome"] == InformationOutcome.CLOSE.value:
            reason = case.programme.closure_reason(row.data["closure_reason"])
            resolution.apply_closure(case, reason, by=None, at=now)
        else:
            change = severity.downgrade_by_clock(
                case.programme, case.standing, row.data["to_severity"], row.clause
            )
            severity_actions.apply(case, change, by=None, at=now, verb=Verb.CASE_DOWNGRADED)
            notices.severity_changed(case, change, by=None, at=now)
        case.save()
    clocks.refresh_next_due(cases)


def _promises_missed(rows: Sequence[Deadline], now: dt.datetime, title: str) -> None:
    cases = _cases(rows)
    dispatch = Staff(Role.DISPATCH)
    outbox.post_many(
        [
            notices.promise_missed(case, row, title, dispatch.of(case.agreement))
            for row in rows
            if (case := cases[row.subject_id])
        ],
        at=now,
    )
    journal.record_many(
        journal.entry(
            row.subject,
            Verb.CASE_PROMISE_MISSED,
            by=None,
            at=now,
            public=True,
            clause=row.clause,
            text=f"The {title} was missed.",
            kind=row.kind,
            due_at=row.due_at,
            late=row.late,
        )
        for row in rows
    )
    clocks.refresh_next_due(cases)


def _cases(rows: Sequence[Deadline]) -> dict[int, Case]:
    """The cases the rows are about, in one statement."""
    return Case.objects.select_related(
        "agreement__provider",
        "programme_version",
        "reseller",
        "contact__site",
        "site",
        "contact__user",
        "owner",
    ).in_bulk([row.subject_id for row in rows])
