"""An agreement's account as pages show it: what is owed, what is not invoiced yet, invoices and payments (ATSP 3.2)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.invoices import may_be_billed
from contracts.billing.models.charges import Charge
from contracts.billing.models.invoices import Invoice
from contracts.billing.models.payments import InvoicePayment
from contracts.billing.rules.invoicing import PaymentState


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A document on a list: where it stands today, with the state as icon, word and tone."""

    invoice: Invoice
    standing: PaymentState
    balance: Decimal

    @property
    def pills(self) -> tuple[tuple[str, str, str], ...]:
        """The states that it is in, as word, icon and tone: an overdue one may be disputed (ATSP 3.2)."""
        if not self.invoice.disputed:  # type: ignore[attr-defined]
            return (self._standing_pill,)
        disputed = ("Disputed", "message-2", "warning")
        is_overdue = self.standing is PaymentState.OVERDUE
        return (disputed, self._standing_pill) if is_overdue else (disputed,)

    @property
    def _standing_pill(self) -> tuple[str, str, str]:
        if self.invoice.is_credit_note:
            used = self.standing is PaymentState.PAID
            return (
                ("Used", "circle-check", "quiet") if used else ("To use", "receipt-refund", "info")
            )
        return {
            PaymentState.OPEN: ("Open", "hourglass", "neutral"),
            PaymentState.OVERDUE: ("Overdue", "alert-triangle", "danger"),
            PaymentState.PAID: ("Paid", "circle-check", "success"),
        }[self.standing]


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A line that is not invoiced yet, and whether it may be."""

    charge: Charge
    billable: bool

    @property
    def after_end(self) -> bool:
        """Whether it was incurred after the agreement's end, so that it is not invoiced (ATSP 9.5)."""
        return not self.billable


@dataclass(frozen=True, slots=True)
class Account:
    """The account of an agreement on a day."""

    agreement: Agreement
    today: dt.date
    waiting: tuple[ChargeRow, ...]
    documents: tuple[InvoiceRow, ...]
    payments: tuple[InvoicePayment, ...]

    @property
    def owed(self) -> Decimal:
        """What is still to be paid on invoices, due or not."""
        return _sum(row.balance for row in self._invoices())

    @property
    def overdue(self) -> Decimal:
        """What of it is past its due day."""
        return _sum(row.balance for row in self._invoices() if row.standing is PaymentState.OVERDUE)

    @property
    def disputed(self) -> Decimal:
        """What of it is disputed."""
        return _sum(row.balance for row in self._invoices() if row.invoice.disputed)  # type: ignore[attr-defined]

    @property
    def credit(self) -> Decimal:
        """What credit notes still have to give."""
        return _sum(row.balance for row in self.documents if row.invoice.is_credit_note)

    @property
    def to_invoice(self) -> Decimal:
        """What the lines that may be invoiced come to."""
        return _sum(row.charge.amount for row in self.waiting if row.billable)

    @property
    def next_due(self) -> InvoiceRow | None:
        """The open invoice that is due first."""
        opened = [row for row in self._invoices() if row.standing is not PaymentState.PAID]
        return min(opened, key=lambda row: row.invoice.due_on or self.today, default=None)

    def _invoices(self) -> Iterator[InvoiceRow]:
        return (row for row in self.documents if not row.invoice.is_credit_note)


def account(agreement: Agreement, at: dt.datetime) -> Account:
    """The agreement's account at an instant: three queries, however much there is."""
    today = agreement.date_at(at)
    waiting = agreement.charges.to_bill().select_related("authorisation", "taken_back_by")
    payments = (
        InvoicePayment.objects.filter(invoice__agreement=agreement)
        .select_related("invoice", "credit_note", "taken_back_by", "by")
        .order_by("-dated_on", "-pk")
    )
    return Account(
        agreement=agreement,
        today=today,
        waiting=tuple(
            ChargeRow(charge, may_be_billed(agreement, charge))
            for charge in waiting.order_by("incurred_on", "pk")
        ),
        documents=tuple(
            row_of(invoice, today)
            for invoice in Invoice.objects.for_pages().filter(agreement=agreement)
        ),
        payments=tuple(payments),
    )


def row_of(invoice: Any, today: dt.date) -> InvoiceRow:
    """An invoice that was selected ``for_lists`` or ``for_pages``, as it stands on a day of its agreement's zone."""
    return InvoiceRow(invoice, invoice.standing_on(today), invoice.balance)


def statement(found: Account) -> Iterator[tuple[Any, ...]]:
    """The account as rows for an accountant: lines as billed or not, credit notes negative, and payments negative."""
    billed = Charge.objects.filter(agreement=found.agreement, billed__isnull=False).order_by(
        "billed__invoice__number", "billed__position"
    )
    lines = billed.select_related("authorisation").values_list(
        "billed__invoice__number", "pk", "incurred_on", "text", "clause", "amount", "currency"
    )
    labels = {row.invoice.number: row.invoice for row in found.documents}
    for number, _, day, text, clause, amount, currency in lines:
        invoice = labels[number]
        yield (
            "line",
            day,
            invoice.label,
            invoice.issued_on,
            invoice.due_on,
            text,
            clause,
            invoice.purchase_orders,
            amount,
            currency,
        )
    for row in found.waiting:
        charge = row.charge
        order = charge.authorisation.number if charge.authorisation else ""
        yield (
            "not invoiced",
            charge.incurred_on,
            "",
            None,
            None,
            charge.text,
            charge.clause,
            order,
            charge.amount,
            charge.currency,
        )
    for payment in reversed(found.payments):
        sign = 1 if payment.invoice.is_credit_note else -1
        if payment.credit_note is not None:
            continue  # both its documents stand above: it moves nothing
        yield (
            payment.get_kind_display(),
            payment.dated_on,
            payment.invoice.label,
            None,
            None,
            payment.reference,
            payment.invoice.clause,
            "",
            sign * payment.amount,
            payment.invoice.currency,
        )


STATEMENT = (
    "what",
    "day",
    "document",
    "issued on",
    "due on",
    "text",
    "clause",
    "purchase orders",
    "amount",
    "currency",
)


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, Decimal(0))
