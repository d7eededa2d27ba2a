"""Decide line by line which work on an order is billable, and by which clause (ATSP 7.2-7.3.3, 16-18, Ex.D).

Work is billed by its exact time. Quantities are fractions, shown to the hundredth; only the amount of a line is
rounded, once.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from contracts.billing.rules.money import money_text, round_cents
from contracts.work_orders.rules.orders import (
    Basis,
    Outcome,
    WorkTerms,
    beyond,
    check_quantity,
    counted,
    no_rate,
)
from portal.rules.refusal import Refusal

LONGEST = dt.timedelta(hours=24)
_HOUR = dt.timedelta(hours=1)
_TICK = dt.timedelta(microseconds=1)


class Verdict(StrEnum):
    """Whether a line is billable; `OPEN` while the cause is not known (ATSP 7.2)."""

    BILLABLE = "billable"
    NOT_BILLABLE = "not_billable"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides: when the work was authorized or instructed, when a notice to stop was received, and the cause.

    Instants are aware; None is what did not happen, or is not known.
    """

    authorised_at: dt.datetime | None = None
    stop_received_at: dt.datetime | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A stretch of work from an aware instant to another, at a rate for each day or hour.

    `quantity` is how many days it counts; by time and materials it counts the time that it took. `rate` is None while
    none is on record for its day.
    """

    key: int
    began_at: dt.datetime
    ended_at: dt.datetime
    quantity: Decimal
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Expense:
    """An expense: when it was incurred, and how much it was."""

    key: int
    incurred_at: dt.datetime
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill: whether and why, under which clause. A stretch that a notice cut in two has two lines.

    `exact` is how many days or hours it counts, and `amount` that times the rate, to the cent.
    """

    key: int
    exact: Fraction
    rate: Decimal
    amount: Decimal
    verdict: Verdict
    why: str
    clause: str

    @property
    def quantity(self) -> Decimal:
        """What it counts as it is shown, to the hundredth."""
        return _shown(self.exact)

    @property
    def is_billable(self) -> bool:
        """Whether it is owed."""
        return self.verdict is Verdict.BILLABLE


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of the work and of the expenses, and what they come to."""

    work: tuple[Line, ...]
    expenses: tuple[Line, ...]

    @property
    def work_total(self) -> Decimal:
        """What is owed for the work."""
        return _owed(self.work)

    @property
    def expenses_total(self) -> Decimal:
        """What is owed for expenses."""
        return _owed(self.expenses)

    @property
    def total(self) -> Decimal:
        """What is owed in all."""
        return self.work_total + self.expenses_total

    @property
    def possible(self) -> Decimal:
        """What may be owed besides, while the cause is not known (ATSP 7.1, 7.2)."""
        lines = (*self.work, *self.expenses)
        return sum((one.amount for one in lines if one.verdict is Verdict.OPEN), Decimal(0))


def hours_between(began_at: dt.datetime, ended_at: dt.datetime) -> Decimal:
    """The hours of a stretch of work as they are shown, to the hundredth."""
    return _shown(_ratio(ended_at - began_at, _HOUR))


def check_stretch(
    terms: WorkTerms,
    began_at: dt.datetime,
    ended_at: dt.datetime,
    *,
    now: dt.datetime,
    others: Sequence[tuple[dt.datetime, dt.datetime]] = (),
    authorised_at: dt.datetime | None = None,
) -> None:
    """Raise Refusal unless it is a stretch of one day's work in the past, and none of the same person's other ones.

    Work by the day that began before it was authorized is refused as well (ATSP 16, 17, 18).
    """
    if not dt.timedelta(0) < ended_at - began_at <= LONGEST:
        raise Refusal(
            "Work must end after it begins, within 24 hours.",
            clause=terms.paid_clause,
            way_out="Log each day's work by itself.",
            field="ended_at",
        )
    if ended_at > now:
        raise Refusal(
            "That work is not done yet.",
            clause=terms.paid_clause,
            way_out="Log it when it is done.",
            field="ended_at",
        )
    if any(began_at < end and begin < ended_at for begin, end in others):
        raise Refusal(
            "That time is logged already for the same person.",
            clause=terms.paid_clause,
            way_out="Take the other line back first, or correct the times.",
            field="began_at",
        )
    if terms.basis is Basis.DAY and (authorised_at is None or began_at < authorised_at):
        raise Refusal(
            "That work began before its fee was authorized.",
            clause=terms.clause,
            way_out="Only work after the purchase order or the e-mail counts: log it from then on.",
            field="began_at",
        )


def quantity_of(
    terms: WorkTerms, began_at: dt.datetime, ended_at: dt.datetime, days: Decimal | None
) -> Decimal:
    """How much a stretch of work counts as it is shown: a whole or half day as logged, or the hours that it took.

    Raises Refusal when days are not given, or are more than one.
    """
    if terms.basis is Basis.TIME_AND_MATERIALS:
        return hours_between(began_at, ended_at)
    quantity = days if days is not None else Decimal(0)
    check_quantity(terms, quantity, field="days")
    if quantity > 1:
        raise Refusal(
            "A day's work counts as one day at most.",
            clause=terms.paid_clause,
            way_out="Log each day by itself.",
            field="days",
        )
    return quantity


def bill(
    terms: WorkTerms, facts: Facts, work: Sequence[Work], expenses: Sequence[Expense] = ()
) -> Bill:
    """Which of the work and expenses is billable, and why or why not (ATSP 7.2, 7.3.1-7.3.3, 16, 17, 18).

    A stretch that a notice or an instruction falls into is cut there, to the microsecond. Raises Refusal when a
    billable stretch has no rate.
    """
    lines: list[Line] = []
    by_hour = terms.basis is Basis.TIME_AND_MATERIALS
    for stretch in work:
        took = stretch.ended_at - stretch.began_at
        whole = _ratio(took, _HOUR) if by_hour else Fraction(stretch.quantity)
        for began_at, ended_at in _pieces(stretch, facts):
            verdict, why, clause = judged(terms, facts, began_at)
            if stretch.rate is None and verdict is not Verdict.NOT_BILLABLE:
                raise no_rate(terms)
            rate = stretch.rate or Decimal(0)
            exact = whole * _ratio(ended_at - began_at, took)
            amount = _shown(exact * Fraction(rate))
            lines.append(Line(stretch.key, exact, rate, amount, verdict, why, clause))
    costs = [
        Line(
            one.key,
            Fraction(1),
            one.amount,
            one.amount,
            *_cost_judged(terms, facts, one.incurred_at),
        )
        for one in expenses
    ]
    return Bill(tuple(lines), tuple(costs))


def judged(
    terms: WorkTerms, facts: Facts, began_at: dt.datetime, *, at_once: bool = False
) -> tuple[Verdict, str, str]:
    """Whether work from an instant on is billable, why or why not, and the clause; `at_once` for what took no time.

    A notice to stop counts after its receipt (ATSP 7.3.3), for work by the day as well: what is done at that very
    instant is still owed. What the cause is decides only for work under section 7 (ATSP 7.2, 7.3.1).
    """
    by_hour = terms.basis is Basis.TIME_AND_MATERIALS
    if by_hour and facts.outcome is Outcome.SOFTWARE:
        why = "the cause is a Problem in the Software"
        return Verdict.NOT_BILLABLE, why, terms.software_clause
    if facts.authorised_at is None or began_at < facts.authorised_at:
        done = "instructed" if by_hour else "authorized"
        return Verdict.NOT_BILLABLE, f"done before it was {done}", terms.uninstructed_clause
    stopped_at = facts.stop_received_at
    if stopped_at is not None and (
        began_at > stopped_at or (began_at == stopped_at and not at_once)
    ):
        why = "done after the notice to stop was received"
        return Verdict.NOT_BILLABLE, why, terms.stopped_clause
    if not by_hour:
        return Verdict.BILLABLE, "authorized", terms.paid_clause
    if facts.outcome is None:
        why = "instructed; billable if the cause proves not to be the Software"
        return Verdict.OPEN, why, terms.paid_clause
    return Verdict.BILLABLE, "instructed, and the cause is not the Software", terms.paid_clause


def _cost_judged(
    terms: WorkTerms, facts: Facts, incurred_at: dt.datetime
) -> tuple[Verdict, str, str]:
    if terms.expenses_clause is None:
        why = "the fee by the day is all that is charged"
        return Verdict.NOT_BILLABLE, why, terms.clause
    verdict, why, clause = judged(terms, facts, incurred_at, at_once=True)
    billable = verdict is Verdict.BILLABLE
    return verdict, why, terms.expenses_clause if billable else clause


def _pieces(stretch: Work, facts: Facts) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The stretch cut where it was authorized and where a notice to stop was received."""
    cuts = sorted(
        cut
        for cut in {facts.authorised_at, facts.stop_received_at} - {None}
        if cut is not None and stretch.began_at < cut < stretch.ended_at
    )
    return pairwise([stretch.began_at, *cuts, stretch.ended_at])


