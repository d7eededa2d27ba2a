"""What a change of Exhibit A needs, and what it is refused for (ATSP 1.1, 2.1, 5.2.1). Facts in, decisions out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from contracts.agreements.rules.agreement_file import TECHNICAL, ContactRole
from contracts.billing.rules.money import money_text
from contracts.programmes.rules.paper import HOUSE, Paper
from contracts.programmes.rules.terms import Roster
from contracts.programmes.rules.values import Span
from contracts.roster.rules.lines import Details, Form, Line, Place, Pool
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

LENGTHS = {"name": 120, "telephone": 40, "fax": 40, "email": 254, "pager": 40}
LABELS = {
    "name": "name",
    "email": "e-mail address",
    "site": "site",
    "telephone": "phone number",
    "fax": "fax number",
    "pager": "pager or cell number",
    "standing": "standing",
    "place": "place",
    "code": "contact code",
}
"""How people call what a line says."""

_SWAP = "Swap a contact for another, which is free of cost"
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s.,;<>\"']+")


def place_for(form: Form, site: str, wanted: Place | None) -> Place:
    """The place that a Technical Contact of a site takes: the one wanted, else the first free slot (ATSP page 1, 2.1).

    Raises Refusal for another region's pool, a slot that is taken or does not exist, and when no slot is free.
    """
    pool = form.pool_of(site)
    if wanted is None:
        free = form.free(pool)
        if not free:
            raise _none_free(form, pool)
        return Place(pool.code, free[0])
    if wanted.pool != pool.code:
        raise Refusal(
            f"{site} is in {form.regions[site]}, so its contacts stand in {pool.name}, "
            f"not in {form.pool(wanted.pool).name}.",
            clause=pool.clause,
            way_out=f"Choose a place in {pool.name}, or a site of the other region.",
            field="place",
        )
    if wanted.slot is None:
        if not form.takes_more_than_slots:
            raise _none_free(form, pool)
        return wanted
    if not 1 <= wanted.slot <= pool.slots:
        raise Refusal(
            f"There is no slot {wanted.slot}{_in(pool)}: they are 1 to {pool.slots}.",
            clause=pool.clause,
            way_out=_ways(form, pool),
            field="place",
        )
    holder = form.holder(wanted)
    if holder is not None:
        raise Refusal(
            f"Slot {wanted.slot}{_in(pool)} is {holder.details.name}'s.",
            clause=pool.clause,
            way_out=_ways(form, pool),
            field="place",
        )
    return wanted


def _none_free(form: Form, pool: Pool) -> Refusal:
    return Refusal(
        f"All {pool.slots} slots{_in(pool)} are taken.",
        clause=pool.clause,
        way_out=_ways(form, pool),
        field="place",
    )


def _in(pool: Pool) -> str:
    return f" of {pool.name}" if pool.name else ""


def _ways(form: Form, pool: Pool) -> str:
    free = form.free(pool)
    if free:
        return f"Free: {', '.join(map(str, free))}."
    if form.takes_more_than_slots:
        return f"{_SWAP}, or add one beyond the slots at the fee ({form.additions_clause})."
    return f"{_SWAP}."


def typed(**values: str) -> Details:
    """What was typed of a contact, without spaces to spare, the address in lower case."""
    clean = {name: " ".join(value.split()) for name, value in values.items()}
    return Details(**(clean | {"email": clean.get("email", "").lower()}))


def check_details(form: Form, details: Details) -> list[Refusal]:
    """All that is wrong with what was typed of a contact, by field."""
    return [*_details(form, details)]


def _details(form: Form, details: Details) -> Iterator[Refusal]:
    clause = form.terms.clause
    if not details.name:
        yield Refusal("The name is missing.", clause=clause, way_out="Write it.", field="name")
    elif not any(c.isalpha() for c in details.name) or details.name[0] in "=@+-":
        reason = f"{details.name!r} is not a person's name."
        yield Refusal(reason, clause=clause, way_out="Write the name.", field="name")
    if not _EMAIL.fullmatch(details.email):
        yield Refusal(
            f"{details.email!r} is not an e-mail address."
            if details.email
            else "The e-mail address is missing.",
            clause=clause,
            way_out="Write one such as ada@reseller.example: what we tell the contact goes there.",
            field="email",
        )
    for name, most in LENGTHS.items():
        value = getattr(details, name)
        if len(value) > most:
            reason = f"The {LABELS[name]} has {len(value)} characters."
            yield Refusal(reason, clause=clause, way_out=f"The most is {most}.", field=name)
        elif not value.isprintable() or value.startswith(("=", "@")):
            reason = f"The {LABELS[name]} cannot be {value!r}."
            yield Refusal(
                reason, clause=clause, way_out="Write it without signs in front.", field=name
            )
    unknown = form.unknown_site(details.site)
    if unknown is not None:
        yield unknown


def check_role(form: Form, standing: ContactRole) -> None:
    """Raise Refusal for a role that the form's paper does not know."""
    if standing not in form.roles:
        raise Refusal(
            f"{form.paper.form} has no contact of that role.",
            clause=form.terms.clause,
            way_out=f"It has: {', '.join(form.paper.name(role.value) for role in form.roles)}.",
            field="standing",
        )


def check_one_line(form: Form, email: str, standing: ContactRole) -> None:
    """One technical line for each contact, one line for each standing, one Administrative Contact (ATSP 5.2.1).

    Raises Refusal naming the line that stands, and for a role that the form's paper does not know.
    """
    check_role(form, standing)
    for line in form.lines:
        if line.details.email.lower() != email.lower():
            continue
        if line.standing is standing or (line.is_technical and standing in TECHNICAL):
            raise Refusal(
                f"{line.details.name} is on the roster already{where(line)}.",
                clause=form.terms.clause,
                way_out="Change that line instead: each contact has one.",
                field="email",
            )
    if standing is ContactRole.ADMINISTRATIVE and form.administrative is not None:
        raise Refusal(
            f"{form.administrative.details.name} is the Administrative Contact, and there is one.",
            clause=form.keeper_clause,
            way_out="Hand the role over instead.",
            field="standing",
        )


