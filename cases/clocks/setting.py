"""A case's clocks: the rules' promises written as deadlines, and the case's own copy of the next one.

Everything here runs inside an act that holds the case's lock.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from cases.case.models import Case
from cases.clocks.rules import objectives
from cases.clocks.rules.objectives import Promise
from cases.information.rules import InformationDue, information_due
from contracts.parties.calendars import calendar_of
from contracts.programmes.rules.terms import Span
from portal import deadlines
from portal.models import Deadline, DeadlineState, User
from portal.rules.business_time import BusinessCalendar

FIRST_RESPONSE = "cases.first_response"
STATUS_UPDATE = "cases.status_update"
INFORMATION = "cases.information"
INFORMATION_WARNING = "cases.information_warning"

OBJECTIVES = (FIRST_RESPONSE, STATUS_UPDATE)
INFORMATION_CLOCKS = (INFORMATION, INFORMATION_WARNING)

PROMISED = "promised"
"""Where a deadline of an outer room says in its data, in the contact's words, that it is promised to the contact."""

TO_CONTACT = Q(kind__in=OBJECTIVES) | Q(data__has_key=PROMISED)
"""Selects what is promised to the contact: the objectives, and what outer rooms promise them."""


def calendar(case: Case) -> BusinessCalendar:
    """The Business Day of the site where the case was reported, whoever has it now (ATSP 1.2, D-6)."""
    return calendar_of(case.site, case.programme)


def start(case: Case, *, at: dt.datetime) -> None:
    """Start both objectives of a case just reported (ATSP 4.6)."""
    business = calendar(case)
    _set(
        case,
        objectives.first_response(case.programme, case.severity, case.reported_at, business),
        at=at,
    )
    _set(
        case,
        objectives.status_update(case.programme, case.severity, case.reported_at, business),
        at=at,
    )
    refresh_next_due([case.pk])


def restart_status(case: Case, *, at: dt.datetime) -> None:
    """Start the status clock again from a communication at `at` (D-10).

    A communication logged later than a newer one changes nothing.
    """
    deadlines.meet(case, STATUS_UPDATE, at=at)
    deadlines.supersede(case, at=at, cause="a later communication", kinds=[STATUS_UPDATE])
    since = max(at, case.last_communication_at or at)
    every = Span.parse(case.status_every) if case.status_every else None
    promise = objectives.status_update(case.programme, case.severity, since, calendar(case), every)
    _set(case, promise, at=at)


def change_severity(case: Case, before: int, *, at: dt.datetime) -> None:
    """Recompute both objectives after the severity changed (D-11)."""
    response = Deadline.objects.about(case).unfinished().filter(kind=FIRST_RESPONSE).first()
    state = objectives.Clocks(
        reported_at=case.reported_at,
        first_response_due_at=response.due_at if response else case.reported_at,
        first_response_met_at=case.responded_at if response is None else None,
        last_communication_at=case.last_communication_at,
        every=Span.parse(case.status_every) if case.status_every else None,
    )
    if response is None and case.responded_at is None:
        state = objectives.Clocks(
            reported_at=case.reported_at,
            first_response_due_at=case.reported_at,
            first_response_met_at=case.reported_at,
            last_communication_at=case.last_communication_at,
            every=state.every,
        )
    result = objectives.on_severity_change(
        case.programme, before, case.severity, at, state, calendar(case)
    )
    cause = f"severity {before} became {case.severity}"
    if result.first_response and response and _is_another(result.first_response, response, at):
        deadlines.supersede(case, at=at, cause=cause, kinds=[FIRST_RESPONSE])
        _set(case, result.first_response, at=at)
    deadlines.supersede(case, at=at, cause=cause, kinds=[STATUS_UPDATE])
    _set(case, result.status_update, at=at)
    if case.waits_for_information:
        deadlines.supersede(case, at=at, cause=cause, kinds=INFORMATION_CLOCKS)
        start_information(case, at=at)


