"""Who may be mentioned in a text on a case: only who may read it there (ATSP 5.2.2).

In an internal note those are the provider's people alone. A reseller's people know their own roster, and of the
provider who has the case or wrote to them on it: its directory is not theirs to read.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Lower

from cases.case.contacts import lines_of_case
from cases.case.models import Case
from cases.conversation.models import Message
from cases.mentions.rules import Person
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.parties.models.provider_people import serving
from contracts.parties.presence import written_to
from portal.models import User
from portal.notices.outbox import Recipient

MOST = 6
"""So many are offered while one types."""


def named(
    spellings: Collection[str], case: Case, *, by: User, internal: bool, at: dt.datetime
) -> dict[Person, Recipient]:
    """Those who may be mentioned and have one of those names, logins or addresses, with how they are told.

    Two statements at most.
    """
    if not spellings:
        return {}
    wanted = Q(spelled__in=spellings) | Q(address__in=spellings) | Q(login__in=spellings)
    users = _spelled(users_for(case, by, internal=internal)).filter(wanted)
    found: dict[Person, Recipient] = {_user(one): one for one in users}
    if not internal:
        for contact in _spelled(contacts_for(case, at)).filter(wanted):
            recipient = written_to(contact)
            if recipient is not None:
                found[_contact(contact)] = recipient
    return found


def offered(
    text: str, case: Case, *, by: User, internal: bool, at: dt.datetime
) -> list[tuple[Person, str]]:
    """The first few whose name, or a later word of it, or login begins so, each with what they are; two statements."""
    text = " ".join(text.split())
    begins = (
        Q(name__istartswith=text)
        | Q(name__icontains=f" {text}")
        | Q(login__startswith=text.lower())
    )
    users = _spelled(users_for(case, by, internal=internal)).filter(begins if text else Q())
    found = [(_user(one), ", ".join(one.role_names)) for one in users.order_by("name", "pk")[:MOST]]
    if internal:
        return found
    contacts = _spelled(contacts_for(case, at)).filter(begins if text else Q())
    some = [(_contact(one), case.reseller.name) for one in contacts.order_by("name", "pk")[:MOST]]
    # the side that is written to comes first
    return (some + found if by.is_provider else found + some)[:MOST]


def users_for(case: Case, by: User, *, internal: bool) -> QuerySet[User]:
    """The provider's people whom somebody may mention on a case."""
    people = User.objects.filter(is_active=True).exclude(roles=[])
    provider = Agreement.objects.filter(pk=case.agreement_id).values("provider")
    if by.is_provider:
        return serving(people, provider)
    if internal:
        return people.none()
    wrote = Message.objects.filter(case=case.pk, by=OuterRef("pk"), from_provider=True)
    return serving(people, provider).filter(Exists(wrote.shown_to_reseller()) | Q(pk=case.owner_id))


def contacts_for(case: Case, at: dt.datetime) -> QuerySet[Contact]:
    """The contacts of the reseller's roster to whom something can be written: they may read the case."""
    lines = lines_of_case(case, at)
    reached = Q(user__is_active=True) | (Q(user=None) & ~Q(email=""))
    found: QuerySet[Contact] = Contact.objects.present().filter(
        reached, pk__in=lines.values("contact"), organisation=case.reseller_id
    )
    return found.select_related("user")


def _spelled(people: QuerySet[Any]) -> QuerySet[Any]:
    account = ["user__email"] if people.model is Contact else []
    address = Lower(Coalesce(*account, "email")) if account else Lower("email")
    return people.annotate(
        spelled=Lower("name"),
        address=address,
        login=Func(
            F("address"), Value("@"), Value(1), function="split_part", output_field=TextField()
        ),
    )


def _user(user: User) -> Person:
    return Person(user.name, user.email, user=user.pk)


def _contact(contact: Contact) -> Person:
    email = contact.user.email if contact.user is not None else contact.email
    return Person(contact.name, email, contact=contact.pk)
