"""Open cases of a contact who leaves the roster: the Administrative Contact and the engineers are notified."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.handling import actions
from contracts.roster.actions import changes as roster
from contracts.roster.models.entries import RosterEntry, RosterRole
from portal.models import JournalEntry, Notice
from portal.notices import rendering
from tests.cases.world import HOUR, NOW, World, again, make_world
from tests.contracts.factories import make_contact, put_on_roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def leaves(world: World) -> tuple[Any, RosterEntry]:
    """The Administrative Contact, and the line of the contact who reports the world's cases."""
    agreement = world.agreement
    entry = agreement.roster.get(contact__user=world.user("technical"), removed_at=None)
    keeper = agreement.roster.filter(standing=RosterRole.ADMINISTRATIVE).first()
    if keeper is None:
        keeper = put_on_roster(
            agreement,
            make_contact(agreement.reseller, name="Ada Lindt"),
            RosterRole.ADMINISTRATIVE,
        )
    return keeper.contact.user, entry


@pytest.mark.clause("ATSP 5.2.2", "ATSP 5.2.1")
def test_the_administrative_contact_and_the_engineer_hear_of_each_open_case(world: World) -> None:
    keeper, entry = leaves(world)
    first, second = world.open(NOW - 3 * HOUR), world.open(NOW - 2 * HOUR)
    actions.take(first, by=world.engineer, at=NOW - HOUR)
    roster.remove_contact(entry.agreement, entry, by=keeper, at=NOW)
    told = Notice.objects.filter(template="case_contact_left", channel="email")
    mine = rendering.render(told.get(recipient=keeper))
    assert f"{entry.contact.name} left with 2 open cases" in mine.subject
    assert str(first.number) in mine.text
    assert str(second.number) in mine.text
    assert "Hand each of them over to another of your contacts" in mine.text
    engineers = rendering.render(told.get(recipient=world.engineer))
    assert str(first.number) in engineers.text
    assert str(second.number) not in engineers.text
    for case in (first, second):
        noted = JournalEntry.objects.about(case).get(verb="case.contact_left")
        assert noted.public
        assert again(case).is_open


def test_nothing_is_sent_when_there_are_no_cases(world: World) -> None:
    keeper, entry = leaves(world)
    roster.remove_contact(entry.agreement, entry, by=keeper, at=NOW)
    assert not Notice.objects.filter(template="case_contact_left").exists()


def test_open_cases_are_shown_before_the_contact_is_taken_off(
    world: World, client: Client, set_clock: Any
) -> None:
    set_clock(NOW)
    keeper, entry = leaves(world)
    client.force_login(keeper)
    page = reverse("roster_line", args=[entry.agreement.reference, entry.pk]) + "?act=remove"
    assert "open case" not in client.get(page).content.decode()
    case = world.open(NOW - 3 * HOUR)
    shown = client.get(page).content.decode()
    assert "1 open case" in " ".join(shown.split())
    assert case.get_absolute_url() in shown
