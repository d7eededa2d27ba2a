"""The weekly hours: how they are written, read and refused."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, time, timedelta

import pytest

from portal.rules.business_time import WeeklyHours

NINE_TO_FIVE = (time(9), time(17))


def open_hours(hours: WeeklyHours) -> timedelta:
    """The open time of a week without holidays, of days that never close past midnight."""
    minutes = 0
    for day in hours.days:
        for opens, closes in day:
            until = closes.hour * 60 + closes.minute or 24 * 60
            minutes += until - opens.hour * 60 - opens.minute
    return timedelta(minutes=minutes)


@pytest.mark.clause("ATSP 1.2")
def test_the_business_day_is_monday_to_friday_eight_to_five() -> None:
    hours = WeeklyHours.monday_to_friday()
    assert hours.days == (((time(8), time(17)),),) * 5 + ((),) * 2
    assert hours.day_length == timedelta(hours=9)
    assert open_hours(hours) == timedelta(hours=45)


def test_a_week_that_never_closes_is_a_hundred_and_sixty_eight_hours() -> None:
    assert open_hours(WeeklyHours.always()) == timedelta(hours=168)


WRITTEN = [
    {"monday": ["08:00-17:00"]},
    {"tuesday": ["09:00-12:00", "13:00-17:30"], "saturday": ["09:00-12:15"]},
    {"monday": ["22:00-24:00"], "tuesday": ["00:00-06:00"]},
    {"sunday": ["00:00-24:00"]},
    {"friday": ["08:00:30-16:59:59.999999"]},
    {"wednesday": ["00:00-23:59"]},
]


@pytest.mark.parametrize("data", WRITTEN)
def test_written_values_read_back_the_same(data: dict[str, list[str]]) -> None:
    hours = WeeklyHours.from_data(data)
    assert hours.as_data() == data
    assert WeeklyHours.from_data(hours.as_data()) == hours


def test_dashes_and_spaces_may_be_the_typographers() -> None:
    assert WeeklyHours.from_data({"monday": ["08:00 – 17:00"]}) == WeeklyHours.on(
        {0: [(time(8), time(17))]}
    )


def test_lists_and_tuples_make_the_same_hashable_week() -> None:
    one = WeeklyHours([[NINE_TO_FIVE], [], [], [], [], [], []])  # type: ignore[arg-type]
    other = WeeklyHours.on({0: [NINE_TO_FIVE]})
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "no opening hours at all"),
        ({"monday": []}, "no opening hours at all"),
        ({"mondag": ["08:00-17:00"]}, "no weekday 'mondag'"),
        ({"monday": ["8-17"]}, "monday: cannot read '8-17'"),
        ({"monday": ["08:00"]}, "monday: cannot read '08:00'"),
        ({"monday": ["08:00-25:00"]}, "monday: cannot read '08:00-25:00'"),
        ({"monday": ["24:00-24:00"]}, "monday: cannot read '24:00-24:00'"),
        ({"monday": ["17:00-08:00"]}, "Monday 17:00–08:00 closes before it opens"),
        ({"monday": ["08:00-08:00"]}, "Monday 08:00–08:00 closes before it opens"),
        ({"monday": ["08:00-17:00", "16:59-18:00"]}, "Monday 16:59–18:00 begins before"),
        ({"monday": ["13:00-17:00", "08:00-12:00"]}, "Monday 08:00–12:00 begins before"),
        ({"monday": ["08:00-24:00", "09:00-10:00"]}, "Monday 09:00–10:00 begins before"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_the_entry(
    data: Mapping[str, Sequence[str]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        WeeklyHours.from_data(data)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: WeeklyHours(((NINE_TO_FIVE,),) * 6), "seven days, Monday to Sunday; 6"),
        (lambda: WeeklyHours.on({7: [NINE_TO_FIVE]}), "not 7"),
        (lambda: WeeklyHours.on({}), "no opening hours at all"),
        (lambda: WeeklyHours.on({1: [(time(9, tzinfo=UTC), time(17))]}), "carry no zone"),
        (lambda: WeeklyHours.on({1: [(time(9), time(17, tzinfo=UTC))]}), "carry no zone"),
    ],
)
def test_a_week_that_is_none_is_refused(make: Callable[[], WeeklyHours], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
