"""The real agreement loads exactly as the filed paper has it."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.rules import agreement_file
from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.parties.models.parties import Contact, Organisation, Site
from contracts.prepaid.models.ledger import CaseEntry
from contracts.programmes.rules.terms import OptionKind
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.services.models.assignments import Assignment, Duty
from portal.models import JournalEntry, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories

pytestmark = pytest.mark.django_db


@pytest.mark.clause("ATSP page 1")
def test_page_1_of_the_filed_agreement(mti: Agreement) -> None:
    assert mti.programme.form == "051402"
    assert mti.tier_terms is not None
    assert (mti.tier, mti.tier_initials, mti.tier_terms.fee) == ("level-2", "MH", Decimal(80000))
    assert (mti.effective_on, mti.ends_on) == (dt.date(2002, 9, 3), dt.date(2003, 9, 2))
    assert mti.anniversary == dt.date(2003, 9, 3)
    assert mti.state == AgreementState.IN_FORCE
    assert mti.zone == "America/Los_Angeles"


@pytest.mark.clause("REN")
def test_the_numbers_that_the_renewal_names(mti: Agreement) -> None:
    assert mti.contract_number == "271-ATSP-4453"
    assert mti.reseller_agreement_number == "271-RSLR-3511"
    assert mti.reseller_agreement_in_force


@pytest.mark.clause("ATSP page 1", "D-1")
def test_two_psam_level_ii_for_the_whole_year(mti: Agreement) -> None:
    option = mti.options.get()
    assert (option.option, option.kind, option.quantity) == ("psam-2", "psam", 2)
    assert option.fee == Decimal("45000.00")
    assert (option.initials, option.taken_on) == ("MH", dt.date(2002, 9, 3))
    assert option.words == "2 × PSAM Level II"
    assert mti.has_option(OptionKind.PSAM)
    assert not mti.has_option(OptionKind.ESS)


def test_the_parties_with_their_addresses(mti: Agreement) -> None:
    assert mti.provider.name == "Legato Systems, Inc."
    assert mti.provider_name_as_signed == "LEGATO SYSTEMS, INC."
    assert mti.provider.address_lines == [
        "2350 West El Camino Real",
        "Mountain View, CA 94040",
        "USA",
    ]
    assert mti.reseller.name == "MTI Technology Corporation"
    assert mti.reseller.address_lines == ["4905 E. La Palma Ave", "Anaheim, CA 92807", "USA"]
    site = mti.reseller.sites.get()
    assert (site.name, site.region, site.zone) == ("Anaheim", "US", "America/Los_Angeles")


@pytest.mark.clause("ATSP 19.3")
def test_the_names_of_the_parties_stay_as_signed_whoever_succeeds_them(mti: Agreement) -> None:
    Organisation.objects.filter(pk=mti.provider_id).update(name="EMC Corporation")
    mti = Agreement.objects.get(pk=mti.pk)
    assert mti.provider.name == "EMC Corporation"
    assert mti.provider_name_as_signed == "LEGATO SYSTEMS, INC."


def test_signatures_with_the_spellings_and_dates_as_filed(mti: Agreement) -> None:
    signatures = {(one.place, one.side): one for one in mti.signatures.all()}
    assert {key: (one.name, one.title, one.signed_on) for key, one in signatures.items()} == {
        ("page 1", "provider"): ("Barbara T. Bakich", "Vice President, Sales", None),
        ("page 1", "reseller"): (
            "Mark Franzen",
            "Chief Financial Officer",
            dt.date(2002, 12, 31),
        ),
        ("20.2", "provider"): ("Barbara Bakich", "", None),
        ("20.2", "reseller"): ("Mark Frauzer", "Chief Financial Officer", dt.date(2002, 12, 31)),
    }
    assert "BAKCICH" in signatures["page 1", "provider"].as_filed
    assert "FRAUZER" in signatures["20.2", "reseller"].as_filed


@pytest.mark.clause("ATSP 20.2")
def test_where_notices_go(mti: Agreement) -> None:
    addresses = {one.side: one for one in mti.notice_addresses.all()}
    provider, reseller = addresses["provider"], addresses["reseller"]
    assert (provider.attention, provider.telephone, provider.fax) == (
        "General Counsel",
        "650 210-7770",
        "650 210-7800",
    )
    assert (reseller.attention, reseller.telephone, reseller.fax, reseller.email) == (
        "Joyce Shinn",
        "714-693-2708",
        "714-693-2202",
        "jshinn@mti.example",
    )


EXHIBIT_A = [
    ("administrative", None, "Terri Hirsch", "714-693-2380", "thirsch@mti.example"),
    ("technical", 1, "Mathew Keane", "714-693-2238", "mkeane@mti.example"),
    ("alternate", 2, "Raymond Lee", "714-693-2305", "rlee@mti.example"),
    ("technical", 3, "Jackie Salyer", "714-693-2666", "jsalyer@mti.example"),
    ("technical", 4, "Jonathan Camanyag", "714-693-4379", "jcamanyag@mti.example"),
    ("technical", 5, "Steve Saffell", "714-693-2280", "ssaffell@mti.example"),
    ("technical", 6, "Raymond Desrochers", "603-759-5951", "rdesrochers@mti.example"),
    ("technical", 7, "Brian Purvis", "310-628-6886", "bpurvis@mti.example"),
    ("technical", 8, "Larry Herring", "714-693-2686", "lherring@mti.example"),
]


@pytest.mark.clause("ATSP Ex.A")
def test_exhibit_a_line_by_line(mti: Agreement) -> None:
    lines = mti.roster.in_form_order().select_related("contact")
    assert [
        (line.standing, line.slot, line.contact.name, line.contact.telephone, line.contact.email)
        for line in lines
    ] == EXHIBIT_A


@pytest.mark.clause("ATSP Ex.A", "ATSP page 1")
def test_the_unfilled_slots_stay_unfilled(mti: Agreement) -> None:
    taken = set(mti.roster.filter(pool="us").values_list("slot", flat=True))
    assert set(range(1, 11)) - taken == {9, 10}
    assert not mti.roster.filter(pool="emea").exists()


@pytest.mark.clause("ATSP 5.2.1")
def test_the_filed_form_has_no_training_fax_pager_or_code(mti: Agreement) -> None:
    assert not any(entry.trained_on or entry.certified_on for entry in mti.roster.all())
    assert set(mti.reseller.contacts.values_list("fax", "pager", "code")) == {("", "", "")}


@pytest.mark.clause("ATSP 5.2.1", "D-7")
def test_contacts_may_ask_two_business_days_after_the_form(mti: Agreement) -> None:
    entry = mti.roster.get(contact__name="Mathew Keane")
    assert entry.submitted_at == dt.datetime(2002, 9, 3, 15, 0, tzinfo=dt.UTC)  # Tuesday 08:00
    assert entry.usable_from == dt.datetime(2002, 9, 5, 0, 0, tzinfo=dt.UTC)  # Wednesday 17:00


def test_no_address_of_the_real_world_is_in_the_data() -> None:
    for path in sorted((factories.CONTRACTS / "data").glob("*.toml")):
        for address in re.findall(r"[\w.+-]+@[\w.-]+", path.read_text(encoding="utf-8")):
            assert address.endswith(".example"), f"{path.name}: {address}"


def test_each_contact_can_sign_in_and_works_in_the_zone_of_their_site(db: None) -> None:
    mti = factories.load(factories.MTI_FILE, factories.PASSWORD)
    user = User.objects.get(email="mkeane@mti.example")
    assert user.check_password(factories.PASSWORD)
    assert (user.name, user.zone, user.roles) == ("Mathew Keane", "America/Los_Angeles", [])
    assert user.contact.organisation == mti.reseller


def test_without_a_password_nobody_can_sign_in_yet(db: None) -> None:
    factories.load(factories.MTI_FILE)
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_foreign_reseller_for_contrast(nordlicht: Agreement) -> None:
    assert nordlicht.tier == "level-1"
    assert nordlicht.zone == "Europe/Berlin"
    assert nordlicht.has_option(OptionKind.ESS)
    assert not nordlicht.has_option(OptionKind.PSAM)
    assert nordlicht.options.get().fee == Decimal("25000.00")
    assert nordlicht.ends_on == dt.date(2003, 8, 11)
    technical = nordlicht.roster.technical()
    assert sorted(technical.values_list("slot", flat=True)) == [1, 2, 3, 4, 5]
    assert set(technical.values_list("pool", flat=True)) == {"all"}


def test_loading_is_journaled(mti: Agreement) -> None:
    entries = JournalEntry.objects.about(mti).in_order()
    assert [entry.verb for entry in entries] == [
        "agreement.loaded",
        *["roster.submitted"] * 9,
        *["agreement.charged"] * 2,
    ]
    assert entries[0].text == "271-ATSP-4453, atsp-2002 version 1, from mti-2002.toml"
    assert entries[1].clause == "ATSP 5.2.1"
    assert all(entry.public and entry.by_name == "the portal" for entry in entries)


def test_a_second_load_changes_nothing(mti: Agreement) -> None:
    before = _rows()
    assert factories.load(factories.MTI_FILE) == mti
    assert _rows() == before


def test_a_changed_file_does_not_rewrite_a_loaded_agreement(mti: Agreement) -> None:
    text = factories.MTI_FILE.read_text(encoding="utf-8").replace("714-693-2238", "000")
    load_agreement(text, name="mti-2002.toml", by=None, at=factories.LOADED_AT)
    assert Contact.objects.get(name="Mathew Keane").telephone == "714-693-2238"


def test_the_supplement_adds_its_lines_once(mti: Agreement) -> None:
    factories.load(factories.SUPPLEMENT_FILE)
    before = _rows()
    factories.load(factories.SUPPLEMENT_FILE)
    assert _rows() == before
    alice = mti.roster.get(contact__name="Alice Greene")
    assert (alice.pool, alice.slot, alice.contact.site.zone) == ("emea", 1, "Europe/London")
    keane = mti.roster.get(contact__name="Mathew Keane")
    assert keane.certified_on == dt.date(2002, 8, 12)
    assert keane.evidence.endswith("LCA-20417")
    trained = JournalEntry.objects.about(mti).filter(verb="roster.training_recorded")
    assert trained.count() == 3
    assert trained[0].before == {"trained_on": None, "certified_on": None}


@pytest.mark.clause("ATSP 5.2.1")
def test_a_contact_added_later_waits_on_the_calendar_of_their_own_site(mti: Agreement) -> None:
    factories.load(factories.SUPPLEMENT_FILE)
    entry = mti.roster.get(contact__name="Owen Mensah")
    assert entry.submitted_at == dt.datetime(2003, 3, 4, 16, 10, tzinfo=dt.UTC)  # Tuesday 16:10
    assert entry.usable_from == dt.datetime(2003, 3, 6, 16, 10, tzinfo=dt.UTC)  # Thursday 16:10


def test_an_option_taken_later_is_charged_for_the_days_that_remain(db: None) -> None:
    factories.published()
    text = _text().replace('initials = "MH"\n\n# Signed', "taken_on = 2003-01-15\n\n# Signed")
    agreement = load_agreement(text, name="late.toml", by=None, at=factories.LOADED_AT)
    assert agreement.options.get().fee == Decimal("28479.45")


def test_the_next_year_is_loaded_beside_the_first(mti: Agreement) -> None:
    text = (
        _text()
        .replace("271-ATSP-4453", "271-ATSP-5000")
        .replace("effective_on = 2002-09-03", "effective_on = 2003-09-03")
        .replace("ends_on = 2003-09-02", "ends_on = 2004-09-02")
    )
    second = load_agreement(text, name="mti-2003.toml", by=None, at=factories.LOADED_AT)
    assert second.reseller == mti.reseller
    assert Contact.objects.filter(name="Mathew Keane").count() == 1
    assert second.case_accounts.count() == 2


def test_only_a_contract_administrator_loads(administrator: User) -> None:
    factories.published()
    engineer = User.objects.create_user("cse@legato.example", name="Carl", roles=[Role.CSE])
    with pytest.raises(Refusal, match="may not load an agreement"):
        load_agreement(_text(), name="mti.toml", by=engineer, at=factories.LOADED_AT)
    assert not Agreement.objects.exists()
    loaded = load_agreement(_text(), name="mti.toml", by=administrator, at=factories.LOADED_AT)
    assert JournalEntry.objects.about(loaded).filter(by=administrator).count() == 12


def test_people_and_assignments_of_a_file(db: None) -> None:
    factories.published()
    text = f"""{_text()}
