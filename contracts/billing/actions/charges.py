"""Charging: lines of what a reseller owes, each with its clause and its arithmetic (ATSP page 1, 3.1; D-1, D-2)."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.options import AgreementOption
from contracts.billing.models.charges import Authorisation, Charge, ChargeKind
from contracts.billing.models.invoices import Invoice
from contracts.billing.permissions import require_keeper
from contracts.billing.rules.money import money_text, prorate
from contracts.verbs import Verb
from portal import journal, locks
from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

LONGEST = 250
"""Characters of a line's text."""


@transaction.atomic
def add_charge(
    agreement: Agreement,
    *,
    kind: ChargeKind,
    text: str,
    words: str,
    amount: Decimal,
    clause: str,
    by: User | None,
    at: dt.datetime,
    incurred_on: dt.date | None = None,
    reference: str = "",
    authorisation: Authorisation | None = None,
    takes_back: Charge | None = None,
    gives_back: Charge | None = None,
) -> Charge:
    """Write one line of what is owed, or of what is given back when `amount` is negative.

    `words` is the arithmetic as a sentence; `incurred_on` defaults to the agreement's date of `at`. `gives_back` is
    the line of which a part is given back. The currency is the programme's. Whoever reads the agreement's money reads
    the line in its journal; why it is taken back, too.
    """
    charge = Charge.objects.create(
        agreement=agreement,
        kind=kind,
        text=text,
        words=words,
        amount=amount,
        currency=agreement.programme.currency,
        clause=clause,
        reference=reference,
        incurred_on=incurred_on or agreement.date_at(at),
        authorisation=authorisation,
        takes_back=takes_back,
        gives_back=gives_back,
        at=at,
        by=by,
    )
    journal.record(
        agreement,
        Verb.AGREEMENT_CHARGED if amount >= 0 else Verb.AGREEMENT_CREDITED,
        by=by,
        at=at,
        text=f"{text}: {money_text(amount, charge.currency)}"
        + (f". {words}" if takes_back else ""),
        clause=clause,
        public=True,
        charge=charge.pk,
        words=words,
    )
    return charge


@transaction.atomic
def take_back_charge(charge: Charge, *, reason: str, by: User, at: dt.datetime) -> Charge:
    """Take a line back by one of the opposite amount under the same clause, with its reason; return that one.

    While neither stands on an invoice, neither ever will: they cancel. What takes back an invoiced line waits for its
    credit note. What the line was charged for (an option, a contact) stays as it is. Raises Refusal unless `by` is a
    contract administrator, without a reason, for a line taken back already or given back in part, for one that gives
    nothing to take, while its invoice is disputed, and when so much of the invoice was given back that the line would
    make it too much.
    """
    agreement = charge.agreement
    require_keeper(by, agreement, act="take a line back")
    billed = Invoice.objects.filter(lines__charge=charge)
    invoice = billed.first()
    locks.lock_all([agreement, *([invoice] if invoice else [])])
    fresh = Charge.objects.select_related("taken_back_by").get(pk=charge.pk)
    if invoice is None and billed.exists():
        raise Refusal(
            f"“{fresh.text}” was just invoiced by somebody else.",
            clause=fresh.clause,
            way_out="Look at the invoice; then take the line back all the same, if it must be.",
        )
    reason = reason.strip()
    if hasattr(fresh, "taken_back_by"):
        raise Refusal(
            f"“{fresh.text}” was taken back already: {fresh.taken_back_by.words}",
            clause=fresh.clause,
            way_out="You need not do anything.",
        )
    if fresh.amount <= 0:
        raise Refusal(
            f"“{fresh.text}” is a line of {money_text(fresh.amount, fresh.currency)}: there is nothing to take back.",
            clause=fresh.clause,
            way_out="A credit given by mistake is charged again as what it was for.",
        )
    if fresh.given_back_by.exists():
        raise Refusal(
            f"A part of “{fresh.text}” was given back already.",
            clause=fresh.clause,
            way_out="A dispute of its invoice can give back the rest."
            if invoice
            else "Invoice it together with its credit: what remains is what is owed.",
        )
    if invoice is not None:
        _require_room(invoice, fresh)
    if not reason:
        raise Refusal(
            "Taking a line back needs a reason.",
            clause=fresh.clause,
            way_out="Say why; the reseller reads it.",
            field="reason",
        )
    return add_charge(
        agreement,
        kind=ChargeKind.CREDIT,
        text=f"Taken back: {fresh.text}"[:LONGEST],
        words=reason,
        amount=-fresh.amount,
        clause=fresh.clause,
        reference=fresh.reference,
        takes_back=fresh,
        by=by,
        at=at,
    )


def _require_room(invoice: Invoice, charge: Charge) -> None:
    """Raise Refusal when the dispute of a line's invoice is the way to give it back, or gave it back."""
    if invoice.disputes.filter(settled_at=None).exists():
        raise Refusal(
            f"{invoice.title} is disputed.",
            clause=invoice.clause,
            way_out="Settle the dispute on its page: upheld, with what is given back as its credit.",
        )
    left = invoice.total - invoice.given_back()
    if not left:
        raise Refusal(
            f"{invoice.title} is given back whole.",
            clause=invoice.clause,
            way_out="Look at its credit notes.",
        )
    if charge.amount > left:
        raise Refusal(
            f"Of {invoice.title} only {money_text(left, invoice.currency)} were not given back.",
            clause=invoice.clause,
            way_out="Look at its credit notes: what was upheld in a dispute is not given twice.",
        )


def charge_year(agreement: Agreement, *, by: User | None, at: dt.datetime) -> list[Charge]:
    """Charge the year's cases and the options taken, as page 1 has them; what is charged already is left alone."""
    present = set(agreement.charges.values_list("kind", "text"))
    charges = []
    tier = agreement.tier_terms
    if tier is not None and (ChargeKind.CASES.value, tier.name) not in present:
        charges.append(
            add_charge(
                agreement,
                kind=ChargeKind.CASES,
                text=tier.name,
                words=f"{tier.cases} cases: {money_text(tier.fee, agreement.programme.currency)}.",
                amount=tier.fee,
                clause=tier.clause,
                incurred_on=agreement.effective_on,
                by=by,
                at=at,
            )
        )
    charged = {charge_text for kind, charge_text in present if kind == ChargeKind.OPTION}
    charges.extend(
        charge_option(option, by=by, at=at)
        for option in agreement.options.all()
        if option_text(option) not in charged
    )
    return charges


def charge_option(
    option: AgreementOption,
    *,
    by: User | None,
    at: dt.datetime,
    authorisation: Authorisation | None = None,
) -> Charge:
    """Charge an option's fee, with the proration when it is taken after the year's first day (D-1, D-2)."""
    agreement, terms = option.agreement, option.terms
    currency = agreement.programme.currency
    annual = terms.fee * option.quantity
    if option.taken_on > agreement.effective_on:
        span = (option.taken_on, agreement.effective_on, agreement.ends_on)
        words = prorate(annual, *span, currency=currency).words
    else:
        words = (
            f"{option.quantity} × {money_text(terms.fee, currency)}: "
            f"{money_text(annual, currency)}."
        )
    return add_charge(
        agreement,
        kind=ChargeKind.OPTION,
        text=option_text(option),
        words=words,
        amount=option.fee,
        clause=terms.clause,
        incurred_on=option.taken_on,
        authorisation=authorisation,
        by=by,
        at=at,
    )


def option_text(option: AgreementOption) -> str:
    """How the line of an option reads: "2 × PSAM Level II from 2002-09-03"."""
    return f"{option.words} from {day_words(option.taken_on)}"