def where(line: Line) -> str:
    """Where a line stands, to follow a name: ", slot 3", ", beyond the slots", "" for what takes no slot."""
    if line.place is None:
        return ""
    return f", slot {line.place.slot}" if line.place.slot else ", beyond the slots"


def check_same_person(form: Form, before: Details, after: Details) -> None:
    """A change of details is of one person. Raises Refusal when name and address both change (ATSP 5.2.1)."""
    if (
        before.name.casefold() != after.name.casefold()
        and before.email.lower() != after.email.lower()
    ):
        raise Refusal(
            f"{after.name} at {after.email} is not the same person as {before.name}.",
            clause=form.terms.clause,
            way_out="Swap the one contact for the other: it is free of cost, and the history stays true.",
            field="email",
        )


def waits_anew(before: Line | None, details: Details, place: Place) -> bool:
    """Whether a technical line makes its contact wait (ATSP 5.2.1): a new contact, another address, another pool.

    A new number, another site in the same pool, another slot there, or technical instead of alternate leaves the
    contact the one whom the provider knows.
    """
    return (
        before is None
        or before.place is None
        or before.details.email.lower() != details.email.lower()
        or before.place.pool != place.pool
    )


@dataclass(frozen=True, slots=True)
class Addition:
    """What a contact beyond the slots costs, and the sum in words."""

    amount: Decimal
    words: str


def addition(
    form: Form, places_paid: int, fee: Decimal | None, currency: str, *, more: int = 1
) -> Addition:
    """What so many more contacts beyond the slots cost: each at the then-current fee, whole (ATSP 2.1).

    A place that was paid for in this agreement and is empty again is used first (5.2.1: changes cost nothing while no
    contact is added). Raises Refusal when a fee is owed and none is set.
    """
    owed = max(0, form.beyond + more - max(places_paid, form.beyond))
    if not owed:
        return Addition(Decimal("0.00"), "The place beyond the slots is paid for already.")
    if fee is None:
        raise Refusal(
            "No fee is set for contacts beyond the slots, so none can be added.",
            clause=form.additions_clause,
            way_out="Swap a contact for another, or ask the contract administrator to set the then-current fee.",
            field="place",
        )
    each, total = money_text(fee, currency), money_text(owed * fee, currency)
    contacts = "contact" if owed == 1 else "contacts"
    return Addition(
        owed * fee,
        f"{owed} {contacts} beyond the slots at the then-current fee of {each}, charged whole: {total}.",
    )


def check_accepted(form: Form, owed: Addition, accepted: Decimal | None, currency: str) -> None:
    """The fee is taken on as it was shown. Raises Refusal when it was not, or has changed since (ATSP 2.1)."""
    if owed.amount == 0 or accepted == owed.amount:
        return
    text = money_text(owed.amount, currency)
    if accepted is None:
        sentence, way_out = (
            f"A contact beyond the slots costs {text}.",
            "Accept the fee, or swap a contact.",
        )
    else:
        sentence = f"The fee is {text}, not {money_text(accepted, currency)} as it was shown."
        way_out = "Review it again, then accept it."
    raise Refusal(sentence, clause=form.additions_clause, way_out=way_out, field="accepted")


def missing(form: Form) -> tuple[str, ...]:
    """What the form lacks to be complete: "1 Technical Contact", "1 alternate" (ATSP 5.2.1, BL 3.1.1)."""
    return lacking(form.terms, [line.standing for line in form.lines], form.paper)


def lacking(
    terms: Roster, standings: Iterable[ContactRole | str], paper: Paper = HOUSE
) -> tuple[str, ...]:
    """What is missing where lines of these roles are there, in the paper's words (ATSP 5.2.1)."""
    there = [ContactRole(standing) for standing in standings]
    found = []
    for standing, least, name in (
        (ContactRole.TECHNICAL, terms.minimum_technical, paper.technical),
        (ContactRole.ALTERNATE, terms.minimum_alternate, "alternate"),
        (ContactRole.ADMINISTRATIVE, terms.minimum_administrative, paper.administrative),
    ):
        short = least - there.count(standing)
        if short > 0:
            found.append(f"{short} {name}{'s' if short > 1 else ''}")
    return tuple(found)


def reminders(span: Span) -> tuple[Span, ...]:
    """How long after the same beginning to remind of what is due within a span: at each whole unit before its end."""
    return tuple(Span(amount, span.unit) for amount in range(1, span.amount))


def check_training(
    terms: Roster, on: date | None, today: date, evidence: str, *, has_file: bool
) -> date:
    """The day of a training or certification: one that is not to come, with evidence (ATSP 5.2.1). Raises Refusal."""
    if on is None or on > today:
        raise Refusal(
            "The day is missing." if on is None else f"{day_words(on)} is still to come.",
            clause=terms.training_clause or terms.clause,
            way_out="Write the day on which it was completed.",
            field="completed_on",
        )
    if not evidence and not has_file:
        raise Refusal(
            "The evidence is missing.",
            clause=terms.training_clause or terms.clause,
            way_out="Write the certificate's number or the course, or attach the certificate.",
            field="evidence",
        )
    return on


def moment(at: datetime, zone: str) -> str:
    """An instant in a zone in words: "Thu 6 Mar 2003, 10:00 PST"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
