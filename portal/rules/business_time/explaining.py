"""Finds the explanation of a due time on a calendar. The due time itself is always the calendar's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from portal.rules.business_time.explanation import Explanation
from portal.rules.business_time.steps import Closed, Counted, Holiday, Omitted, SpanKind, Step
from portal.rules.business_time.wall_clock import (
    add_elapsed,
    add_months,
    add_weeks,
    in_utc,
    zone_named,
)

if TYPE_CHECKING:
    from portal.rules.business_time.business_calendar import BusinessCalendar

TOLD_WHOLE = 6
"""Explain a span of up to this many windows window by window."""
TOLD_EACH_END = 2
"""For a longer span, explain this many windows at either end."""
MOST_STEPS = 16
"""An explanation has no more steps than this, whatever the calendar."""

_ONE_DAY = timedelta(days=1)


def business_time(calendar: BusinessCalendar, at: datetime, amount: timedelta) -> Explanation:
    """How `BusinessCalendar.add` finds its answer."""
    due = calendar.add(at, amount)
    if not amount:
        return placing(calendar, at)
    start = in_utc(at)
    return Explanation(
        SpanKind.BUSINESS,
        start,
        due,
        calendar.zone,
        amount=amount,
        steps=_shortened(_counting(calendar, start, due)),
    )


def placing(calendar: BusinessCalendar, at: datetime) -> Explanation:
    """How `BusinessCalendar.place` finds its answer."""
    start = in_utc(at)
    due = calendar.place(start)
    return Explanation(
        SpanKind.OPENING, start, due, calendar.zone, steps=_waiting(calendar, start, due)
    )


def weeks_on(calendar: BusinessCalendar, at: datetime, count: int) -> Explanation:
    """``count`` weeks on in the calendar's zone, then placed."""
    reached = add_weeks(at, count, calendar.zone)
    return _moved(SpanKind.WEEKS, calendar, at, count, reached)


def months_on(calendar: BusinessCalendar, at: datetime, count: int) -> Explanation:
    """``count`` calendar months on in the calendar's zone, then placed."""
    reached = add_months(at, count, calendar.zone)
    return _moved(SpanKind.MONTHS, calendar, at, count, reached)


def explain_elapsed(at: datetime, amount: timedelta, zone: str) -> Explanation:
    """`add_elapsed`, with its explanation, in the words of the clock of ``zone`` (D-8)."""
    zone_named(zone)
    return Explanation(SpanKind.ELAPSED, in_utc(at), add_elapsed(at, amount), zone, amount=amount)


def _moved(
    kind: SpanKind, calendar: BusinessCalendar, at: datetime, count: int, reached: datetime
) -> Explanation:
    due = calendar.place(reached)
    return Explanation(
        kind,
        in_utc(at),
        due,
        calendar.zone,
        count=count,
        reached=reached,
        steps=_waiting(calendar, reached, due),
    )


def _waiting(calendar: BusinessCalendar, start: datetime, opening: datetime) -> tuple[Step, ...]:
    """The closed dates from ``start`` until the opening it is moved to."""
    if start == opening:
        return ()
    zone = zone_named(calendar.zone)
    first, end = start.astimezone(zone).date(), opening.astimezone(zone).date()
    return _shortened(_closed_dates(calendar, first, end))


