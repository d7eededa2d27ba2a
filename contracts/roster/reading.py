"""The roster as the rules read it: entries become lines, contacts become details (ATSP 5.2.1, Ex.A)."""

from collections.abc import Iterable

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.parties.models.parties import Contact, Site
from contracts.roster.models.entries import RosterEntry
from contracts.roster.rules.lines import Details, Form, Line, Place


def form_now(agreement: Agreement) -> Form:
    """Exhibit A as it stands: two queries."""
    entries = agreement.roster.filter(removed_at=None, contact__left_at=None)
    return form_of(
        agreement,
        agreement.reseller.sites.all(),
        entries.in_form_order().select_related("contact__site"),
    )


def form_of(agreement: Agreement, sites: Iterable[Site], entries: Iterable[RosterEntry]) -> Form:
    """Exhibit A as the rules read it, from the reseller's sites and the entries that stand with their contacts."""
    return Form(
        terms=agreement.programme.roster,
        tier=agreement.tier_terms,
        regions={site.name: site.region for site in sites},
        lines=tuple(line_of(entry) for entry in entries),
        paper=agreement.programme.paper,
    )


def line_of(entry: RosterEntry) -> Line:
    """An entry as the rules read it."""
    return Line(
        key=entry.pk,
        contact=entry.contact_id,
        details=details_of(entry.contact),
        standing=ContactRole(entry.standing),
        place=Place(entry.pool, entry.slot) if entry.is_technical else None,
    )


def details_of(contact: Contact) -> Details:
    """What the form says of a contact."""
    return Details(
        name=contact.name,
        email=contact.email,
        site=contact.site.name,
        telephone=contact.telephone,
        fax=contact.fax,
        pager=contact.pager,
    )


def line_words(form: Form, line: Line) -> dict[str, str]:
    """A line in words, as the journal keeps it."""
    return {
        "name": line.details.name,
        "email": line.details.email,
        "site": line.details.site,
        "standing": form.paper.name(line.standing.value),
        "place": place_words(form, line.place),
    }


def place_words(form: Form, place: Place | None) -> str:
    """A place in words: "US, slot 3", "slot 3", "US, beyond the slots"; "" for none."""
    if place is None:
        return ""
    name = form.pool_name(place.pool)
    number = f"slot {place.slot}" if place.slot else "beyond the slots"
    return f"{name}, {number}" if name else number
