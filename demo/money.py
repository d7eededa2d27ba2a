"""The demonstration's money: the year's fees invoiced and paid, a later bill that waits, and one that is disputed."""

import datetime as dt
from decimal import Decimal
from functools import partial

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.charges import add_charge
from contracts.billing.actions.disputes import answer_dispute, raise_dispute
from contracts.billing.actions.fees import set_standard_fee
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.actions.payments import record_payment
from contracts.billing.models.charges import Charge, ChargeKind, FeeCode, StandardFee
from contracts.roster.models.entries import RosterRole
from demo.history import History
from portal.models import User

DAY = dt.timedelta(days=1)
FEES = ((FeeCode.ADDITIONAL_CONTACT, "1200.00"), (FeeCode.TIME_AND_MATERIALS, "250.00"))


def plan(history: History, agreements: list[Agreement], keeper: User, now: dt.datetime) -> None:
    """Let each agreement's first invoice be issued and paid in its time, and a second one be disputed lately."""
    for agreement in agreements:
        begun = agreement.starts_at + 2 * DAY + dt.timedelta(hours=10)
        if agreement.programme.payment is None or begun > now:
            continue
        history.plan(begun, partial(_first_invoice, agreement, keeper, begun))
        paid = begun + 26 * DAY
        history.plan(paid, partial(_pay, agreement, keeper, paid))
    first = min(agreements, key=lambda one: one.pk, default=None)
    if first is not None and first.starts_at + 90 * DAY < now:
        billed = now - 16 * DAY
        history.plan(billed, partial(_bill_a_tax, first, keeper, billed))
        disputed = now - 9 * DAY
        history.plan(disputed, partial(_dispute, first, keeper, disputed))


def set_fees(keeper: User, at: dt.datetime) -> None:
    """Set the standard fees, unless they are set (ATSP 2.1, 7.2)."""
    for code, amount in FEES:
        if not StandardFee.objects.filter(code=code).exists():
            set_standard_fee(
                code,
                amount=Decimal(amount),
                currency="USD",
                starts_on=at.date(),
                by=keeper,
                at=at,
            )


def _first_invoice(agreement: Agreement, keeper: User, at: dt.datetime) -> None:
    waiting = agreement.charges.to_bill().filter(amount__gt=0)
    if waiting:
        order = f"PO-{agreement.pk:02d}-1001"
        issue_invoices(agreement, charges=waiting, purchase_order=order, by=keeper, at=at)


def _pay(agreement: Agreement, keeper: User, at: dt.datetime) -> None:
    for invoice in agreement.invoices.all():
        record_payment(
            invoice,
            amount=invoice.total,
            dated_on=agreement.date_at(at),
            reference=f"Wire {at:%y%m%d}-7",
            by=keeper,
            at=at,
        )


def _bill_a_tax(agreement: Agreement, keeper: User, at: dt.datetime) -> None:
    """A tax that came later, on an invoice of its own."""
    tax = agreement.programme.payment and agreement.programme.payment.tax_clause
    if not tax:
        return
    line: Charge = add_charge(
        agreement,
        kind=ChargeKind.TAX,
        text="Sales tax of California on software support, 7.75 %",
        words="7.75 % of US$45,000.00: US$3,487.50, in addition to the fees.",
        amount=Decimal("3487.50"),
        clause=tax,
        by=keeper,
        at=at,
    )
    issue_invoices(agreement, charges=[line], by=keeper, at=at)


def _dispute(agreement: Agreement, keeper: User, at: dt.datetime) -> None:
    entry = (
        agreement.roster.current(at)
        .filter(standing=RosterRole.ADMINISTRATIVE)
        .exclude(contact__user=None)
        .select_related("contact__user")
        .first()
    )
    invoice = agreement.invoices.order_by("-number").first()
    if entry is None or entry.contact.user is None or invoice is None:
        return
    dispute = raise_dispute(
        invoice,
        reason="Our resale certificate was sent in September: support that we resell is exempt. Please look again.",
        by=entry.contact.user,
        at=at,
    )
    answer_dispute(
        dispute,
        body="Thank you. We have asked our tax department for the certificate, and answer this week.",
        by=keeper,
        at=at + dt.timedelta(hours=5),
    )