def _is_another(promise: Promise, response: Deadline, at: dt.datetime) -> bool:
    """Whether the recomputed first response takes the place of the present one.

    One that was missed, and would have been missed under the new severity too, stays: nobody is told of it twice.
    """
    missed_alike = response.state == DeadlineState.MISSED and promise.due_at < at
    return promise.due_at != response.due_at and not missed_alike


def start_information(case: Case, *, at: dt.datetime) -> InformationDue | None:
    """Start the information clock that runs at the case's severity, counted from reporting (ATSP 4.9.1, 4.10.8)."""
    called_at = case.severity_since if case.severity_since > case.reported_at else None
    clock = information_due(
        case.programme, case.severity, case.reported_at, at, calendar(case), called_at=called_at
    )
    if clock is None:
        return None
    data = {
        "outcome": clock.outcome.value,
        "to_severity": clock.to_severity,
        "closure_reason": clock.closure_reason,
        "consequence": clock.consequence,
        "sum": clock.data,
    }
    deadlines.set_deadline(
        case,
        INFORMATION,
        due_at=clock.due_at,
        clause=clock.clause,
        words=clock.words,
        data=data,
        at=at,
    )
    if clock.warn_at is not None:
        deadlines.set_deadline(
            case,
            INFORMATION_WARNING,
            due_at=clock.warn_at,
            clause=clock.clause,
            words=clock.words,
            data={"due_at": clock.due_at, "consequence": clock.consequence},
            at=at,
        )
    return clock


def stop_information(case: Case, *, at: dt.datetime) -> None:
    """Stop the information clocks: what was asked for has come."""
    deadlines.meet(case, INFORMATION, at=at)
    deadlines.cancel(case, at=at, cause="the information was received", kinds=INFORMATION_CLOCKS)


def stop_all(case: Case, *, at: dt.datetime, cause: str) -> None:
    """Call off whatever is still to come on the case: nothing of a closed case escalates (D-13)."""
    deadlines.cancel(case, at=at, cause=cause)


def refresh_next_due(case_ids: Iterable[int]) -> None:
    """Copy the earliest unfinished promise of the provider to each case, in one statement whatever their number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE cases_case AS c
               SET next_due_at = d.due_at, next_due_kind = coalesce(d.kind, '')
              FROM unnest(%s::bigint[]) AS wanted (id)
              LEFT JOIN LATERAL (
                   SELECT due_at, kind FROM portal_deadline
                    WHERE unfinished AND subject_type = 'cases.case' AND subject_id = wanted.id
                      AND kind <> %s
                    ORDER BY due_at, id LIMIT 1) AS d ON true
             WHERE c.id = wanted.id AND (c.next_due_at, c.next_due_kind)
                   IS DISTINCT FROM (d.due_at, coalesce(d.kind, ''))
            """,
            [list(case_ids), INFORMATION],
        )


def next_promise(case: Case) -> Deadline | None:
    """The earliest unfinished promise to the contact (ATSP 4.6, Ex.C), or None."""
    rows = Deadline.objects.about(case).unfinished().filter(TO_CONTACT)
    return rows.soonest_first().first()


def next_due_for(case: Case, user: User) -> tuple[dt.datetime | None, str, str]:
    """When the case's next promise falls due, its kind, and its own words if it has any, as the user may know it.

    (None, "", "") when nothing is due. The case's own row tells it with no statement more. Only where a duty of
    Exhibit C comes first is a reseller's person told what was promised to them instead: most duties are between the
    provider's people.
    """
    if user.is_provider or case.next_due_at is None or case.next_due_kind in OBJECTIVES:
        return case.next_due_at, case.next_due_kind, ""
    row = next_promise(case)
    return (row.due_at, row.kind, row.data.get(PROMISED, "")) if row else (None, "", "")


def _set(case: Case, promise: Promise, *, at: dt.datetime) -> None:
    deadlines.set_deadline(
        case,
        f"cases.{promise.code}",
        due_at=promise.due_at,
        clause=promise.clause,
        words=promise.words,
        data=dict(promise.data),
        at=at,
    )
