"""A calendar as a value: what it refuses, what it equals, and that threads may share it."""

import copy
import pickle
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.rules.business_time import (
    BeyondCalendarError,
    BusinessCalendar,
    WeeklyHours,
    add_elapsed,
    add_months,
    add_weeks,
)

LOS_ANGELES = "America/Los_Angeles"
LONDON = "Europe/London"
HOLIDAYS = {date(2003, 7, 4): "Independence Day", date(2003, 12, 25): "Christmas Day"}
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def business_days(zone: str = LOS_ANGELES) -> BusinessCalendar:
    return BusinessCalendar(zone, WeeklyHours.monday_to_friday(), HOLIDAYS)


def local(text: str, zone: str = LOS_ANGELES) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


NAIVE = datetime(2003, 7, 3, 16, 30)  # noqa: DTZ001 — what must be refused


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar: calendar.add(NAIVE, HOUR),
        lambda calendar: calendar.add(NAIVE, timedelta()),
        lambda calendar: calendar.subtract(NAIVE, HOUR),
        lambda calendar: calendar.between(NAIVE, local("2003-07-07T08:30")),
        lambda calendar: calendar.between(local("2003-07-07T08:30"), NAIVE),
        lambda calendar: calendar.covers(NAIVE),
        lambda calendar: calendar.next_opening(NAIVE),
        lambda calendar: calendar.place(NAIVE),
        lambda calendar: list(calendar.windows(NAIVE, NAIVE)),
        lambda calendar: calendar.explain_add(NAIVE, HOUR),
        lambda calendar: calendar.explain_place(NAIVE),
        lambda calendar: add_elapsed(NAIVE, HOUR),
        lambda calendar: add_weeks(NAIVE, 1, calendar.zone),
        lambda calendar: add_months(NAIVE, 1, calendar.zone),
    ],
)
def test_a_naive_datetime_is_refused_in_words(ask: Callable[[BusinessCalendar], object]) -> None:
    with pytest.raises(ValueError, match="2003-07-03T16:30:00 carries no time zone"):
        ask(business_days())


def test_business_time_goes_forward_by_add_and_back_by_subtract_only() -> None:
    with pytest.raises(ValueError, match="added forward only"):
        business_days().add(local("2003-07-03T16:30"), -SECOND)
    with pytest.raises(ValueError, match="subtracted backward only"):
        business_days().subtract(local("2003-07-03T16:30"), -SECOND)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "America", "/etc/localtime"])
def test_a_zone_that_is_none_is_refused_when_the_calendar_is_made(zone: str) -> None:
    with pytest.raises(ValueError, match="There is no time zone"):
        BusinessCalendar(zone, WeeklyHours.monday_to_friday())


def test_a_holiday_given_as_a_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="A holiday is a local date"):
        BusinessCalendar(LONDON, WeeklyHours.monday_to_friday(), [datetime(2003, 7, 4, tzinfo=UTC)])


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar: calendar.add(datetime(1899, 12, 1, tzinfo=UTC), HOUR),
        lambda calendar: calendar.add(datetime(2200, 2, 1, tzinfo=UTC), HOUR),
        lambda calendar: calendar.add(local("2003-07-08T12:00"), timedelta.max),
        lambda calendar: calendar.add(local("2003-07-05T12:00"), timedelta.max),
        lambda calendar: calendar.add(local("2003-07-08T12:00"), timedelta(days=365 * 100)),
        lambda calendar: calendar.subtract(local("2003-07-08T12:00"), timedelta(days=365 * 100)),
        lambda calendar: calendar.next_opening(datetime.max.replace(tzinfo=UTC)),
        lambda calendar: calendar.next_opening(datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_beyond_the_years_kept_business_time_says_so(
    ask: Callable[[BusinessCalendar], object],
) -> None:
    with pytest.raises(BeyondCalendarError, match="years 1900 to 2199"):
        ask(business_days())


def test_a_calendar_that_never_opens_again_says_so_instead_of_searching_for_ever() -> None:
    mondays = WeeklyHours.on({0: [(time(8), time(9))]})
    closed = [date(2003, 7, 7) + timedelta(weeks=number) for number in range(53 * 200)]
    calendar = BusinessCalendar(LONDON, mondays, closed)
    assert calendar.covers(local("2003-06-23T08:30", LONDON))
    with pytest.raises(BeyondCalendarError, match="years 1900 to 2199"):
        calendar.next_opening(local("2003-06-30T09:00", LONDON))
    with pytest.raises(BeyondCalendarError, match="years 1900 to 2199"):
        calendar.add(local("2003-06-23T08:30", LONDON), 2 * HOUR)


def test_equal_terms_make_equal_calendars_that_share_their_table() -> None:
    one, other = business_days(), business_days()
    assert one == other
    assert hash(one) == hash(other)
    assert one.timeline is other.timeline
    assert one != business_days(LONDON)
    assert one != BusinessCalendar(LOS_ANGELES, WeeklyHours.monday_to_friday(), HOLIDAYS.keys())
    assert {one: "kept"}[other] == "kept"


def test_a_calendar_is_a_value_that_can_be_copied_and_not_changed() -> None:
    calendar = business_days()
    assert pickle.loads(pickle.dumps(calendar)) == calendar  # noqa: S301 — our own bytes
    assert copy.deepcopy(calendar) == calendar
    with pytest.raises(AttributeError):
        calendar.zone = LONDON  # type: ignore[misc]


def test_threads_that_meet_on_a_cold_calendar_all_get_the_right_answer() -> None:
    hours = WeeklyHours.monday_to_friday(
        time(8, 1), time(16, 59)
    )  # nobody else's: not compiled yet
    questions = [
        datetime(year, 5, 5, 12, tzinfo=UTC) for year in (2003, 1990, 2030, 2012, 1999, 2040)
    ]
    calendar = BusinessCalendar(LONDON, hours, HOLIDAYS)
    answers: list[list[datetime]] = []
    together = threading.Barrier(8)

    def work(turn: int) -> None:
        together.wait(timeout=30)
        asked = questions[turn % 6 :] + questions[: turn % 6]
        due = {at: calendar.add(at, 500 * HOUR) for at in asked}
        answers.append([due[at] for at in questions])

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    alone = BusinessCalendar(LONDON, hours, {**HOLIDAYS, date(1900, 1, 6): "a Saturday"})
    assert answers == [[alone.add(at, 500 * HOUR) for at in questions]] * 8
