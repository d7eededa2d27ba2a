"""A case's clocks: the rules' promises written as deadlines, and the case's own copy of the next one.

Everything here runs inside an act that holds the case's lock.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from cases.case.models import Case
from cases.case.rows import CaseRow
from cases.clocks.rules import objectives
from cases.clocks.rules.objectives import Promise
from cases.clocks.rules.wording import frequency
from cases.information.rules import InformationDue, information_due
from contracts.parties.calendars import CalendarBook
from contracts.programmes.rules.terms import Span
from portal import deadlines
from portal.deadlines import Setting, sweep
from portal.models import Deadline, DeadlineState, User
from portal.rules.business_time import BusinessCalendar

CASE = "cases.case"
FIRST_RESPONSE = "cases.first_response"
STATUS_UPDATE = "cases.status_update"
INFORMATION = "cases.information"
INFORMATION_WARNING = "cases.information_warning"
OVERDUE = "cases.severity_1_overdue"
DIGEST = "cases.missed_digest"
CLOSING_REMINDER = "cases.closing_reminder"
CLOSING = "cases.closing"

TITLES = {FIRST_RESPONSE: "first technical response", STATUS_UPDATE: "status update"}
OBJECTIVES = tuple(TITLES)
INFORMATION_CLOCKS = (INFORMATION, INFORMATION_WARNING)

PROMISED = "promised"
"""Where a deadline of an outer room says in its data, in the contact's words, that it is promised to the contact."""

TO_CONTACT = Q(kind__in=OBJECTIVES) | Q(data__has_key=PROMISED)
"""Selects what is promised to the contact: the objectives, and what outer rooms promise them."""


MISSED = "missed"
"""How many status updates in a row were missed before this one, in a status update's data (ATSP 4.6)."""


def objectives_of_report(case: Case) -> tuple[Promise, Promise]:
    """Both objectives of a case just reported (ATSP 4.6); the case's own copy of the first to come is set, unsaved."""
    promises = (
        objectives.first_response(case.programme, case.severity, case.reported_at, case.calendar),
        objectives.status_update(case.programme, case.severity, case.reported_at, case.calendar),
    )
    first = min(promises, key=lambda promise: promise.due_at)
    case.next_due_at, case.next_due_kind = first.due_at, f"cases.{first.code}"
    return promises


def start(case: Case, promises: Iterable[Promise], *, at: dt.datetime) -> list[Deadline]:
    """Start the objectives of a case just reported (ATSP 4.6). Returns their deadlines, the soonest first."""
    rows = deadlines.set_deadlines(settings_of_report(case, promises, at=at), at=at)
    return sorted(rows, key=lambda row: row.due_at)


def restart_status(case: Case, *, at: dt.datetime) -> None:
    """Start the status clock again from a communication at `at`, the latest that there is (D-10).

    One that came before updates which were missed since takes their place: they are no longer owed for their times.
    """
    finished = deadlines.meet(case, STATUS_UPDATE, at=at)
    if finished > 1:  # the first of several missed in a row, and the one to come
        later = Deadline.objects.about(case).filter(kind=STATUS_UPDATE, due_at__gte=at)
        later.filter(state=DeadlineState.MISSED).update(
            state=DeadlineState.SUPERSEDED, cause="an update before it was logged later"
        )
    promise = next_update(case, at, case.calendar)
    deadlines.set_deadlines([_setting(case, promise, case.calendar, at)], at=at)


def missed_since(case: Case, at: dt.datetime) -> list[Deadline]:
    """The objectives of the case that were due at an instant or later and are missed; one statement."""
    rows = Deadline.objects.about(case).filter(kind__in=OBJECTIVES, state=DeadlineState.MISSED)
    return list(rows.filter(due_at__gte=at).soonest_first())


