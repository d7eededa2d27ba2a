"""Charging: lines of what a reseller owes, each with its clause and its arithmetic (ATSP page 1, 3.1; D-1, D-2)."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from contracts.models import Agreement, AgreementOption, Authorisation, Charge, ChargeKind
from contracts.rules.money import money_text, prorate
from portal import journal
from portal.models import User


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
) -> Charge:
    """Write one line of what is owed, or of what is given back when `amount` is negative.

    `words` is the arithmetic as a sentence; `incurred_on` defaults to the agreement's date of `at`. The currency is
    the programme's. Everybody who may see the agreement reads the line in its journal.
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
        at=at,
        by=by,
    )
    journal.record(
        agreement,
        "agreement.charged" if amount >= 0 else "agreement.credited",
        by=by,
        at=at,
        text=f"{text}: {money_text(amount, charge.currency)}",
        clause=clause,
        public=True,
        charge=charge.pk,
        words=words,
    )
    return charge


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
    return f"{option.words} from {option.taken_on.isoformat()}"