def _counting(calendar: BusinessCalendar, start: datetime, due: datetime) -> Iterator[Step]:
    """What happens between ``start`` and ``due``, the middle of a long span summed up."""
    zone = zone_named(calendar.zone)
    span, row, last = calendar.timeline.rows(start, due)
    count = last - row + 1

    def window(index: int) -> Counted:
        return Counted(max(span.opens[index], start), min(span.closes[index], due))

    def local_date(at: datetime) -> date:
        return at.astimezone(zone).date()

    first = local_date(start)
    if count <= TOLD_WHOLE:
        yield from _told(calendar, first, [window(index) for index in range(row, last + 1)])
        return
    head = [window(index) for index in range(row, row + TOLD_EACH_END)]
    tail = [window(index) for index in range(last - TOLD_EACH_END + 1, last + 1)]
    yield from _told(calendar, first, head)
    after_head, before_tail = local_date(head[-1].start) + _ONE_DAY, local_date(tail[0].start)
    holidays = len(_holidays(calendar, after_head, before_tail))
    closed_days = _weekly_closed_days(calendar, after_head, before_tail)
    yield Omitted(
        windows=count - len(head) - len(tail),
        days=max((before_tail - after_head).days, 0) - holidays - closed_days,
        length=span.passed[last - TOLD_EACH_END + 1] - span.passed[row + TOLD_EACH_END],
        holidays=holidays,
        closed_days=closed_days,
    )
    yield from _told(calendar, before_tail, tail)


def _told(calendar: BusinessCalendar, first: date, windows: Sequence[Counted]) -> Iterator[Step]:
    """These windows, with the closed dates between them and back to ``first``."""
    zone = zone_named(calendar.zone)
    dates = [window.start.astimezone(zone).date() for window in windows]
    yield from _closed_dates(calendar, first, dates[0])
    yield windows[0]
    for (before, after), window in zip(pairwise(dates), windows[1:], strict=True):
        yield from _closed_dates(calendar, before + _ONE_DAY, after)
        yield window


def _closed_dates(calendar: BusinessCalendar, first: date, end: date) -> Iterator[Step]:
    """Why nothing was counted on the dates from ``first`` up to, not including, ``end``."""
    holidays = {holiday.date: holiday for holiday in _holidays(calendar, first, end)}
    run: Closed | None = None
    day = first
    while day < end:
        if day in holidays or calendar.hours.days[day.weekday()]:
            if run:
                yield run
                run = None
            # A business day that is no holiday is the first, its hours over: nothing to tell.
            if day in holidays:
                yield holidays[day]
        else:
            run = Closed(run.first if run else day, day)
        day += _ONE_DAY
    if run:
        yield run


def _holidays(calendar: BusinessCalendar, first: date, end: date) -> list[Holiday]:
    """The holidays from ``first`` up to ``end`` on weekdays that open: the others change nothing."""
    dates = calendar.holidays
    low = bisect_left(dates, Holiday(first))
    high = bisect_left(dates, Holiday(end))
    return [
        holiday
        for holiday in islice(dates, low, high)
        if calendar.hours.days[holiday.date.weekday()]
    ]


def _weekly_closed_days(calendar: BusinessCalendar, first: date, end: date) -> int:
    """How many dates from ``first`` up to ``end`` fall on weekdays that never open."""
    weeks, rest = divmod(max((end - first).days, 0), 7)
    closed = [not windows for windows in calendar.hours.days]
    return weeks * sum(closed) + sum(closed[(first.weekday() + day) % 7] for day in range(rest))


def _shortened(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps, the middle summed up if a strange calendar makes them too many."""
    told = tuple(steps)
    if len(told) <= MOST_STEPS:
        return told
    half = MOST_STEPS // 2 - 1
    head, middle, tail = told[:half], told[half:-half], told[-half:]
    counted = [step for step in middle if isinstance(step, Counted)]
    omitted = [step for step in middle if isinstance(step, Omitted)]
    summed = Omitted(
        windows=len(counted) + sum(step.windows for step in omitted),
        days=len(counted) + sum(step.days for step in omitted),
        length=sum((step.length for step in counted), timedelta())
        + sum((step.length for step in omitted), timedelta()),
        holidays=sum(isinstance(step, Holiday) for step in middle)
        + sum(step.holidays for step in omitted),
        closed_days=sum(step.days for step in middle if isinstance(step, Closed))
        + sum(step.closed_days for step in omitted),
    )
    return (*head, summed, *tail)
