"""Business time and calendar spans across changes of the clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from portal.rules.business_time import (
    BusinessCalendar,
    WeeklyHours,
    Window,
    add_elapsed,
    add_months,
    add_weeks,
    from_wall_clock,
)
from tests.portal.rules.business_time_strategies import (
    ALWAYS,
    BUSINESS_WEEK,
    FIRST,
    LAST,
    MICROSECOND,
    NIGHTS,
    SPARSE,
    ZONES,
    pair,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def local(text: str, zone: str, fold: int = 0) -> datetime:
    """The instant, in UTC: two zones' readings of a repeated hour never compare equal."""
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return at.astimezone(UTC)


def changes_of(zone: str) -> Iterator[datetime]:
    """Every instant from 1995 to 2030 at which the zone's offset changes, to the minute."""

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(ZoneInfo(zone)).utcoffset()

    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days)]
    for before, after in pairwise(days):
        low, high = 0, (after - before) // MINUTE
        if offset(before) == offset(after):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if offset(before + middle * MINUTE) == offset(before):
                low = middle
            else:
                high = middle
        yield before + high * MINUTE


CHANGING = [zone for zone in ZONES if zone != "Asia/Kathmandu"]


@pytest.mark.clause("ATSP 1.2", "D-6")
@pytest.mark.parametrize("zone", CHANGING)
def test_around_every_change_of_the_clock_business_time_is_the_oracles(zone: str) -> None:
    changes = list(changes_of(zone))
    assert changes, "the zone was chosen for its changes"
    pairs = [pair(zone, days) for days in (BUSINESS_WEEK, ALWAYS, NIGHTS, SPARSE)]
    amounts = [timedelta(), MICROSECOND, HOUR, 5 * HOUR]
    for number, change in enumerate(changes):
        for hours in (-26, -1, 0, 1, 9):
            at = change + hours * HOUR + (number % 3 - 1) * MICROSECOND
            for calendar, plain in pairs:
                amount = amounts[number % 4] * (calendar.day_length / (24 * HOUR))
                due = calendar.add(at, amount)
                assert due == plain.add(at, amount)
                assert calendar.between(at, due) == amount
                assert calendar.add(due, HOUR) == calendar.add(at, amount + HOUR)
                assert calendar.subtract(at, amount) == plain.subtract(at, amount)
                assert calendar.place(at) == plain.place(at)


@pytest.mark.clause("ATSP 1.2", "D-7")
@pytest.mark.parametrize("zone", ZONES)
def test_a_business_day_is_nine_hours_and_opens_at_eight_on_the_wall_all_through_the_years(
    zone: str,
) -> None:
    calendar = BusinessCalendar(zone, WeeklyHours.monday_to_friday())
    windows = list(calendar.windows(FIRST, LAST))
    for opens, closes in windows[1:-1]:
        assert closes - opens == calendar.day_length == 9 * HOUR
        assert opens.astimezone(ZoneInfo(zone)).time() == time(8)
        assert closes.astimezone(ZoneInfo(zone)).time() == time(17)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", "2003-03-30", 23),
        ("Europe/London", "2003-10-26", 25),
        ("Europe/London", "2003-10-27", 24),
        ("Australia/Lord_Howe", "2003-10-26", 23.5),
        ("Australia/Lord_Howe", "2003-03-30", 24.5),
        ("Antarctica/Troll", "2016-03-27", 22),
        ("Antarctica/Troll", "2016-10-30", 26),
        ("America/Sao_Paulo", "2017-10-15", 23),  # begins at 01:00
        ("America/Sao_Paulo", "2018-02-17", 25),  # its last hour comes twice
        ("America/Havana", "2019-11-03", 25),  # its first hour comes twice
        ("Asia/Tehran", "2021-03-22", 23),
        ("Africa/Cairo", "2023-04-28", 23),
        ("Pacific/Chatham", "2003-10-05", 23),
        ("America/St_Johns", "2006-10-29", 25),
        ("Pacific/Apia", "2011-12-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),  # never was
        ("Pacific/Apia", "2011-12-31", 24),
    ],
)
def test_a_day_that_never_closes_lasts_as_long_as_it_really_does(
    zone: str, day: str, hours: float
) -> None:
    calendar = BusinessCalendar(zone, WeeklyHours.always())
    begins = BusinessCalendar(zone, WeeklyHours.always(), [date.fromisoformat(day)])
    around = (local(f"{day}T12:00", "UTC") - 72 * HOUR, local(f"{day}T12:00", "UTC") + 72 * HOUR)
    # With the day as a holiday, just its own length is missing.
    assert calendar.between(*around) - begins.between(*around) == timedelta(hours=hours)
    assert calendar.between(*around) == 144 * HOUR


