"""Between instants and the clock on the wall, and the spans that ignore opening hours (D-8).

Every function takes aware datetimes and returns aware datetimes in UTC. A naive datetime raises
ValueError: without a zone it is not an instant.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MICROSECOND = timedelta(microseconds=1)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The time zone of this IANA name. Raises ValueError for a name that is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"There is no time zone {name!r}; use an IANA name.") from None


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive datetime."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} carries no time zone, so it is not an instant.")
    return at.astimezone(UTC)


def from_wall_clock(wall: datetime, zone: str) -> datetime:
    """The instant, in UTC, at which the clock on the wall of ``zone`` reads ``wall`` (naive).

    A time that the clock skips is moved forward by what was skipped (02:30 becomes 03:30 when
    02:00 jumps to 03:00; a whole day where a day was skipped). A time that the clock shows twice
    is its first occurrence.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"{wall.isoformat()} carries a zone already; a wall-clock time has none.")
    return wall.replace(tzinfo=zone_named(zone), fold=0).astimezone(UTC)


def first_instant_reading(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock of ``zone`` reads ``wall`` (naive) or later.

    The first occurrence of a time that the clock shows twice; the moment of the jump for a time
    that it skips. Openings and closings use this, so a window keeps just the part of it that the
    clock really shows, and a window on a day that a zone skipped is empty.
    """
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return instant
    # The clock skips `wall`: fold=0 reads it with the offset before the jump, which lands after
    # the jump; fold=1 with the offset after it, which lands before.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    gap = (instant - before) // _MICROSECOND
    low, high = 0, gap
    while low < high:
        middle = (low + high) // 2
        if (before + middle * _MICROSECOND).astimezone(zone).replace(tzinfo=None) >= wall:
            high = middle
        else:
            low = middle + 1
    return before + low * _MICROSECOND


def add_elapsed(at: datetime, amount: timedelta) -> datetime:
    """The instant ``amount`` of elapsed time after ``at``, day and night (D-8); before, if negative."""
    return in_utc(at) + amount


def add_weeks(at: datetime, count: int, zone: str) -> datetime:
    """``count`` weeks of 7 days on (back, if negative), at the same wall-clock time of ``zone`` (D-8).

    Across a daylight-saving change the week is an hour longer or shorter, and the clock on the
    wall reads the same. Skipped and repeated times are settled as by `from_wall_clock`.
    """
    if not count:  # a repeated time must not slip to its first occurrence
        return in_utc(at)
    wall = in_utc(at).astimezone(zone_named(zone)).replace(tzinfo=None)
    return from_wall_clock(wall + timedelta(weeks=count), zone)


def add_months(at: datetime, count: int, zone: str) -> datetime:
    """``count`` calendar months on (back, if negative), at the same wall-clock time of ``zone`` (D-8).

    Clipped to the month's last day: 31 January and one month is 28 or 29 February. Several months
    are counted from ``at`` in one step, so that a clip does not stick: 31 January and two months is
    31 March. Skipped and repeated times are settled as by `from_wall_clock`.
    """
    if not count:
        return in_utc(at)
    wall = in_utc(at).astimezone(zone_named(zone)).replace(tzinfo=None)
    years, month = divmod(wall.month - 1 + count, 12)
    year, month = wall.year + years, month + 1
    day = min(wall.day, monthrange(year, month)[1])
    return from_wall_clock(wall.replace(year=year, month=month, day=day), zone)