[[person]]
email = "joan.fielding@legato.example"
name = "Joan Fielding"
roles = ["psam"]
zone = "America/Los_Angeles"

[[assignment]]
email = "joan.fielding@legato.example"
duty = "psam"
"""
    agreement = load_agreement(text, name="mti.toml", by=None, at=factories.LOADED_AT)
    assignment = Assignment.objects.get()
    assert (assignment.user.name, assignment.agreement) == ("Joan Fielding", agreement)
    assert assignment.starts_on == agreement.effective_on
    assert JournalEntry.objects.filter(verb="agreement.assigned", clause="ATSP 14.1").count() == 1


def test_a_refused_file_leaves_nothing_behind(db: None) -> None:
    factories.published()
    text = _text().replace("slot = 8", "slot = 11")
    before = _rows()
    with pytest.raises(AgreementFileError):
        load_agreement(text, name="mti.toml", by=None, at=factories.LOADED_AT)
    assert _rows() == before


def _text() -> str:
    return factories.MTI_FILE.read_text(encoding="utf-8")


def _rows() -> list[int]:
    models = (Agreement, Assignment, CaseEntry, Contact, Organisation, RosterEntry, Site, User)
    return [model.objects.count() for model in (*models, JournalEntry)]


def test_the_standings_of_the_file_are_those_of_the_roster() -> None:
    assert {one.value for one in agreement_file.ContactRole} == set(RosterRole.values)
    assert {one.value for one in agreement_file.State} == set(AgreementState.values)
    assert {one.value for one in agreement_file.Duty} == set(Duty.values)
