"""Invoicing: charges onto numbered documents, each once, with their due dates (ATSP 3.1, 3.2, 13.1, Ex.D)."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from contracts.agreements.actions.papers import keep, kept
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import Side
from contracts.billing import notices
from contracts.billing.actions.charges import add_charge
from contracts.billing.document import invoice_pdf
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.invoices import Invoice, InvoiceLine, InvoiceNumber
from contracts.billing.permissions import require_keeper
from contracts.billing.rules import invoicing
from contracts.billing.rules.invoicing import Document, DocumentKind, Line
from contracts.billing.rules.money import money_text, round_cents
from contracts.ending.models import name_on
from contracts.parties.models.changes import party_on
from contracts.parties.models.parties import Organisation
from contracts.programmes.rules.terms import Payment
from contracts.roster.models.entries import RosterRole
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.deadlines import Setting
from portal.models import User
from portal.rules.business_time import from_wall_clock
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

ISSUED = "issued_invoice"
DUE = "invoice.due"
REMINDER = "invoice.reminder"


def first_day_without(agreement: Agreement) -> dt.date:
    """The first day on which nothing is incurred under the agreement any more."""
    return agreement.ended_on or agreement.anniversary


def may_be_billed(agreement: Agreement, charge: Charge) -> bool:
    """Whether a line may be invoiced: incurred while the agreement was in force, or for work on a case (ATSP 9.5)."""
    return invoicing.billable(
        charge.kind,
        charge.incurred_on,
        first_day_without(agreement),
        on_case=bool(charge.reference),
    )


@transaction.atomic
def issue_invoices(
    agreement: Agreement,
    *,
    charges: Iterable[Charge],
    by: User | None,
    at: dt.datetime,
    purchase_order: str = "",
) -> list[Invoice]:
    """Bill charges: an invoice, one apart for expenses due upon receipt, a credit note, as far as they are called for.

    The documents are dated the agreement's day of `at`, numbered on from the provider's last one without a gap, and
    never change. `purchase_order` is named beside those that authorized the lines. Raises Refusal unless `by` is a
    contract administrator (None is the portal itself), and for a line that is billed already, is another
    agreement's, or was incurred after the agreement ended.
    """
    if by is not None:
        require_keeper(by, agreement, act="issue invoices")
    payment = agreement.programme.payment
    if payment is None or agreement.state == AgreementState.DRAFT:
        raise Refusal(
            "Nothing is invoiced under this agreement.",
            way_out="It is a draft, or its programme has no terms of payment.",
        )
    locks.lock(agreement)
    chosen = _chosen(agreement, charges, payment)
    lines = [Line(charge.pk, charge.kind, charge.amount, charge.incurred_on) for charge in chosen]
    by_key = {charge.pk: charge for charge in chosen}
    issued = [
        _issue(agreement, document, by_key, payment, purchase_order.strip(), by=by, at=at)
        for document in invoicing.documents(lines, expenses_apart=payment.expenses_on_receipt)
    ]
    for invoice in issued:
        notices.issued(invoice, at=at)
    return issued


@transaction.atomic
def invoice_paper(invoice: Invoice, *, at: dt.datetime) -> bytes:
    """The paper of a document as it was issued, byte for byte.

    One issued before papers were kept is made from its unchanging rows, and kept, when it is first asked for.
    """
    content = kept(invoice, ISSUED)
    if content is None:
        content, name = invoice_pdf(invoice), f"{invoice.label}.pdf"
        keep(invoice, ISSUED, name=name, content=content, by=None, at=at)
    return content


@transaction.atomic
def add_tax(
    agreement: Agreement, *, text: str, amount: Decimal, by: User, at: dt.datetime
) -> Charge:
    """Add a tax to what the reseller owes; taxes come on top of all other amounts (ATSP 13.1).

    Raises Refusal unless `by` is a contract administrator, and for an amount that is not above zero.
    """
    require_keeper(by, agreement, act="charge a tax")
    payment = agreement.programme.payment
    if payment is None or not payment.tax_clause:
        raise Refusal("This programme charges no taxes.", way_out="You need not do anything.")
    text, amount = text.strip(), round_cents(amount)
    if not text:
        raise Refusal(
            "A tax needs a name.", way_out="Say which tax it is, and on what.", field="text"
        )
    if amount <= 0:
        raise Refusal(
            f"{money_text(amount)} is not a valid tax.",
            way_out="Give an amount above zero.",
            field="amount",
        )
    return add_charge(
        agreement,
        kind=ChargeKind.TAX,
        text=text,
        words=f"{text}: {money_text(amount, agreement.programme.currency)}, in addition to the fees.",
        amount=amount,
        clause=payment.tax_clause,
        by=by,
        at=at,
    )


def _chosen(agreement: Agreement, charges: Iterable[Charge], payment: Payment) -> list[Charge]:
    """The charges as they stand under the agreement's lock. Raises Refusal for one that may not be billed."""
    wanted = {charge.pk: charge for charge in charges}
    if not wanted:
        raise Refusal(
            "No line is chosen.",
            clause=payment.clause,
            way_out="Tick what is to be invoiced.",
            field="charges",
        )
    found = list(agreement.charges.to_bill().filter(pk__in=wanted).select_related("authorisation"))
    missing = [charge for pk, charge in wanted.items() if pk not in {one.pk for one in found}]
    if missing:
        raise Refusal(
            f"“{missing[0].text}” is not waiting to be invoiced: it was already billed or taken back.",
            clause=payment.clause,
            way_out="Look at the invoices; each charge is billed once.",
            field="charges",
        )
    late = [charge for charge in found if not may_be_billed(agreement, charge)]
    if late:
        ended = first_day_without(agreement)
        raise Refusal(
            f"“{late[0].text}” was incurred on {day_words(late[0].incurred_on)}, after the agreement ended: "
            f"it holds no more from {day_words(ended)} on.",
            clause=agreement.programme.term.clause if agreement.programme.term else payment.clause,
            way_out="Bill it under the agreement that is in force then, or take the line back.",
            field="charges",
        )
    return found


