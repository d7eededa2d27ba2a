"""Changing the roster: adding, changing, swapping, removing contacts; handing its keeping over (ATSP 1.1, 2.1, 5.2.1).

Each act is for the Administrative Contact of the agreement's reseller and for contract administrators. What the
agreement allows is done at once; anything else raises Refusal with the clause and the way out, and changes nothing.
"""

import datetime as dt
from decimal import Decimal

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import TECHNICAL, ContactRole
from contracts.billing.actions.charges import add_charge
from contracts.billing.models.charges import ChargeKind, FeeCode, StandardFee
from contracts.roster.actions.frame import Keeping, keeping
from contracts.roster.actions.people import apply_details, contact_for
from contracts.roster.models.entries import RosterEntry
from contracts.roster.reading import line_of, line_words, place_words
from contracts.roster.rules import changes as rules
from contracts.roster.rules.changes import Addition
from contracts.roster.rules.lines import Details, Form, Place
from contracts.verbs import Verb
from portal.models import User
from portal.rules.refusal import Refusal

FIRST_FREE = None


def add_contact(
    agreement: Agreement,
    details: Details,
    standing: ContactRole,
    *,
    by: User,
    at: dt.datetime,
    place: Place | None = FIRST_FREE,
    accepted: Decimal | None = None,
) -> RosterEntry:
    """Put a contact on the roster; a technical one in the slot of `place`, else in the first free one (ATSP 5.2.1).

    Beyond the slots `accepted` is the fee as it was shown, and a charge is written (ATSP 2.1). Returns the new line.
    """
    with keeping(agreement, by=by, at=at) as change:
        form = change.form
        _raise(rules.check_details(form, details))
        rules.check_one_line(form, details.email, standing)
        taken = rules.place_for(form, details.site, place) if standing in TECHNICAL else None
        if taken is not None and taken.slot is None:
            charge_additions(change, 1, details.name, accepted)
        contact = contact_for(change, details)
        entry = change.submit(contact, standing, taken)
        change.note(
            Verb.ROSTER_SUBMITTED,
            _as(entry, place_words(form, taken)),
            after=line_words(form, line_of(entry)),
            contact=contact.pk,
            entry=entry.pk,
            submitted_at=at,
            usable_from=entry.usable_from,
        )
    return entry


def change_contact(
    agreement: Agreement,
    entry: RosterEntry,
    details: Details,
    *,
    by: User,
    at: dt.datetime,
    place: Place | None = None,
    accepted: Decimal | None = None,
) -> RosterEntry:
    """Change what the form says of a contact, or their slot. Returns the line that stands then, a new one if it moved.

    Another address or another pool is a permanent change, for which the contact waits anew (ATSP 5.2.1).
    """
    with keeping(agreement, by=by, at=at) as change:
        return rewrite(change, change.entry(entry.pk), details, place=place, accepted=accepted)


def rewrite(
    change: Keeping,
    entry: RosterEntry,
    details: Details,
    *,
    place: Place | None = None,
    accepted: Decimal | None = None,
) -> RosterEntry:
    """Change a line within a change of the roster (see `change_contact`)."""
    form, before = change.form, line_of(entry)
    _raise(rules.check_details(form, details))
    rules.check_same_person(form, before.details, details)
    wanted = before.place
    if before.place is not None:
        wanted = place or before.place
        if form.pool_of(details.site).code != wanted.pool and place is None:
            wanted = None  # another region: the first free slot there
        wanted = rules.place_for(form.without([entry.pk]), details.site, wanted)
    words_before = line_words(form, before)
    waits = wanted is not None and rules.waits_anew(before, details, wanted)
    moves = waits or wanted != before.place
    if (
        wanted is not None
        and wanted.slot is None
        and before.place
        and before.place.slot is not None
    ):
        charge_additions(change, 1, details.name, accepted)
    contact = entry.contact
    changed = apply_details(change, contact, details)
    if moves:
        standing = ContactRole(entry.standing)
        change.end(entry)
        entry = change.submit(contact, standing, wanted, before=entry, waits=waits)
    words_after = line_words(change.form, line_of(entry)) | {
        name: getattr(details, name) for name in ("telephone", "fax", "pager")
    }
    words_before |= {name: getattr(before.details, name) for name in ("telephone", "fax", "pager")}
    differing = [name for name, value in words_after.items() if words_before[name] != value]
    if changed or moves:
        change.note(
            Verb.ROSTER_CHANGED,
            f"{contact.name}: {', '.join(rules.LABELS[name] for name in differing)}",
            before={name: words_before[name] for name in differing},
            after={name: words_after[name] for name in differing},
            contact=contact.pk,
            entry=entry.pk,
            usable_from=entry.usable_from if waits else None,
        )
    return entry