def begin_again(case: Case, *, at: dt.datetime) -> None:
    """Start the objectives of a case that is open again: the status clock, and the first response if none was made."""
    promises = [next_update(case, at, case.calendar)]
    if case.responded_at is None:
        promises.append(objectives.first_response(case.programme, case.severity, at, case.calendar))
    settings = [_setting(case, promise, case.calendar, at) for promise in promises]
    deadlines.set_deadlines(settings, at=at)


def replace_status(case: Case, *, cause: str, at: dt.datetime) -> None:
    """Count the next status update anew from the last communication, because what it follows changed (ATSP 4.7)."""
    settle_overdue(case, at=at)
    deadlines.supersede(case, at=at, cause=cause, kinds=[STATUS_UPDATE])
    since = max(case.last_communication_at or case.reported_at, case.severity_since)
    promise = next_update(case, since, case.calendar)
    if promise.due_at <= at:
        promise = next_update(case, at, case.calendar)
    deadlines.set_deadlines([_setting(case, promise, case.calendar, at)], at=at)


def next_update(case: Case, since: dt.datetime, business: BusinessCalendar) -> Promise:
    """The status update that follows something at `since`, at the case's severity or agreed frequency (D-10)."""
    return objectives.status_update(case.programme, case.severity, since, business, _agreed(case))


def end_rarer_updates(case: Case, *, at: dt.datetime) -> str:
    """Let the agreed frequency of a case that was just raised go when its severity's own is higher, unsaved (ATSP 4.7).

    What was agreed for weeks is nothing that was agreed for a severity 1. Returns what to tell, as a sentence; "" where
    it stays. Asks the database only where a frequency is agreed.
    """
    every = _agreed(case)
    if every is None or not objectives.is_rarer(
        case.programme, case.severity, every, at, case.calendar
    ):
        return ""
    case.status_every = ""
    return f"Updates come as severity {case.severity} has them: those agreed, {frequency(every)}, were rarer."


def settle_overdue(case: Case, *, at: dt.datetime) -> None:
    """Record the objectives that a case has missed by `at`, where the sweep has not come to them yet.

    For an act that is about to put them aside: what was missed before it stays missed. Where nothing is overdue it asks
    the database nothing.
    """
    if case.next_due_at is not None and case.next_due_at < at:
        sweep.settle_now([case], OBJECTIVES, at=at)


def change_severities(changes: Sequence[tuple[Case, int]], *, at: dt.datetime) -> list[Case]:
    """Recompute the clocks of cases whose severity changed (D-11, D-20, D-21); each comes with the one before.

    An information clock that ran goes on as that of the new severity, where its notice is still ahead. Returns the
    cases on which it ended instead. The number of statements does not grow with the cases.
    """
    book = CalendarBook()
    running = {
        (row.subject_id, row.kind): row
        for row in Deadline.objects.about_any(CASE, [case.pk for case, _ in changes])
        .unfinished()
        .filter(kind__in=(FIRST_RESPONSE, INFORMATION))
    }
    ended: list[Case] = []
    superseded: dict[tuple[str, tuple[str, ...]], list[Case]] = defaultdict(list)
    settings: list[Setting] = []
    for case, before in changes:
        business = book.of(case.site, case.programme)
        change = change_of(
            case,
            before,
            running.get((case.pk, FIRST_RESPONSE)),
            business,
            at,
            asks=(case.pk, INFORMATION) in running,
        )
        settings += change.settings
        if change.ends_information:
            ended.append(case)
        superseded[f"severity {before} became {case.severity}", change.kinds].append(case)
    for (cause, wanted), cases in superseded.items():
        deadlines.supersede_many(cases, at=at, cause=cause, kinds=wanted)
    deadlines.set_deadlines(settings, at=at)
    return ended


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What a change of severity does to a case's clocks: the kinds that end, and the settings that take their place."""

    kinds: tuple[str, ...]
    settings: list[Setting]

    @property
    def ends_information(self) -> bool:
        """Whether an information clock ran, and none goes on (D-20)."""
        return INFORMATION in self.kinds and all(each.kind != INFORMATION for each in self.settings)


