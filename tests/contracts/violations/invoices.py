"""Invoices, their lines, payments and disputes."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import connection

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Charge
from contracts.billing.models.disputes import Dispute, DisputeMessage
from contracts.billing.models.invoices import Invoice, InvoiceLine
from contracts.billing.models.payments import InvoicePayment
from portal.models import User
from tests.contracts.factories import LOADED_AT, make_agreement

DAY = dt.date(2002, 9, 3)


def _invoice(agreement: Agreement | None = None, **fields: Any) -> Invoice:
    agreement = agreement or make_agreement()
    values: dict[str, Any] = {
        "agreement": agreement,
        "provider": agreement.provider,
        "number": 1,
        "kind": "invoice",
        "terms": "net",
        "issued_on": DAY,
        "due_on": DAY,
        "clause": "ATSP 3.2",
        "currency": "USD",
        "total": Decimal(10),
        "provider_name": "Legato",
        "reseller_name": "MTI",
        "issued_at": LOADED_AT,
    }
    return Invoice.objects.create(**(values | fields))


def _charge(agreement: Agreement) -> Charge:
    return Charge.objects.create(
        agreement=agreement,
        kind="cases",
        text="Cases",
        words="40 cases.",
        amount=Decimal(10),
        currency="USD",
        clause="ATSP page 1",
        incurred_on=DAY,
        at=LOADED_AT,
    )


def _line(invoice: Invoice, charge: Charge | None = None, position: int = 1) -> InvoiceLine:
    charge = charge or _charge(invoice.agreement)
    return InvoiceLine.objects.create(invoice=invoice, charge=charge, position=position)


def _payment(invoice: Invoice, **fields: Any) -> InvoicePayment:
    values: dict[str, Any] = {"kind": "payment", "amount": 1, "dated_on": DAY, "at": LOADED_AT}
    return InvoicePayment.objects.create(invoice=invoice, **(values | fields))


def _somebody() -> User:
    return User.objects.create_user("ada@reseller.example", name="Ada")


def _dispute(invoice: Invoice | None = None, **fields: Any) -> Dispute:
    by = User.objects.first() or _somebody()
    invoice = invoice or _invoice()
    return Dispute.objects.create(invoice=invoice, raised_at=LOADED_AT, raised_by=by, **fields)


def invoice_number_once() -> None:
    agreement = make_agreement()
    _invoice(agreement)
    _invoice(agreement)


def invoice_numbers_from_one() -> None:
    _invoice(number=0)


def invoice_asks_and_credit_note_gives() -> None:
    _invoice(total=-1)


def invoice_due_after_its_date() -> None:
    _invoice(due_on=DAY - dt.timedelta(days=1))


def invoice_adds_up() -> None:
    _line(_invoice(total=11))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def charge_billed_once() -> None:
    first = _invoice()
    line = _line(first)
    _line(_invoice(first.agreement, number=2), line.charge)


def invoice_line_position_once() -> None:
    invoice = _invoice()
    _line(invoice)
    _line(invoice)


def invoice_line_of_its_agreement() -> None:
    _line(_invoice(), _charge(make_agreement()))


def payment_sign_follows_its_kind() -> None:
    invoice = _invoice()
    _payment(invoice)
    _payment(invoice, amount=-1)


def payment_credit_names_its_note() -> None:
    _payment(_invoice(), kind="credit")


def payment_never_exceeds_its_document() -> None:
    _payment(_invoice(), amount=11)


def dispute_one_at_a_time() -> None:
    invoice = _invoice()
    _dispute(invoice)
    _dispute(invoice)


def dispute_settled_by_somebody_somehow() -> None:
    _dispute(settled_at=LOADED_AT)


def dispute_upheld_gives_a_credit() -> None:
    _dispute(settled_at=LOADED_AT, settled_by=_somebody(), outcome="upheld")


def dispute_message_says_something() -> None:
    dispute = _dispute()
    DisputeMessage.objects.create(dispute=dispute, body="", at=LOADED_AT, by=dispute.raised_by)


VIOLATIONS = [
    invoice_number_once,
    invoice_numbers_from_one,
    invoice_asks_and_credit_note_gives,
    invoice_due_after_its_date,
    invoice_adds_up,
    charge_billed_once,
    invoice_line_position_once,
    invoice_line_of_its_agreement,
    payment_sign_follows_its_kind,
    payment_credit_names_its_note,
    payment_never_exceeds_its_document,
    dispute_one_at_a_time,
    dispute_settled_by_somebody_somehow,
    dispute_upheld_gives_a_credit,
    dispute_message_says_something,
]
TRIGGERS = (
    "invoice_adds_up",
    "invoice_line_of_its_agreement",
    "payment_never_exceeds_its_document",
)
