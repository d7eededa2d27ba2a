"""Contract years are counted from the Effective Date itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements.rules.contract_year import (
    add_months,
    anniversary,
    contract_year,
    contract_year_on,
    months_remaining,
    term_ends,
)

DATES = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.clause("ATSP page 1, 2.a", "D-46")
@pytest.mark.parametrize(
    ("effective", "years", "expected"),
    [
        ("2002-09-03", 1, "2003-09-03"),
        ("2003-09-03", 1, "2004-09-03"),  # the renewal begins on it
        ("2004-02-29", 1, "2005-02-28"),
        ("2004-02-29", 3, "2007-02-28"),
        ("2004-02-29", 4, "2008-02-29"),  # the clip does not stick
        ("2003-02-28", 1, "2004-02-28"),
        ("2000-02-29", 100, "2100-02-28"),
        ("2002-12-31", 1, "2003-12-31"),
    ],
)
def test_an_anniversary_is_found_from_the_effective_date(
    effective: str, years: int, expected: str
) -> None:
    assert anniversary(day(effective), years) == day(expected)
    assert term_ends(day(effective), years) == day(expected) - timedelta(days=1)


@pytest.mark.clause("D-2")
@pytest.mark.parametrize(
    ("effective", "number", "days"),
    [
        ("2002-09-03", 1, 365),
        ("2003-09-03", 1, 366),  # 29 February 2004 lies in it
        ("2003-03-01", 1, 366),
        ("2003-02-28", 1, 365),
        ("2004-02-29", 1, 365),
        ("2004-02-29", 4, 366),
        ("2002-09-03", 2, 366),
    ],
)
def test_a_contract_year_has_365_or_366_days(effective: str, number: int, days: int) -> None:
    assert contract_year(day(effective), number).days == days


@pytest.mark.parametrize(
    ("on", "number"),
    [
        ("2002-09-03", 1),
        ("2003-09-02", 1),
        ("2003-09-03", 2),
        ("2004-09-02", 2),
        ("2004-12-31", 3),
    ],
)
def test_a_date_falls_in_its_contract_year(on: str, number: int) -> None:
    year = contract_year_on(day("2002-09-03"), day(on))
    assert year.number == number
    assert day(on) in year


def test_a_leap_day_agreement_turns_on_the_28th_and_the_29th() -> None:
    effective = day("2004-02-29")
    assert contract_year_on(effective, day("2005-02-27")).number == 1
    assert contract_year_on(effective, day("2005-02-28")).number == 2
    assert contract_year_on(effective, day("2008-02-28")).number == 4
    assert contract_year_on(effective, day("2008-02-29")).number == 5


def test_before_the_effective_date_there_is_no_year() -> None:
    with pytest.raises(ValueError, match="2002-09-02 is before the Effective Date, 2002-09-03"):
        contract_year_on(day("2002-09-03"), day("2002-09-02"))
    with pytest.raises(ValueError, match="numbered from 1"):
        contract_year(day("2002-09-03"), 0)


@given(DATES, st.integers(1, 60))
def test_years_follow_one_another_without_gap_or_overlap(effective: date, number: int) -> None:
    year, following = contract_year(effective, number), contract_year(effective, number + 1)
    assert year.anniversary == following.begins
    assert year.ends + timedelta(days=1) == following.begins
    assert year.days == (year.ends - year.begins).days + 1
    assert year.days in (365, 366)


@given(DATES, st.integers(0, 20_000))
def test_every_date_from_the_effective_date_on_is_in_exactly_one_year(
    effective: date, later: int
) -> None:
    on = effective + timedelta(days=later)
    year = contract_year_on(effective, on)
    assert on in year
    assert on not in contract_year(effective, year.number + 1)


@pytest.mark.clause("D-8")
@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2003-01-31", 1, "2003-02-28"),
        ("2004-01-31", 1, "2004-02-29"),
        ("2003-01-31", 2, "2003-03-31"),
        ("2003-03-31", -1, "2003-02-28"),
        ("2003-01-15", -1, "2002-12-15"),
        ("2003-12-15", 1, "2004-01-15"),
        ("2003-05-31", 0, "2003-05-31"),
    ],
)
def test_a_month_on_is_clipped_to_the_months_last_day(
    start: str, months: int, expected: str
) -> None:
    assert add_months(day(start), months) == day(expected)


def test_months_beyond_the_calendar_are_refused() -> None:
    with pytest.raises(ValueError, match="120000 months from 2003-01-31 is no date"):
        add_months(day("2003-01-31"), 120_000)


@pytest.mark.clause("D-4")
@pytest.mark.parametrize(
    ("on", "until", "months"),
    [
        ("2003-05-10", "2003-09-03", 4),
        ("2003-05-03", "2003-09-03", 4),
        ("2003-05-02", "2003-09-03", 5),
        ("2003-08-03", "2003-09-03", 1),
        ("2003-09-02", "2003-09-03", 1),
        ("2003-09-03", "2003-09-03", 0),
        ("2003-09-04", "2003-09-03", 0),
        ("2002-09-03", "2003-09-03", 12),
        ("2002-09-02", "2003-09-03", 13),
        # Counted back from a month's end: 28 February, 31 January, 31 December …
        ("2003-02-28", "2003-03-31", 1),
        ("2003-02-27", "2003-03-31", 2),
        ("2003-01-31", "2003-03-31", 2),
        ("2003-01-30", "2003-03-31", 3),
        ("2004-02-29", "2004-03-31", 1),
        ("2004-02-28", "2004-03-31", 2),
    ],
)
def test_months_remaining_are_counted_back_from_the_anniversary(
    on: str, until: str, months: int
) -> None:
    assert months_remaining(day(on), day(until)) == months


@given(DATES, st.integers(0, 800))
def test_the_months_remaining_reach_back_to_the_date_and_no_fewer_do(
    until: date, earlier: int
) -> None:
    on = until - timedelta(days=earlier)
    months = months_remaining(on, until)
    assert add_months(until, -months) <= on
    assert months == 0 or add_months(until, 1 - months) > on
