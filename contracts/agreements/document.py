"""The documents of an agreement: page 1 with its selection and signatures, and the contact form from the roster."""

import datetime as dt
from typing import Any

from contracts.agreements.actions.life import PAGE_1
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import Side, Signature
from contracts.agreements.page.overview import RosterPart, roster_parts
from contracts.billing.rules.money import money_text
from contracts.programmes.rules.terms import Programme, Tier
from contracts.roster.models.entries import RosterEntry, RosterRole
from portal import documents

DAY = "%B %-d, %Y"


def page_1(agreement: Agreement) -> bytes:
    """Page 1 as PDF, as the form has it (ATSP page 1): parties, selection with initials, term, signature blocks.

    A draft has lines to sign on; of a signed agreement it is a conformed copy.
    """
    programme = agreement.programme
    clauses = {clause.id: clause.text for clause in programme.clauses}
    terms = programme.term
    opening = clauses.get(programme.tiers[0].clause, "").split("\n\n") if programme.tiers else []
    taken = {option.option: option for option in agreement.options.all()}
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
            "parties": [_party(agreement, side) for side in Side],
            "selected": opening[0] if opening else "",
            "rule": next((part for part in opening if " must " in part), ""),
            "columns": [_column(agreement, tier, programme, taken) for tier in programme.tiers],
            "terms": [clauses[one] for one in (terms.clause, terms.option_clause)] if terms else [],
        },
    )


def _date(day: dt.date) -> dict[str, int]:
    """The date of a document, for its metadata."""
    return {"year": day.year, "month": day.month, "day": day.day}


def _party(agreement: Agreement, side: Side) -> dict[str, Any]:
    organisation = agreement.provider if side == Side.PROVIDER else agreement.reseller
    as_signed = (
        agreement.provider_name_as_signed
        if side == Side.PROVIDER
        else agreement.reseller_name_as_signed
    )
    theirs = [one for one in agreement.signatures.all() if one.side == side]
    theirs.sort(key=lambda one: one.place != PAGE_1)
    return {
        "side": side.label,
        "name": as_signed or organisation.name,
        "address": ", ".join(organisation.address_lines),
        **_signed(theirs[0] if theirs else None, agreement),
    }


def _signed(signature: Signature | None, agreement: Agreement) -> dict[str, str]:
    if signature is None:
        return {"by": "", "signatory": "", "title": "", "day": ""}
    signed = agreement.state != AgreementState.DRAFT
    return {
        "by": f"/s/ {signature.name}" if signed else "",
        "signatory": signature.name,
        "title": signature.title,
        "day": f"{signature.signed_on:{DAY}}" if signature.signed_on else "",
    }


def _column(
    agreement: Agreement, tier: Tier, programme: Programme, taken: dict[str, Any]
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
                "quantity": taken[option.code].quantity if option.code in taken else 0,
                "initials": taken[option.code].initials if option.code in taken else "",
            }
            for option in programme.options
            if option.tier == tier.code
        ],
    }


def exhibit_a(agreement: Agreement, at: dt.datetime) -> bytes:
    """The form of the contacts as PDF, from the roster at an instant, in its paper's words (ATSP Ex.A, BL Appendix 1).

    A table for each pool of the tier, with all its slots, the free ones empty.
    """
    paper = agreement.programme.paper
    entries = list(agreement.roster.current(at).in_form_order().select_related("contact"))
    parts = roster_parts(agreement, [entry for entry in entries if entry.is_technical], at)
    reseller = agreement.reseller
    administrative = next(
        (entry for entry in entries if entry.standing == RosterRole.ADMINISTRATIVE), None
    )
    return documents.pdf(
        "contact-form",
        {
            "called": paper.form,
            "heading": paper.form_title,
            "reseller_label": agreement.programme.customer,
            "code_label": paper.contact_code,
            "fax_label": paper.fax,
            "pager_label": paper.pager,
            "additional_label": f"Additional {paper.technical}s",
            "title": f"{agreement.programme.title} Agreement",
            "form": agreement.programme.form,
            "date": _date(agreement.date_at(at)),
            "number": agreement.contract_number,
            "provider": agreement.provider_name_as_signed or agreement.provider.name,
            "day": f"{agreement.date_at(at):{DAY}}",
            "reseller": agreement.reseller_name_as_signed or reseller.name,
            "address": reseller.address_lines,
            "administrative": _contact(paper.administrative, administrative),
            "parts": [_part(part, paper.technical) for part in parts],
        },
    )


def _part(part: RosterPart, technical: str) -> dict[str, Any]:
    by_slot = {line.entry.slot: line.entry for line in part.lines if line.entry.slot}
    slots = part.slots or max(by_slot, default=0)
    beyond = [line.entry for line in part.lines if not line.entry.slot]
    return {
        "name": part.name,
        "contacts": [
            _contact(f"{technical} #{slot}", by_slot.get(slot)) for slot in range(1, slots + 1)
        ],
        "additional": [_contact(f"Additional {technical}", entry) for entry in beyond],
    }


def _contact(label: str, entry: RosterEntry | None) -> dict[str, str]:
    """The lines of the form for a contact; empty ones for a free slot."""
    if entry is None:
        names = ("name", "code", "telephone", "fax", "email", "pager", "training", "standing")
        return {"label": label, **dict.fromkeys(names, "")}
    contact = entry.contact
    training = ""
    if entry.certified_on:
        training = f"Certified {entry.certified_on:{DAY}}"
    elif entry.trained_on:
        training = f"Trained {entry.trained_on:{DAY}}"
    return {
        "label": label,
        "name": contact.name,
        "code": contact.code,
        "telephone": contact.telephone,
        "fax": contact.fax,
        "email": contact.email,
        "pager": contact.pager,
        "training": training,
        "standing": "alternate" if entry.standing == RosterRole.ALTERNATE else "",
    }