def swap_contact(
    agreement: Agreement, entry: RosterEntry, details: Details, *, by: User, at: dt.datetime
) -> RosterEntry:
    """Put another contact in a contact's place, free of cost (ATSP 5.2.1). Returns the new line, which waits."""
    with keeping(agreement, by=by, at=at) as change:
        old = change.entry(entry.pk)
        standing = ContactRole(old.standing)
        if standing is ContactRole.ADMINISTRATIVE and change.form.has_other_heirs:
            raise _hand_over_instead(change)
        form, before = change.form, line_of(old)
        rest = form.without([old.pk])
        _raise(rules.check_details(form, details))
        if before.details.email.lower() == details.email.lower():
            raise Refusal(
                f"{details.email} is {before.details.name}'s address.",
                clause=form.terms.clause,
                way_out="Write the new contact's own address, or change the details instead.",
                field="email",
            )
        rules.check_one_line(rest, details.email, standing)
        place = rules.place_for(rest, details.site, before.place) if before.place else None
        contact = contact_for(change, details)
        change.end(old)
        new = change.submit(contact, standing, place)
        change.note(
            Verb.ROSTER_SWAPPED,
            f"{before.details.name} for {contact.name}{rules.where(before)}",
            before=line_words(form, before),
            after=line_words(change.form, line_of(new)),
            contact=contact.pk,
            entry=new.pk,
            usable_from=new.usable_from,
        )
    return new


def restand_contact(
    agreement: Agreement, entry: RosterEntry, standing: ContactRole, *, by: User, at: dt.datetime
) -> RosterEntry:
    """Make a Technical Contact the alternate, or the other way round, in the same slot. Nobody waits again."""
    with keeping(agreement, by=by, at=at) as change:
        old = change.entry(entry.pk)
        rules.check_role(change.form, standing)
        if not old.is_technical or standing not in TECHNICAL:
            raise Refusal(
                f"{old.contact.name} is the {old.called}, which takes no slot.",
                clause=agreement.programme.roster.clause,
                way_out="Add them in a free slot.",
            )
        return restand(change, old, standing)


def restand(change: Keeping, entry: RosterEntry, standing: ContactRole) -> RosterEntry:
    """Give a technical line the other standing within a change of the roster."""
    if entry.standing == standing.value:
        return entry
    before = line_of(entry)
    change.end(entry)
    new = change.submit(entry.contact, standing, before.place, before=entry, waits=False)
    change.note(
        Verb.ROSTER_CHANGED,
        f"{entry.contact.name}: {new.called}",
        before={"standing": entry.called},
        after={"standing": new.called},
        contact=entry.contact_id,
        entry=new.pk,
    )
    return new


def remove_contact(agreement: Agreement, entry: RosterEntry, *, by: User, at: dt.datetime) -> None:
    """Take a line off the roster; a contact without another one leaves, and their sign-in ends at once (ATSP 5.2.1)."""
    with keeping(agreement, by=by, at=at) as change:
        strike(change, change.entry(entry.pk))


