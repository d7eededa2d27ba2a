"""Who can act at an instant: nobody who is away, has left, is disabled or has no working address (D-29, ATSP 14.2)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from contracts.parties.models.parties import Contact
from contracts.services.models.assignments import Absence
from portal.models import Notice, User
from portal.notices.outbox import Address, Recipient


def there(people: QuerySet[User], at: Any) -> QuerySet[User]:
    """Those of the provider's people who can act at an instant (or a `given` one)."""
    away = Absence.objects.at(at).filter(user=OuterRef("pk"))
    refused = Notice.objects.refused_for_good().filter(recipient=OuterRef("pk"))
    return people.filter(~Exists(away), ~Exists(refused), is_active=True).exclude(email="")


class Presence:
    """Whether people can act at an instant: one statement, when first asked, however many people."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def is_away(self, user: User) -> bool:
        """Whether somebody is absent."""
        return user.pk in self._found["away"]

    def can_act(self, user: User) -> bool:
        """Whether a duty or notice may go to somebody."""
        works = bool(user.email) and user.pk not in self._found["refused"]
        return user.is_active and works and not self.is_away(user)

    def those_of(self, people: Iterable[User]) -> list[User]:
        """Those who can act, in their order."""
        return [user for user in people if self.can_act(user)]

    @cached_property
    def _found(self) -> defaultdict[str, set[int]]:
        """Who is away, and whose address the mail server refused for good."""
        away = Absence.objects.at(self.at).order_by().annotate(why=Value("away"))
        refused = Notice.objects.refused_for_good().annotate(why=Value("refused"))
        rows = away.values_list("why", "user_id").union(refused.values_list("why", "recipient_id"))
        found: defaultdict[str, set[int]] = defaultdict(set)
        for why, pk in rows:
            found[why].add(pk)
        return found


def written_to(contact: Contact) -> Recipient | None:
    """A contact as a recipient: their account when they have one, else their address on the roster.

    None when nothing can be written to them: they left, their account is disabled, or there is no address.
    """
    if contact.left_at is not None:
        return None
    if contact.user is not None:
        return contact.user if contact.user.is_active and contact.user.email else None
    return Address(contact.email, contact.name) if contact.email else None
