"""Service level objectives: when the first response and the next status update are due (ATSP 4.5-4.7, D-9 to D-11).

Objectives never pause: "waiting for reseller" is shown, and stops no clock. The two clocks are separate promises;
neither overrides the other. All instants are aware; due times are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cases.clocks.rules.wording import frequency
from contracts.programmes.rules.spans import due
from contracts.programmes.rules.terms import Programme, Severity, Span
from portal.rules.business_time import BusinessCalendar

FIRST_RESPONSE = "first_response"
STATUS_UPDATE = "status_update"

AGREED_FREQUENCY_CLAUSE = "ATSP 4.7"
TELEPHONE_CLAUSE = "ATSP 4.5"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of the provider with its due time, and how it was computed.

    `code` is FIRST_RESPONSE or STATUS_UPDATE; `due_at` an aware instant in UTC; `clause` what promises it; `words` the
    sum in sentences; `data` the same for machines (JSON-ready).
    """

    code: str
    due_at: datetime
    clause: str
    words: str
    data: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether a promise was kept. `late_by` is zero when it was, and while it still can be (D-8)."""

    done: bool
    in_time: bool
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class Clocks:
    """What a case's objective clocks know when its severity changes (D-11).

    `first_response_due_at` is the present due time; `first_response_met_at` when it was made, late or not, else None;
    `last_communication_at` the last engineer-to-contact communication, if any; `every` the frequency agreed for the
    case (ATSP 4.7), which outlives a change of severity.
    """

    reported_at: datetime
    first_response_due_at: datetime
    first_response_met_at: datetime | None = None
    last_communication_at: datetime | None = None
    every: Span | None = None


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The promises after a change of severity. No first response means that it was made: what was met stays met."""

    first_response: Promise | None
    status_update: Promise


REMINDED_BEFORE = timedelta(hours=1)
"""At most so long before it is due whoever owes a promise is reminded of it; a quarter of a shorter time (D-29)."""


def reminder_at(
    term: Severity, since: datetime, due_at: datetime, calendar: BusinessCalendar
) -> datetime:
    """When to remind of a promise set at `since`: in the Business Day, for severities that are served in it (D-29)."""
    if term.status_in_business_time:
        lead = min(REMINDED_BEFORE, calendar.between(since, due_at) / 4)
        return calendar.subtract(due_at, lead)
    return due_at - min(REMINDED_BEFORE, (due_at - since) / 4)


def first_response(
    programme: Programme, severity: int, reported_at: datetime, calendar: BusinessCalendar
) -> Promise:
    """The first technical response owed on a case reported at `reported_at` (ATSP 4.5, 4.6; D-7).

    For severity 1 `reported_at` is the telephone call (ATSP 4.5, D-9): pass the call. Raises KeyError for a severity
    that the programme does not have.
    """
    term = programme.severity(severity)
    result = due(term.first_response, reported_at, calendar)
    return Promise(
        code=FIRST_RESPONSE,
        due_at=result.at,
        clause=term.objective_clause,
        words=f"{_naming(term)}: first technical response within {term.first_response} of "
        f"{_origin(term)}. {result.words}",
        data={"severity": severity, "span": str(term.first_response), "sum": result.data},
    )


def status_update(
    programme: Programme,
    severity: int,
    since: datetime,
    calendar: BusinessCalendar,
    every: Span | None = None,
) -> Promise:
    """The next status update to the contact, counted from `since` (ATSP 4.6, 4.7; D-10).

    `since` is the last engineer-to-contact communication, or the report (for severity 1 the call) when there was none.
    `every` is the frequency that both sides agreed for this case (ATSP 4.7). For severities served in the Business Day
    a due time outside it moves to the next opening. Raises KeyError for an unknown severity.
    """
    term = programme.severity(severity)
    span = every or term.status_every
    result = due(span, since, calendar, placed=term.status_in_business_time)
    agreed = "as agreed for this case, " if every else ""
    return Promise(
        code=STATUS_UPDATE,
        due_at=result.at,
        clause=programme.paper.cite(AGREED_FREQUENCY_CLAUSE) if every else term.objective_clause,
        words=f"{_naming(term)}: {agreed}contact status {frequency(span)}. {result.words}",
        data={
            "severity": severity,
            "span": str(span),
            "agreed": every is not None,
            "sum": result.data,
        },
    )


def is_rarer(
    programme: Programme, severity: int, every: Span, since: datetime, calendar: BusinessCalendar
) -> bool:
    """Whether updates every so often come later than a severity's own, counted from `since` (ATSP 4.6, 4.7)."""
    own = status_update(programme, severity, since, calendar)
    return status_update(programme, severity, since, calendar, every).due_at > own.due_at


