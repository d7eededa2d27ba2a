"""Business time worked out the plain way, to check the real one against.

It walks from day to day and from window to window and adds up, as one would on paper. It shares no
code with the portal and finds instants by another road: instead of converting a wall-clock time it
tries the offsets that the zone uses around it and asks each candidate what its clock reads.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WeekOfWindows = tuple[tuple[tuple[time, time], ...], ...]

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


def clock_reading(at: datetime, zone: str) -> datetime:
    """The local wall time at this instant."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@lru_cache(maxsize=200_000)
def first_reading(wall: datetime, zone: str) -> datetime:
    """The first instant at which the clock of the zone shows ``wall``, or jumps past it."""
    as_if_utc = wall.replace(tzinfo=UTC)
    hours = [as_if_utc + number * _HOUR for number in range(-42, 43, 3)]
    offsets = {clock_reading(at, zone).replace(tzinfo=UTC) - at for at in hours}
    candidates = [as_if_utc - offset for offset in offsets]
    shown = [at for at in candidates if clock_reading(at, zone) == wall]
    if shown:
        return min(shown)
    at = hours[0]
    while clock_reading(at, zone) < wall:
        at += _MINUTE
    return at


class PlainCalendar:
    """One place's hours: a zone, for each weekday from Monday its windows, and the holidays."""

    def __init__(self, zone: str, days: WeekOfWindows, holidays: Collection[date] = ()) -> None:
        self.zone = zone
        self.days = days
        self.holidays = holidays

    def windows_on(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.holidays:
            return []
        found = []
        for opens, closes in self.days[day.weekday()]:
            closing_day = day + _DAY if closes == time(0) else day
            start = first_reading(datetime.combine(day, opens), self.zone)
            stop = first_reading(datetime.combine(closing_day, closes), self.zone)
            if start != stop:
                found.append((start, stop))
        return found

    def windows_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every window that closes at or after ``at``, in order, without end."""
        day = clock_reading(at, self.zone).date() - 2 * _DAY
        while True:
            for start, stop in self.windows_on(day):
                if stop >= at:
                    yield start, stop
            day += _DAY

    def windows_back_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every window that opens at or before ``at``, the latest first, without end."""
        day = clock_reading(at, self.zone).date() + 2 * _DAY
        while True:
            for start, stop in reversed(self.windows_on(day)):
                if start <= at:
                    yield start, stop
            day -= _DAY

    def is_open(self, at: datetime) -> bool:
        # The windows that touch `at`: one may end there and another begin.
        for start, stop in self.windows_from(at):
            if start > at:
                return False
            if at < stop:
                return True
        raise AssertionError

    def covers(self, at: datetime) -> bool:
        start, _stop = next(self.windows_from(at))
        return start <= at

    def next_opening(self, at: datetime) -> datetime:
        for start, stop in self.windows_from(at):
            if at < stop:
                return max(start, at)
        raise AssertionError

    def place(self, at: datetime) -> datetime:
        return at if self.covers(at) else self.next_opening(at)

    def add(self, at: datetime, amount: timedelta) -> datetime:
        if not amount:
            return self.place(at)
        left = amount
        for start, stop in self.windows_from(at):
            start = max(start, at)
            if left <= stop - start:
                return start + left
            left -= stop - start
        raise AssertionError

    def subtract(self, at: datetime, amount: timedelta) -> datetime:
        left = amount
        for start, stop in self.windows_back_from(at):
            stop = min(stop, at)
            if left < stop - start or (left == stop - start and left):
                return stop - left
            if not left:
                return stop
            left -= stop - start
        raise AssertionError

    def between(self, start: datetime, end: datetime) -> timedelta:
        if end < start:
            return -self.between(end, start)
        total = timedelta()
        for opens, closes in self.windows_from(start):
            if opens >= end:
                return total
            total += max(min(closes, end) - max(opens, start), timedelta())
        raise AssertionError
