"""The renewal agreement as a document to sign, as the paper of 2004 has it (REN)."""

import datetime as dt
from typing import Any

from contracts.agreements.models.signing import NoticeAddress, Side
from contracts.billing.rules.money import money_text
from contracts.ending.models import name_on, succession_on
from contracts.parties.models.changes import party_on
from contracts.renewal.actions.proposal import past_status
from contracts.renewal.proposed import Proposed
from portal.documents import pdf


def renewal_document(proposed: Proposed, at: dt.datetime) -> bytes:
    """The PDF of a proposed year: the provider under the name it has at the instant, blanks where one signs."""
    return pdf("renewal", document_data(proposed, at))


def document_data(proposed: Proposed, at: dt.datetime) -> dict[str, Any]:
    """What the document says. Days are written as the paper writes them."""
    proposal = proposed.proposal
    agreement, programme = proposal.agreement, proposal.programme
    today, status = agreement.date_at(at), past_status(proposal, at)
    provider, succession = agreement.provider, succession_on(agreement.provider, today)
    reseller = agreement.reseller
    chosen = {one.option: one.quantity for one in proposal.options.all()}
    attention = NoticeAddress.objects.filter(agreement=agreement, side=Side.RESELLER).first()
    return {
        "title": "Authorized Technical Support Provider Renewal Agreement",
        "provider": name_on(provider, today),
        "provider_short": succession.name if succession else party_on(provider, today).name,
        "incorporated_in": succession.incorporated_in if succession else "",
        "provider_address": ", ".join(party_on(provider, today).address_lines),
        "reseller": name_on(reseller, today, provider.pk),
        "reseller_address": ", ".join(party_on(reseller, today).address_lines),
        "attention": attention.attention if attention else "",
        "contract": agreement.contract_number,
        "dated": _day(agreement.effective_on),
        "begins": _day(agreement.anniversary),
        "status": status.name,
        "percentage": "" if status.percentage is None else f"{status.percentage.normalize():f}",
        "reseller_agreement": agreement.reseller_agreement_number,
        "tier": proposal.tier_terms.name if proposal.tier_terms else "",
        "lines": [
            {
                "text": line.text,
                "words": line.words,
                "amount": money_text(line.amount, proposed.currency),
            }
            for line in proposed.lines
        ],
        "total": money_text(proposed.total, proposed.currency),
        "options": [
            {
                "name": f"{quantity} × {option.name}" if quantity > 1 else option.name,
                "price": f"{money_text(option.fee, programme.currency)}/Contract Year",
                "chosen": bool(quantity),
            }
            for option in programme.options
            if option.tier == proposal.tier
            for quantity in (chosen.get(option.code, 0),)
        ],
        "made": {"year": today.year, "month": today.month, "day": today.day},
    }


def _day(day: dt.date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
