"""Changing the roster: who may, what the agreement allows at once, and what it refuses with clause and way out."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.billing.models.charges import Charge, FeeCode, StandardFee
from contracts.parties.models.parties import Contact
from contracts.roster.actions import changes as roster
from contracts.roster.actions import people as roster_people
from contracts.roster.events import ContactLeft
from contracts.roster.models.entries import RosterEntry
from contracts.roster.permissions import permissions_of
from contracts.roster.rules.lines import Details, Place
from portal import subscriptions
from portal.models import JournalEntry, Notice, User
from portal.rules.refusal import Refusal
from tests.contracts.factories import PASSWORD, make_contact, make_organisation, make_site

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)  # Wednesday 10:00 in Los Angeles
USABLE = dt.datetime(2003, 3, 7, 18, 0, tzinfo=dt.UTC)  # Friday 10:00
US = "us"
FEE = Decimal("1500.00")


def details(**changes: str) -> Details:
    """A new contact in Anaheim."""
    values = {
        "name": "Ines Vega",
        "email": "ines.vega@mti.example",
        "site": "Anaheim",
        "telephone": "714-693-0001",
    }
    return Details(**(values | changes))


def line(agreement: Agreement, name: str, standing: str = "") -> RosterEntry:
    lines = agreement.roster.filter(contact__name=name, removed_at=None)
    return lines.get(standing=standing) if standing else lines.get()


def journal(agreement: Agreement) -> list[tuple[str, str]]:
    entries = JournalEntry.objects.about(agreement).filter(verb__startswith="roster.", at=AT)
    return list(entries.order_by("id").values_list("verb", "text"))


@pytest.fixture
def terri(mti: Agreement) -> User:
    """The Administrative Contact."""
    user = mti.reseller.contacts.get(name="Terri Hirsch").user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def fee(db: None) -> StandardFee:
    """The then-current fee of a contact beyond the slots."""
    return StandardFee.objects.create(
        code=FeeCode.ADDITIONAL_CONTACT, amount=FEE, starts_on=dt.date(2003, 1, 1), set_at=AT
    )


@pytest.fixture
def left() -> Iterator[list[ContactLeft]]:
    """Who left."""
    heard: list[ContactLeft] = []
    subscriptions.subscribe(ContactLeft, heard.append)
    yield heard
    subscriptions._subscribers[ContactLeft].remove(heard.append)


def fill_the_pool(agreement: Agreement, by: User) -> None:
    for number in (9, 10):
        roster.add_contact(
            agreement,
            details(name=f"Filler {number}", email=f"filler.{number}@mti.example"),
            ContactRole.TECHNICAL,
            by=by,
            at=AT - dt.timedelta(days=10),
        )


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 1.1")
def test_the_administrative_contact_and_the_contract_administrator_keep_the_roster(
    mti: Agreement, terri: User, administrator: User
) -> None:
    roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    other = details(name="Omar Lind", email="omar.lind@mti.example")
    assert roster.add_contact(mti, other, ContactRole.TECHNICAL, by=administrator, at=AT).slot == 10


@pytest.mark.clause("ATSP 1.1")
def test_nobody_else_changes_it(mti: Agreement, nordlicht: Agreement, make_user: object) -> None:
    technical = line(mti, "Mathew Keane").contact.user
    foreign = line(nordlicht, "Mareike Sommer").contact.user
    for user in (technical, foreign, make_user("Cass Lee", "cse")):  # type: ignore[operator]
        with pytest.raises(Refusal) as refused:
            roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=user, at=AT)
        assert refused.value.clause == "ATSP 1.1"
        assert "Terri Hirsch" in refused.value.way_out
    assert not Contact.objects.filter(name="Ines Vega").exists()


def test_the_roster_of_an_agreement_that_ended_stays(mti: Agreement, terri: User) -> None:
    with pytest.raises(Refusal, match="has ended"):
        roster.add_contact(
            mti, details(), ContactRole.TECHNICAL, by=terri, at=AT + dt.timedelta(days=300)
        )


# --- adding -----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 5.2.1", "ATSP Ex.A")
def test_a_new_contact_takes_the_first_free_slot_and_waits_two_business_days(
    mti: Agreement, terri: User
) -> None:
    entry = roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    assert (entry.pool, entry.slot, entry.submitted_at) == (US, 9, AT)
    assert entry.usable_from == USABLE
    assert journal(mti) == [("roster.submitted", "Ines Vega as Technical Contact, US, slot 9")]
    user = entry.contact.user
    assert user is not None
    assert not user.has_usable_password()
    assert permissions_of(user, AT).is_waiting
    assert permissions_of(user, USABLE).may_ask


@pytest.mark.clause("ATSP 5.2.1")
def test_they_are_invited_by_mail_and_the_provider_is_told(
    mti: Agreement, terri: User, administrator: User
) -> None:
    roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    told = set(Notice.objects.filter(created_at=AT).values_list("template", "address", "channel"))
    assert told == {
        ("roster_invitation", "ines.vega@mti.example", "email"),
        ("roster_changed", "nina@legato.example", "email"),
        ("roster_changed", "nina@legato.example", "inbox"),
    }


@pytest.mark.clause("ATSP 6.3")
def test_an_escalation_management_contact_takes_no_slot_and_does_not_wait(
    mti: Agreement, terri: User
) -> None:
    entry = roster.add_contact(mti, details(), ContactRole.MANAGEMENT, by=terri, at=AT)
    assert (entry.pool, entry.slot, entry.usable_from) == ("", None, AT)


@pytest.mark.clause("ATSP 1.1")
def test_the_administrative_contact_may_take_a_slot_too(mti: Agreement, terri: User) -> None:
    mine = details(name="Terri Hirsch", email="THirsch@mti.example", telephone="714-693-2380")
    entry = roster.add_contact(mti, mine, ContactRole.TECHNICAL, by=terri, at=AT)
    assert entry.contact.user == terri
    assert permissions_of(terri, USABLE).may_ask
    assert permissions_of(terri, USABLE).is_administrative


@pytest.mark.parametrize(
    ("changes", "place", "field", "says"),
    [
        ({"name": ""}, None, "name", "The name is missing"),
        ({"name": "=1+1"}, None, "name", "not a person's name"),
        ({"email": "ines"}, None, "email", "not an e-mail address"),
        ({"email": "ines@under_score.example"}, None, "email", "not an e-mail address"),
        ({"site": "Atlantis"}, None, "site", "not one of the reseller's sites"),
        ({"telephone": "x" * 41}, None, "telephone", "has 41 characters"),
        ({"fax": "=cmd()"}, None, "fax", "cannot be"),
        ({}, Place(US, 3), "place", "Slot 3 of US is Jackie Salyer's"),
        ({}, Place(US, 11), "place", "There is no slot 11 of US: they are 1 to 10"),
        ({}, Place("mars", 1), "place", "There is no pool"),
        ({}, Place("emea", 1), "place", "Anaheim is in US"),
        ({"site": "London"}, Place(US, 9), "place", "London is in EMEA"),
        ({"name": "Mathew Keane", "email": "mkeane@mti.example"}, None, "email", "already, slot 1"),
        ({"email": "mkeane@mti.example"}, None, "email", "already, slot 1"),
        ({"email": "thirsch@mti.example"}, None, "email", "is Terri Hirsch's address"),
        ({"email": "m.sommer@nordlicht.example"}, None, "email", "somebody else in the portal"),
        ({"email": "nina@legato.example"}, None, "email", "somebody else in the portal"),
    ],
)
@pytest.mark.clause("ATSP 5.2.1", "ATSP page 1")
def test_a_bad_value_is_refused_at_its_field(
    mti: Agreement,
    nordlicht: Agreement,
    administrator: User,
    terri: User,
    changes: dict[str, str],
    place: Place | None,
    field: str,
    says: str,
) -> None:
    make_site(mti.reseller, name="London", region="EMEA", zone="Europe/London")
    before = RosterEntry.objects.count(), Contact.objects.count(), User.objects.count()
    with pytest.raises(Refusal) as refused:
        roster.add_contact(
            mti, details(**changes), ContactRole.TECHNICAL, place=place, by=terri, at=AT
        )
    assert says in refused.value.sentence
    assert refused.value.field == field
    assert refused.value.clause
    assert refused.value.way_out
    assert "Nordlicht" not in str(refused.value)
    assert (RosterEntry.objects.count(), Contact.objects.count(), User.objects.count()) == before


def test_every_mistake_in_a_contact_is_named_at_once(mti: Agreement, terri: User) -> None:
    wrong = details(name="", email="", site="")
    with pytest.raises(Refusal) as refused:
        roster.add_contact(mti, wrong, ContactRole.TECHNICAL, by=terri, at=AT)
    assert [each.field for each in refused.value.all] == ["name", "email", "site"]


def test_a_contact_of_a_reseller_that_is_on_no_roster_is_somebody_elses_too(
    mti: Agreement, terri: User
) -> None:
    make_contact(make_organisation(), email="ines.vega@mti.example")
    with pytest.raises(Refusal, match="somebody else in the portal"):
        roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)


@pytest.mark.clause("D-6", "ATSP 5.2.1")
def test_the_waiting_time_is_counted_at_the_contacts_own_site(mti: Agreement, terri: User) -> None:
    make_site(mti.reseller, name="London", region="EMEA", zone="Europe/London")
    entry = roster.add_contact(
        mti, details(site="London"), ContactRole.TECHNICAL, by=terri, at=AT
    )  # 18:00 in London: the day is over
    assert (entry.pool, entry.slot) == ("emea", 1)
    assert entry.usable_from == dt.datetime(2003, 3, 7, 17, tzinfo=dt.UTC)


# --- beyond the slots -------------------------------------------------------------------------


@pytest.mark.clause("ATSP 2.1")
def test_beyond_the_slots_a_contact_is_added_at_the_then_current_fee(
    mti: Agreement, terri: User, fee: StandardFee
) -> None:
    fill_the_pool(mti, terri)
    with pytest.raises(Refusal, match="All 10 slots of US are taken"):
        roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    beyond = Place(US, None)
    with pytest.raises(Refusal, match=r"costs US\$1,500\.00") as refused:
        roster.add_contact(mti, details(), ContactRole.TECHNICAL, place=beyond, by=terri, at=AT)
    assert (refused.value.clause, refused.value.field) == ("ATSP 2.1", "accepted")
    entry = roster.add_contact(
        mti, details(), ContactRole.TECHNICAL, place=beyond, accepted=FEE, by=terri, at=AT
    )
    assert entry.slot is None
    charge = Charge.objects.get(agreement=mti, kind="contact")
    assert (charge.amount, charge.clause, charge.incurred_on) == (
        FEE,
        "ATSP 2.1",
        dt.date(2003, 3, 5),
    )
    assert charge.text == "Contact beyond the slots: Ines Vega"
    assert "charged whole: US$1,500.00" in charge.words


@pytest.mark.clause("ATSP 2.1")
def test_a_fee_that_changed_since_it_was_shown_is_not_charged(
    mti: Agreement, terri: User, fee: StandardFee
) -> None:
    with pytest.raises(Refusal, match=r"US\$1,500\.00, not US\$1,200\.00 as it was shown"):
        roster.add_contact(
            mti,
            details(),
            ContactRole.TECHNICAL,
            place=Place(US, None),
            accepted=Decimal("1200.00"),
            by=terri,
            at=AT,
        )
    assert not Charge.objects.filter(kind="contact").exists()


@pytest.mark.clause("ATSP 2.1")
def test_without_a_fee_nobody_is_added_beyond_the_slots(mti: Agreement, terri: User) -> None:
    with pytest.raises(Refusal, match="No fee is set") as refused:
        roster.add_contact(
            mti, details(), ContactRole.TECHNICAL, place=Place(US, None), by=terri, at=AT
        )
    assert "contract administrator" in refused.value.way_out


@pytest.mark.clause("ATSP 2.1", "ATSP 5.2.1")
def test_a_place_that_was_paid_for_is_used_again_without_another_fee(
    mti: Agreement, terri: User, fee: StandardFee
) -> None:
    beyond = Place(US, None)
    first = roster.add_contact(
        mti, details(), ContactRole.TECHNICAL, place=beyond, accepted=FEE, by=terri, at=AT
    )
    roster.remove_contact(mti, first, by=terri, at=AT)
    other = details(name="Omar Lind", email="omar.lind@mti.example")
    roster.add_contact(mti, other, ContactRole.TECHNICAL, place=beyond, by=terri, at=AT)
    assert Charge.objects.filter(kind="contact").count() == 1


# --- changing ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 5.2.1")
def test_a_new_telephone_number_is_no_new_contact(mti: Agreement, terri: User) -> None:
    entry = line(mti, "Mathew Keane")
    new = details(name="Mathew Keane", email="mkeane@mti.example", telephone="714-693-9999")
    changed = roster.change_contact(mti, entry, new, by=terri, at=AT)
    assert changed.pk == entry.pk
    assert changed.usable_from < AT
    said = JournalEntry.objects.about(mti).get(verb="roster.changed")
    assert said.before == {"telephone": "714-693-2238"}
    assert said.after == {"telephone": "714-693-9999"}
    assert said.by == terri


@pytest.mark.clause("ATSP 5.2.1")
def test_another_address_is_a_permanent_change_and_waits(mti: Agreement, terri: User) -> None:
    entry = line(mti, "Mathew Keane")
    new = details(name="Mathew Keane", email="mat@mti.example", telephone="714-693-2238")
    changed = roster.change_contact(mti, entry, new, by=terri, at=AT)
    entry.refresh_from_db()
    assert entry.removed_at == AT
    assert (changed.slot, changed.usable_from) == (1, USABLE)
    user = changed.contact.user
    assert user is not None
    assert user.email == "mat@mti.example"
    told = Notice.objects.filter(title="Your address on the roster was changed")
    assert set(told.values_list("address", flat=True)) == {"mkeane@mti.example", "mat@mti.example"}


def test_another_name_at_another_address_is_another_person(mti: Agreement, terri: User) -> None:
    with pytest.raises(Refusal, match="not the same person as Mathew Keane") as refused:
        roster.change_contact(mti, line(mti, "Mathew Keane"), details(), by=terri, at=AT)
    assert "Swap" in refused.value.way_out


def test_a_change_to_an_address_of_somebody_else_is_refused(
    mti: Agreement, nordlicht: Agreement, terri: User
) -> None:
    for email in ("rlee@mti.example", "m.sommer@nordlicht.example"):
        new = details(name="Mathew Keane", email=email)
        with pytest.raises(Refusal, match="somebody else") as refused:
            roster.change_contact(mti, line(mti, "Mathew Keane"), new, by=terri, at=AT)
        assert refused.value.field == "email"


@pytest.mark.clause("ATSP page 1", "ATSP 5.2.1")
def test_a_contact_who_moves_to_another_region_moves_to_its_pool_and_waits(
    mti: Agreement, terri: User
) -> None:
    make_site(mti.reseller, name="London", region="EMEA", zone="Europe/London")
    entry = line(mti, "Raymond Lee")
    new = details(name="Raymond Lee", email="rlee@mti.example", site="London")
    changed = roster.change_contact(mti, entry, new, by=terri, at=AT)
    assert (changed.pool, changed.slot, changed.standing) == ("emea", 1, "alternate")
    assert changed.usable_from > AT


def test_another_slot_of_the_pool_changes_nothing_for_the_contact(
    mti: Agreement, terri: User
) -> None:
    entry = line(mti, "Larry Herring")
    same = details(name="Larry Herring", email="lherring@mti.example", telephone="714-693-2686")
    moved = roster.change_contact(mti, entry, same, place=Place(US, 10), by=terri, at=AT)
    assert (moved.slot, moved.usable_from) == (10, AT)
    assert ("roster.changed", "Larry Herring: place") in journal(mti)


def test_a_line_that_was_changed_meanwhile_is_refused(mti: Agreement, terri: User) -> None:
    entry = line(mti, "Larry Herring")
    roster.remove_contact(mti, entry, by=terri, at=AT)
    with pytest.raises(Refusal, match="changed or removed meanwhile"):
        roster.remove_contact(mti, entry, by=terri, at=AT)


@pytest.mark.clause("ATSP 5.2.1")
def test_an_alternate_is_made_without_waiting(mti: Agreement, terri: User) -> None:
    entry = roster.restand_contact(
        mti, line(mti, "Mathew Keane"), ContactRole.ALTERNATE, by=terri, at=AT
    )
    assert (entry.standing, entry.slot, entry.usable_from) == ("alternate", 1, AT)
    same = roster.restand_contact(mti, entry, ContactRole.ALTERNATE, by=terri, at=AT)
    assert same.pk == entry.pk
    with pytest.raises(Refusal, match="takes no slot"):
        roster.restand_contact(
            mti, line(mti, "Terri Hirsch"), ContactRole.ALTERNATE, by=terri, at=AT
        )


# --- swapping, removing, handing over ---------------------------------------------------------


@pytest.mark.clause("ATSP 5.2.1")
def test_a_swap_is_free_and_the_new_contact_waits(
    mti: Agreement, terri: User, left: list[ContactLeft]
) -> None:
    charges = Charge.objects.count()
    old = line(mti, "Larry Herring")
    new = roster.swap_contact(mti, old, details(), by=terri, at=AT)
    assert (new.slot, new.standing, new.usable_from) == (8, "technical", USABLE)
    assert Charge.objects.count() == charges
    assert journal(mti) == [("roster.swapped", "Larry Herring for Ines Vega, slot 8")]
    assert [event.contact.name for event in left] == ["Larry Herring"]
    with pytest.raises(Refusal, match="Hand the role over"):
        roster.swap_contact(mti, line(mti, "Terri Hirsch"), details(), by=terri, at=AT)


def test_a_contact_is_not_swapped_for_themselves(mti: Agreement, terri: User) -> None:
    same = details(name="Larry Herring", email="lherring@mti.example")
    with pytest.raises(Refusal, match="is Larry Herring's address"):
        roster.swap_contact(mti, line(mti, "Larry Herring"), same, by=terri, at=AT)


@pytest.mark.clause("ATSP 5.2.1")
def test_a_removed_contact_is_signed_out_at_once_and_keeps_their_history(
    mti: Agreement, terri: User, left: list[ContactLeft]
) -> None:
    entry = line(mti, "Larry Herring")
    user = entry.contact.user
    assert user is not None
    client = Client()
    client.force_login(user)
    assert client.get(reverse("inbox")).status_code == 200
    roster.remove_contact(mti, entry, by=terri, at=AT)
    answer = client.get(reverse("inbox"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    contact = Contact.objects.get(name="Larry Herring")
    assert contact.left_at == AT
    assert contact.roster_entries.get().removed_at == AT
    assert JournalEntry.objects.about(mti).filter(text__contains="Larry Herring").count() == 2
    assert [(event.contact.name, event.by) for event in left] == [("Larry Herring", terri)]


def test_a_returning_contact_keeps_their_history_and_needs_a_new_password(
    mti: Agreement, terri: User
) -> None:
    entry = line(mti, "Larry Herring")
    RosterEntry.objects.filter(pk=entry.pk).update(trained_on=dt.date(2002, 6, 1))
    user = entry.contact.user
    assert user is not None
    client = Client()
    client.force_login(user)
    roster.remove_contact(mti, entry, by=terri, at=AT)
    again = details(name="Larry Herring", email="lherring@mti.example")
    back = roster.add_contact(mti, again, ContactRole.TECHNICAL, by=terri, at=AT)
    assert back.contact == entry.contact
    assert back.trained_on == dt.date(2002, 6, 1)
    assert back.usable_from == USABLE
    assert client.get(reverse("inbox")).status_code == 302, "the old session is not revived"


def test_a_contact_with_another_role_stays_signed_in(mti: Agreement, terri: User) -> None:
    mine = details(name="Terri Hirsch", email="thirsch@mti.example", telephone="714-693-2380")
    entry = roster.add_contact(mti, mine, ContactRole.TECHNICAL, by=terri, at=AT)
    roster.remove_contact(mti, entry, by=terri, at=AT)
    terri.refresh_from_db()
    assert terri.is_active
    assert permissions_of(terri, AT).is_administrative


@pytest.mark.clause("ATSP 1.1")
def test_the_administrative_contact_hands_over(
    mti: Agreement, terri: User, left: list[ContactLeft]
) -> None:
    with pytest.raises(Refusal, match="always needs"):
        roster.remove_contact(mti, line(mti, "Terri Hirsch"), by=terri, at=AT)
    new = roster.hand_over(mti, line(mti, "Raymond Lee"), by=terri, at=AT)
    heir = new.contact.user
    assert heir is not None
    assert permissions_of(heir, AT).is_administrative
    assert permissions_of(heir, AT).is_technical
    assert [event.contact.name for event in left] == ["Terri Hirsch"]
    with pytest.raises(Refusal):
        roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    with pytest.raises(Refusal, match="already"):
        roster.hand_over(mti, line(mti, "Raymond Lee", "alternate"), by=heir, at=AT)


@pytest.mark.clause("ATSP 1.1", "ATSP 6.3")
def test_the_former_administrative_contact_may_stay_as_escalation_management(
    mti: Agreement, terri: User, left: list[ContactLeft]
) -> None:
    roster.hand_over(mti, line(mti, "Raymond Lee"), stays=True, by=terri, at=AT)
    assert line(mti, "Terri Hirsch").standing == "management"
    assert not left


def test_a_slot_of_a_contact_who_left_by_other_ways_is_free(mti: Agreement, terri: User) -> None:
    Contact.objects.filter(name="Larry Herring").update(left_at=AT - dt.timedelta(days=1))
    entry = roster.add_contact(
        mti, details(), ContactRole.TECHNICAL, place=Place(US, 8), by=terri, at=AT
    )
    assert entry.slot == 8


# --- invitation and code ----------------------------------------------------------------------


def test_an_invitation_is_sent_again_until_there_is_a_password(mti: Agreement, terri: User) -> None:
    entry = roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    later = AT + dt.timedelta(days=1)
    roster_people.invite(mti, entry, by=terri, at=later)
    sent = Notice.objects.filter(template="roster_invitation", address=entry.contact.email)
    assert sent.count() == 2
    user = entry.contact.user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    with pytest.raises(Refusal, match="has a password already"):
        roster_people.invite(mti, entry, by=terri, at=later)


@pytest.mark.clause("ATSP Ex.A")
def test_the_contact_code_is_the_providers_to_set(
    mti: Agreement, terri: User, administrator: User
) -> None:
    entry = line(mti, "Mathew Keane")
    with pytest.raises(Refusal):
        roster_people.set_code(mti, entry, "C-1", by=terri, at=AT)
    roster_people.set_code(mti, entry, " C-1 ", by=administrator, at=AT)
    assert Contact.objects.get(name="Mathew Keane").code == "C-1"
    with pytest.raises(Refusal, match="is the code of Mathew Keane") as refused:
        roster_people.set_code(mti, line(mti, "Raymond Lee"), "C-1", by=administrator, at=AT)
    assert refused.value.field == "code"
    with pytest.raises(Refusal, match="has 21 characters; the most is 20"):
        roster_people.set_code(mti, entry, "x" * 21, by=administrator, at=AT)