def change_of(
    case: Case,
    before: int,
    response: Deadline | None,
    business: BusinessCalendar,
    at: dt.datetime,
    *,
    asks: bool,
) -> ClockChange:
    """What becomes of the clocks of a case that is of its severity from `at`, and was `before` (D-11, D-20, D-21).

    `response` is its unfinished first response; `asks`, whether an information clock runs. Nothing is written: what a
    change would bring is told by the same words that bring it.
    """
    result = _recomputed(case, before, response, business, at)
    kinds, promises = [STATUS_UPDATE], [result.status_update]
    first = result.first_response
    if first is not None and response is not None and first.due_at != response.due_at:
        kinds.append(FIRST_RESPONSE)
        promises.append(first)
    settings = [_setting(case, promise, business, at) for promise in promises]
    if case.waits_for_information and asks:
        kinds += INFORMATION_CLOCKS
        settings += _information(case, business, at=at)
    return ClockChange(tuple(kinds), settings)


def settings_of_report(
    case: Case, promises: Iterable[Promise], *, at: dt.datetime
) -> list[Setting]:
    """The objectives of a case just reported as deadlines, unwritten (ATSP 4.6)."""
    return [_setting(case, promise, case.calendar, at) for promise in promises]


def information_of_report(case: Case, *, at: dt.datetime) -> list[Setting]:
    """The information clock and its warning that run when what a report lacks is asked for at `at`, unwritten."""
    return _information(case, case.calendar, at=at)


def _recomputed(
    case: Case,
    before: int,
    response: Deadline | None,
    business: BusinessCalendar,
    at: dt.datetime,
) -> objectives.Recomputed:
    """The promises after the change; without an unfinished first response none is owed."""
    state = objectives.Clocks(
        reported_at=case.reported_at,
        first_response_due_at=response.due_at if response else case.reported_at,
        first_response_met_at=None if response else case.responded_at or case.reported_at,
        last_communication_at=case.last_communication_at,
        every=_agreed(case),
    )
    return objectives.on_severity_change(case.programme, before, case.severity, at, state, business)


def _agreed(case: Case) -> Span | None:
    """The frequency of updates agreed for the case (ATSP 4.7)."""
    return Span.parse(case.status_every) if case.status_every else None


def information_clock(
    case: Case, business: BusinessCalendar, *, at: dt.datetime
) -> InformationDue | None:
    """The information clock that runs when the information is asked for at `at`; None for none (D-20)."""
    called_at = case.severity_since if case.severity_since > case.reported_at else None
    return information_due(
        case.programme, case.severity, case.reported_at, at, business, called_at=called_at
    )


def start_information(case: Case, *, at: dt.datetime) -> bool:
    """Start the information clock that runs at the case's severity, counted from reporting (ATSP 4.9.1, 4.10.8).

    It takes the place of one that runs. Returns whether one does; where too little of it was left, all stays as it is.
    """
    settings = _information(case, case.calendar, at=at)
    if settings:
        deadlines.supersede(case, at=at, cause="asked for anew", kinds=INFORMATION_CLOCKS)
        deadlines.set_deadlines(settings, at=at)
    return bool(settings)


def _information(case: Case, business: BusinessCalendar, *, at: dt.datetime) -> list[Setting]:
    clock = information_clock(case, business, at=at)
    if clock is None:
        return []
    data = {
        "outcome": clock.outcome.value,
        "to_severity": clock.to_severity,
        "closure_reason": clock.closure_reason,
        "consequence": clock.consequence,
        "warned_for": clock.warned_for.total_seconds(),
        "sum": clock.data,
    }
    warning = {"due_at": clock.due_at, "consequence": clock.consequence}
    return [
        Setting(case, kind, when, clock.clause, words=clock.words, data=told)
        for kind, when, told in (
            (INFORMATION, clock.due_at, data),
            (INFORMATION_WARNING, clock.warn_at, warning),
        )
    ]


def information_runs(case: Case) -> bool:
    """Whether a clock runs for what the report lacks (ATSP 4.9.1, 4.10.8)."""
    return Deadline.objects.about(case).pending().filter(kind=INFORMATION).exists()


