"""Business time by named cases: the worked examples and the boundaries."""

from datetime import UTC, date, datetime, time, timedelta, timezone
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
)

LOS_ANGELES = "America/Los_Angeles"
LONDON = "Europe/London"
HOLIDAYS = {date(2003, 7, 4): "Independence Day", date(2003, 12, 25): "Christmas Day"}
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def business_days(zone: str = LOS_ANGELES) -> BusinessCalendar:
    return BusinessCalendar(zone, WeeklyHours.monday_to_friday(), HOLIDAYS)


def local(text: str, zone: str = LOS_ANGELES) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def first_response(calendar: BusinessCalendar, severity: int, reported: datetime) -> datetime:
    if severity == 1:
        return add_elapsed(reported, timedelta(minutes=30))
    targets = {2: 1 * HOUR, 3: 4 * HOUR, 4: calendar.day_length}
    return calendar.add(reported, targets[severity])


def next_status(calendar: BusinessCalendar, severity: int, since: datetime) -> datetime:
    if severity == 1:
        return add_elapsed(since, timedelta(hours=24))
    if severity == 2:
        return calendar.add(since, calendar.day_length)
    if severity == 3:
        return calendar.place(add_weeks(since, 1, calendar.zone))
    return calendar.place(add_months(since, 1, calendar.zone))


WORKED = [
    (1, LOS_ANGELES, "2003-07-04T16:50", "2003-07-04T17:20", "2003-07-05T16:50"),
    (2, LOS_ANGELES, "2003-07-03T16:30", "2003-07-07T08:30", "2003-07-07T16:30"),
    (3, LOS_ANGELES, "2003-07-03T15:00", "2003-07-07T10:00", "2003-07-10T15:00"),
    (4, LOS_ANGELES, "2003-07-05T11:00", "2003-07-07T17:00", "2003-08-05T11:00"),
    (4, LOS_ANGELES, "2003-07-08T10:00", "2003-07-09T10:00", "2003-08-08T10:00"),
    (3, LONDON, "2003-03-28T15:00", "2003-03-31T10:00", "2003-04-04T15:00"),
    (2, LONDON, "2003-10-24T16:45", "2003-10-27T08:45", "2003-10-27T16:45"),
    (4, LONDON, "2003-01-31T09:00", "2003-02-03T09:00", "2003-02-28T09:00"),
    (3, LOS_ANGELES, "2003-12-24T16:00", "2003-12-26T11:00", "2003-12-31T16:00"),
]


@pytest.mark.clause("ATSP 1.2", "ATSP 4.5", "ATSP 4.6", "D-6", "D-7", "D-8", "D-10")
@pytest.mark.parametrize(("severity", "zone", "reported", "response", "status"), WORKED)
def test_the_worked_examples_come_out_as_worked_by_hand(
    severity: int, zone: str, reported: str, response: str, status: str
) -> None:
    calendar = business_days(zone)
    assert first_response(calendar, severity, local(reported, zone)) == local(response, zone)
    assert next_status(calendar, severity, local(reported, zone)) == local(status, zone)


@pytest.mark.clause("ATSP Ex.C", "D-14")
@pytest.mark.parametrize(
    ("reached", "due"),
    [
        pytest.param("2004-03-05T20:10", "2004-03-08T08:00", id="Friday evening, to Monday"),
        pytest.param("2004-03-05T16:10", "2004-03-05T16:10", id="within the Business Day"),
        pytest.param("2004-03-05T17:00", "2004-03-05T17:00", id="at the closing itself"),
        pytest.param("2004-03-05T17:00:00.000001", "2004-03-08T08:00", id="just closed"),
        pytest.param("2004-03-08T07:59:59.999999", "2004-03-08T08:00", id="just before opening"),
        pytest.param("2003-07-04T10:00", "2003-07-07T08:00", id="holiday on a Friday"),
    ],
)
def test_six_hours_or_the_next_business_day(reached: str, due: str) -> None:
    assert business_days().place(local(reached)) == local(due)


