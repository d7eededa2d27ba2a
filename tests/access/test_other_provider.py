"""Two providers in one portal: the people of each see nothing under the other's agreements."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import reply
from cases.handling.actions import assign
from cases.opening.actions import open_case
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact, Organisation, OrganisationKind, Site
from contracts.parties.models.provider_people import ProviderPerson
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.roster.models.entries import RosterEntry
from contracts.scope import VisibleRow
from portal import lookups
from portal.models import User
from portal.navigation import navigation_for
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.access.actors import Actor
from tests.access.leaks import MTI, NORDLICHT
from tests.access.matrix import ACTS, ROWS
from tests.access.requests import acted, content, sent
from tests.access.rows import ActRow, Row
from tests.access.world import NOW, SECRET, AccessWorld, undone, written
from tests.atsp import PROGRAMME_FILE
from tests.escalation.world import SIGNED, make_reseller

pytestmark = pytest.mark.django_db

PROVIDER = "CaminoSoft Corporation"
OF_PERSONS = ("", "notice", "reset key", "lookup", "watch")
"""What is in the address of a page, where it is a person's own or nothing at all."""


@pytest.fixture(scope="module")
def other(world: AccessWorld, django_db_blocker: Any) -> Iterator[User]:
    """Somebody who holds every role at another provider, which has an agreement and a case of its own.

    It is written once for all tests here; what a test does is taken back.
    """
    with django_db_blocker.unblock(), undone():
        provider = Organisation.objects.create(
            name=PROVIDER, kind=OrganisationKind.PROVIDER, own_people=True
        )
        user = User.objects.create_user(
            "kim@caminosoft.example", name="Kim Soto", roles=list(Role.values)
        )
        ProviderPerson.objects.create(user=user, organisation=provider)
        _, contact = make_reseller(
            own_terms(), provider, "Westlake", world.base.people, psam_option=False
        )
        open_case(
            world.base.report(title="Mirror stops", severity=2),
            by=contact.user,
            contact=contact,
            channel=Channel.WEB,
            at=NOW,
        )
        yield user


def own_terms() -> ProgrammeVersion:
    """The terms of the other provider's own programme."""
    text = PROGRAMME_FILE.read_text(encoding="utf-8")
    for was, becomes in (("atsp-2002", "mirror-2003"), ("Legato Systems, Inc.", PROVIDER)):
        text = text.replace(f'"{was}"', f'"{becomes}"', 1)
    return publish_programme(text, name="mirror-2003.toml", by=None, at=SIGNED)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "each", [each for each in ROWS if each.about not in OF_PERSONS], ids=lambda each: each.name
)
def test_another_providers_objects_are_not_found(
    world: AccessWorld, other: User, each: Row
) -> None:
    client = signed_in(other)
    before = written()
    for actor in (Actor.CSE, Actor.NORDLICHT):
        answer = sent(world, actor, each, client=client)
        if each.led and answer.status_code == 302:
            answer = client.get(answer["Location"])
            if answer.status_code == 200:  # a list of one's own
                assert not [
                    words for words in (SECRET, *MTI, *NORDLICHT) if words in content(answer)
                ]
                continue
        assert answer.status_code == 404, f"about the things of {actor.label}"
    assert written() == before


@pytest.mark.parametrize(
    "each",
    [each for each in ROWS if each.about == "" and each.method == "GET" and not each.of_sign_in],
    ids=lambda each: each.name,
)
def test_no_page_shows_another_providers_data(world: AccessWorld, other: User, each: Row) -> None:
    page = content(sent(world, Actor.CSE, each, client=signed_in(other)))
    assert not [words for words in (SECRET, *MTI, *NORDLICHT) if words in page]


def test_no_search_field_offers_what_is_another_providers(world: AccessWorld, other: User) -> None:
    client = signed_in(other)
    for code in sorted(lookups._lookups):
        for typed in ("e", "1", *MTI, *NORDLICHT):
            within = world.mti.cases["critical"].pk
            found = client.get(reverse("lookup", args=[code]), {"q": typed, "within": within})
            assert found.status_code == 200
            offered = content(found)
            assert not [words for words in (*MTI, *NORDLICHT) if words in offered], code


@pytest.mark.parametrize("each", ACTS, ids=lambda each: each.name)
def test_no_act_is_done_on_another_providers_case(
    world: AccessWorld, other: User, each: ActRow
) -> None:
    path = reverse("case_act", args=[world.mti.cases[each.situation].pk, each.code])
    assert signed_in(other).post(path).status_code == 404
    assert acted(world, Actor.CSE, each, world.mti).status_code != 404