def stop_information(case: Case, *, at: dt.datetime) -> None:
    """Stop the information clocks: what was asked for has come."""
    deadlines.meet(case, INFORMATION, at=at)
    deadlines.cancel(case, at=at, cause="the information was received", kinds=INFORMATION_CLOCKS)


def stop_all(cases: Iterable[Case], *, at: dt.datetime, cause: str) -> None:
    """Cancel what is still to come on the cases: a closed case does not escalate (D-13)."""
    deadlines.cancel_many(cases, at=at, cause=cause)


def note_next_due(cases: Iterable[Case]) -> bool:
    """Set on each case, unsaved, the earliest unfinished promise of the provider, read in one statement.

    Returns whether that changed any of them.
    """
    by_pk = {case.pk: case for case in cases}
    rows = (
        Deadline.objects.about_any(CASE, list(by_pk))
        .unfinished()
        .exclude(kind=INFORMATION)
        .order_by("subject_id", "due_at", "id")
        .distinct("subject_id")
        .values_list("subject_id", "due_at", "kind")
    )
    found = {pk: (due_at, kind) for pk, due_at, kind in rows}
    changed = False
    for pk, case in by_pk.items():
        first = found.get(pk, (None, ""))
        changed |= first != (case.next_due_at, case.next_due_kind)
        case.next_due_at, case.next_due_kind = first
    return changed


def refresh_next_due(case_ids: Iterable[int]) -> None:
    """Copy the earliest unfinished promise of the provider to each case's row, in one statement however many.

    For what leaves the cases themselves as they are. A promise that is missed is still unfinished, so the sweep's
    marking alone changes none of them.
    """
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


def next_promises(cases: Iterable[Case | CaseRow]) -> dict[int, Deadline]:
    """The earliest unfinished promise to the contact of each case that has one (ATSP 4.6, Ex.C); one statement."""
    rows = Deadline.objects.about_any(CASE, [case.pk for case in cases]).unfinished()
    first = rows.filter(TO_CONTACT).order_by("subject_id", "due_at", "id").distinct("subject_id")
    return {row.subject_id: row for row in first}


def next_promise(case: Case | CaseRow) -> Deadline | None:
    """The earliest unfinished promise to the contact (ATSP 4.6, Ex.C), or None."""
    return next_promises([case]).get(case.pk)


def next_due_for(case: Case | CaseRow, user: User) -> tuple[dt.datetime | None, str, str]:
    """When the case's next promise falls due, its kind, and its own words if it has any, as the user may know it.

    (None, "", "") when nothing is due. The case's own row tells it with no statement more. Only where a duty of
    Exhibit C comes first is a reseller's person told what was promised to them instead: most duties are between the
    provider's people.
    """
    if user.is_provider or case.next_due_at is None or case.next_due_kind in OBJECTIVES:
        return case.next_due_at, case.next_due_kind, ""
    row = next_promise(case)
    return (row.due_at, row.kind, row.data.get(PROMISED, "")) if row else (None, "", "")


def reminder_of(
    case: Case, promise: Promise, business: BusinessCalendar, at: dt.datetime
) -> dt.datetime | None:
    """When whoever owes a promise set at `at` is reminded of it; None for one that is past already (D-29)."""
    if promise.due_at <= at:
        return None
    return objectives.reminder_at(case.severity_terms, at, promise.due_at, business)


def setting_of(case: Case, promise: Promise, at: dt.datetime) -> Setting:
    """The deadline of an objective of a case, set at `at`."""
    return _setting(case, promise, case.calendar, at)


def _setting(case: Case, promise: Promise, business: BusinessCalendar, at: dt.datetime) -> Setting:
    return Setting(
        case,
        f"cases.{promise.code}",
        promise.due_at,
        promise.clause,
        words=promise.words,
        data=dict(promise.data),
        remind_at=reminder_of(case, promise, business, at),
    )
