"""The account profile of a reseller's environment (ATSP 14.1.1)."""

import pytest
from django.db import InternalError, transaction

from contracts.services.actions.profile import write_profile
from contracts.services.models.profile import ProfileRevision
from portal.rules.refusal import Refusal
from tests.contracts.services.world import NOW, Services, journalled, make_services

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ATSP 14.1.1")]


@pytest.fixture
def world(db: None) -> Services:
    return make_services()


def write(world: Services, based_on: int, **sections: str) -> ProfileRevision:
    return write_profile(world.agreement, sections, based_on=based_on, by=world.psam, at=NOW)


@pytest.mark.clause("ATSP 15.1")
def test_each_change_is_a_revision_that_stays(world: Services) -> None:
    write(world, 0, products="NetWorker 6.1.2")
    second = write_profile(
        world.agreement, {"products": "NetWorker 6.1.3"}, based_on=1, by=world.specialist, at=NOW
    )
    assert (second.number, second.by) == (2, world.specialist)
    assert [e.text for e in journalled(world.agreement, "profile.written")] == [
        "Revision 1: Products and Releases",
        "Revision 2: Products and Releases",
    ]
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        ProfileRevision.objects.update(notes="Rewritten")


def test_overwriting_somebody_elses_change_is_refused(world: Services) -> None:
    write(world, 0, notes="First")
    with pytest.raises(Refusal, match="Paula Samson changed the profile meanwhile"):
        write(world, 0, notes="Second")
    with pytest.raises(Refusal, match="Nothing is different"):
        write(world, 1, notes="First ")


def test_only_those_who_keep_profiles_write_them(world: Services) -> None:
    for user in (world.engineer, world.technical.user):
        with pytest.raises(Refusal, match="You may not change an account profile"):
            write_profile(world.agreement, {"notes": "x"}, based_on=0, by=user, at=NOW)


def test_a_reseller_sees_its_own_profile_only(world: Services) -> None:
    write(world, 0, notes="Ours")
    other = make_services("Nordwind", people=world)
    assert ProfileRevision.objects.visible_to(world.technical.user).count() == 1
    assert not ProfileRevision.objects.visible_to(other.technical.user).exists()
