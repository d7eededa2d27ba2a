"""Two providers: who serves which agreement, and who hears of what."""

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Organisation, OrganisationKind
from contracts.parties.models.provider_people import ProviderPerson, serves
from contracts.parties.people import Directory, Staff, holders, require_serving
from contracts.programmes.actions import publish_programme
from contracts.programmes.rules.terms import Role as Audience
from portal import alarms
from portal.models import SubjectKey, User
from portal.models.subject import key_of
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts.factories import LOADED_AT, PROGRAMME_FILE, make_agreement, programme_text

pytestmark = pytest.mark.django_db
OTHER = "CaminoSoft Corporation"


def person(name: str, *roles: Role, at: Organisation | None = None) -> User:
    email = f"{name.lower().replace(' ', '.')}@people.example"
    user = User.objects.create_user(email, name=name, roles=list(roles))
    if at is not None:
        ProviderPerson.objects.create(user=user, organisation=at)
    return user


@pytest.fixture
def theirs(db: None) -> Agreement:
    provider = Organisation.objects.create(
        name=OTHER, kind=OrganisationKind.PROVIDER, own_people=True
    )
    return make_agreement(provider=provider)


def test_holders_of_a_role_are_those_at_the_agreements_provider(
    mti: Agreement, theirs: Agreement
) -> None:
    ours = person("Dora House", Role.DISPATCH)
    kim = person("Kim Soto", Role.DISPATCH, at=theirs.provider)
    assert list(holders(mti.pk, Role.DISPATCH)) == [ours]
    assert list(holders(theirs.pk, Role.DISPATCH)) == [kim]
    assert Staff(Role.DISPATCH, at=LOADED_AT).of(mti) == [ours]
    assert Staff(Role.DISPATCH, at=LOADED_AT).of(theirs) == [kim]


def test_a_provider_with_its_own_people_and_none_there_is_served_by_nobody(
    theirs: Agreement,
) -> None:
    person("Dora House", Role.DISPATCH)
    assert not holders(theirs.pk, Role.DISPATCH)
    assert Staff(Role.DISPATCH, at=LOADED_AT).of(theirs) == []
    assert alarms.audience(key_of(theirs)) == []


def test_an_audience_of_exhibit_c_is_of_the_agreements_provider(
    mti: Agreement, theirs: Agreement, django_assert_num_queries: object
) -> None:
    ours = person("Eve House", Role.EXECUTIVE)
    kim = person("Kim Soto", Role.EXECUTIVE, at=theirs.provider)
    directory = Directory([mti, theirs], LOADED_AT)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert directory.audience(Audience.EXECUTIVE, mti) == [ours]
        assert directory.audience(Audience.EXECUTIVE, theirs) == [kim]


def test_an_alarm_goes_to_those_whose_agreement_it_is(mti: Agreement, theirs: Agreement) -> None:
    ours = person("Dora House", Role.DISPATCH)
    kim = person("Kim Soto", Role.CSE, at=theirs.provider)
    assert alarms.audience(key_of(mti)) == [ours]
    assert alarms.audience(key_of(theirs)) == [kim], "whoever is there, when nobody is dispatch"
    assert alarms.audience(SubjectKey("portal.something", 1)) == [ours]
    assert alarms.audience() == [ours]


def test_who_serves_a_provider(mti: Agreement, theirs: Agreement) -> None:
    ours, kim = person("Carl House", Role.CSE), person("Kim Soto", Role.CSE, at=theirs.provider)
    assert serves(ours, mti.provider_id)
    assert serves(kim, theirs.provider_id)
    assert not serves(ours, theirs.provider_id)
    assert not serves(kim, mti.provider_id)
    require_serving(ours, mti.provider_id, "do it")
    with pytest.raises(Refusal) as refused:
        require_serving(kim, mti.provider_id, "do it")
    assert refused.value.way_out == "The people of that provider do it."


def test_a_providers_administrator_publishes_their_own_programmes_alone(
    theirs: Agreement, administrator: User
) -> None:
    kim = person("Kim Soto", Role.CONTRACT_ADMINISTRATOR, at=theirs.provider)
    with pytest.raises(Refusal, match="another provider's programme"):
        publish_programme(programme_text(), name=PROGRAMME_FILE.name, by=kim, at=LOADED_AT)
    own = programme_text().replace('"Legato Systems, Inc."', f'"{OTHER}"', 1)
    own = own.replace('"atsp-2002"', '"mirror-2003"', 1)
    with pytest.raises(Refusal, match="another provider's programme"):
        publish_programme(own, name="mirror-2003.toml", by=administrator, at=LOADED_AT)
    assert publish_programme(own, name="mirror-2003.toml", by=kim, at=LOADED_AT).number == 1
    taken = own.replace('"mirror-2003"', '"atsp-2002"', 1)
    with pytest.raises(Refusal, match="another provider's programme"):
        publish_programme(taken, name="atsp-2002.toml", by=kim, at=LOADED_AT)
