"""The contact form, filled from the roster (ATSP Ex.A, BL Appendix 1)."""

import datetime as dt
from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.page.overview import RosterPart, roster_parts
from contracts.ending.models import name_on
from contracts.parties.models.changes import party_on
from contracts.roster.models.entries import RosterEntry, RosterRole
from portal import documents

DAY = "%B %-d, %Y"


def exhibit_a(agreement: Agreement, at: dt.datetime) -> bytes:
    """The form of the contacts as PDF, from the roster at an instant, in its paper's words (ATSP Ex.A, BL Appendix 1).

    A table for each pool of the tier, with all its slots, the free ones empty; the parties as they are on that day.
    """
    paper = agreement.programme.paper
    entries = list(agreement.roster.current(at).in_form_order().select_related("contact"))
    parts = roster_parts(agreement, [entry for entry in entries if entry.is_technical], at)
    reseller, day = agreement.reseller, agreement.date_at(at)
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
            "date": {"year": day.year, "month": day.month, "day": day.day},
            "number": agreement.contract_number,
            "provider": name_on(agreement.provider, day),
            "day": f"{day:{DAY}}",
            "reseller": name_on(reseller, day, agreement.provider_id),
            "address": list(party_on(reseller, day).address_lines),
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
