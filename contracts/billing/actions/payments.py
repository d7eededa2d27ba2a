"""Payments: money that settles an invoice or a credit note, append-only, never more than is owed (ATSP 3.2)."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum

from contracts.billing import notices
from contracts.billing.actions.invoices import DUE, REMINDER
from contracts.billing.models.invoices import Invoice
from contracts.billing.models.payments import InvoicePayment, PaymentKind
from contracts.billing.permissions import require_keeper
from contracts.billing.rules.money import money_text, round_cents
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.models import User
from portal.rules.business_time import from_wall_clock
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@transaction.atomic
def record_payment(
    invoice: Invoice,
    *,
    amount: Decimal,
    dated_on: dt.date,
    reference: str = "",
    by: User,
    at: dt.datetime,
) -> InvoicePayment:
    """Record money received for an invoice, or paid to the reseller for a credit note, on a day of its zone.

    It may be a part; what would be more than is owed is refused. Paid in full, the promise of payment is met as of
    that day, also when it is recorded later. Raises Refusal unless `by` is a contract administrator, for a day to come
    or before the document's, and when more would be paid to the reseller than it has paid.
    """
    require_keeper(by, invoice.agreement, act="record payments")
    pays_out = invoice.is_credit_note
    locks.lock_all([invoice, *([invoice.agreement.reseller] if pays_out else [])])
    owed = _fresh(invoice)
    amount = round_cents(amount)
    _check_amount(owed, amount)
    _check_day(owed, dated_on, owed.agreement.date_at(at))
    if pays_out:
        _check_payout(owed, amount)
    kind = PaymentKind.REFUND if owed.is_credit_note else PaymentKind.PAYMENT
    return _write(owed, None, kind, amount, dated_on, reference, by=by, at=at)


@transaction.atomic
def use_credit(
    invoice: Invoice,
    credit_note: Invoice,
    *,
    amount: Decimal | None = None,
    by: User,
    at: dt.datetime,
) -> InvoicePayment:
    """Set a credit note against an invoice of the same reseller: as much as fits, unless an amount is given.

    It is the provider who does so: a reseller pays without offset (ATSP 3.2). Raises Refusal unless `by` is a
    contract administrator, and for documents of different parties or currencies.
    """
    require_keeper(by, invoice.agreement, act="use credit notes")
    locks.lock_all([invoice, credit_note])
    owed, given = _fresh(invoice), _fresh(credit_note)
    if (
        owed.is_credit_note
        or not given.is_credit_note
        or owed.agreement.reseller_id != given.agreement.reseller_id
        or owed.provider_id != given.provider_id
        or owed.currency != given.currency
    ):
        raise Refusal(
            f"{given.title} cannot be applied to {owed.title}.",
            clause=owed.clause,
            way_out="Choose a credit note of the same reseller, in the same currency.",
            field="credit_note",
        )
    fits = min(owed.balance, given.balance)
    amount = fits if amount is None else round_cents(amount)
    _check_amount(given, amount)
    _check_amount(owed, amount)
    return _write(
        owed,
        given,
        PaymentKind.CREDIT,
        amount,
        owed.agreement.date_at(at),
        given.label,
        by=by,
        at=at,
    )


@transaction.atomic
def take_back(payment: InvoicePayment, *, reason: str, by: User, at: dt.datetime) -> InvoicePayment:
    """Take a payment back that was recorded by mistake or did not hold; the invoice is owed again, as of its due date.

    Raises Refusal unless `by` is a contract administrator, without a reason, and for what was taken back already.
    """
    require_keeper(by, payment.invoice.agreement, act="take payments back")
    invoice, note = payment.invoice, payment.credit_note
    locks.lock_all([one for one in (invoice, note) if one is not None])
    reason = reason.strip()
    if not reason:
        raise Refusal(
            "Taking back a payment needs a reason.",
            way_out="Say what happened: the check bounced, it was meant for another invoice.",
            field="reason",
        )
    done = InvoicePayment.objects.filter(takes_back=payment).exists()
    if done or payment.kind == PaymentKind.TAKEN_BACK:
        raise Refusal(
            "This payment was taken back already.",
            clause=invoice.clause,
            way_out="Record the payment again if it did arrive.",
        )
    was_settled = not _fresh(invoice).balance
    row = InvoicePayment.objects.create(
        invoice=invoice,
        credit_note=note,
        kind=PaymentKind.TAKEN_BACK,
        amount=-payment.amount,
        dated_on=invoice.agreement.date_at(at),
        reference=reason[:120],
        takes_back=payment,
        at=at,
        by=by,
    )
    _journal(invoice, row, Verb.INVOICE_PAYMENT_TAKEN_BACK, by=by, at=at)
    if was_settled and invoice.due_at is not None:
        deadlines.set_deadline(
            invoice,
            DUE,
            due_at=max(invoice.due_at, at),
            clause=invoice.clause,
            at=at,
            step=f"again:{row.pk}",
            words=f"{invoice.words} A payment was taken back.",
        )
    return row


def _fresh(invoice: Invoice) -> Invoice:
    """The invoice as it is, read under its lock."""
    return Invoice.objects.select_related("agreement__reseller").get(pk=invoice.pk)


def _check_amount(document: Invoice, amount: Decimal) -> None:
    balance: Decimal = document.balance
    left = money_text(balance, document.currency)
    if amount <= 0:
        raise Refusal(
            f"{money_text(amount, document.currency)} is not a valid payment.",
            clause=document.clause,
            way_out=f"{left} of {document.title} is still to be settled.",
            field="amount",
        )
    if amount > balance:
        raise Refusal(
            f"{money_text(amount, document.currency)} is more than the {left} that {document.title} still asks for."
            if balance
            else f"{document.title} is settled in full.",
            clause=document.clause,
            way_out=f"Record {left} here, and the rest on the invoice it is for."
            if balance
            else "Look for the invoice that the money is for.",
            field="amount",
        )


def _check_day(document: Invoice, dated_on: dt.date, today: dt.date) -> None:
    if dated_on > today:
        raise Refusal(
            f"{day_words(dated_on)} is still to come.",
            clause=document.clause,
            way_out="Record a payment on the day it arrives, or later.",
            field="dated_on",
        )
    if dated_on < document.issued_on:
        issued_on = day_words(document.issued_on)
        raise Refusal(
            f"{day_words(dated_on)} is before {document.title}, which is dated {issued_on}.",
            clause=document.clause,
            way_out=f"Type the day of the payment; money that came earlier counts from {issued_on} on.",
            field="dated_on",
        )


def _check_payout(note: Invoice, amount: Decimal) -> None:
    """Raise Refusal when more would be paid to the reseller than it paid and did not get back (ATSP 9.4)."""
    rows = InvoicePayment.objects.filter(
        credit_note=None,
        invoice__agreement__reseller=note.agreement.reseller_id,
        invoice__provider=note.provider_id,
        invoice__currency=note.currency,
    )
    sums = rows.aggregate(
        came=Sum("amount", filter=Q(invoice__kind="invoice"), default=Decimal(0)),
        went=Sum("amount", filter=Q(invoice__kind="credit_note"), default=Decimal(0)),
    )
    holds = sums["came"] - sums["went"]
    if amount > holds:
        raise Refusal(
            f"{note.agreement.reseller.name} has paid {money_text(holds, note.currency)} that it did not get back: "
            f"{money_text(amount, note.currency)} cannot be paid to it.",
            clause=note.clause,
            way_out="Use the credit for an open invoice, on the invoice's page.",
            field="amount",
        )


def _write(
    invoice: Invoice,
    credit_note: Invoice | None,
    kind: PaymentKind,
    amount: Decimal,
    dated_on: dt.date,
    reference: str,
    *,
    by: User,
    at: dt.datetime,
) -> InvoicePayment:
    payment = InvoicePayment.objects.create(
        invoice=invoice,
        credit_note=credit_note,
        kind=kind,
        amount=amount,
        dated_on=dated_on,
        reference=reference.strip()[:120],
        at=at,
        by=by,
    )
    verb = {
        PaymentKind.CREDIT: Verb.INVOICE_CREDIT_USED,
        PaymentKind.REFUND: Verb.INVOICE_REFUNDED,
    }.get(kind, Verb.INVOICE_PAID)
    _journal(invoice, payment, verb, by=by, at=at)
    if credit_note is not None:
        _journal(credit_note, payment, verb, by=by, at=at)
    if amount == invoice.balance:
        _settled(invoice, payment, at=at)
    return payment


def _settled(invoice: Invoice, payment: InvoicePayment, *, at: dt.datetime) -> None:
    """Meet the promise as of the payment's day (D-8), stop the reminders and notify the payer."""
    day = from_wall_clock(
        dt.datetime.combine(payment.dated_on, dt.time(12)), invoice.agreement.zone
    )
    deadlines.meet(invoice, DUE, at=min(at, day))
    deadlines.cancel(invoice, at=at, cause="settled", kinds=[REMINDER])
    notices.paid(invoice, payment, at=at)


def _journal(
    invoice: Invoice, payment: InvoicePayment, verb: Verb, *, by: User, at: dt.datetime
) -> None:
    said = f"{money_text(payment.amount, invoice.currency)}, {day_words(payment.dated_on)}"
    if payment.credit_note is not None:
        said += f", {payment.credit_note.label} for {payment.invoice.label}"
    elif payment.reference:
        said += f", {payment.reference}"
    journal.record(
        invoice,
        verb,
        by=by,
        at=at,
        public=True,
        clause=invoice.clause,
        text=f"{said}.",
        payment=payment.pk,
        amount=str(payment.amount),
    )