def on_severity_change(
    programme: Programme,
    before: int,
    after: int,
    changed_at: datetime,
    clocks: Clocks,
    calendar: BusinessCalendar,
) -> Recomputed:
    """The promises after the severity went from `before` to `after` at `changed_at` (D-11).

    A first response not yet made is due, when raised, at the earlier of its present due time and (change + new
    target); when lowered, at (reported + new target). One that was made stays made, and one that was missed stays
    missed unless the lower severity leaves time. The next status update is counted from the last communication, or
    from the report when there was none; for severity 1 from the call, which is the change (D-9). What would so be due
    at the change or before it counts from the change: no promise is born broken (D-21).

    Raises ValueError when the severity did not change, KeyError when the programme lacks either one.
    """
    old, new = programme.severity(before), programme.severity(after)
    if before == after:
        raise ValueError(f"severity {before} to {after} is no change")
    response: Promise | None = None
    if clocks.first_response_met_at is None:
        change = _raised if after < before else _lowered
        response = change(programme, old, new, changed_at, clocks, calendar)
    origin = changed_at if new.by_telephone_only else clocks.reported_at
    since = clocks.last_communication_at or origin
    update = status_update(programme, after, since, calendar, clocks.every)
    if update.due_at <= changed_at:
        update = _from_change(
            status_update(programme, after, changed_at, calendar, clocks.every),
            "the last communication" if clocks.last_communication_at else "the report",
        )
    return Recomputed(response, update)


def kept(due_at: datetime, at: datetime, done_at: datetime | None = None) -> Kept:
    """Whether the promise due at `due_at` was kept, as seen at `at`; an act at the very instant is in time (D-8).

    A late act is done and late: the breach never hides when it was really done.
    """
    seen = done_at if done_at is not None else at
    late_by = max(seen - due_at, timedelta(0))
    return Kept(done=done_at is not None, in_time=not late_by, late_by=late_by)


def _raised(
    programme: Programme,
    old: Severity,
    new: Severity,
    changed_at: datetime,
    clocks: Clocks,
    calendar: BusinessCalendar,
) -> Promise:
    fresh = first_response(programme, new.level, changed_at, calendar)
    rule = "Severity raised: the earlier of the present due time and the change plus the new target (D-11)."
    if clocks.first_response_due_at <= fresh.due_at:
        words = f"{rule} The present due time is the earlier one and stays."
        return _staying(clocks, fresh, words, "D-11 raised")
    data = {**fresh.data, "rule": "D-11 raised", "present_due_stays": False}
    return replace(fresh, words=f"{rule} {fresh.words}", data=data)


def _lowered(
    programme: Programme,
    old: Severity,
    new: Severity,
    changed_at: datetime,
    clocks: Clocks,
    calendar: BusinessCalendar,
) -> Promise:
    fresh = first_response(programme, new.level, clocks.reported_at, calendar)
    rule = f"Severity lowered from {old.level}: the report plus the new target (D-11)."
    if fresh.due_at > changed_at:
        data = {**fresh.data, "rule": "D-11 lowered"}
        return replace(fresh, words=f"{rule} {fresh.words}", data=data)
    if clocks.first_response_due_at < changed_at:
        words = f"{rule} That moment had passed too, and the response was missed: it stays so."
        return _staying(clocks, fresh, words, "D-11 lowered")
    fresh = first_response(programme, new.level, changed_at, calendar)
    return _from_change(replace(fresh, words=f"{rule} {fresh.words}"), "the report")


def _staying(clocks: Clocks, fresh: Promise, words: str, rule: str) -> Promise:
    """The present promise of the first response, under the new severity."""
    data = {**fresh.data, "rule": rule, "present_due_stays": True}
    return replace(fresh, due_at=clocks.first_response_due_at, words=words, data=data)


def _from_change(promise: Promise, origin: str) -> Promise:
    """A promise that counts from the change, since counted from its origin it would have been broken already."""
    return replace(
        promise,
        words=f"Counted from {origin} it would have been due by the time the severity changed, so it counts from the "
        f"change. {promise.words}",
        data={**promise.data, "from_change": True},
    )


def _naming(term: Severity) -> str:
    return f"Severity {term.level}, {term.name}"


def _origin(term: Severity) -> str:
    if term.by_telephone_only:
        return f"the telephone call ({TELEPHONE_CLAUSE}, D-9)"
    return "the report"
