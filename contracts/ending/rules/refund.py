"""The refund when the provider ends the agreement with the reseller agreement: both ways of it (ATSP 9.4, D-5).

The paper says "a pro-rated amount based on the remaining time period or unused Cases, whichever applies". Both are
computed, and the contract administrator says which applies. Options are for a time and hold no Cases: they are given
back by the remaining days either way. Amounts are positive here; they are written as negative charges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from contracts.billing.rules.money import money_text, prorate, round_cents
from portal.rules.refusal import Refusal


class Basis(StrEnum):
    """What the refund is measured by."""

    TIME = "time"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class Paid:
    """A fee of the year: for the tier's Cases, or for an option; `annual` is that of a whole year."""

    text: str
    annual: Decimal
    charged: Decimal
    for_cases: bool


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What is given back of one fee, with its arithmetic in words."""

    text: str
    amount: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Refund:
    """One way of the refund: its lines and their sum."""

    basis: Basis
    lines: tuple[RefundLine, ...]

    @property
    def total(self) -> Decimal:
        """What is given back in all."""
        return sum((line.amount for line in self.lines), Decimal(0))


def refunds(
    paid: Sequence[Paid],
    *,
    on: date,
    effective: date,
    ends: date,
    unused: int,
    granted: int,
    currency: str = "USD",
) -> tuple[Refund, Refund]:
    """The refund by the remaining time and the one by unused Cases, when `on` is the first day without agreement.

    By time it is each fee times the days from `on` to the last day of the year, by the days of the year (as D-2). By
    Cases the tier's fee is taken times the unused by the granted. No line exceeds what was charged. Raises Refusal for
    a day outside the year.
    """
    if not effective <= on <= ends:
        raise Refusal(
            f"{on.isoformat()} is not in the contract year {effective.isoformat()} to {ends.isoformat()}.",
            clause="ATSP 9.4",
            way_out="Name the first day without the agreement.",
            field="on",
        )
    span = (on, effective, ends)
    by_time = tuple(_by_time(one, span, currency) for one in paid)
    by_cases = tuple(
        _by_cases(one, unused, granted, currency)
        if one.for_cases
        else _by_time(one, span, currency)
        for one in paid
    )
    return Refund(Basis.TIME, by_time), Refund(Basis.CASES, by_cases)


def _by_time(paid: Paid, span: tuple[date, date, date], currency: str) -> RefundLine:
    prorated = prorate(paid.annual, *span, currency=currency)
    return _line(paid, prorated.amount, prorated.words, currency)


def _by_cases(paid: Paid, unused: int, granted: int, currency: str) -> RefundLine:
    amount = round_cents(paid.annual * unused / granted) if granted else Decimal(0)
    words = (
        f"{money_text(paid.annual, currency)} for {unused} unused of {granted} cases: "
        f"{money_text(amount, currency)}."
    )
    return _line(paid, amount, words, currency)


def _line(paid: Paid, amount: Decimal, words: str, currency: str) -> RefundLine:
    if amount > paid.charged:
        words = f"{words} Not more than was charged, {money_text(paid.charged, currency)}."
        amount = paid.charged
    return RefundLine(paid.text, amount, words)