MEETING_A_CHANGE = [
    ("opens in the skipped hour", "Europe/London", "01:30-04:00", "2003-03-30T02:00", "04:00"),
    ("closes in the skipped hour", "Europe/London", "00:30-01:30", "2003-03-30T00:30", "02:00"),
    ("no midnight to open at", "America/Sao_Paulo", "00:00-09:00", "2017-10-15T01:00", "09:00"),
    ("half an hour is skipped", "Australia/Lord_Howe", "02:15-08:00", "2003-10-26T02:30", "08:00"),
    ("opens in the repeated hour", "Europe/London", "01:30-04:00", "2003-10-26T01:30", "04:00"),
    ("closes in the repeated hour", "Europe/London", "00:30-01:30", "2003-10-26T00:30", "01:30"),
]


@pytest.mark.parametrize(
    ("zone", "hours", "opens", "closes"),
    [pytest.param(*row, id=name) for name, *row in MEETING_A_CHANGE],
)
def test_windows_that_meet_a_change_of_the_clock(
    zone: str, hours: str, opens: str, closes: str
) -> None:
    week = WeeklyHours.from_data({"sunday": [hours]})
    start = local(opens[:10] + "T00:00", zone) - HOUR
    found = list(BusinessCalendar(zone, week).windows(start, start + 28 * HOUR))
    closing = local(opens[:11] + closes, zone)  # of a repeated hour, the first
    assert found == [Window(local(opens, zone), closing)]


def test_a_window_wholly_within_the_skipped_hour_is_none() -> None:
    week = WeeklyHours.from_data({"sunday": ["01:10-01:50"]})
    calendar = BusinessCalendar("Europe/London", week)
    due = calendar.add(local("2003-03-29T12:00", "Europe/London"), 20 * MINUTE)
    assert due == local("2003-04-06T01:30", "Europe/London")


def test_a_friday_that_a_zone_skipped_is_no_business_day() -> None:
    calendar = BusinessCalendar("Pacific/Apia", WeeklyHours.monday_to_friday())
    thursday = local("2011-12-29T16:00", "Pacific/Apia")
    assert calendar.add(thursday, 2 * HOUR) == local("2012-01-02T09:00", "Pacific/Apia")


def test_a_zone_at_an_odd_offset_opens_at_its_own_eight_oclock() -> None:
    calendar = BusinessCalendar("Asia/Kathmandu", WeeklyHours.monday_to_friday())
    assert calendar.next_opening(datetime(2003, 7, 8, tzinfo=UTC)) == datetime(
        2003, 7, 8, 2, 15, tzinfo=UTC
    )


WEEKS_ON = [
    ("Europe/London", "2003-03-28T15:00", 1, "2003-04-04T15:00"),
    ("Europe/London", "2003-10-24T15:00", 1, "2003-10-31T15:00"),
    ("Europe/London", "2003-03-23T01:30", 1, "2003-03-30T02:30"),  # 01:30 is skipped
    ("Australia/Lord_Howe", "2003-10-19T02:10", 1, "2003-10-26T02:40"),
    ("Pacific/Apia", "2011-12-23T10:00", 1, "2011-12-31T10:00"),  # the 30th never was
    ("America/Los_Angeles", "2003-07-10T15:00", -1, "2003-07-03T15:00"),
    ("America/Los_Angeles", "2003-12-29T15:00", 9, "2004-03-01T15:00"),
]


@pytest.mark.clause("D-8", "D-10")
@pytest.mark.parametrize(("zone", "start", "count", "due"), WEEKS_ON)
def test_weeks_on_the_clock_on_the_wall_reads_the_same(
    zone: str, start: str, count: int, due: str
) -> None:
    found = add_weeks(local(start, zone), count, zone)
    assert found == local(due, zone)
    assert found.tzinfo is UTC