ADDED = [
    ("ends at the closing itself", "2003-07-08T16:00", 1 * HOUR, "2003-07-08T17:00"),
    ("a microsecond past the closing", "2003-07-08T16:00", HOUR + MICROSECOND, "2003-07-09T08:00:00.000001"),
    ("a microsecond before the closing", "2003-07-08T16:00", HOUR - MICROSECOND, "2003-07-08T16:59:59.999999"),
    ("a second past the closing", "2003-07-08T16:00", HOUR + SECOND, "2003-07-09T08:00:01"),
    ("begins at the closing", "2003-07-08T17:00", SECOND, "2003-07-09T08:00:01"),
    ("begins a microsecond before it", "2003-07-08T16:59:59.999999", SECOND, "2003-07-09T08:00:00.999999"),
    ("begins at the opening", "2003-07-08T08:00", 9 * HOUR, "2003-07-08T17:00"),
    ("begins before the opening", "2003-07-08T03:00", HOUR, "2003-07-08T09:00"),
    ("Saturday and a Business Day", "2003-07-05T11:00", 9 * HOUR, "2003-07-07T17:00"),
    ("Sunday, a microsecond to midnight", "2003-07-06T23:59:59.999999", HOUR, "2003-07-07T09:00"),
    ("on the holiday", "2003-07-04T10:00", HOUR, "2003-07-07T09:00"),
    ("over Christmas", "2003-12-24T16:00", 10 * HOUR, "2003-12-26T17:00"),
    ("nothing, within hours", "2003-07-08T12:00", timedelta(), "2003-07-08T12:00"),
    ("nothing, at the closing", "2003-07-08T17:00", timedelta(), "2003-07-08T17:00"),
    ("nothing, outside hours", "2003-07-08T17:00:01", timedelta(), "2003-07-09T08:00"),
]  # fmt: skip


@pytest.mark.clause("ATSP 1.2", "ATSP 4.5", "D-7")
@pytest.mark.parametrize(
    ("start", "amount", "due"), [pytest.param(*row, id=name) for name, *row in ADDED]
)
def test_business_time_is_added_to_the_earliest_instant_by_which_it_passed(
    start: str, amount: timedelta, due: str
) -> None:
    assert business_days().add(local(start), amount) == local(due)


@pytest.mark.parametrize(
    ("end", "amount", "start"),
    [
        pytest.param("2003-07-07T08:00", HOUR / 2, "2003-07-03T16:30", id="over a long weekend"),
        pytest.param("2003-07-08T12:00", HOUR, "2003-07-08T11:00", id="within a day"),
        pytest.param("2003-07-08T09:00", HOUR, "2003-07-08T08:00", id="to the opening, not the last closing"),
        pytest.param("2003-07-08T09:00", HOUR + MICROSECOND, "2003-07-07T16:59:59.999999", id="a microsecond past it"),
        pytest.param("2003-07-05T12:00", HOUR, "2003-07-03T16:00", id="from a Saturday"),
        pytest.param("2003-07-05T12:00", timedelta(), "2003-07-03T17:00", id="nothing, from a Saturday"),
        pytest.param("2003-07-08T12:00", timedelta(), "2003-07-08T12:00", id="nothing, within hours"),
        pytest.param("2003-07-08T17:00", timedelta(), "2003-07-08T17:00", id="nothing, at the closing"),
    ],
)  # fmt: skip
def test_business_time_is_subtracted_to_the_latest_instant_that_leaves_it(
    end: str, amount: timedelta, start: str
) -> None:
    assert business_days().subtract(local(end), amount) == local(start)


@pytest.mark.parametrize(
    ("start", "end", "passed"),
    [
        pytest.param("2003-07-03T16:30", "2003-07-07T08:30", 1 * HOUR, id="over holiday and weekend"),
        pytest.param("2003-07-04T00:00", "2003-07-07T08:00", timedelta(), id="only closed days"),
        pytest.param("2003-07-08T17:00", "2003-07-09T08:00", timedelta(), id="closing to opening"),
        pytest.param("2003-07-08T16:59:59", "2003-07-09T08:00:01", 2 * SECOND, id="a second each side"),
        pytest.param("2003-07-07T00:00", "2003-07-12T00:00", 45 * HOUR, id="a whole week"),
        pytest.param("2003-07-07T08:30", "2003-07-03T16:30", -1 * HOUR, id="backward is negative"),
        pytest.param("2003-07-08T12:00", "2003-07-08T12:00", timedelta(), id="no time at all"),
    ],
)  # fmt: skip
def test_the_business_time_between_two_instants(start: str, end: str, passed: timedelta) -> None:
    assert business_days().between(local(start), local(end)) == passed


@pytest.mark.parametrize("minute", [1, 2])
def test_the_first_question_ever_asked_of_a_calendar_may_span_years(minute: int) -> None:
    # Hours that nobody else uses, so that nothing is compiled yet.
    calendar = BusinessCalendar(LONDON, WeeklyHours.on({0: [(time(8), time(8, minute))]}))
    apart = local("2003-07-07T00:00", LONDON), local("2013-07-08T00:00", LONDON)
    start, end = apart if minute == 1 else apart[::-1]
    weeks = 522 if minute == 1 else -522
    assert calendar.between(start, end) == weeks * timedelta(minutes=minute)