def test_an_action_called_by_another_providers_person_is_refused(
    world: AccessWorld, other: User
) -> None:
    case = Case.objects.get(pk=world.mti.cases["new"].pk)
    with pytest.raises(Refusal, match="another provider's agreement"):
        reply(case, by=other, at=NOW, body="Good day.")
    with pytest.raises(Refusal, match="another provider's agreement"):
        assign(case, to=other, by=world.people[Actor.DISPATCH], at=NOW)
    with pytest.raises(Refusal, match="another provider's agreement"):
        open_case(
            world.base.report(severity=1),
            by=other,
            contact=world.mti.contact,
            channel=Channel.TELEPHONE,
            at=NOW,
        )


def test_a_caller_is_found_by_the_provider_alone_who_serves_them(
    world: AccessWorld, other: User
) -> None:
    address = reverse("telephone_report")
    of_mti, theirs = world.mti.contact, Contact.objects.get(name="Tom of Westlake")
    for client, found in ((signed_in(other), theirs), (world.client(Actor.DISPATCH), of_mti)):
        page = content(client.get(address, {"q": "Tom of"}))
        named = set(re.findall(r"contact=(\d+)", page))
        assert (str(theirs.pk) in named) == (found == theirs)
        assert (str(of_mti.pk) in named) == (found == of_mti)
    assert signed_in(other).get(address, {"contact": of_mti.pk}).status_code == 404


def test_the_house_sees_nothing_of_a_provider_with_its_own_people(
    world: AccessWorld, other: User
) -> None:
    agreement = Agreement.objects.get(reseller__name="Westlake")
    case = Case.objects.get(agreement=agreement)
    house = world.client(Actor.CONTRACT_ADMINISTRATOR)
    assert house.get(reverse("agreement", args=[agreement.reference])).status_code == 404
    assert world.client(Actor.CSE).get(case.get_absolute_url()).status_code == 404
    for actor, address in (
        (Actor.CSE, "queue"),
        (Actor.DISPATCH, "queue"),
        (Actor.CONTRACT_ADMINISTRATOR, "agreements"),
        (Actor.PSAM, "escalations"),
        (Actor.ACCOUNT_MANAGER, "portfolio"),
    ):
        page = content(world.client(actor).get(reverse(address)))
        assert not [words for words in ("Mirror stops", "Westlake") if words in page], address
    assert "Mirror stops" in content(signed_in(other).get(reverse("queue")))


def test_rows_are_the_own_providers_of_every_kind(world: AccessWorld, other: User) -> None:
    agreement = Agreement.objects.get(reseller__name="Westlake")
    client, provider = agreement.reseller, agreement.provider
    engineer = User.objects.get(pk=world.people[Actor.CSE].pk)  # a user object knows its reach
    for model in (Agreement, Case, RosterEntry, Contact, Site, Organisation, ProgrammeVersion):
        theirs = set(model._default_manager.visible_to(other))
        houses = set(model._default_manager.visible_to(engineer))
        assert theirs, model
        assert houses, model
        assert not theirs & houses, model
    assert set(Organisation.objects.visible_to(other)) == {client, provider}
    assert set(ProviderPerson.objects.visible_to(engineer)) == set()


def test_one_row_is_read_by_those_who_would_find_it_in_a_list(
    world: AccessWorld, other: User
) -> None:
    case = VisibleRow(lambda: Case.objects.select_related("agreement"))
    people = User.objects.filter(pk__in={person.pk for person in world.people.values() if person})
    gone = User.objects.get(pk=world.people[Actor.CSE].pk)
    gone.is_active = False
    readers = [*people, other, gone, AnonymousUser()]
    assert {bool(Case.objects.visible_to(reader)) for reader in readers} == {True, False}
    for reader in readers:
        seen = set(Case.objects.visible_to(reader))
        for row in Case.objects.all():
            assert case.read(reader, row.pk) == (row if row in seen else None), reader
        assert case.read(reader, 0) is None


def test_one_row_is_not_read_so_where_a_list_leaves_out_more(
    world: AccessWorld, other: User
) -> None:
    agreement = VisibleRow(lambda: Agreement.objects.all())  # a reseller sees no draft
    for reader in (other, world.mti.contact.user):
        with pytest.raises(TypeError, match="AgreementQuerySet says itself what is visible"):
            agreement.read(reader, Agreement.objects.latest("pk").pk)


def test_objects_of_no_agreement_belong_to_the_house(world: AccessWorld, other: User) -> None:
    newcomer = Organisation.objects.create(name="Newcomer", kind=OrganisationKind.RESELLER)
    assert newcomer in Organisation.objects.visible_to(world.people[Actor.CSE])
    assert newcomer not in Organisation.objects.visible_to(other)


def test_navigation_counts_leave_out_other_providers(world: AccessWorld, other: User) -> None:
    def counts(user: User) -> dict[str, int]:
        return {entry.label: entry.badge for entry in navigation_for(user, "/") if entry.badge}

    assert counts(world.people[Actor.CSE]) == {"Severity 1": 2}
    assert counts(other) == {}
