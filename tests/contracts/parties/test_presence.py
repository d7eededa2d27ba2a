"""Who can act at an instant, and whoever is written to instead (D-29)."""

import datetime as dt

import pytest

from contracts.parties.people import Responsible, Staff
from contracts.parties.presence import Presence, there, written_to
from contracts.services.models.assignments import Absence
from portal.models import Notice, User
from portal.notices import outbox
from portal.notices.delivery import retry_parked
from portal.roles import Role
from tests.contracts.factories import LOADED_AT, make_agreement, make_contact

AT = LOADED_AT
HOUR = dt.timedelta(hours=1)


def away(user: User) -> None:
    Absence.objects.create(user=user, starts_at=AT, ends_at=AT + HOUR)


def gone(user: User) -> None:
    user.is_active = False
    user.save()


def refused(user: User) -> None:
    outbox.post(user, "word", to=[user], template="alarm", title="Word", at=AT)
    parked = Notice.objects.filter(recipient=user, channel="email")
    parked.update(state="parked", last_error="550 5.1.1 no such mailbox")


def without_an_address(user: User) -> None:
    user.email = ""
    user.save()


@pytest.mark.clause("D-29")
@pytest.mark.parametrize("cannot_act", [away, gone, refused, without_an_address])
def test_whoever_cannot_act_is_passed_over(db: None, make_user, cannot_act) -> None:
    agreement = make_agreement()
    ann, bob = make_user("Ann", Role.SUPPORT_MANAGEMENT), make_user("Bob", Role.SUPPORT_MANAGEMENT)
    dora = make_user("Dora", Role.DISPATCH)
    cannot_act(ann)

    assert list(there(User.objects.filter(pk__in=[ann.pk, bob.pk]), AT)) == [bob]
    assert Presence(AT).those_of([ann, bob]) == [bob]
    assert Staff(Role.SUPPORT_MANAGEMENT, at=AT).of(agreement) == [bob]
    assert Responsible(AT).of(ann, agreement.provider_id) == [dora]
    gone(bob)
    assert Staff(Role.SUPPORT_MANAGEMENT, at=AT).of(agreement) == [dora], "dispatch stands in"
    assert Staff(Role.SUPPORT_MANAGEMENT, at=AT).holders(agreement.provider_id) == []


@pytest.mark.clause("D-29")
def test_an_address_works_again_when_its_mail_is_tried_again(db: None, make_user) -> None:
    ann = make_user("Ann", Role.CSE)
    refused(ann)
    retry_parked()
    assert Presence(AT).can_act(ann)


@pytest.mark.clause("D-29")
def test_mail_that_was_parked_for_another_reason_says_nothing_of_the_address(
    db: None, make_user
) -> None:
    ann = make_user("Ann", Role.CSE)
    refused(ann)
    Notice.objects.update(last_error="TemplateDoesNotExist: emails/none.txt")
    assert Presence(AT).can_act(ann)


@pytest.mark.clause("D-29")
def test_presence_is_from_the_first_minute_up_to_the_return(db: None, make_user) -> None:
    ann = make_user("Ann", Role.CSE)
    away(ann)
    instants = (AT - HOUR, AT, AT + HOUR - dt.timedelta(seconds=1), AT + HOUR)
    assert [Presence(at).can_act(ann) for at in instants] == [True, False, False, True]


@pytest.mark.clause("D-29")
def test_nothing_is_written_to_a_contact_who_cannot_be_reached(db: None) -> None:
    reseller = make_agreement().reseller
    with_account = make_contact(reseller, name="Tess Ward", email="tess@meridian.example")
    assert written_to(with_account) == with_account.user
    for cannot_read in (without_an_address, gone):
        with_account = make_contact(reseller)
        cannot_read(with_account.user)  # type: ignore[arg-type]
        assert written_to(with_account) is None
    without = make_contact(reseller, name="Sid Vance", email="sid@meridian.example", sign_in=False)
    found = written_to(without)
    assert found is not None
    assert found.email == "sid@meridian.example"
    without.left_at = AT
    assert written_to(without) is None