@pytest.mark.clause("ATSP 1.2", "D-10", "D-14", "D-31")
@pytest.mark.parametrize(
    ("at", "covers", "next_opening"),
    [
        ("2003-07-08T07:59:59", False, "2003-07-08T08:00"),
        ("2003-07-08T07:59:59.999999", False, "2003-07-08T08:00"),
        ("2003-07-08T08:00", True, "2003-07-08T08:00"),
        ("2003-07-08T08:00:00.000001", True, "2003-07-08T08:00:00.000001"),
        ("2003-07-08T16:59:59.999999", True, "2003-07-08T16:59:59.999999"),
        ("2003-07-08T17:00", True, "2003-07-09T08:00"),
        ("2003-07-08T17:00:00.000001", False, "2003-07-09T08:00"),
        ("2003-07-08T17:00:01", False, "2003-07-09T08:00"),
        ("2003-07-03T17:00", True, "2003-07-07T08:00"),
        ("2003-07-04T12:00", False, "2003-07-07T08:00"),
        ("2003-07-05T12:00", False, "2003-07-07T08:00"),
    ],
)
def test_a_closing_belongs_to_its_business_day_and_no_time_runs_from_it(
    at: str, covers: bool, next_opening: str
) -> None:
    calendar = business_days()
    assert calendar.covers(local(at)) is covers
    assert calendar.next_opening(local(at)) == local(next_opening)
    assert calendar.place(local(at)) == (local(at) if covers else local(next_opening))


def test_windows_are_cut_to_the_stretch_asked_for() -> None:
    found = list(business_days().windows(local("2003-07-03T16:30"), local("2003-07-08T08:00")))
    assert found == [
        Window(local("2003-07-03T16:30"), local("2003-07-03T17:00")),
        Window(local("2003-07-07T08:00"), local("2003-07-07T17:00")),
    ]


def test_windows_of_many_years_come_whole_and_in_order() -> None:
    calendar = business_days("Pacific/Auckland")
    found = list(
        calendar.windows(datetime(2011, 5, 1, tzinfo=UTC), datetime(2031, 5, 1, tzinfo=UTC))
    )
    assert len(found) > 5000
    assert all(one.closes < other.opens for one, other in pairwise(found))
    total = sum((window.closes - window.opens for window in found), timedelta())
    assert total == calendar.between(found[0].opens, found[-1].closes)


@pytest.mark.parametrize(
    "stretch", [("2003-07-05T00:00", "2003-07-06T00:00"), ("2003-07-08T12:00",) * 2]
)
def test_a_stretch_without_open_time_has_no_windows(stretch: tuple[str, str]) -> None:
    assert list(business_days().windows(local(stretch[0]), local(stretch[1]))) == []


@pytest.mark.clause("D-7")
@pytest.mark.parametrize(
    ("days", "length"),
    [
        ({weekday: [(time(8), time(17))] for weekday in range(5)}, 9),
        ({weekday: [(time(9), time(12)), (time(13), time(17))] for weekday in range(5)}, 7),
        ({0: [(time(0), time(0))]}, 24),
        ({0: [(time(8), time(17))], 1: [(time(8), time(17))], 5: [(time(9), time(12))]}, 9),
        ({0: [(time(8), time(17))], 5: [(time(9), time(12))]}, 9),
    ],
)
def test_an_ordinary_business_day_is_the_commonest_and_of_two_the_longer(
    days: dict[int, list[tuple[time, time]]], length: int
) -> None:
    calendar = BusinessCalendar(LONDON, WeeklyHours.on(days))
    assert calendar.day_length == timedelta(hours=length)


def test_a_lunch_break_does_not_count() -> None:
    hours = WeeklyHours.on(
        {weekday: [(time(9), time(12)), (time(13), time(17))] for weekday in range(5)}
    )
    calendar = BusinessCalendar(LONDON, hours)
    assert calendar.add(local("2003-07-08T11:30", LONDON), HOUR) == local(
        "2003-07-08T13:30", LONDON
    )
    assert calendar.place(local("2003-07-08T12:30", LONDON)) == local("2003-07-08T13:00", LONDON)
    assert calendar.covers(local("2003-07-08T12:00", LONDON))


def test_hours_past_midnight_run_on_over_it() -> None:
    night = {weekday: [(time(0), time(6)), (time(22), time(0))] for weekday in range(7)}
    calendar = BusinessCalendar(LONDON, WeeklyHours.on(night))
    assert calendar.add(local("2003-07-08T23:00", LONDON), 2 * HOUR) == local(
        "2003-07-09T01:00", LONDON
    )
    assert calendar.covers(local("2003-07-09T00:00", LONDON))


