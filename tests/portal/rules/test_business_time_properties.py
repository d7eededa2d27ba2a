"""What holds for business time on any calendar at any instant, and against the plain oracle."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.business_time import BusinessCalendar
from tests.portal.rules.business_time_strategies import AMOUNTS, MICROSECOND, Pair, cases

many = settings(max_examples=80, deadline=None)

NOTHING = timedelta(0)


@many
@given(cases())
def test_open_covered_and_placed_as_the_oracle_says(case: tuple[Pair, datetime]) -> None:
    (calendar, plain), at = case
    assert calendar.covers(at) == plain.covers(at)
    assert calendar.next_opening(at) == plain.next_opening(at)
    assert calendar.place(at) == plain.place(at)


@many
@given(cases(), AMOUNTS)
def test_added_and_subtracted_as_the_oracle_says(
    case: tuple[Pair, datetime], amount: timedelta
) -> None:
    (calendar, plain), at = case
    assert calendar.add(at, amount) == plain.add(at, amount)
    assert calendar.subtract(at, amount) == plain.subtract(at, amount)


@many
@given(cases(), st.timedeltas(timedelta(days=-40), timedelta(days=40)))
def test_between_and_windows_as_the_oracle_says(
    case: tuple[Pair, datetime], apart: timedelta
) -> None:
    (calendar, plain), at = case
    assert calendar.between(at, at + apart) == plain.between(at, at + apart)
    windows = list(calendar.windows(at, at + apart))
    assert sum((closes - opens for opens, closes in windows), NOTHING) == max(
        plain.between(at, at + apart), NOTHING
    )
    assert all(
        plain.is_open(opens) and plain.covers(closes) and at <= opens < closes <= at + apart
        for opens, closes in windows
    )


@many
@given(cases(), AMOUNTS, AMOUNTS)
def test_adding_twice_is_adding_the_sum(
    case: tuple[Pair, datetime], one: timedelta, other: timedelta
) -> None:
    (calendar, _), at = case
    assert calendar.add(calendar.add(at, one), other) == calendar.add(at, one + other)


@many
@given(cases(), AMOUNTS)
def test_between_takes_back_what_add_gave(case: tuple[Pair, datetime], amount: timedelta) -> None:
    (calendar, _), at = case
    assert calendar.between(at, calendar.add(at, amount)) == amount
    assert calendar.between(calendar.subtract(at, amount), at) == amount


@many
@given(cases(), AMOUNTS)
def test_the_answer_is_the_earliest_instant_and_lies_within_business_hours(
    case: tuple[Pair, datetime], amount: timedelta
) -> None:
    (calendar, _), at = case
    due = calendar.add(at, amount)
    assert calendar.covers(due)
    assert due >= at
    if amount:
        assert calendar.between(at, due - MICROSECOND) == amount - MICROSECOND


@many
@given(cases(), AMOUNTS)
def test_the_answer_to_subtract_is_the_latest_instant(
    case: tuple[Pair, datetime], amount: timedelta
) -> None:
    (calendar, _), at = case
    since = calendar.subtract(at, amount)
    assert calendar.covers(since)
    assert since <= at
    if amount:
        assert calendar.between(since + MICROSECOND, at) == amount - MICROSECOND


@many
@given(cases(), AMOUNTS, AMOUNTS, st.timedeltas(NOTHING, timedelta(days=4)))
def test_later_and_longer_is_never_due_sooner(
    case: tuple[Pair, datetime], amount: timedelta, more: timedelta, later: timedelta
) -> None:
    (calendar, _), at = case
    assert calendar.add(at, amount) <= calendar.add(at, amount + more)
    assert calendar.add(at, amount) <= calendar.add(at + later, amount)
    assert calendar.place(at) <= calendar.place(at + later)


@many
@given(cases(), st.timedeltas(timedelta(days=-9), timedelta(days=9)))
def test_between_is_signed_and_adds_up(case: tuple[Pair, datetime], apart: timedelta) -> None:
    (calendar, _), at = case
    middle, end = at + apart, at + timedelta(days=3)
    assert calendar.between(at, middle) == -calendar.between(middle, at)
    assert calendar.between(at, middle) + calendar.between(middle, end) == calendar.between(at, end)


@pytest.mark.clause("ATSP 1.2")
@many
@given(cases(), AMOUNTS, st.frozensets(st.integers(-5, 30), max_size=8))
def test_one_more_holiday_never_makes_anything_due_sooner(
    case: tuple[Pair, datetime], amount: timedelta, added: frozenset[int]
) -> None:
    (calendar, plain), at = case
    more = frozenset(at.date() + timedelta(days=number) for number in added) | frozenset(
        plain.holidays
    )
    with_more = BusinessCalendar(calendar.zone, calendar.hours, more)
    assert with_more.add(at, amount) >= calendar.add(at, amount)


@settings(max_examples=40, deadline=None)  # each builds tables of up to 35 years
@given(st.dates(date(1996, 1, 1), date(2029, 12, 31)), cases(), AMOUNTS)
def test_the_order_of_questions_changes_no_answer(
    elsewhere: date, case: tuple[Pair, datetime], amount: timedelta
) -> None:
    (calendar, _), at = case
    due = calendar.add(at, amount)
    # The table grows to the other date, forward or back, and is counted from a new beginning.
    other = at.replace(year=elsewhere.year, month=elsewhere.month, day=elsewhere.day)
    assert calendar.between(calendar.place(other), calendar.add(other, amount)) == amount
    assert calendar.add(at, amount) == due
