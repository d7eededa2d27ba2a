"""What a person may do under their organization's agreement, and from when."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.programmes.models import ProgrammeVersion
from contracts.roster.models.entries import RosterRole
from contracts.roster.permissions import Permissions, permissions_of, standing_of_contact
from portal.models import User
from tests.contracts import factories
from tests.contracts.factories import make_agreement, make_contact, put_on_roster

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def keane(mti: Agreement) -> Contact:
    return mti.reseller.contacts.get(name="Mathew Keane")


@pytest.mark.clause("ATSP 1.20")
def test_a_technical_contact(mti: Agreement) -> None:
    standing = permissions_of(keane(mti).user, AT)
    assert standing.agreement == mti
    assert standing.organisation == mti.reseller
    assert standing.is_technical
    assert standing.may_ask
    assert not standing.is_administrative


@pytest.mark.clause("ATSP 5.2.1")
def test_an_alternate_has_the_rights_of_a_technical_contact(mti: Agreement) -> None:
    standing = permissions_of(mti.reseller.contacts.get(name="Raymond Lee").user, AT)
    assert standing.is_technical
    assert standing.may_ask


@pytest.mark.clause("ATSP 1.1")
def test_the_administrative_contact_may_not_ask(mti: Agreement) -> None:
    standing = permissions_of(mti.reseller.contacts.get(name="Terri Hirsch").user, AT)
    assert standing.is_administrative
    assert not standing.is_technical
    assert standing.usable_from is None
    assert not standing.may_ask


@pytest.mark.clause("ATSP 1.1")
def test_an_administrative_contact_who_takes_a_slot_may_ask(mti: Agreement) -> None:
    contact = mti.reseller.contacts.get(name="Terri Hirsch")
    put_on_roster(mti, contact, pool="us", slot=9)
    standing = permissions_of(contact.user, AT)
    assert standing.is_administrative
    assert standing.may_ask


WAITING = {
    # submitted, in the zone of the site              →  may ask from (UTC)
    "Tuesday 10:00": ("US", "America/Los_Angeles", (2003, 3, 4, 18, 0), (2003, 3, 6, 18, 0)),
    "Friday 16:00": ("US", "America/Los_Angeles", (2003, 3, 8, 0, 0), (2003, 3, 12, 0, 0)),
    "Saturday": ("US", "America/Los_Angeles", (2003, 3, 8, 20, 0), (2003, 3, 12, 1, 0)),
    "Thursday in Berlin": ("EMEA", "Europe/Berlin", (2003, 3, 6, 9, 0), (2003, 3, 10, 9, 0)),
}


@pytest.mark.clause("ATSP 5.2.1", "D-6", "D-7")
@pytest.mark.parametrize("case", WAITING)
def test_a_new_contact_waits_two_business_days_of_their_site(mti: Agreement, case: str) -> None:
    region, zone, submitted, usable = WAITING[case]
    submitted_at = dt.datetime(*submitted, tzinfo=dt.UTC)
    usable_from = dt.datetime(*usable, tzinfo=dt.UTC)
    text = f"""
[supplement]
contract_number = "271-ATSP-4453"
[[site]]
name = "New"
region = "{region}"
zone = "{zone}"
[[contact]]
email = "new@mti.example"
name = "New Contact"
site = "New"
standings = ["technical"]
slot = 9
submitted_at = {submitted_at.isoformat()}
"""
    load_agreement(text, name="new.toml", by=None, at=submitted_at)
    user = User.objects.get(email="new@mti.example")
    assert permissions_of(user, submitted_at).usable_from == usable_from
    assert not permissions_of(user, submitted_at - SECOND).is_technical
    assert permissions_of(user, usable_from - SECOND).is_waiting
    assert not permissions_of(user, usable_from - SECOND).may_ask
    assert permissions_of(user, usable_from).may_ask


def test_a_contact_who_left_loses_all_rights_at_once(mti: Agreement) -> None:
    contact = keane(mti)
    contact.left_at = AT
    contact.save()
    assert permissions_of(contact.user, AT) == Permissions(AT)
    assert standing_of_contact(contact, AT) == Permissions(AT)


def test_a_removed_line_no_longer_counts(mti: Agreement) -> None:
    contact = keane(mti)
    contact.roster_entries.update(removed_at=AT)
    assert permissions_of(contact.user, AT - SECOND).is_technical
    assert not permissions_of(contact.user, AT).is_technical


@pytest.mark.clause("ATSP page 1, 2.a")
def test_outside_the_year_there_is_no_agreement(mti: Agreement) -> None:
    user = keane(mti).user
    last = dt.datetime(2003, 9, 3, 6, 59, 59, tzinfo=dt.UTC)  # 23:59:59 in Los Angeles
    assert permissions_of(user, last).may_ask
    after = permissions_of(user, last + SECOND)
    assert after.agreement is None
    assert not after.may_ask
    assert after.organisation == mti.reseller


def test_provider_people_visitors_and_the_inactive_have_no_standing(
    mti: Agreement, administrator: User
) -> None:
    user = keane(mti).user
    user.is_active = False
    for who in (
        administrator,
        AnonymousUser(),
        user,
        User.objects.create_user("x@x.example", name="X"),
    ):
        assert permissions_of(who, AT) == Permissions(AT)


def test_the_agreement_whose_roster_names_them_counts(mti: Agreement) -> None:
    other = ProgrammeVersion.objects.create(
        code="back-line",
        number=1,
        terms={"programme": {"support": "back-line"}},
        digest="b" * 64,
        source_name="back-line.toml",
        published_at=AT,
    )
    newer = make_agreement(
        other,
        reseller=mti.reseller,
        tier="",
        effective_on=dt.date(2003, 1, 1),
        ends_on=dt.date(2003, 12, 31),
    )
    assert permissions_of(keane(mti).user, AT).agreement == mti
    stranger = make_contact(mti.reseller)
    assert permissions_of(stranger.user, AT).agreement == newer


def test_standing_costs_two_queries_however_long_the_roster(
    mti: Agreement, django_assert_num_queries: object
) -> None:
    user = keane(mti).user
    for pool in ("us", "emea"):
        for slot in range(9, 11):
            put_on_roster(mti, make_contact(mti.reseller), pool=pool, slot=slot)
    with django_assert_num_queries(2):  # type: ignore[operator]
        standing = permissions_of(user, AT)
        assert standing.organisation is not None
        assert standing.organisation.name
        assert standing.contact is not None
        assert standing.contact.site.zone


def test_management_alone_asks_for_nothing(mti: Agreement) -> None:
    contact = make_contact(mti.reseller)
    put_on_roster(mti, contact, RosterRole.MANAGEMENT)
    standing = permissions_of(contact.user, AT)
    assert not standing.is_technical
    assert not standing.is_administrative
    assert standing.entries[0].usable_from == factories.LOADED_AT
