"""The traps of clocks and calendars that peers fell into, as far as pure time decides them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from portal.rules.business_time import (
    BusinessCalendar,
    WeeklyHours,
    add_elapsed,
    add_months,
    add_weeks,
)
from portal.rules.business_time.hours import WEEKDAYS

LOS_ANGELES = "America/Los_Angeles"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
HOLIDAYS = {date(2003, 7, 4): "Independence Day", date(2003, 12, 25): "Christmas Day"}
WEEK = BusinessCalendar(LOS_ANGELES, WeeklyHours.monday_to_friday(), HOLIDAYS)


def local(text: str, zone: str = LOS_ANGELES, fold: int = 0) -> datetime:
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return at.astimezone(UTC)


OVERLAPS = [
    (LOS_ANGELES, "2003-10-26T00:30"),
    ("Europe/London", "2003-10-26T00:30"),
    ("America/Havana", "2019-11-02T23:30"),
    ("America/St_Johns", "2006-10-28T23:30"),
    ("Australia/Lord_Howe", "2003-03-30T01:00"),
]


@pytest.mark.trap(3)
@pytest.mark.parametrize(("zone", "from_"), OVERLAPS)
def test_trap_3_every_minute_of_the_daylight_saving_overlap_has_its_own_right_answer(
    zone: str, from_: str
) -> None:
    around_the_clock = BusinessCalendar(zone, WeeklyHours.always())
    week = BusinessCalendar(zone, WeeklyHours.monday_to_friday())
    start = local(from_, zone)
    minutes = [start + number * MINUTE for number in range(4 * 60)]
    seen = [at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in minutes]
    assert len(set(seen)) < len(seen), "the clock shows some minutes twice"
    for at in minutes:
        # Given as the wall clock shows it, fold and all, it is the same instant as given in UTC.
        shown = at.astimezone(ZoneInfo(zone))
        assert around_the_clock.add(shown, HOUR) == at + HOUR
        assert around_the_clock.between(shown, at + HOUR) == HOUR
        assert week.next_opening(shown).astimezone(ZoneInfo(zone)).time() == time(8)
        assert add_elapsed(shown, 24 * HOUR) == at + 24 * HOUR
    dues = [around_the_clock.add(at, HOUR) for at in minutes]
    assert all(after - before == MINUTE for before, after in pairwise(dues))


@pytest.mark.trap(3)
@pytest.mark.parametrize("count", [1, 2, 52])
def test_trap_3_a_weekly_time_that_falls_into_overlap_or_gap_falls_due_once(count: int) -> None:
    for change, clock in (("2003-10-26", "01:30"), ("2003-04-06", "02:30")):
        target = datetime.fromisoformat(f"{change}T{clock}")
        start = local((target - timedelta(weeks=count)).isoformat())
        due = add_weeks(start, count, LOS_ANGELES)
        assert due.astimezone(ZoneInfo(LOS_ANGELES)).date() == target.date()
        assert due == add_weeks(start, count, LOS_ANGELES)
        assert due > add_weeks(start, count - 1, LOS_ANGELES)


@pytest.mark.trap(6)
@pytest.mark.clause("ATSP 4.5")
@pytest.mark.parametrize(
    ("due", "ahead", "warned"),
    [
        ("2003-07-07T08:30", 1 * HOUR, "2003-07-03T16:30"),
        ("2003-07-07T08:00", 1 * HOUR, "2003-07-03T16:00"),
        ("2003-07-08T10:00", 2 * HOUR, "2003-07-08T08:00"),
        ("2003-07-08T10:00", 9 * HOUR, "2003-07-07T10:00"),
        ("2003-12-26T08:15", 30 * MINUTE, "2003-12-24T16:45"),
    ],
)
def test_trap_6_a_step_before_a_deadline_falls_within_business_hours_never_at_midnight(
    due: str, ahead: timedelta, warned: str
) -> None:
    step = WEEK.subtract(local(due), ahead)
    assert step == local(warned)
    assert WEEK.covers(step)


@pytest.mark.trap(6)
def test_trap_6_no_step_before_any_deadline_of_a_year_is_outside_business_hours() -> None:
    for window in WEEK.windows(local("2003-01-02T08:00"), local("2004-01-02T08:00")):
        for ahead in (MICROSECOND, 30 * MINUTE, 4 * HOUR, 9 * HOUR, 10 * HOUR):
            assert WEEK.covers(WEEK.subtract(window.opens, ahead))
            assert WEEK.covers(WEEK.subtract(window.closes, ahead))


@pytest.mark.trap(7)
@pytest.mark.clause("ATSP 4.5", "D-7")
@pytest.mark.parametrize(
    "reported", ["2003-07-05T00:00", "2003-07-05T11:00", "2003-07-06T23:59:59", "2003-07-04T03:00"]
)
def test_trap_7_a_clock_begun_on_a_closed_day_counts_nothing_of_it_and_credits_nothing(
    reported: str,
) -> None:
    assert WEEK.add(local(reported), 9 * HOUR) == local("2003-07-07T17:00")
    assert WEEK.between(local(reported), local("2003-07-07T08:00")) == timedelta()


@pytest.mark.trap(7)
def test_trap_7_a_weekend_inside_a_clock_is_left_out_exactly_once() -> None:
    friday, monday = local("2003-07-11T16:00"), local("2003-07-14T09:00")
    assert WEEK.add(friday, 2 * HOUR) == monday
    assert WEEK.between(friday, monday) == 2 * HOUR
    assert WEEK.add(friday, 47 * HOUR) == local("2003-07-21T09:00")  # two weekends


@pytest.mark.trap(10)
@pytest.mark.clause("D-6")
def test_trap_10_who_looks_from_where_changes_no_due_time() -> None:
    reported = local("2003-07-08T16:30")
    due = WEEK.add(reported, HOUR)
    for reader in ("Asia/Tokyo", "Europe/London", "Pacific/Apia", "UTC", "Asia/Kathmandu"):
        seen = reported.astimezone(ZoneInfo(reader))
        assert WEEK.add(seen, HOUR) == due
        assert WEEK.between(seen, due.astimezone(ZoneInfo(reader))) == HOUR
        assert WEEK.between(seen, seen + MINUTE) == MINUTE  # fresh, not breached


@pytest.mark.trap(14)
@pytest.mark.clause("D-10")
def test_trap_14_two_deadlines_of_one_day_stay_two_and_none_lands_on_midnight() -> None:
    reported = [local("2003-07-05T00:00") + number * HOUR for number in range(24 * 14)]
    for at in reported:
        dues = [WEEK.add(at, HOUR), WEEK.add(at, 4 * HOUR), WEEK.add(at, WEEK.day_length)]
        dues += [WEEK.place(add_weeks(at, 1, WEEK.zone)), WEEK.place(add_months(at, 1, WEEK.zone))]
        assert len(set(dues[:3])) == 3
        assert all(WEEK.covers(due) for due in dues)
        assert not any(due.astimezone(ZoneInfo(WEEK.zone)).time() == time(0) for due in dues)


@pytest.mark.trap(15)
def test_trap_15_a_day_that_closes_at_24_leaks_nothing_in_a_year() -> None:
    to_midnight = WeeklyHours.from_data({weekday: ["00:00-24:00"] for weekday in WEEKDAYS})
    always = BusinessCalendar(LOS_ANGELES, to_midnight)
    start, end = local("2003-01-01T00:00"), local("2004-01-01T00:00")
    assert always.between(start, end) == end - start == 365 * 24 * HOUR
    assert always.add(start, 365 * 24 * HOUR) == end
    assert always.day_length == 24 * HOUR


@pytest.mark.trap(15)
def test_trap_15_a_day_that_does_close_at_2359_is_a_minute_shorter_and_no_more() -> None:
    to_the_last_minute = WeeklyHours.on({day: [(time(0), time(23, 59))] for day in range(7)})
    calendar = BusinessCalendar("UTC", to_the_last_minute)
    start = datetime(2003, 7, 7, tzinfo=UTC)
    assert calendar.between(start, start + 7 * 24 * HOUR) == 7 * (24 * HOUR - MINUTE)
    assert calendar.add(start + 23 * HOUR, HOUR) == datetime(2003, 7, 8, 0, 1, tzinfo=UTC)
    assert not calendar.covers(datetime(2003, 7, 7, 23, 59, 1, tzinfo=UTC))


@pytest.mark.trap(15)
def test_trap_15_a_sparse_week_counts_right_over_years() -> None:
    sparse = BusinessCalendar(LOS_ANGELES, WeeklyHours.on({2: [(time(10), time(10, 15))]}))
    wednesday = local("2003-07-09T10:00")
    for weeks in (1, 4, 52, 260):
        due = sparse.add(wednesday, weeks * 15 * MINUTE)
        last_opening = add_weeks(wednesday, weeks - 1, LOS_ANGELES)
        assert due == last_opening + 15 * MINUTE
        assert sparse.between(wednesday, due) == weeks * 15 * MINUTE


@pytest.mark.trap(21)
@pytest.mark.clause("ATSP Ex.C", "D-13")
def test_trap_21_marks_are_counted_from_the_start_so_lateness_does_not_add_up() -> None:
    start = local("2004-03-05T14:10")
    marks = [add_elapsed(start, number * HOUR) for number in range(1, 25)]
    assert [mark - start for mark in marks] == [number * HOUR for number in range(1, 25)]
    assert marks[-1] == local("2004-03-06T14:10")


@pytest.mark.trap(21)
def test_trap_21_business_marks_from_the_start_and_step_by_step_are_the_same_instants() -> None:
    start = at = local("2003-07-03T16:59:59.999999")
    for number in range(1, 100):
        at = WEEK.add(at, 50 * MINUTE)
        assert at == WEEK.add(start, number * 50 * MINUTE)


@pytest.mark.trap(21)
def test_trap_21_months_from_one_start_do_not_slip_from_the_31st_to_the_28th() -> None:
    start = local("2003-01-31T09:00")
    days = [
        add_months(start, number, LOS_ANGELES).astimezone(ZoneInfo(LOS_ANGELES)).day
        for number in range(12)
    ]
    assert days == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


@pytest.mark.trap(27)
@pytest.mark.clause("ATSP 1.2")
def test_trap_27_a_holiday_makes_a_case_due_later_never_sooner() -> None:
    without = BusinessCalendar(LOS_ANGELES, WeeklyHours.monday_to_friday())
    for number in range(24 * 10):
        at = local("2003-06-30T00:00") + number * HOUR
        for amount in (HOUR, 4 * HOUR, 9 * HOUR, 27 * HOUR):
            assert WEEK.add(at, amount) >= without.add(at, amount)
    thursday = local("2003-07-03T16:30")
    assert without.add(thursday, HOUR) == local("2003-07-04T08:30")
    assert WEEK.add(thursday, HOUR) == local("2003-07-07T08:30")


@pytest.mark.trap(30)
@pytest.mark.clause("D-8")
def test_trap_30_an_act_at_the_very_instant_of_its_deadline_has_used_exactly_its_time() -> None:
    reported = local("2003-07-08T16:00")
    due = WEEK.add(reported, HOUR)
    assert due == local("2003-07-08T17:00")  # the closing itself, not the next morning
    assert WEEK.between(reported, due) == HOUR
    assert WEEK.between(reported, due - MICROSECOND) < HOUR
    # Closed time after the deadline adds nothing to the business time, so lateness is told by
    # comparing instants, never by comparing business time used.
    assert WEEK.between(reported, due + 8 * HOUR) == HOUR
    assert WEEK.between(reported, local("2003-07-09T08:00:01")) > HOUR
