"""What is given back when the provider ends the agreement with the reseller agreement: both ways (ATSP 9.4, D-5).

The paper says "a pro-rated amount based on the remaining time period or unused Cases, whichever applies". Both are
computed, and the contract administrator says which applies. Each fee is measured by what it bought: Cases at the price
at which they were bought, those bought first used first; options and contacts, which hold no Cases, by the days that
remain either way. What is prorated is what was paid and not given back, so a refund never exceeds it. The same part of
what is still unpaid is not owed any more. Amounts are positive here; they are written as negative charges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from contracts.billing.rules.money import money_text, round_cents
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


class Basis(StrEnum):
    """What the refund is measured by."""

    TIME = "time"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee of the year, by the key of its line: from which day on it bought something to the year's end, or Cases.

    `charged` is what the line asked for; of that `paid` was paid and not given back, and `unpaid` is still owed.
    `cases` is None for a fee that bought none; of those bought, `unused` are left.
    """

    key: int
    text: str
    since: date
    charged: Decimal
    paid: Decimal
    unpaid: Decimal = Decimal(0)
    cases: int | None = None
    unused: int = 0


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What is given back of one fee, and what of its unpaid rest is not owed any more, with the arithmetic in words."""

    key: int
    text: str
    amount: Decimal
    let_off: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Refund:
    """One way of the refund: its lines and their sums."""

    basis: Basis
    lines: tuple[RefundLine, ...]

    @property
    def total(self) -> Decimal:
        """What is given back in all."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def let_off(self) -> Decimal:
        """What is not owed any more in all."""
        return sum((line.let_off for line in self.lines), Decimal(0))


def unused_of_each(bought: Sequence[int], unused: int) -> list[int]:
    """How many Cases of each purchase are left when `unused` are in all: those bought first are used first."""
    used = max(sum(bought) - unused, 0)
    left = []
    for cases in bought:
        gone = min(cases, used)
        used -= gone
        left.append(cases - gone)
    return left


def refunds(
    fees: Sequence[Fee], *, on: date, effective: date, ends: date, currency: str = "USD"
) -> tuple[Refund, Refund]:
    """The refund by the remaining time and the one by unused Cases, when `on` is the first day without agreement.

    By time each fee is prorated by the days from `on` to the last day of the year, of the days that it is for (as
    D-2); by Cases a fee that bought some by those unused. Raises Refusal for a day outside the year.
    """
    if not effective <= on <= ends:
        raise Refusal(
            f"{day_words(on)} is not in the contract year {day_words(effective)} to {day_words(ends)}.",
            clause="ATSP 9.4",
            way_out="Name the first day without the agreement.",
            field="on",
        )
    by_time = tuple(_by_time(one, on, ends, currency) for one in fees)
    by_cases = tuple(
        line if one.cases is None else _by_cases(one, one.cases, currency)
        for one, line in zip(fees, by_time, strict=True)
    )
    return Refund(Basis.TIME, by_time), Refund(Basis.CASES, by_cases)


def _by_time(fee: Fee, on: date, ends: date, currency: str) -> RefundLine:
    begins = max(on, fee.since)
    remaining, days = (ends - begins).days + 1, (ends - fee.since).days + 1
    measure = f"for {remaining} of {days} days, {day_words(begins)} to {day_words(ends)}"
    return _line(fee, Fraction(remaining, days), measure, currency)


def _by_cases(fee: Fee, cases: int, currency: str) -> RefundLine:
    part = Fraction(fee.unused, cases) if cases else Fraction(0)
    return _line(fee, part, f"for {fee.unused} unused of {cases} cases", currency)


def _line(fee: Fee, part: Fraction, measure: str, currency: str) -> RefundLine:
    def text(amount: Decimal) -> str:
        return money_text(amount, currency)

    amount, let_off = _part(fee.paid, part), _part(fee.unpaid, part)
    words = [f"{text(fee.paid)} {measure}: {text(amount)}."]
    if fee.paid != fee.charged:
        words.insert(0, f"Of {text(fee.charged)}, {text(fee.paid)} was paid and not given back.")
    if fee.unpaid:
        words.append(f"Of {text(fee.unpaid)} not yet paid, {text(let_off)} is not owed any more.")
    return RefundLine(fee.key, fee.text, amount, let_off, " ".join(words))


def _part(amount: Decimal, part: Fraction) -> Decimal:
    return round_cents(amount * part.numerator / part.denominator)
