"""The compiled form of a calendar: sorted tables of its openings, made for bisection.

Everything is a datetime or a timedelta, which count whole microseconds: no float comes near a
result. Tables are immutable and replaced whole, so readers need no lock; they hold the years that
were asked for, a year or so around them, and nothing else.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from threading import Lock
from typing import NamedTuple

from portal.rules.business_time.hours import WeeklyHours
from portal.rules.business_time.wall_clock import first_instant_reading, zone_named

FIRST_YEAR = 1900
LAST_YEAR = 2199

_ONE_DAY = timedelta(days=1)


class BeyondCalendarError(ValueError):
    """The answer, or the question, lies outside the years that business time is kept for."""

    def __init__(self) -> None:
        super().__init__(f"Business time is kept for the years {FIRST_YEAR} to {LAST_YEAR} only.")


class Span(NamedTuple):
    """Consecutive windows of one calendar, as columns; window ``i`` is row ``i`` of each.

    ``opens`` and ``closes`` are instants in UTC, sorted; no window is empty. ``passed`` is the
    business time before each opening, counted from the first row. ``origins`` is
    ``opens - passed``: inside window ``i`` the business time passed at an instant is
    ``instant - origins[i]``, and the instant at which it has passed is ``origins[i] + passed``.
    ``last`` is the last row. What comes after that row's opening is not known to be complete, so an
    answer may rest on a row below ``last`` only.
    """

    opens: list[datetime]
    closes: list[datetime]
    passed: list[timedelta]
    origins: list[datetime]
    last: int


class Timeline:
    """The windows of one zone, week and set of holidays; grows on demand. Thread-safe.

    ``span`` is the present table. A caller reads it once, works on that, and asks `reaching`,
    `forward` or `backward` for a longer one when its question falls off an end. All instants are in
    UTC.
    """

    __slots__ = ("_holidays", "_hours", "_lock", "_years", "_zone", "span")

    def __init__(self, zone: str, hours: WeeklyHours, holidays: frozenset[date]) -> None:
        self._zone = zone_named(zone)
        self._hours = hours
        self._holidays = holidays
        self._lock = Lock()
        self._years = range(0)
        self.span = Span([], [], [], [], -1)

    def row(self, at: datetime) -> tuple[Span, int]:
        """A table, and in it the row of the last window that has opened at ``at``.

        Raises BeyondCalendarError when there is none within the years kept, or none after it.
        """
        span = self.span
        row = bisect_right(span.opens, at) - 1
        if not 0 <= row < span.last:
            span = self.reaching(at)
            row = bisect_right(span.opens, at) - 1
        return span, row

    def rows(self, start: datetime, end: datetime) -> tuple[Span, int, int]:
        """A table, and in it the first and the last row that share time with ``start`` to ``end``.

        The last is below the first when that stretch has no open time. Raises as `row` does.
        """
        self.row(start)  # so that the next table reaches both
        span, last = self.row(end)
        first = bisect_right(span.opens, start) - 1
        if span.closes[first] <= start:
            first += 1
        if span.opens[last] == end:
            last -= 1
        return span, first, last

    def reaching(self, at: datetime) -> Span:
        """A table in which ``at`` (UTC) lies at or after an opening and before the last one.

        Raises BeyondCalendarError when there is no such opening within the years kept.
        """
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise BeyondCalendarError
        with self._lock:
            # The local year may be a neighbor of the year in UTC.
            self._hold(at.year - 1, at.year + 1)
            while self.span.last < 0 or self.span.opens[0] > at:
                self._grow(backward=True)
            while bisect_right(self.span.opens, at) > self.span.last:
                self._grow()
            return self.span

    def forward(self, seen: Span) -> Span:
        """A table that goes on where ``seen`` ended. Raises BeyondCalendarError at the last year kept."""
        with self._lock:
            if self.span is seen:  # else another thread has just made it longer
                self._grow()
            return self.span

    def backward(self, seen: Span) -> Span:
        """A table that begins before ``seen`` did. Raises BeyondCalendarError at the first year kept."""
        with self._lock:
            if self.span is seen:
                self._grow(backward=True)
            return self.span

    def _grow(self, *, backward: bool = False) -> None:
        """Extend the table by a quarter, so that copying it costs little in all."""
        step = 1 + len(self._years) // 4
        if backward:
            grown = self._hold(self._years.start - step, self._years.stop - 1)
        else:
            grown = self._hold(self._years.start, self._years.stop - 1 + step)
        if not grown:
            raise BeyondCalendarError

    def _hold(self, first_year: int, last_year: int) -> bool:
        """Extend the table to these years, as far as years are kept; whether that added any.

        The lock must be held.
        """
        held = self._years or range(first_year, first_year)
        first_year = max(min(first_year, held.start), FIRST_YEAR)
        last_year = min(max(last_year, held.stop - 1), LAST_YEAR)
        wanted = range(first_year, last_year + 1)
        if len(wanted) == len(self._years):
            return False
        before = self._windows_of(range(wanted.start, held.start))
        after = self._windows_of(range(held.stop, wanted.stop))
        opens = [row[0] for row in before] + self.span.opens + [row[0] for row in after]
        closes = [row[1] for row in before] + self.span.closes + [row[1] for row in after]
        lengths = (closed - opened for opened, closed in zip(opens, closes, strict=True))
        passed = list(accumulate(lengths, initial=timedelta()))[:-1]
        origins = [opened - done for opened, done in zip(opens, passed, strict=True)]
        self._years = wanted
        self.span = Span(opens, closes, passed, origins, len(opens) - 1)
        return True

    def _windows_of(self, years: Iterable[int]) -> list[tuple[datetime, datetime]]:
        """The windows that open on a local date of these years, in order, without empty ones."""
        windows = []
        midnight = time(0)
        for year in years:
            day, end = date(year, 1, 1), date(year + 1, 1, 1)
            while day < end:
                if day not in self._holidays:
                    for opens, closes in self._hours.days[day.weekday()]:
                        closing_day = day + _ONE_DAY if closes == midnight else day
                        start = self._instant(day, opens)
                        stop = self._instant(closing_day, closes)
                        if start < stop:
                            windows.append((start, stop))
                day += _ONE_DAY
        return windows

    def _instant(self, day: date, wall: time) -> datetime:
        return first_instant_reading(datetime.combine(day, wall), self._zone)


@lru_cache(maxsize=256)
def timeline_of(zone: str, hours: WeeklyHours, holidays: frozenset[date]) -> Timeline:
    """The one timeline of these terms, shared by all calendars that have them."""
    return Timeline(zone, hours, holidays)