MONTHS_ON = [
    ("Europe/London", "2003-01-31T09:00", 1, "2003-02-28T09:00"),
    ("Europe/London", "2004-01-31T09:00", 1, "2004-02-29T09:00"),
    ("Europe/London", "2003-01-31T09:00", 2, "2003-03-31T09:00"),  # the clip does not stick
    ("Europe/London", "2003-02-28T09:00", 1, "2003-03-28T09:00"),
    ("Europe/London", "2003-12-31T09:00", 1, "2004-01-31T09:00"),
    ("Europe/London", "2003-12-31T09:00", 14, "2005-02-28T09:00"),
    ("Europe/London", "2003-03-31T09:00", -1, "2003-02-28T09:00"),
    ("Europe/London", "2003-01-31T09:00", -1, "2002-12-31T09:00"),
    ("Europe/London", "2004-02-29T09:00", -12, "2003-02-28T09:00"),
    ("Europe/London", "2003-03-15T09:00", 1, "2003-04-15T09:00"),  # over the change, 09:00 stays
    ("Europe/London", "2003-02-28T01:30", 1, "2003-03-28T01:30"),
    ("Europe/London", "2008-02-29T01:30", 1, "2008-03-29T01:30"),
    ("Europe/London", "2003-04-30T01:30", -1, "2003-03-30T02:30"),  # 01:30 is skipped
    ("America/Sao_Paulo", "2017-09-15T00:15", 1, "2017-10-15T01:15"),  # no midnight that day
    ("Pacific/Apia", "2011-11-30T08:00", 1, "2011-12-31T08:00"),  # the 30th never was
    ("America/Los_Angeles", "2003-07-05T11:00", 1, "2003-08-05T11:00"),
    ("Asia/Kathmandu", "2003-01-30T23:59:59.999999", 1, "2003-02-28T23:59:59.999999"),
]


@pytest.mark.clause("D-8", "D-10")
@pytest.mark.parametrize(("zone", "start", "count", "due"), MONTHS_ON)
def test_months_on_is_the_same_day_and_clock_clipped_to_the_months_last_day(
    zone: str, start: str, count: int, due: str
) -> None:
    found = add_months(local(start, zone), count, zone)
    assert found == local(due, zone)
    assert found.tzinfo is UTC


def test_the_zone_counts_in_which_the_month_is_taken() -> None:
    at = datetime(2003, 3, 1, 2, tzinfo=UTC)  # still 28 February in Los Angeles
    assert add_months(at, 1, "America/Los_Angeles") == datetime(2003, 3, 29, 2, tzinfo=UTC)
    assert add_months(at, 1, "UTC") == datetime(2003, 4, 1, 2, tzinfo=UTC)


@pytest.mark.clause("D-8")
@pytest.mark.parametrize("fold", [0, 1])
def test_no_weeks_and_no_months_on_is_the_same_instant_even_in_a_repeated_hour(fold: int) -> None:
    at = local("2003-10-26T01:30", "Europe/London", fold)
    assert add_weeks(at, 0, "Europe/London") == at
    assert add_months(at, 0, "Europe/London") == at


def test_a_repeated_wall_clock_time_is_its_first_occurrence() -> None:
    assert add_weeks(local("2003-10-19T01:30", "Europe/London"), 1, "Europe/London") == datetime(
        2003, 10, 26, 0, 30, tzinfo=UTC
    )
    wall = datetime(2003, 10, 26, 1, 30)  # noqa: DTZ001 — a wall-clock time is naive
    assert from_wall_clock(wall, "Europe/London") == datetime(2003, 10, 26, 0, 30, tzinfo=UTC)
    assert from_wall_clock(wall.replace(fold=1), "Europe/London") == from_wall_clock(
        wall, "Europe/London"
    )


def test_a_wall_clock_time_that_carries_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="carries a zone already"):
        from_wall_clock(datetime(2003, 10, 26, 1, 30, tzinfo=UTC), "Europe/London")


@pytest.mark.clause("D-8")
@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2003-07-04T16:50", "2003-07-05T16:50"),
        ("2003-04-05T12:00", "2003-04-06T13:00"),  # the clock went forward in the night
        ("2003-10-25T12:00", "2003-10-26T11:00"),  # and back
    ],
)
def test_a_day_in_lower_case_is_24_elapsed_hours_whatever_the_clock_does(
    start: str, due: str
) -> None:
    zone = "America/Los_Angeles"
    assert add_elapsed(local(start, zone), 24 * HOUR) == local(due, zone)
    assert add_elapsed(local(due, zone), -24 * HOUR) == local(start, zone)
