"""The people behind the lines of the roster: found or made, changed, invited (ATSP 5.2.1)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.roster import notices
from contracts.roster.actions.frame import Keeping, keeping
from contracts.roster.models.entries import RosterEntry
from contracts.roster.reading import details_of
from contracts.roster.rules.lines import Details
from contracts.verbs import Verb
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules import limits
from portal.rules.refusal import Refusal

CODE_LENGTH = 20


def contact_for(change: Keeping, details: Details) -> Contact:
    """The reseller's contact of that address with these details; made, with a user, when there is none.

    Somebody who left comes back with their history. Raises Refusal for an address of anybody else.
    """
    _check_address(change, details.email)
    reseller, email = change.agreement.reseller, details.email.lower()
    user = (
        User.objects.filter(email=email)
        .select_related("contact__organisation", "contact__site")
        .first()
    )
    contact = getattr(user, "contact", None) or (
        Contact.objects.present()
        .filter(organisation=reseller, email__iexact=email)
        .select_related("site", "user")
        .first()
    )
    if user is not None and (contact is None or contact.organisation_id != reseller.pk):
        raise _taken(change, details.email)
    if contact is None:
        return _make(change, details)
    if contact.name.casefold() != details.name.casefold():
        raise Refusal(
            f"{details.email} is {contact.name}'s address.",
            clause=change.agreement.programme.roster.clause,
            way_out=f"Write an address of {details.name}'s own: each contact signs in with one.",
            field="email",
        )
    if contact.left_at is not None:
        contact.left_at = None
        contact.save(update_fields=["left_at"])
        if contact.user is not None:
            contact.user.is_active = True
            contact.user.save(update_fields=["is_active"])
    apply_details(change, contact, details)
    return contact


def apply_details(change: Keeping, contact: Contact, details: Details) -> bool:
    """Write what differs to a contact and their user. Returns whether anything did. Raises Refusal."""
    before = details_of(contact)
    differing = before.changes_to(details)
    if not differing:
        return False
    site = change.sites[details.site]
    moved_from, contact.site = contact.site, site
    contact.name, contact.email = details.name, details.email
    contact.telephone, contact.fax, contact.pager = details.telephone, details.fax, details.pager
    user = contact.user
    if "email" in differing:
        _check_address(change, details.email)
        if _is_anothers(details.email, contact):
            raise _taken(change, details.email)
    try:
        with transaction.atomic():
            contact.save()
            if user is not None and {"name", "email", "site"} & set(differing):
                user.name, user.email = details.name, details.email.lower()
                if user.zone == moved_from.zone:
                    user.zone = site.zone
                user.save(update_fields=["name", "email", "zone"])
    except IntegrityError as error:  # somebody else took the address at this very moment
        raise _taken(change, details.email) from error
    if "email" in differing:
        notices.address_changed(change.agreement, contact, before.email, at=change.at)
    return True


def invite(agreement: Agreement, entry: RosterEntry, *, by: User, at: dt.datetime) -> None:
    """Send a contact a new link to set their password. Raises Refusal for one who has a password already."""
    with keeping(agreement, by=by, at=at) as change:
        contact = change.entry(entry.pk).contact
        clause = agreement.programme.roster.clause
        if contact.user is None or not contact.email:
            raise Refusal(
                f"The roster has no e-mail address of {contact.name}.",
                clause=clause,
                way_out="Write it in their details first.",
            )
        if contact.user.has_usable_password():
            raise Refusal(
                f"{contact.name} has a password already.",
                clause=clause,
                way_out="If they forgot it, they can set a new one from the sign-in page.",
            )
        notices.invite(agreement, [change.entry(entry.pk)], at=at)
        change.note(
            Verb.ROSTER_INVITED, f"{contact.name} at {contact.email}", contact=contact.pk, told=True
        )


def set_code(
    agreement: Agreement, entry: RosterEntry, code: str, *, by: User, at: dt.datetime
) -> None:
    """Give a contact the provider's contact code: "Legato use only" (ATSP Ex.A). Raises Refusal for one in use."""
    clause = agreement.programme.roster.clause
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="set a contact code", clause=clause)
    code = code.strip()
    with keeping(agreement, by=by, at=at) as change:
        contact = change.entry(entry.pk).contact
        if code == contact.code:
            return
        holder = Contact.objects.filter(code=code).exclude(code="").exclude(pk=contact.pk).first()
        if holder is not None or len(code) > CODE_LENGTH or not code.isprintable():
            sentence = (
                f"{code} is the code of {holder.name}, {holder.organisation.name}."
                if holder
                else limits.too_many("The code", len(code), CODE_LENGTH, "characters")
                if len(code) > CODE_LENGTH
                else "A contact code has no line breaks and no invisible characters."
            )
            raise Refusal(sentence, clause=clause, way_out="Choose another code.", field="code")
        before, contact.code = contact.code, code
        contact.save(update_fields=["code"])
        change.note(
            Verb.ROSTER_CODE_SET,
            f"{contact.name}: {code or 'none'}",
            before={"code": before},
            after={"code": code},
            contact=contact.pk,
            told=True,
        )


def _make(change: Keeping, details: Details) -> Contact:
    site = change.sites[details.site]
    try:
        with transaction.atomic():
            user = User.objects.create_user(details.email, None, name=details.name, zone=site.zone)
            return Contact.objects.create(
                organisation=change.agreement.reseller,
                site=site,
                user=user,
                name=details.name,
                telephone=details.telephone,
                fax=details.fax,
                email=details.email,
                pager=details.pager,
            )
    except (IntegrityError, ValidationError) as error:
        if User.objects.filter(email__iexact=details.email).exists():  # taken at this very moment
            raise _taken(change, details.email) from error
        raise


def _check_address(change: Keeping, email: str) -> None:
    """Raise Refusal for what no mail server takes."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refusal(
            f"{email!r} is not an e-mail address.",
            clause=change.agreement.programme.roster.clause,
            way_out="Write one such as ada@reseller.example.",
            field="email",
        ) from error


def _is_anothers(email: str, contact: Contact) -> bool:
    users = User.objects.filter(email=email.lower())
    contacts = Contact.objects.present().filter(
        organisation=contact.organisation_id, email__iexact=email
    )
    if contact.user_id is not None:
        users = users.exclude(pk=contact.user_id)
    return users.exists() or contacts.exclude(pk=contact.pk).exists()


def _taken(change: Keeping, email: str) -> Refusal:
    """Don't say whose address it is: one reseller learns nothing about another."""
    return Refusal(
        f"{email} is the address of somebody else in the portal.",
        clause=change.agreement.programme.roster.clause,
        way_out="A contact stands on one reseller's roster only: write an address of their own with you.",
        field="email",
    )