def _issue(
    agreement: Agreement,
    document: Document,
    charges: dict[int, Charge],
    payment: Payment,
    purchase_order: str,
    *,
    by: User | None,
    at: dt.datetime,
) -> Invoice:
    issued_on = agreement.date_at(at)
    lines = [charges[line.key] for line in document.lines]
    is_invoice = document.kind is DocumentKind.INVOICE
    due = invoicing.due_day(issued_on, document.terms, payment) if is_invoice else None
    orders = [line.authorisation.number for line in lines if line.authorisation is not None]
    provider, reseller = agreement.provider, agreement.reseller
    invoice = Invoice.objects.create(
        agreement=agreement,
        provider=provider,
        number=_next_number(provider),
        kind=document.kind.value,
        terms=document.terms.value,
        issued_on=issued_on,
        due_on=due.on if due else None,
        clause=due.clause if due else lines[0].clause,
        words=due.words if due else "",
        currency=agreement.programme.currency,
        total=document.total,
        purchase_orders=invoicing.purchase_orders([purchase_order, *orders]),
        provider_name=name_on(provider, issued_on),
        provider_address=_address(agreement, Side.PROVIDER, provider, issued_on),
        reseller_name=name_on(reseller, issued_on, provider.pk),
        reseller_address=_address(agreement, Side.RESELLER, reseller, issued_on),
        attention=_attention(agreement, at),
        issued_at=at,
        issued_by=by,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, charge=charge, position=position)
        for position, charge in enumerate(lines, 1)
    )
    content, name = invoice_pdf(invoice), f"{invoice.label}.pdf"
    keep(invoice, ISSUED, name=name, content=content, by=by, at=at)
    if due is not None and invoice.total > 0:
        deadlines.set_deadlines(_deadlines(invoice, payment), at=at)
    journal.record(
        invoice,
        Verb.INVOICE_ISSUED,
        by=by,
        at=at,
        public=True,
        clause=invoice.clause,
        text=f"{invoice.title}: {money_text(invoice.total, invoice.currency)}. {invoice.words}".strip(),
        total=str(invoice.total),
        charges=[charge.pk for charge in lines],
    )
    return invoice


def _next_number(provider: Organisation) -> int:
    """The provider's next number. Its row stays locked to the transaction's end: no number outlives a failed one."""
    counted, _ = InvoiceNumber.objects.get_or_create(provider=provider)
    counted = InvoiceNumber.objects.select_for_update().get(pk=counted.pk)
    counted.last += 1
    counted.save(update_fields=["last"])
    return counted.last


def _deadlines(invoice: Invoice, payment: Payment) -> list[Setting]:
    """The promise of payment, and the reminder before it on the morning of its day, when there is time for one."""
    assert invoice.due_on is not None and invoice.due_at is not None  # noqa: S101, PT018  # an invoice
    settings = [
        Setting(invoice, DUE, invoice.due_at, invoice.clause, words=invoice.words),
    ]
    if payment.remind_before is not None:
        zone = invoice.agreement.zone
        opens = dt.time.fromisoformat(invoice.agreement.programme.business_day.opens)
        day = invoicing.days_after(invoice.due_on, payment.remind_before, before=True)
        if day > invoice.issued_on:
            at = from_wall_clock(dt.datetime.combine(day, opens), zone)
            words = f"{payment.remind_before} before {day_words(invoice.due_on)}."
            settings.append(Setting(invoice, REMINDER, at, invoice.clause, words=words))
    return settings


def _address(agreement: Agreement, side: Side, party: Organisation, day: dt.date) -> str:
    """The address of a party on a day: its own, else that for its notices (ATSP 20.2), line by line."""
    if lines := party_on(party, day).address_lines:
        return "\n".join(lines)
    noted = agreement.notice_addresses.filter(side=side).first()
    return "\n".join(noted.address_lines) if noted else ""


def _attention(agreement: Agreement, at: dt.datetime) -> str:
    entry = (
        agreement.roster.current(at)
        .filter(standing=RosterRole.ADMINISTRATIVE)
        .select_related("contact")
        .first()
    )
    return entry.contact.name if entry else ""
