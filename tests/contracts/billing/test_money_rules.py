"""Fees, proration and extension, to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements.rules.contract_year import contract_year
from contracts.billing.rules.money import extension, fee, money_text, prorate, round_cents
from tests.contracts.programmes.published import atsp

BEGAN, LAST, ANNIVERSARY = date(2002, 9, 3), date(2003, 9, 2), date(2003, 9, 3)
AMOUNTS = st.decimals(Decimal(0), Decimal(10_000_000), places=2)
DATES = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def usd(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.00499999999999999999999999999999", "0.00"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),  # half-up, not half-even
        ("6666.666666", "6666.67"),
        ("-0.005", "-0.01"),
        ("12", "12.00"),
        ("123456789012345678901234567890.125", "123456789012345678901234567890.13"),
    ],
)
def test_half_a_cent_rounds_up(amount: str, rounded: str) -> None:
    result = round_cents(usd(amount))
    assert str(result) == rounded


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("28479.45", "USD", "US$28,479.45"),
        ("0", "USD", "US$0.00"),
        ("-5", "USD", "-US$5.00"),
        ("-0.001", "USD", "US$0.00"),
        ("1000", "EUR", "EUR 1,000.00"),
    ],
)
def test_money_reads_with_its_currency_and_cents(amount: str, currency: str, text: str) -> None:
    assert money_text(usd(amount), currency) == text


@pytest.mark.clause("D-1")
@pytest.mark.parametrize(
    ("option", "quantity", "total"),
    [("psam-2", 2, "45000.00"), ("psam-1", 1, "10000.00"), ("ess-2", 3, "105000.00")],
)
def test_a_fee_is_quantity_times_unit_price(option: str, quantity: int, total: str) -> None:
    assert fee(quantity, atsp().option(option).fee) == usd(total)


@pytest.mark.parametrize("quantity", [0, -1])
def test_an_option_is_taken_at_least_once(quantity: int) -> None:
    with pytest.raises(ValueError, match=f"not {quantity} times"):
        fee(quantity, usd("22500.00"))


@pytest.mark.clause("ATSP page 1, 2.b", "D-2")
@pytest.mark.parametrize(
    ("annual", "on", "amount", "remaining"),
    [
        ("45000.00", date(2003, 1, 15), "28479.45", 231),
        ("45000.00", BEGAN, "45000.00", 365),
        ("45000.00", LAST, "123.29", 1),
        ("22500.00", date(2003, 1, 15), "14239.73", 231),  # half of it, rounded on its own
        ("0.00", date(2003, 1, 15), "0.00", 231),
    ],
)
def test_an_option_taken_later_pays_for_the_days_that_remain(
    annual: str, on: date, amount: str, remaining: int
) -> None:
    result = prorate(usd(annual), on, BEGAN, LAST)
    assert (result.amount, result.remaining_days, result.days) == (usd(amount), remaining, 365)


@pytest.mark.clause("D-2")
def test_a_proration_tells_its_sum() -> None:
    assert prorate(usd("45000.00"), date(2003, 1, 15), BEGAN, LAST).words == (
        "US$45,000.00 for 231 of 365 days, 15 Jan 2003 to 2 Sep 2003: US$28,479.45."
    )


@pytest.mark.clause("D-2", "D-46")
def test_a_leap_year_has_366_days_to_share() -> None:
    year = contract_year(date(2003, 9, 3))
    result = prorate(usd("36600.00"), date(2004, 2, 29), year.begins, year.ends)
    assert (result.days, result.remaining_days) == (366, 187)
    assert result.amount == usd("18700.00")


@pytest.mark.parametrize("on", [BEGAN - timedelta(days=1), ANNIVERSARY])
def test_nothing_is_prorated_outside_the_contract_year(on: date) -> None:
    with pytest.raises(ValueError, match="is not in the contract year 3 Sep 2002 to 2 Sep 2003"):
        prorate(usd("45000.00"), on, BEGAN, LAST)


def test_a_fee_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        prorate(usd("-1.00"), BEGAN, BEGAN, LAST)
    with pytest.raises(ValueError, match="below zero"):
        extension(usd("-1.00"), BEGAN, ANNIVERSARY)


@given(AMOUNTS, DATES, st.integers(1, 5), st.integers(0, 364))
def test_a_prorated_fee_is_the_exact_share_to_half_a_cent_and_never_more_than_the_year(
    annual: Decimal, effective: date, number: int, later: int
) -> None:
    year = contract_year(effective, number)
    on = year.begins + timedelta(days=later)
    result = prorate(annual, on, year.begins, year.ends)
    assert result.amount.as_tuple().exponent == -2
    assert 0 <= result.amount <= annual
    share = Fraction(annual) * result.remaining_days / result.days
    assert abs(Fraction(result.amount) - share) <= Fraction(1, 200)
    assert result.remaining_days + later == result.days == year.days


@given(AMOUNTS, DATES, st.integers(0, 363))
def test_a_day_later_never_costs_more(annual: Decimal, effective: date, later: int) -> None:
    year = contract_year(effective)
    on = year.begins + timedelta(days=later)
    today = prorate(annual, on, year.begins, year.ends)
    tomorrow = prorate(annual, on + timedelta(days=1), year.begins, year.ends)
    assert tomorrow.amount <= today.amount


@given(AMOUNTS, DATES)
def test_on_the_first_day_the_whole_fee_is_owed(annual: Decimal, effective: date) -> None:
    year = contract_year(effective)
    assert prorate(annual, year.begins, year.begins, year.ends).amount == annual


@given(AMOUNTS, AMOUNTS, DATES, st.integers(0, 364))
def test_prorated_fees_add_up_to_the_cent_of_their_sum(
    one: Decimal, other: Decimal, effective: date, later: int
) -> None:
    year = contract_year(effective)
    on = year.begins + timedelta(days=later)
    parts = [prorate(part, on, year.begins, year.ends).amount for part in (one, other)]
    whole = prorate(one + other, on, year.begins, year.ends).amount
    assert abs(sum(parts) - whole) <= Decimal("0.01")


@pytest.mark.clause("ATSP 9.1", "D-4")
@pytest.mark.parametrize(
    ("tier", "on", "months", "per_month", "total"),
    [
        ("level-2", date(2003, 5, 10), 4, "6666.67", "26666.68"),
        ("level-1", date(2003, 5, 3), 4, "2000.00", "8000.00"),
        ("level-1", date(2003, 5, 2), 5, "2000.00", "10000.00"),
        ("level-1", date(2003, 9, 2), 1, "2000.00", "2000.00"),
        ("level-1", date(2002, 9, 3), 12, "2000.00", "24000.00"),
    ],
)
def test_an_extension_is_charged_for_each_remaining_month(
    tier: str, on: date, months: int, per_month: str, total: str
) -> None:
    result = extension(atsp().tier(tier).fee, on, ANNIVERSARY)
    assert (result.months, result.per_month, result.total) == (
        months,
        usd(per_month),
        usd(total),
    )


@pytest.mark.clause("D-4")
@pytest.mark.parametrize(
    ("on", "words"),
    [
        (
            date(2003, 5, 10),
            "4 months to 3 Sep 2003 at US$6,666.67, one twelfth of US$80,000.00: "
            "US$26,666.68 in all.",
        ),
        (
            date(2003, 8, 31),
            "1 month to 3 Sep 2003 at US$6,666.67, one twelfth of US$80,000.00: "
            "US$6,666.67 in all.",
        ),
    ],
)
def test_an_extension_tells_its_sum(on: date, words: str) -> None:
    assert extension(usd("80000.00"), on, ANNIVERSARY).words == words


def test_a_programme_may_share_the_amount_otherwise() -> None:
    result = extension(usd("80000.00"), date(2003, 5, 10), ANNIVERSARY, shares=10, currency="EUR")
    assert result.per_month == usd("8000.00")
    assert "EUR 8,000.00, 1/10 of EUR 80,000.00" in result.words


@pytest.mark.parametrize("on", [date(2002, 9, 2), ANNIVERSARY, date(2004, 1, 1)])
def test_nothing_is_extended_outside_the_year_before_the_anniversary(on: date) -> None:
    with pytest.raises(ValueError, match="is not in the contract year before the anniversary"):
        extension(usd("80000.00"), on, ANNIVERSARY)


@given(AMOUNTS, DATES, st.integers(0, 364))
def test_an_extension_is_its_months_to_the_cent_and_never_rises_with_time(
    paid: Decimal, effective: date, later: int
) -> None:
    year = contract_year(effective)
    on = year.begins + timedelta(days=later)
    result = extension(paid, on, year.anniversary)
    assert result.total == result.months * result.per_month
    assert abs(Fraction(result.per_month) - Fraction(paid) / 12) <= Fraction(1, 200)
    # Twelve rounded months are at most six cents beyond the amount paid (D-4).
    assert result.total <= paid + Decimal("0.06")
    if on < year.ends:
        tomorrow = extension(paid, on + timedelta(days=1), year.anniversary)
        assert result.months - 1 <= tomorrow.months <= result.months


@pytest.mark.parametrize(
    ("anniversary", "on", "months"),
    [
        (date(2005, 2, 28), date(2005, 1, 28), 1),  # of an agreement of 29 February 2004
        (date(2005, 2, 28), date(2005, 1, 27), 2),
        (date(2008, 2, 29), date(2008, 1, 29), 1),
        (date(2004, 8, 31), date(2004, 2, 29), 6),
        (date(2004, 8, 31), date(2004, 2, 28), 7),
    ],
)
def test_months_of_an_extension_at_month_ends(anniversary: date, on: date, months: int) -> None:
    assert extension(usd("24000.00"), on, anniversary).months == months