def strike(change: Keeping, entry: RosterEntry) -> None:
    """Take a line off within a change of the roster. The Administrative Contact's is handed over instead."""
    if entry.standing == ContactRole.ADMINISTRATIVE.value:
        raise _hand_over_instead(change)
    form, before = change.form, line_of(entry)
    change.end(entry)
    change.note(
        Verb.ROSTER_REMOVED,
        f"{before.details.name}, {entry.called}{rules.where(before)}",
        before=line_words(form, before),
        contact=entry.contact_id,
        entry=entry.pk,
    )


def hand_over(
    agreement: Agreement,
    to: RosterEntry,
    *,
    by: User,
    at: dt.datetime,
    stays: bool = False,
) -> RosterEntry:
    """Make somebody of the roster the Administrative Contact (ATSP 1.1). Returns their new line.

    Who hands over stays as an escalation management contact when they want to; without any line they leave.
    """
    with keeping(agreement, by=by, at=at) as change:
        heir = change.entry(to.pk).contact
        clause = change.form.keeper_clause
        old = next(
            (one for one in change.entries if one.standing == ContactRole.ADMINISTRATIVE.value),
            None,
        )
        if old is not None and old.contact_id == heir.pk:
            raise Refusal(
                f"{heir.name} is the Administrative Contact already.",
                clause=clause,
                way_out="Choose somebody else of the roster.",
                field="to",
            )
        if old is not None:
            change.end(old)
            is_manager = any(
                one.contact_id == old.contact_id and one.standing == ContactRole.MANAGEMENT.value
                for one in change.entries
            )
            if stays and not is_manager and ContactRole.MANAGEMENT in change.form.roles:
                change.submit(old.contact, ContactRole.MANAGEMENT, None, waits=False, before=old)
        new = change.submit(heir, ContactRole.ADMINISTRATIVE, None)
        change.note(
            Verb.ROSTER_HANDED_OVER,
            f"{heir.name} is the Administrative Contact",
            clause=clause,
            before={"name": old.contact.name} if old else None,
            after={"name": heir.name},
            contact=heir.pk,
            entry=new.pk,
        )
    return new


def addition_now(agreement: Agreement, form: Form, at: dt.datetime, *, more: int = 1) -> Addition:
    """What so many more contacts beyond the slots cost on the agreement's day of `at` (ATSP 2.1). Raises Refusal."""
    currency = agreement.programme.currency
    fee = StandardFee.objects.on(FeeCode.ADDITIONAL_CONTACT, currency, agreement.date_at(at))
    paid = agreement.charges.open().filter(kind=ChargeKind.CONTACT).count()
    return rules.addition(form, paid, fee.amount if fee else None, currency, more=more)


def charge_additions(change: Keeping, more: int, name: str, accepted: Decimal | None) -> None:
    """Charge contacts beyond the slots, each a line of its own, when the fee was accepted as shown (ATSP 2.1)."""
    agreement, form = change.agreement, change.form
    currency = agreement.programme.currency
    owed = addition_now(agreement, form, change.at, more=more)
    rules.check_accepted(form, owed, accepted, currency)
    if owed.amount:
        add_charge(
            agreement,
            kind=ChargeKind.CONTACT,
            text=f"Contact beyond the slots: {name}",
            words=owed.words,
            amount=owed.amount,
            clause=form.additions_clause,
            by=change.by,
            at=change.at,
        )


def _as(entry: RosterEntry, place: str) -> str:
    role = entry.called
    return (
        f"{entry.contact.name} as {role}, {place}" if place else f"{entry.contact.name} as {role}"
    )


def _hand_over_instead(change: Keeping) -> Refusal:
    return Refusal(
        "The roster always needs an Administrative Contact.",
        clause=change.form.keeper_clause,
        way_out="Hand the role over to somebody of the roster; then the line goes.",
    )


def _raise(refusals: list[Refusal]) -> None:
    joined = Refusal.joined(refusals)
    if joined is not None:
        raise joined


__all__ = [
    "add_contact",
    "addition_now",
    "change_contact",
    "hand_over",
    "remove_contact",
    "restand_contact",
    "swap_contact",
]
