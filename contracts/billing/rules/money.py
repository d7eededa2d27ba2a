"""Money of the agreement: fees, proration, extension (ATSP page 1, 9.1; D-1, D-2, D-4).

Amounts are `Decimal`. Everything is rounded by `round_cents` and nowhere else.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from contracts.agreements.rules.contract_year import MONTHS_OF_A_YEAR, months_remaining
from portal.ui.words import day as day_words

_CENT = Decimal("0.01")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_SIGNS = {"USD": "US$"}


@dataclass(frozen=True, slots=True)
class Prorated:
    """A year's fee for the days that remain (D-2): the day it begins and the last day both count."""

    amount: Decimal
    remaining_days: int
    days: int
    words: str


@dataclass(frozen=True, slots=True)
class Extension:
    """The charge for going on when all Cases are used: so much for each remaining month (ATSP 9.1, D-4)."""

    months: int
    per_month: Decimal
    total: Decimal
    words: str


def round_cents(amount: Decimal) -> Decimal:
    """The amount in whole cents, half a cent rounded up, away from zero (D-2)."""
    return amount.quantize(_CENT, context=_EXACT)


def money_text(amount: Decimal, currency: str = "USD") -> str:
    """An amount as people read it, in whole cents: "US$28,479.45", "-US$5.00", "EUR 1,000.00"."""
    cents = round_cents(amount)
    sign = "-" if cents < 0 else ""
    return f"{sign}{_SIGNS.get(currency, f'{currency} ')}{abs(cents):,.2f}"


def fee(quantity: int, unit: Decimal) -> Decimal:
    """The fee of so many of an option: quantity times unit price (D-1). Raises ValueError below 1."""
    if quantity < 1:
        raise ValueError(f"an option is taken at least once, not {quantity} times")
    return round_cents(_EXACT.multiply(Decimal(quantity), unit))


def prorate(
    annual: Decimal, on: date, effective: date, ends: date, *, currency: str = "USD"
) -> Prorated:
    """The part of a year's fee owed for what is taken on `on` and ends with the year (ATSP page 1, 2.b; D-2).

    The contract year runs from `effective` through `ends`, its last day. The result is the annual fee
    times the remaining days, `on` and `ends` included, by the days of the year, rounded once.
    Raises ValueError when `on` lies outside the year, or the fee is below zero.
    """
    if not effective <= on <= ends:
        raise ValueError(
            f"{day_words(on)} is not in the contract year "
            f"{day_words(effective)} to {day_words(ends)}"
        )
    _not_negative(annual)
    days, remaining = (ends - effective).days + 1, (ends - on).days + 1
    amount = round_cents(_EXACT.divide(_EXACT.multiply(annual, Decimal(remaining)), Decimal(days)))
    words = (
        f"{money_text(annual, currency)} for {remaining} of {days} days, "
        f"{day_words(on)} to {day_words(ends)}: {money_text(amount, currency)}."
    )
    return Prorated(amount, remaining, days, words)


def extension(
    paid_for_cases: Decimal,
    on: date,
    anniversary: date,
    *,
    shares: int = MONTHS_OF_A_YEAR,
    currency: str = "USD",
) -> Extension:
    """The charge for each remaining month to the anniversary once all Cases are used (ATSP 9.1, D-4).

    A month's charge is the amount paid for the Cases divided by `shares`
    (``Programme.payment.extension_months``), rounded to the cent; the total is its multiple. Raises
    ValueError when `on` is not in the year before the anniversary, or the amount is below zero.
    """
    _not_negative(paid_for_cases)
    months = months_remaining(on, anniversary)
    if not 1 <= months <= MONTHS_OF_A_YEAR:
        raise ValueError(
            f"{day_words(on)} is not in the contract year before the anniversary, "
            f"{day_words(anniversary)}"
        )
    per_month = round_cents(_EXACT.divide(paid_for_cases, Decimal(shares)))
    total = months * per_month
    share = "one twelfth" if shares == MONTHS_OF_A_YEAR else f"1/{shares}"
    words = (
        f"{months} month{'' if months == 1 else 's'} to {day_words(anniversary)} at "
        f"{money_text(per_month, currency)}, {share} of "
        f"{money_text(paid_for_cases, currency)}: {money_text(total, currency)} in all."
    )
    return Extension(months, per_month, total, words)


def _not_negative(amount: Decimal) -> None:
    if amount < 0:
        raise ValueError(f"{amount} is below zero; a fee is not")
