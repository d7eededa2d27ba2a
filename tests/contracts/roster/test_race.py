"""Two people at once: the last slot, and the same address, go to one of them."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.roster.actions import changes as roster
from contracts.roster.models.entries import RosterEntry
from contracts.roster.rules.lines import Place
from portal.models import JournalEntry, User
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.roster.test_changes import AT, details

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], RosterEntry]) -> list[RosterEntry | Refusal]:
    """Run acts at the same instant, each in a connection of its own; return what came of each."""
    start = threading.Barrier(len(acts))
    results: list[RosterEntry | Refusal] = []

    def run(act: Callable[[], RosterEntry]) -> None:
        start.wait(10)
        try:
            results.append(act())
        except Refusal as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def keeper(agreement: Agreement) -> User:
    user = agreement.roster.get(standing="administrative").contact.user
    assert user is not None
    return user


@pytest.mark.clause("ATSP 5.2.1")
def test_a_slot_that_two_take_at_once_is_one_persons(transactional_db: None) -> None:
    mti = factories.load(factories.MTI_FILE)
    by = keeper(mti)

    def take(number: int) -> Callable[[], RosterEntry]:
        person = details(name=f"Rival {'AB'[number]}", email=f"rival.{number}@mti.example")
        again = Agreement.objects.get(pk=mti.pk)
        return lambda: roster.add_contact(
            again, person, ContactRole.TECHNICAL, place=Place("us", 9), by=by, at=AT
        )

    results = at_once(take(0), take(1))
    (won,) = [one for one in results if isinstance(one, RosterEntry)]
    (lost,) = [one for one in results if isinstance(one, Refusal)]
    assert lost.sentence == f"Slot 9 of US is {won.contact.name}'s."
    assert lost.way_out == "Free: 10."
    assert mti.roster.filter(slot=9, pool="us").count() == 1
    assert User.objects.filter(name__startswith="Rival").count() == 1
    assert JournalEntry.objects.filter(verb="roster.submitted", at=AT).count() == 1


@pytest.mark.clause("ATSP 5.2.1")
def test_an_address_that_two_resellers_take_at_once_is_one_resellers(
    transactional_db: None,
) -> None:
    mti = factories.load(factories.MTI_FILE)
    nordlicht = factories.load(factories.NORDLICHT_FILE)

    def take(agreement: Agreement, site: str, email: str) -> Callable[[], RosterEntry]:
        by, person = keeper(agreement), details(email=email, site=site)
        return lambda: roster.add_contact(agreement, person, ContactRole.MANAGEMENT, by=by, at=AT)

    for email in (f"both.{number}@people.example" for number in range(6)):
        results = at_once(take(mti, "Anaheim", email), take(nordlicht, "Hamburg", email))
        (won,) = [one for one in results if isinstance(one, RosterEntry)]
        (lost,) = [one for one in results if isinstance(one, Refusal)]
        assert lost.sentence == f"{email} is the address of somebody else in the portal."
        assert User.objects.get(email=email) == won.contact.user
        assert RosterEntry.objects.filter(contact__email=email).count() == 1