def _ratio(one: dt.timedelta, other: dt.timedelta) -> Fraction:
    return Fraction(one // _TICK, other // _TICK)


def _shown(exact: Fraction) -> Decimal:
    """A fraction to the hundredth: hours as they are shown, an amount in whole cents."""
    return round_cents(Decimal(exact.numerator) / exact.denominator)


@dataclass(frozen=True, slots=True)
class Settled:
    """What an order is settled with: what is charged for the work and for expenses, each with its sum in words."""

    work: Decimal
    work_words: str
    expenses: Decimal
    expenses_words: str

    @property
    def total(self) -> Decimal:
        """What is charged in all."""
        return self.work + self.expenses


def settlement(
    terms: WorkTerms, bill: Bill, most: Decimal | None, *, up_to_cover: bool = False
) -> Settled:
    """What is charged at the end; with `up_to_cover` never more than `most`, the sum of what is authorized.

    Raises Refusal when more is billable than is authorized, and it shall not be capped (ATSP 16, 17, 18).
    """
    excess = beyond(bill.total, most)
    if excess and not up_to_cover:
        raise Refusal(
            f"{_text(bill.total, terms)} is billable, and {_text(most or Decimal(0), terms)} is authorized.",
            clause=terms.paid_clause,
            way_out="The reseller authorizes the rest, or you charge no more than what is authorized.",
            field="up_to_cover",
        )
    work = bill.work_total if not excess or most is None else min(bill.work_total, most)
    costs = bill.expenses_total
    if excess and most is not None:
        costs = min(costs, most - work)
    return Settled(
        work,
        _work_words(terms, bill, work),
        costs,
        _costs_words(terms, bill, costs),
    )


def _work_words(terms: WorkTerms, bill: Bill, charged: Decimal) -> str:
    billed = [one for one in bill.work if one.is_billable]
    rates: dict[Decimal, Fraction] = {}
    for one in billed:
        rates[one.rate] = rates.get(one.rate, Fraction(0)) + one.exact
    parts = [
        f"{counted(_shown(count), terms.unit)} × {_text(rate, terms)}"
        for rate, count in rates.items()
    ]
    words = f"{' and '.join(parts) or 'nothing'}: {_text(bill.work_total, terms)}"
    return _capped(terms, words, bill.work_total, charged) + _left_out(terms, bill.work)


def _costs_words(terms: WorkTerms, bill: Bill, charged: Decimal) -> str:
    billed = [one for one in bill.expenses if one.is_billable]
    parts = [_text(one.amount, terms) for one in billed]
    words = f"{' + '.join(parts) or 'nothing'}: {_text(bill.expenses_total, terms)}"
    return _capped(terms, words, bill.expenses_total, charged)


def _capped(terms: WorkTerms, words: str, billable: Decimal, charged: Decimal) -> str:
    if charged == billable:
        return f"{words}."
    return f"{words}; charged {_text(charged, terms)}, the most that is authorized."


def _left_out(terms: WorkTerms, lines: Sequence[Line]) -> str:
    """A sentence for each reason for which work is not charged."""
    reasons: dict[tuple[str, str], Fraction] = {}
    for one in lines:
        if not one.is_billable:
            key = (one.why, one.clause)
            reasons[key] = reasons.get(key, Fraction(0)) + one.exact
    return "".join(
        f" Not charged: {counted(_shown(exact), terms.unit)}, {why} ({clause})."
        for (why, clause), exact in reasons.items()
    )


def _text(amount: Decimal, terms: WorkTerms) -> str:
    return money_text(amount, terms.currency)


def _owed(lines: Sequence[Line]) -> Decimal:
    return sum((one.amount for one in lines if one.is_billable), Decimal(0))
