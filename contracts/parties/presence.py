"""Who can act at an instant: nobody who is away, has left, is disabled or has no address (D-29, ATSP 14.2)."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from contracts.parties.models.parties import Contact
from contracts.services.models.assignments import Absence
from portal.models import User
from portal.notices.outbox import Address, Recipient


def there(people: QuerySet[User], at: Any) -> QuerySet[User]:
    """Those of the provider's people who can act at an instant (or a `given` one)."""
    away = Absence.objects.at(at).filter(user=OuterRef("pk"))
    return people.filter(~Exists(away), is_active=True).exclude(email="")


class Presence:
    """Whether people can act at an instant: one statement, when first asked, however many people."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def is_away(self, user: User) -> bool:
        """Whether somebody is absent."""
        return user.pk in self._away

    def can_act(self, user: User) -> bool:
        """Whether a duty or notice may go to somebody."""
        return user.is_active and bool(user.email) and not self.is_away(user)

    def those_of(self, people: Iterable[User]) -> list[User]:
        """Those who can act, in their order."""
        return [user for user in people if self.can_act(user)]

    @cached_property
    def _away(self) -> frozenset[int]:
        return frozenset(Absence.objects.at(self.at).values_list("user_id", flat=True))


def written_to(contact: Contact) -> Recipient | None:
    """A contact as a recipient: their account when they have one, else their address on the roster.

    None when nothing can be written to them: they left, their account is disabled, or there is no address.
    """
    if contact.left_at is not None:
        return None
    if contact.user is not None:
        return contact.user if contact.user.is_active and contact.user.email else None
    return Address(contact.email, contact.name) if contact.email else None
