"""Page 1 of an agreement with its selection and signatures (ATSP page 1)."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.options import AgreementOption
from contracts.agreements.models.signing import PAGE_1, Side, Signature
from contracts.agreements.rules.filed import Block, filed_block
from contracts.billing.rules.money import money_text
from contracts.ending.models import name_on
from contracts.parties.models.changes import party_on
from contracts.programmes.rules.terms import Programme, Tier
from portal import documents

DAY = "%B %-d, %Y"


def page_1(agreement: Agreement, at: dt.datetime) -> bytes:
    """Page 1 as PDF, as the form has it (ATSP page 1): parties, selection with initials, term, signature blocks.

    A draft has lines to sign on, and the parties as they are at the instant. Of a signed agreement it is a conformed
    copy: parties and signatures are those of the paper, and what the filed paper leaves open is left open. Options
    taken later in the year count in with their day (page 1, 2.b).
    """
    programme = agreement.programme
    clauses = {clause.id: clause.text for clause in programme.clauses}
    terms = programme.term
    opening = clauses.get(programme.tiers[0].clause, "").split("\n\n") if programme.tiers else []
    taken: dict[str, list[AgreementOption]] = {}
    for option in agreement.options.order_by("taken_on", "pk"):
        taken.setdefault(option.option, []).append(option)
    return documents.pdf(
        "page-1",
        {
            "title": f"{programme.title} Agreement",
            "form": programme.form,
            "date": _date(agreement.effective_on),
            "number": agreement.contract_number,
            "draft": agreement.state == AgreementState.DRAFT,
            "effective_on": f"{agreement.effective_on:{DAY}}",
            "ends_on": f"{agreement.ends_on:{DAY}}",
            "reseller_agreement": agreement.reseller_agreement_number,
            "parties": [_party(agreement, side, at) for side in Side],
            "selected": opening[0] if opening else "",
            "rule": next((part for part in opening if " must " in part), ""),
            "columns": [_column(agreement, tier, programme, taken) for tier in programme.tiers],
            "terms": [clauses[one] for one in (terms.clause, terms.option_clause)] if terms else [],
        },
    )


def _date(day: dt.date) -> dict[str, int]:
    """The date of a document, for its metadata."""
    return {"year": day.year, "month": day.month, "day": day.day}


def _party(agreement: Agreement, side: Side, at: dt.datetime) -> dict[str, Any]:
    theirs = [one for one in agreement.signatures.all() if one.side == side]
    theirs.sort(key=lambda one: one.place != PAGE_1)
    draft = agreement.state == AgreementState.DRAFT
    days = [one.signed_on for one in agreement.signatures.all() if one.signed_on]
    day = agreement.date_at(at) if draft else max([*days, agreement.effective_on])
    if side == Side.PROVIDER:
        name = agreement.provider_name_as_signed or name_on(agreement.provider, day)
        address = ", ".join(party_on(agreement.provider, day).address_lines)
    else:
        reseller = agreement.reseller
        name = agreement.reseller_name_as_signed or name_on(reseller, day, agreement.provider_id)
        lines = agreement.reseller_address_as_signed.splitlines()
        address = ", ".join(lines or party_on(reseller, day).address_lines)
    return {
        "side": side.label,
        "name": name,
        "address": address,
        **asdict(_signed(theirs[0] if theirs else None, draft=draft)),
    }


def _signed(signature: Signature | None, *, draft: bool) -> Block:
    if signature is None:
        return Block()
    if signature.as_filed:
        return filed_block(signature.as_filed)
    day = f"{signature.signed_on:{DAY}}" if signature.signed_on else ""
    by = "" if draft else f"/s/ {signature.name}"
    return Block(by, signature.name, signature.title, day)


def _column(
    agreement: Agreement, tier: Tier, programme: Programme, taken: dict[str, list[AgreementOption]]
) -> dict[str, Any]:
    """A tier's column of the selection, with what is chosen of it."""
    split = len(tier.pools) > 1
    cases = f"{tier.cases} Cases"
    if split:
        cases += f", split {' / '.join(f'{pool.cases} {pool.name}' for pool in tier.pools)},"
    contacts = " / ".join(
        f"{pool.contacts} Contacts{f' in {pool.name}' if split else ''}" for pool in tier.pools
    )
    return {
        "name": tier.name,
        "chosen": tier.code == agreement.tier,
        "words": f"{cases} @ {money_text(tier.fee, programme.currency)}",
        "contacts": f"with {contacts}",
        "initials": agreement.tier_initials if tier.code == agreement.tier else "",
        "options": [
            {
                "name": f"{option.name} @ {money_text(option.fee, programme.currency)}/year",
                "quantity": sum(one.quantity for one in taken.get(option.code, [])),
                "initials": next((one.initials for one in taken.get(option.code, [])), ""),
                "later": [
                    f"({one.quantity}) of these from {one.taken_on:{DAY}}"
                    for one in taken.get(option.code, [])
                    if one.taken_on > agreement.effective_on
                ],
            }
            for option in programme.options
            if option.tier == tier.code
        ],
    }
