"""From a span as a term states it to the instant at which it ends (ATSP 1.2, 4.5; D-6 to D-8, D-10, D-14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from contracts.programmes.rules.terms import BusinessDay
from contracts.programmes.rules.values import Span, Unit
from portal.rules.business_time import (
    BusinessCalendar,
    Explanation,
    SpanKind,
    WeeklyHours,
    add_months,
    add_weeks,
    explain_elapsed,
    in_utc,
)


@dataclass(frozen=True, slots=True)
class Due:
    """When a span ends, and why.

    `at` is an aware instant in UTC; `words` one sentence in the wall-clock time of the calendar's zone,
    with its full stop; `data` the same in JSON's types, which ``Explanation.from_data`` reads back.
    """

    at: datetime
    words: str
    data: Mapping[str, Any] = field(hash=False)


def due(span: Span, start: datetime, calendar: BusinessCalendar, *, placed: bool = False) -> Due:
    """When `span` has passed since `start`, an aware instant of any zone.

    Business units run in the calendar's business time (ATSP 4.5; "1 business day" is its day's length,
    D-7). Minutes, hours and days are elapsed time, day and night; weeks and months go by the clock of
    the calendar's zone, a month clipped to the month's last day (D-8). `placed` moves an end outside the
    business hours to the next opening (D-10, D-14); a business unit ends within them anyhow.

    Raises ValueError for a naive `start`, and for a result outside the years that the calendar knows.
    """
    explanation = _explained(span, start, calendar, placed)
    return Due(explanation.due, f"{explanation.words()}.", explanation.as_data())


def calendar_for(
    business_day: BusinessDay,
    zone: str,
    holidays: Mapping[date, str] | Iterable[date] = (),
) -> BusinessCalendar:
    """The business calendar of a site: the programme's Business Day in the site's zone (ATSP 1.2, D-6).

    `zone` is an IANA name; `holidays` the published holidays of the site's region, by date with their
    names, or bare dates. Raises ValueError for a zone that is none.
    """
    return BusinessCalendar(zone, _week(business_day), holidays)


@lru_cache(maxsize=100)
def _week(business_day: BusinessDay) -> WeeklyHours:
    """The weekly hours of a Business Day, which are checked when they are made: once for a programme."""
    hours = (_time(business_day.opens), _time(business_day.closes))
    return WeeklyHours.on({weekday: [hours] for weekday in business_day.weekdays})


def business_amount(span: Span, calendar: BusinessCalendar) -> timedelta:
    """What a span of business units is worth in business time on the calendar (D-7).

    Raises ValueError for a span of any other unit.
    """
    match span.unit:
        case Unit.BUSINESS_MINUTE:
            return span.amount * timedelta(minutes=1)
        case Unit.BUSINESS_HOUR:
            return span.amount * timedelta(hours=1)
        case Unit.BUSINESS_DAY:
            return span.amount * calendar.day_length
        case _:
            raise ValueError(f"{span} is not counted in business time")


def _explained(
    span: Span, start: datetime, calendar: BusinessCalendar, placed: bool
) -> Explanation:
    if span.unit.is_business:
        return calendar.explain_add(start, business_amount(span, calendar))
    if span.unit.is_elapsed:
        return _elapsed(span, start, calendar, placed)
    if span.unit is Unit.WEEK:
        if placed:
            return calendar.explain_weeks(start, span.amount)
        kind, at = SpanKind.WEEKS, add_weeks(start, span.amount, calendar.zone)
    else:
        if placed:
            return calendar.explain_months(start, span.amount)
        kind, at = SpanKind.MONTHS, add_months(start, span.amount, calendar.zone)
    return Explanation(kind, in_utc(start), at, calendar.zone, count=span.amount)


def _elapsed(span: Span, start: datetime, calendar: BusinessCalendar, placed: bool) -> Explanation:
    passed = explain_elapsed(start, span.length, calendar.zone)
    if not placed:
        return passed
    waiting = calendar.explain_place(passed.due)
    return Explanation(
        SpanKind.ELAPSED,
        passed.start,
        waiting.due,
        calendar.zone,
        amount=span.length,
        reached=passed.due,
        steps=waiting.steps,
    )


def _time(text: str) -> time:
    """A time of day; the closing "24:00" is midnight, as weekly hours have it."""
    return time(0) if text == "24:00" else time.fromisoformat(text)