@pytest.mark.parametrize(
    "holidays",
    [
        pytest.param([date(2003, 7, 5), date(2003, 7, 6)], id="on a weekend, they change nothing"),
        pytest.param([], id="none"),
    ],
)
def test_a_holiday_on_a_weekend_changes_nothing(holidays: list[date]) -> None:
    calendar = BusinessCalendar(LOS_ANGELES, WeeklyHours.monday_to_friday(), holidays)
    assert calendar.add(local("2003-07-04T16:00"), 2 * HOUR) == local("2003-07-07T09:00")


def test_a_run_of_holidays_is_skipped_whole() -> None:
    closed = [date(2003, 12, 24) + timedelta(days=number) for number in range(9)]
    calendar = BusinessCalendar(LOS_ANGELES, WeeklyHours.monday_to_friday(), closed)
    assert calendar.add(local("2003-12-23T16:00"), 2 * HOUR) == local("2004-01-02T09:00")


@pytest.mark.parametrize("year", [2001, 2003, 2005])
def test_years_without_an_opening_are_passed_over_both_ways(year: int) -> None:
    closed = [date(2001, 1, 1) + timedelta(days=number) for number in range(365 * 5)]
    never_open = [date(year, 1, 1) + timedelta(days=number) for number in range(-400, 400)]
    closed += [day for day in never_open if day.weekday() == 6]  # not compiled yet
    calendar = BusinessCalendar(LOS_ANGELES, WeeklyHours.monday_to_friday(), closed)
    middle = local(f"{year}-07-05T12:00")
    assert not calendar.covers(middle)
    assert calendar.subtract(middle, timedelta()) == local("2000-12-29T17:00")
    assert calendar.add(middle, HOUR) == local("2006-01-02T09:00")
    assert calendar.between(local("2000-12-29T16:00"), local("2006-01-02T09:00")) == 2 * HOUR


def test_a_holiday_closes_the_whole_local_date_and_no_other() -> None:
    calendar = BusinessCalendar("Pacific/Auckland", WeeklyHours.always(), [date(2003, 12, 25)])
    zone = "Pacific/Auckland"
    assert calendar.add(local("2003-12-24T23:00", zone), 2 * HOUR) == local(
        "2003-12-26T01:00", zone
    )
    assert calendar.covers(local("2003-12-25T00:00", zone))
    assert not calendar.covers(local("2003-12-25T00:00:00.000001", zone))


def test_one_quarter_of_an_hour_a_week_is_enough() -> None:
    hours = WeeklyHours.on({2: [(time(10), time(10, 15))]})
    calendar = BusinessCalendar(LOS_ANGELES, hours)
    assert calendar.add(local("2003-07-08T10:00"), HOUR) == local("2003-07-30T10:15")
    assert calendar.add(local("2003-07-08T10:00"), 240 * HOUR) == local("2021-11-24T10:15")
    assert calendar.between(local("2003-07-08T10:00"), local("2021-11-24T10:15")) == 240 * HOUR
    assert calendar.subtract(local("2021-11-24T10:15"), 240 * HOUR) == local("2003-07-09T10:00")


@pytest.mark.parametrize("zone", ["UTC", LOS_ANGELES, "Asia/Kathmandu"])
def test_the_zone_of_the_argument_does_not_matter_and_answers_are_in_utc(zone: str) -> None:
    at = local("2003-07-03T16:30")
    due = business_days().add(at.astimezone(ZoneInfo(zone)), HOUR)
    assert due == local("2003-07-07T08:30")
    assert due.tzinfo is UTC
    fixed = at.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert business_days().add(fixed, HOUR) == due


def test_results_are_exact_to_the_microsecond_at_any_date() -> None:
    calendar = business_days()
    for year in (1971, 2003, 2038, 2150, 2190):
        start = calendar.next_opening(datetime(year, 3, 1, tzinfo=UTC))
        assert calendar.add(start, MICROSECOND) == start + MICROSECOND
        late = calendar.add(start, 1000 * 9 * HOUR + MICROSECOND)
        assert late.microsecond == 1
        assert calendar.between(start, late) == 1000 * 9 * HOUR + MICROSECOND


def test_microseconds_added_one_by_one_do_not_drift() -> None:
    calendar = business_days()
    at = start = local("2003-07-03T16:59:59.999950")
    for _ in range(100):
        at = calendar.add(at, MICROSECOND)
    assert at == calendar.add(start, 100 * MICROSECOND) == local("2003-07-07T08:00:00.000050")
