"""Business time by named cases: the worked examples, the boundaries, and what is refused."""

import copy
import pickle
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from portal.rules.business_time import (
    BeyondCalendarError,
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


@pytest.mark.clause("ATSP 1.2", "D-10", "D-14")
@pytest.mark.parametrize(
    ("at", "is_open", "covers", "next_opening"),
    [
        ("2003-07-08T07:59:59", False, False, "2003-07-08T08:00"),
        ("2003-07-08T07:59:59.999999", False, False, "2003-07-08T08:00"),
        ("2003-07-08T08:00", True, True, "2003-07-08T08:00"),
        ("2003-07-08T08:00:00.000001", True, True, "2003-07-08T08:00:00.000001"),
        ("2003-07-08T16:59:59.999999", True, True, "2003-07-08T16:59:59.999999"),
        ("2003-07-08T17:00", False, True, "2003-07-09T08:00"),
        ("2003-07-08T17:00:00.000001", False, False, "2003-07-09T08:00"),
        ("2003-07-08T17:00:01", False, False, "2003-07-09T08:00"),
        ("2003-07-03T17:00", False, True, "2003-07-07T08:00"),
        ("2003-07-04T12:00", False, False, "2003-07-07T08:00"),
        ("2003-07-05T12:00", False, False, "2003-07-07T08:00"),
    ],
)
def test_a_closing_is_closed_yet_still_within_the_business_day(
    at: str, is_open: bool, covers: bool, next_opening: str
) -> None:
    calendar = business_days()
    assert calendar.is_open(local(at)) is is_open
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
    assert not calendar.is_open(local("2003-07-08T12:00", LONDON))
    assert calendar.covers(local("2003-07-08T12:00", LONDON))


def test_hours_past_midnight_run_on_over_it() -> None:
    night = {weekday: [(time(0), time(6)), (time(22), time(0))] for weekday in range(7)}
    calendar = BusinessCalendar(LONDON, WeeklyHours.on(night))
    assert calendar.add(local("2003-07-08T23:00", LONDON), 2 * HOUR) == local(
        "2003-07-09T01:00", LONDON
    )
    assert calendar.is_open(local("2003-07-09T00:00", LONDON))


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


NAIVE = datetime(2003, 7, 3, 16, 30)  # noqa: DTZ001 — what must be refused


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar: calendar.add(NAIVE, HOUR),
        lambda calendar: calendar.add(NAIVE, timedelta()),
        lambda calendar: calendar.subtract(NAIVE, HOUR),
        lambda calendar: calendar.between(NAIVE, local("2003-07-07T08:30")),
        lambda calendar: calendar.between(local("2003-07-07T08:30"), NAIVE),
        lambda calendar: calendar.is_open(NAIVE),
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
