"""Business time on one calendar: when it is open, what is due when, how much has passed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from portal.rules.business_time import explaining
from portal.rules.business_time.explanation import Explanation
from portal.rules.business_time.hours import WeeklyHours
from portal.rules.business_time.steps import Holiday
from portal.rules.business_time.timeline import BeyondCalendarError, Span, Timeline, timeline_of
from portal.rules.business_time.wall_clock import in_utc

_NOTHING = timedelta()


class Window(NamedTuple):
    """An open stretch of time, as instants in UTC."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True, init=False)
class BusinessCalendar:
    """The business hours of one place: its zone, its weekly hours and its holidays (ATSP 1.2, D-6).

    A value: equal when zone, hours and holidays are, hashable, cheap to build again; calendars with
    the same terms share one compiled table. Give holidays as a mapping of date to name, or as bare
    dates; a holiday closes its whole local date. Raises ValueError for a zone that is no IANA name.

    All methods take aware datetimes of any zone and return aware datetimes in UTC, exact to the
    microsecond. They raise ValueError for a naive datetime, and BeyondCalendarError (a ValueError) when
    question or answer lies outside the years 1900 to 2199.

    Windows are wall-clock times, so a Business Day is 9 hours on either side of a daylight-saving
    change. A window that lies across the change itself counts the time that really elapses in it:
    a day open from 00:00 to 24:00 is then 23 or 25 hours. An opening or closing that the clock
    shows twice is the first of the two; one that it skips is the moment of the jump.

    A closing belongs to its Business Day (D-31): what arrives at 17:00 sharp arrives within it, and a
    due time may stand on it (`covers`, `place`). Business time ends there: what is used up exactly
    then is due then, and what is added to it runs from the next opening.
    """

    zone: str
    hours: WeeklyHours
    holidays: tuple[Holiday, ...]
    timeline: Timeline = field(repr=False, compare=False)

    def __init__(
        self,
        zone: str,
        hours: WeeklyHours,
        holidays: Mapping[date, str] | Iterable[date] = (),
    ) -> None:
        named = holidays if isinstance(holidays, Mapping) else dict.fromkeys(holidays, "")
        if any(isinstance(day, datetime) for day in named):
            raise ValueError("A holiday is a local date, not a moment; give a datetime.date.")
        set_field = object.__setattr__  # the dataclass is frozen
        set_field(self, "zone", zone)
        set_field(self, "hours", hours)
        set_field(self, "holidays", tuple(Holiday(day, named[day]) for day in sorted(named)))
        set_field(self, "timeline", timeline_of(zone, hours, frozenset(named)))

    def __reduce__(self) -> tuple[Any, ...]:
        return BusinessCalendar, (self.zone, self.hours, dict(self.holidays))

    @property
    def day_length(self) -> timedelta:
        """What "1 Business Day" is worth on this calendar in business time: 9 hours in D-7."""
        return self.hours.day_length

    def covers(self, at: datetime) -> bool:
        """Whether ``at`` lies within business hours, both ends included (D-14, D-31)."""
        at = in_utc(at)
        span, row = self.timeline.row(at)
        return at <= span.closes[row]

    def next_opening(self, at: datetime) -> datetime:
        """The first instant, from ``at`` on, at which business time runs: ``at`` itself if it does."""
        at = in_utc(at)
        span, row = self.timeline.row(at)
        return at if at < span.closes[row] else span.opens[row + 1]

    def place(self, at: datetime) -> datetime:
        """``at`` if it lies within business hours (a closing does), else the next opening (D-10, D-14)."""
        at = in_utc(at)
        span, row = self.timeline.row(at)
        return at if at <= span.closes[row] else span.opens[row + 1]

    def add(self, at: datetime, amount: timedelta) -> datetime:
        """The earliest instant by which ``amount`` of business time has passed since ``at`` (ATSP 4.5, D-7).

        Saturday and 9 hours is Monday 17:00, not Tuesday 08:00. Nothing added is `place`.
        Raises ValueError for a negative amount (`subtract` goes back).
        """
        if at.tzinfo is not UTC:
            at = in_utc(at)
        if amount <= _NOTHING:
            if amount:
                raise ValueError(f"Cannot add {amount}: business time is added forward only.")
            return self.place(at)
        opens, closes, passed, origins, last = span = self.timeline.span
        row = bisect_right(opens, at) - 1
        if not 0 <= row < last:
            opens, closes, passed, origins, last = span = self.timeline.reaching(at)
            row = bisect_right(opens, at) - 1
        try:
            if at < closes[row]:
                due = at + amount
                if due <= closes[row]:
                    return due
                target = due - origins[row]
            else:
                target = passed[row + 1] + amount
        except OverflowError:
            raise BeyondCalendarError from None
        row = bisect_left(passed, target, row + 1) - 1
        if row < last:
            return origins[row] + target
        self.timeline.forward(span)
        return self.add(at, amount)

    def subtract(self, at: datetime, amount: timedelta) -> datetime:
        """The latest instant that leaves ``amount`` of business time until ``at``.

        For a warning before a deadline: it falls within business hours, never at midnight. Half an
        hour before Monday 08:00 is Friday 16:30. Nothing subtracted is ``at`` if it lies within
        business hours, else the last closing. Raises ValueError for a negative amount.
        """
        if amount < _NOTHING:
            raise ValueError(
                f"Cannot subtract {amount}: business time is subtracted backward only."
            )
        at = in_utc(at)
        span, row = self.timeline.row(at)
        if not amount:
            return min(at, span.closes[row])
        target = _passed_at(span, at, row) - amount
        while target < _NOTHING:
            self.timeline.backward(span)
            span, row = self.timeline.row(at)
            target = _passed_at(span, at, row) - amount
        return span.origins[bisect_right(span.passed, target) - 1] + target

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time from ``start`` to ``end``; negative if ``end`` is the earlier."""
        start, end = in_utc(start), in_utc(end)
        # Both are counted from the beginning of a table, so it must be one that reaches both.
        self.timeline.row(start)
        span, end_row = self.timeline.row(end)
        start_row = bisect_right(span.opens, start) - 1
        return _passed_at(span, end, end_row) - _passed_at(span, start, start_row)

    def windows(self, start: datetime, end: datetime) -> Iterator[Window]:
        """The open windows from ``start`` to ``end`` in order, cut to that stretch, empty ones left out."""
        start, end = in_utc(start), in_utc(end)
        span, row = self.timeline.row(start)
        while span.opens[row] < end:
            opens, closes = max(span.opens[row], start), min(span.closes[row], end)
            if opens < closes:
                yield Window(opens, closes)
            row += 1
            if row >= span.last:
                span, row = self.timeline.row(span.opens[row])

    def explain_add(self, at: datetime, amount: timedelta) -> Explanation:
        """`add`, with its explanation: the windows counted, the holidays and closed days between."""
        return explaining.business_time(self, at, amount)

    def explain_place(self, at: datetime) -> Explanation:
        """`place`, with its explanation."""
        return explaining.placing(self, at)

    def explain_weeks(self, at: datetime, count: int) -> Explanation:
        """``count`` weeks on by the clock of the zone, then `place` (D-8, D-10), with its explanation."""
        return explaining.weeks_on(self, at, count)

    def explain_months(self, at: datetime, count: int) -> Explanation:
        """``count`` calendar months on, then `place` (D-8, D-10), with its explanation."""
        return explaining.months_on(self, at, count)


def _passed_at(span: Span, at: datetime, row: int) -> timedelta:
    """The business time from the table's beginning to ``at``."""
    return min(at, span.closes[row]) - span.origins[row]
