"""The bill of a work order as it stands: its logs and expenses against the facts, at the rates of their days."""

import datetime as dt
from collections.abc import Sequence
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

    def rate(log: WorkLog) -> Decimal | None:
        if terms.per_day is not None:
            return terms.per_day
        return rates.on(agreement.date_at(log.began_at))

    return bill(
        terms,
        order.facts,
        [Work(one.pk, one.began_at, one.ended_at, one.quantity, rate(one)) for one in logs],
        [Expense(one.pk, _incurred_at(order, one.incurred_on), one.amount) for one in expenses],
    )


def most_covered(order: WorkOrder) -> Decimal | None:
    """The most that the order's authorizations cover together; None when one names no limit, or none is needed."""
    if order.basis == Basis.TIME_AND_MATERIALS:
        return None
    return covered(one.amount for one in order.authorisations.all())


def _incurred_at(order: WorkOrder, day: dt.date) -> dt.datetime:
    """The beginning of an expense's day; on the day of the authorization, that instant: the day counts whole."""
    begins = from_wall_clock(dt.datetime.combine(day, dt.time()), order.agreement.zone)
    authorised_at = order.authorised_at
    if authorised_at is not None and order.agreement.date_at(authorised_at) == day:
        return max(begins, authorised_at)
    return begins
