"""Notices about the roster: invited, changed, incomplete, training reported and decided (ATSP 5.2.1)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.signing import NoticeAddress, Side
from contracts.parties.models.parties import Contact
from contracts.parties.people import Staff
from contracts.parties.presence import written_to
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.roster.models.training import Training
from contracts.roster.rules.changes import moment
from portal import journal
from portal.deadlines import Due
from portal.models import Channel, User
from portal.notices import outbox
from portal.notices.outbox import Address, NoticeDraft, Recipient
from portal.roles import Role

MAIL = (Channel.EMAIL,)


def contact_of(contact: Contact) -> list[Recipient]:
    """A contact as a recipient: their account when they have one, else their address; nobody without either."""
    if contact.user is not None:
        return [contact.user]
    return [Address(contact.email, contact.name)] if contact.email else []


def keepers_of(agreements: Iterable[Agreement]) -> dict[int, list[Recipient]]:
    """Who keeps each agreement's roster: the Administrative Contact; while none can be written to, the notice address.

    Two statements, however many agreements there are.
    """
    wanted = [agreement.pk for agreement in agreements]
    found: dict[int, list[Recipient]] = {pk: [] for pk in wanted}
    entries = RosterEntry.objects.filter(
        agreement__in=wanted,
        standing=RosterRole.ADMINISTRATIVE,
        removed_at=None,
        contact__left_at=None,
    ).select_related("contact__user")
    for entry in entries:
        keeper = written_to(entry.contact)
        found[entry.agreement_id] = [keeper] if keeper is not None else []
    addresses = NoticeAddress.objects.filter(agreement__in=wanted, side=Side.RESELLER)
    for address in addresses.exclude(email=""):
        if not found[address.agreement_id]:
            found[address.agreement_id] = [Address(address.email, address.attention)]
    return found


def changed(
    agreement: Agreement,
    notes: Sequence[journal.Entry],
    new: Sequence[RosterEntry],
    entries: Sequence[RosterEntry],
    *,
    by: User,
    at: dt.datetime,
) -> None:
    """Tell of a change: the contacts with a new line, the Administrative Contact, the contract administrators."""
    standing = [entry for entry in new if entry in entries]
    invite(agreement, [entry for entry in standing if _is_invited(entry)], at=at)
    drafts = [
        _line(agreement, entry, at)
        for entry in standing
        if not _is_invited(entry) and entry.contact.user != by
    ]
    said = [note for note in notes if not note.data.get("told")]
    if said:
        administrative = [
            entry.contact for entry in entries if entry.standing == RosterRole.ADMINISTRATIVE
        ]
        people = [
            *[one for contact in administrative if (one := written_to(contact)) is not None],
            *Staff(Role.CONTRACT_ADMINISTRATOR, at=at).of(agreement),
        ]
        drafts.append(
            NoticeDraft(
                subject=agreement,
                step=f"roster:{said[0].pk}",
                to=[one for one in people if one != by],
                template="roster_changed",
                title=f"{agreement.reseller.name} changed its roster"
                if not by.is_provider
                else f"The roster of {agreement.reseller.name} was changed",
                context={
                    "author": by.name,
                    "changes": [note.text for note in said],
                    "waits": [
                        f"{entry.contact.name} may ask for assistance from "
                        f"{moment(entry.usable_from, entry.contact.site.zone)}."
                        for entry in standing
                        if entry.is_technical
                    ],
                },
                url=_url(agreement),
                clause=agreement.programme.roster.clause,
            )
        )
    outbox.post_many(drafts, at=at)


def invite(agreement: Agreement, entries: Sequence[RosterEntry], *, at: dt.datetime) -> None:
    """Send contacts without a password the link by which they set one, with what they are and from when."""
    outbox.post_many(
        [
            NoticeDraft(
                subject=agreement,
                step=f"invitation:{entry.contact_id}:{at.isoformat()}",
                to=contact_of(entry.contact),
                template="roster_invitation",
                title=f"{agreement.reseller.name} put you on its roster for support",
                context=_about(agreement, entry, at) | {"action": "Set your password"},
                url=reverse("account_reset_password"),
                clause=agreement.programme.roster.clause,
                channels=MAIL,
            )
            for entry in entries
            if entry.contact.user is not None
        ],
        at=at,
    )


def address_changed(
    agreement: Agreement, contact: Contact, before: str, *, at: dt.datetime
) -> None:
    """Tell a contact at the old and the new address that the roster has another one for them."""
    to: list[Recipient] = [Address(before, contact.name)] if before else []
    outbox.post(
        agreement,
        f"address:{contact.pk}:{at.isoformat()}",
        to=[*to, *contact_of(contact)],
        template="roster_changed",
        title="Your address on the roster was changed",
        context={
            "author": agreement.reseller.name,
            "changes": [f"You sign in with {contact.email}, not with {before or 'none'}."],
            "waits": ["Was this not meant? Tell your Administrative Contact at once."],
        },
        at=at,
        url="/",
        clause=agreement.programme.roster.clause,
        channels=MAIL,
    )


def form_notices(
    rows: Sequence[Due],
    agreements: Mapping[int, Agreement],
    short: Mapping[int, Sequence[str]],
    *,
    missed: bool,
    at: dt.datetime,
) -> list[NoticeDraft]:
    """The notices that Exhibit A is due, or was missed: to who keeps it and the contract administrators."""
    administrators = Staff(Role.CONTRACT_ADMINISTRATOR, at=at)
    keepers = keepers_of(agreements.values())
    drafts = []
    for row in rows:
        agreement = agreements[row.subject_id]
        paper = agreement.programme.paper
        drafts.append(
            NoticeDraft(
                subject=row.subject,
                step=f"exhibit-a:{row.pk}",
                to=[*keepers[agreement.pk], *administrators.of(agreement)],
                template="roster_form",
                title=f"{paper.form} of {agreement.contract_number} "
                + ("was not complete in time" if missed else "is not complete yet"),
                context={
                    "reseller": agreement.reseller.name,
                    "contract": agreement.contract_number,
                    "short": list(short[agreement.pk]),
                    "form": paper.form,
                    "least": "one "
                    + " and one ".join(
                        name
                        for name, number in (
                            (paper.technical, agreement.programme.roster.minimum_technical),
                            ("alternate", agreement.programme.roster.minimum_alternate),
                            (
                                paper.administrative,
                                agreement.programme.roster.minimum_administrative,
                            ),
                        )
                        if number
                    ),
                    "cited": paper.cited["ATSP 2.1"],
                    "missed": missed,
                    "due": "The roster with " + " and ".join(short[agreement.pk]) + " more",
                    "by_whom": f"The {paper.administrative} of {agreement.reseller.name}",
                    "due_at": row.due_at if missed else row.data.get("due_at"),
                    "action": "Open the roster",
                },
                url=_url(agreement),
                clause=row.clause,
                late=row.late,
            )
        )
    return drafts


def training(training: Training, *, by: User, at: dt.datetime) -> None:
    """Tell the contract administrators of a reported training, and the Administrative Contact of its decision."""
    agreement, contact = training.agreement, training.contact
    decided = training.decided_at is not None
    to: list[Recipient] = [*Staff(Role.CONTRACT_ADMINISTRATOR, at=at).of(agreement)]
    if decided:
        to = keepers_of([agreement])[agreement.pk]
    what = f"{training.get_kind_display()} of {contact.name}"
    if not decided:
        title, change = (
            f"{what} reported",
            f"{what}, {training.completed_on:%-d %b %Y}: {training.evidence or 'see the file'}.",
        )
    elif training.confirmed:
        title, change = f"{what} confirmed", f"The {what} is on record."
    else:
        title, change = f"{what} not confirmed", f"The {what} was not confirmed: {training.reason}"
    outbox.post(
        agreement,
        f"training:{training.pk}:{'decided' if decided else 'reported'}",
        to=[one for one in to if one != by],
        template="roster_changed",
        title=title[:1].upper() + title[1:],
        context={"author": by.name, "changes": [change], "waits": []},
        at=at,
        url=_url(agreement),
        clause=agreement.programme.roster.clause,
    )


def _is_invited(entry: RosterEntry) -> bool:
    user = entry.contact.user
    return user is not None and not user.has_usable_password()


def _line(agreement: Agreement, entry: RosterEntry, at: dt.datetime) -> NoticeDraft:
    about = _about(agreement, entry, at)
    waits = []
    if entry.is_technical:
        waits = [
            f"You may ask for assistance from {moment(entry.usable_from, entry.contact.site.zone)}."
        ]
    return NoticeDraft(
        subject=agreement,
        step=f"line:{entry.pk}",
        to=contact_of(entry.contact),
        template="roster_changed",
        title=f"You are on the roster of {agreement.reseller.name}: {about['role']}",
        context={
            "author": agreement.reseller.name,
            "changes": [f"You are {about['role']} under agreement {agreement.contract_number}."],
            "waits": waits,
        },
        url=_url(agreement),
        clause=agreement.programme.roster.clause,
    )


def _about(agreement: Agreement, entry: RosterEntry, at: dt.datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "reseller": agreement.reseller.name,
        "provider": agreement.provider.name,
        "contract": agreement.contract_number,
        "role": entry.called,
    }
    if entry.is_technical:
        facts["usable_from_at"] = entry.usable_from
    return facts


def _url(agreement: Agreement) -> str:
    return reverse("agreement_roster", args=[agreement.reference])
