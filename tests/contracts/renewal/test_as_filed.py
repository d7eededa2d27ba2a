"""The renewal of 2004 loads exactly as the filed paper has it; the years of one contract load in order."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.billing.models.charges import Charge
from contracts.ending.models import Succession, name_on
from contracts.programmes.actions import publish_programme
from contracts.programmes.rules.terms import OptionKind
from portal.models import JournalEntry
from tests.contracts import factories
from tests.contracts.factories import CONTRACTS, LOADED_AT

pytestmark = pytest.mark.django_db
FILE_2003 = CONTRACTS / "data" / "mti-2003.toml"
FILE_2004 = CONTRACTS / "data" / "mti-2004.toml"
TERMS_2004 = CONTRACTS / "programmes" / "atsp-2004.toml"
AT = dt.datetime(2004, 10, 25, 16, 0, tzinfo=dt.UTC)


def load(path: Path, text: str | None = None) -> Agreement:
    text = path.read_text(encoding="utf-8") if text is None else text
    return load_agreement(text, name=path.name, by=None, at=AT)


@pytest.fixture
def years(mti: Agreement) -> list[Agreement]:
    """The three years of the contract."""
    terms = TERMS_2004.read_text(encoding="utf-8")
    publish_programme(terms, name=TERMS_2004.name, by=None, at=AT)
    return [mti, load(FILE_2003), load(FILE_2004)]


@pytest.mark.clause("REN")
def test_every_fact_of_the_filed_renewal(years: list[Agreement]) -> None:
    earlier, renewed = years[1:]
    facts = {
        "extends the agreement dated": earlier.effective_on,
        "contract": renewed.contract_number,
        "commencing on, the Effective Date": renewed.effective_on,
        "one additional Contract Year": renewed.ends_on,
        "Legato": renewed.provider_name_as_signed,
        "a Massachusetts corporation": renewed.provider.successions.get().incorporated_in,
        "place of business of Legato": renewed.provider.address_lines[:2],
        "Reseller": renewed.reseller_name_as_signed,
        "principal place of business": renewed.reseller_address_as_signed,
        "performance status": earlier.proposal.status_name,
        "percentage": earlier.proposal.percentage,
        "Reseller Agreement": renewed.reseller_agreement_number,
        "stamp": (earlier.proposal.stamped_on, earlier.proposal.stamp),
    }
    assert facts == {
        "extends the agreement dated": dt.date(2003, 9, 3),
        "contract": "271-ATSP-4453",
        "commencing on, the Effective Date": dt.date(2004, 9, 3),
        "one additional Contract Year": dt.date(2005, 9, 2),
        "Legato": "EMC Corporation, successor in interest to Legato Systems Inc.",
        "a Massachusetts corporation": "Massachusetts",
        "place of business of Legato": ["2350 West El Camino Real", "Mountain View, CA 94040"],
        "Reseller": "MTI Technology Corporation",
        "principal place of business": "14661 Franklin Avenue\nTustin, CA 92780",
        "performance status": "EXCEPTIONAL",
        "percentage": Decimal(1),
        "Reseller Agreement": "271-RSLR-3511",
        "stamp": (dt.date(2004, 10, 21), "DATE 10/21/04 LEGATO CONTRACT [ILLEGIBLE] By"),
    }
    option = renewed.options.get()
    assert (option.words, option.fee, option.initials) == ("PSAM", Decimal("15000.00"), "TS")
    assert [
        (one.side, one.name, one.title, one.signed_on)
        for one in renewed.signatures.order_by("side")
    ] == [
        ("provider", "Robert B. Nahum", "Director", dt.date(2004, 10, 22)),
        ("reseller", "Todd Schaeffer", "Chief Financial Officer", dt.date(2004, 10, 7)),
    ]


@pytest.mark.clause("REN", "ATSP page 1")
def test_the_years_of_one_contract_follow_each_other(years: list[Agreement]) -> None:
    assert [one.reference for one in years] == [
        "271-ATSP-4453",
        "271-ATSP-4453-2003",
        "271-ATSP-4453-2004",
    ]
    assert [one.renews for one in years] == [None, *years[:2]]
    assert {one.provider_id for one in years} == {years[0].provider_id}
    assert load(FILE_2003) == years[1]
    assert load(FILE_2004) == years[2]
    assert Succession.objects.count() == 1


@pytest.mark.clause("REN")
def test_a_past_price_never_changes(years: list[Agreement]) -> None:
    options = Charge.objects.filter(kind="option")
    assert {(one.agreement.reference, one.amount) for one in options} == {
        ("271-ATSP-4453", Decimal("45000.00")),
        ("271-ATSP-4453-2004", Decimal("15000.00")),
    }
    assert years[0].programme.option("psam-2").fee == Decimal("22500.00")
    assert years[2].programme.option("psam-2").fee == Decimal("15000.00")


@pytest.mark.clause("ATSP 5.2.1", "REN")
def test_roster_and_quota_of_each_year(years: list[Agreement]) -> None:
    for year in years:
        assert year.roster.count() == 9
        assert [account.granted for account in year.case_accounts.order_by("pool")] == [100, 100]
    first = {entry.contact_id: entry for entry in years[0].roster.all()}
    for entry in years[2].roster.all():
        assert entry.usable_from == first[entry.contact_id].usable_from
        assert entry.slot == first[entry.contact_id].slot
    assert years[2].has_option(OptionKind.PSAM)


@pytest.mark.clause("ATSP 19.3")
def test_history_keeps_the_old_name_of_the_provider(years: list[Agreement]) -> None:
    provider = years[0].provider
    assert provider.name == "Legato Systems, Inc."
    assert [one.provider_name_as_signed for one in years[:2]] == [
        "LEGATO SYSTEMS, INC.",
        "Legato Systems, Inc.",
    ]
    assert name_on(provider, dt.date(2004, 9, 2)) == "Legato Systems, Inc."
    new = "EMC Corporation, successor in interest to Legato Systems, Inc."
    assert name_on(provider, dt.date(2004, 9, 3)) == new
    entry = JournalEntry.objects.about(years[2]).get(verb="agreement.succeeded")
    assert entry.text == f"{new}, from 3 Sep 2004"


CHANGED = {
    "a year that is not loaded": (
        "renews = 2003-09-03",
        "renews = 2001-09-03",
        "agreement.renews is 2001-09-03; no year of 271-ATSP-4453 from that day is loaded (REN)",
    ),
    "a year that does not follow": (
        "renews = 2003-09-03",
        "renews = 2002-09-03",
        "agreement.effective_on is 2002-09-03, whose anniversary is 2003-09-03, not 2004-09-03 (REN)",
    ),
    "another percentage than the terms": (
        'percentage = "1"',
        'percentage = "2"',
        "renewal.percentage is 2; for exceptional the programme has 1 (REN)",
    ),
    "a status that there is not": (
        'performance_status = "exceptional"',
        'performance_status = "brilliant"',
        "renewal.performance_status is 'brilliant'; the programme has exceptional, compliant, non-compliant (REN)",
    ),
    "a predecessor whom nobody knows": (
        'succeeds = "Legato Systems, Inc."',
        'succeeds = "Legatto"',
        "provider.succeeds is 'Legatto', whom the portal does not know",
    ),
    "another reseller's": (
        'name = "MTI Technology Corporation"',
        'name = "Another"',
        "reseller.name is not MTI Technology Corporation's, whose year is renewed (REN)",
    ),
    "a site beside a roster that goes over": (
        "[provider]\n",
        '[[site]]\nname = "Tustin"\nregion = "US"\nzone = "America/Los_Angeles"\n[provider]\n',
        "site stands beside renews: it goes over from the year before",
    ),
}


@pytest.mark.parametrize("what", list(CHANGED))
def test_a_renewal_is_refused_for(mti: Agreement, what: str) -> None:
    terms = TERMS_2004.read_text(encoding="utf-8")
    publish_programme(terms, name=TERMS_2004.name, by=None, at=AT)
    load(FILE_2003)
    before, after, problem = CHANGED[what]
    text = FILE_2004.read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(AgreementFileError) as refused:
        load(FILE_2004, text.replace(before, after, 1))
    assert f"{FILE_2004.name}: {problem}" in [str(one) for one in refused.value.problems]


def test_a_year_is_renewed_once(years: list[Agreement]) -> None:
    text = FILE_2004.read_text(encoding="utf-8")
    other = text.replace("effective_on = 2004-09-03", "effective_on = 2004-09-04", 1)
    other = other.replace("ends_on = 2005-09-02", "ends_on = 2005-09-03", 1)
    with pytest.raises(AgreementFileError, match="271-ATSP-4453-2004 renews already"):
        load(FILE_2004, other)


def test_a_supplement_may_name_the_year_it_adds_to(years: list[Agreement]) -> None:
    text = """
    [supplement]
    contract_number = "271-ATSP-4453"
    effective_on = {}

    [[person]]
    email = "new.psam@legato.example"
    name = "New Person"
    roles = ["psam"]
    zone = "America/Los_Angeles"

    [[assignment]]
    email = "new.psam@legato.example"
    duty = "psam"
    """
    assert load(Path("more.toml"), text.format("2004-09-03")) == years[2]
    assert years[2].assignments.get().starts_on == dt.date(2004, 9, 3)
    assert not years[0].assignments.exists()
    with pytest.raises(
        AgreementFileError, match=r"effective_on is 1999-09-03, which is not loaded"
    ):
        load(Path("more.toml"), text.format("1999-09-03"))


def test_the_years_are_in_force_one_after_the_other(years: list[Agreement]) -> None:
    for year, day in zip(years, ("2003-03-05", "2004-03-05", "2005-03-05"), strict=True):
        at = dt.datetime.fromisoformat(f"{day}T18:00:00+00:00")
        assert list(Agreement.objects.in_force(at)) == [year]
    assert years[2].state == AgreementState.IN_FORCE
    assert factories.load(factories.MTI_FILE) == years[0]
    assert LOADED_AT < AT
