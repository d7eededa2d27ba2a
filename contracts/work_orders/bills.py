"""The bill of a work order as it stands: its logs and expenses against the facts, at the rates of their days."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import FeeCode, StandardFee
from contracts.work_orders.models import WorkExpense, WorkLog, WorkOrder
from contracts.work_orders.rules.billing import Bill, Expense, Work, bill
from contracts.work_orders.rules.orders import Basis, covered
from portal.rules.business_time import from_wall_clock


class HourlyRates:
    """The then-current rates for professional services of an agreement's currency, in one query (ATSP 7.2)."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement

    def on(self, day: dt.date) -> Decimal | None:
        """The rate an hour on a day; None while none was ever set."""
        return next((amount for starts_on, amount in self._known if starts_on <= day), None)

    @cached_property
    def _known(self) -> list[tuple[dt.date, Decimal]]:
        fees = StandardFee.objects.filter(
            code=FeeCode.TIME_AND_MATERIALS, currency=self.agreement.programme.currency
        )
        return list(fees.order_by("-starts_on").values_list("starts_on", "amount"))


def hourly_rate(order: WorkOrder, at: dt.datetime) -> Decimal | None:
    """The rate an hour at an instant for work under section 7; None for work by the day, and while none is set."""
    if order.basis == Basis.DAY:
        return None
    return HourlyRates(order.agreement).on(order.agreement.date_at(at))


def bill_of(
    order: WorkOrder,
    logs: Sequence[WorkLog] | None = None,
    expenses: Sequence[WorkExpense] | None = None,
) -> Bill:
    """The bill of an order as it stands; logs and expenses taken back do not count.

    Raises Refusal while no then-current rate is on record for a day that may be billed (ATSP 7.2).
    """
    logs = list(order.logs.standing()) if logs is None else logs
    expenses = list(order.expenses.standing()) if expenses is None else expenses
    terms, agreement = order.terms, order.agreement
    rates = HourlyRates(agreement)

    def stretches(log: WorkLog) -> Iterator[Work]:
        """The log, cut at midnight where another rate begins."""
        if terms.per_day is not None:
            yield Work(log.pk, log.began_at, log.ended_at, log.quantity, terms.per_day)
            return
        first, last = (agreement.date_at(one) for one in (log.began_at, log.ended_at))
        rate, began_at = rates.on(first), log.began_at
        midnight = from_wall_clock(dt.datetime.combine(last, dt.time()), agreement.zone)
        if began_at < midnight < log.ended_at and rates.on(last) != rate:
            yield Work(log.pk, began_at, midnight, log.quantity, rate)
            rate, began_at = rates.on(last), midnight
        yield Work(log.pk, began_at, log.ended_at, log.quantity, rate)

    return bill(
        terms,
        order.facts,
        [stretch for log in logs for stretch in stretches(log)],
        [Expense(one.pk, one.incurred_at, one.amount) for one in expenses],
    )


def most_covered(order: WorkOrder) -> Decimal | None:
    """The most that the order's authorizations cover together; None when one names no limit, or none is needed."""
    if order.basis == Basis.TIME_AND_MATERIALS:
        return None
    return covered(one.amount for one in order.authorisations.all())
