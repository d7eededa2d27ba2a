"""Whom the roster chooses: who is to be the Administrative Contact."""

from django.db.models import QuerySet

from contracts.parties.models.parties import Contact
from contracts.roster.models.entries import RosterEntry, RosterRole
from portal import clock
from portal.lookups import Lookup, register_lookup
from portal.models import User


def register_lookups() -> None:
    """Let the role be handed to one of many."""
    register_lookup(
        Lookup(
            "heirs",
            "contact",
            "contacts",
            heirs,
            ("name", "email", "code"),
            lambda contact: contact.name,
            lambda contact: contact.email,
            ("telephone_digits",),
        )
    )


def heirs(user: User, within: str) -> QuerySet[Contact]:
    """Those on the roster of the agreement of that key who are not its Administrative Contact, by name."""
    if not within.isdecimal() or len(within) > 18:
        return Contact.objects.none()
    lines = RosterEntry.objects.current(clock.now()).filter(agreement=int(within))
    now = lines.filter(standing=RosterRole.ADMINISTRATIVE)
    others = lines.exclude(contact__in=now.values("contact"))
    seen = Contact.objects.visible_to(user).present()
    return seen.filter(pk__in=others.values("contact")).order_by("name", "pk")
