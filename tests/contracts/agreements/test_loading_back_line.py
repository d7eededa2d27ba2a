"""The back-line agreement as filed: its parties, its people, its delegated coverage."""

import datetime as dt
from collections.abc import Callable

import pytest

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.coverage.models import DelegatedCoverage
from contracts.parties.models.parties import Organisation
from contracts.parties.models.provider_people import ProviderPerson
from contracts.roster.models.entries import RosterRole
from portal.models import User
from portal.roles import Role
from tests.contracts.factories import (
    BACK_LINE_FILE,
    LOADED_AT,
    MTI_FILE,
    load_back_line,
    published_back_line,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    return load_back_line()


@pytest.mark.clause("SCL 8.2", "SCL 18", "D-42")
def test_caminosoft_provides_and_legato_is_the_customer(agreement: Agreement) -> None:
    assert agreement.provider.name == "CaminoSoft Corporation"
    assert agreement.reseller.name == "Legato Systems, Inc."
    assert agreement.effective_on == dt.date(2002, 12, 13)
    assert agreement.ends_on == dt.date(2004, 9, 30)
    assert not agreement.tier
    assert not agreement.charges.exists(), "support without cost"
    assert {str(one) for one in agreement.notice_addresses.all()} == {
        "CaminoSoft Corporation, attention Stephen W. Crosson CFO",
        "Legato Systems, Inc, attention General Counsel",
    }


def test_legato_provides_there_and_is_the_customer_here(mti: Agreement) -> None:
    agreement = load_back_line()
    assert agreement.reseller == mti.provider
    assert Organisation.objects.filter(name="Legato Systems, Inc.").count() == 1


@pytest.mark.clause("BL 1.2", "BL 3.1.1", "BL Appendix 1")
def test_liaisons_are_on_its_roster(agreement: Agreement) -> None:
    called = [
        (entry.called, entry.contact.name, entry.slot)
        for entry in agreement.roster.in_form_order().select_related("contact")
    ]
    assert called == [
        ("Administrative Contact", "Helen Marsh", None),
        ("Liaison", "Owen Tate", 1),
        ("Liaison", "Priya Nair", 2),
    ]


@pytest.mark.clause("BL 3.1.2")
def test_a_liaison_waits_two_business_days(agreement: Agreement) -> None:
    entry = agreement.roster.get(contact__name="Owen Tate")
    # Friday 13 December 2002, 08:00 in Orem: the opening of the first day; two Business Days on is Monday's closing
    assert entry.usable_from == dt.datetime(2002, 12, 17, 0, 0, tzinfo=dt.UTC)


def test_its_people_serve_it_and_the_houses_do_not(
    agreement: Agreement, administrator: User
) -> None:
    people = ProviderPerson.objects.filter(organisation=agreement.provider)
    assert {one.user.name for one in people} == {"Lena Frost", "Marco Diaz", "Gwen Holt"}
    lena = User.objects.get(name="Lena Frost")
    assert agreement in Agreement.objects.visible_to(lena)
    assert agreement not in Agreement.objects.visible_to(administrator)
    assert agreement.programme_version not in type(agreement.programme_version).objects.visible_to(
        administrator
    )


@pytest.mark.clause("SCL Ex.C")
def test_the_exhibit_is_there_line_by_line(agreement: Agreement) -> None:
    lines = list(
        agreement.coverages.values_list("line", "site_id", "site_name", "level", "ends_on")
    )
    assert len(lines) == 10
    assert lines[0] == (1, "11407", "CITIZENS BANK", "updates", dt.date(2006, 7, 31))
    assert lines[4] == (5, "50996", "STATE OF ALASKA DGGS", "24x7-extended", dt.date(2005, 6, 26))
    assert lines[9][1:3] == ("74390", "DELL COMPUTER CORP")


def test_the_exhibit_is_seen_by_the_two_parties_alone(
    agreement: Agreement, mti: Agreement, administrator: User
) -> None:
    liaison = User.objects.get(name="Owen Tate")
    stranger = User.objects.get(email="mkeane@mti.example")
    assert DelegatedCoverage.objects.visible_to(liaison).count() == 10
    assert not DelegatedCoverage.objects.visible_to(stranger)
    assert not DelegatedCoverage.objects.visible_to(administrator)


def _and_a_fourth(text: str) -> str:
    lines = "".join(
        f'[[contact]]\nemail = "l{n}@backline.legato.example"\nname = "L{n}"\nsite = "Orem"\n'
        f'standings = ["technical"]\nslot = {n}\n\n'
        for n in (3, 4)
    )
    return text.replace("[[person]]", f"{lines}[[person]]", 1)


BROKEN: list[tuple[Callable[[str], str], str]] = [
    (_and_a_fourth, r"contact\[5\].slot is 4; the slots are 1 to 3 \(BL 1.2\)"),
    (
        lambda text: text.replace("ends_on = 2004-09-30", "ends_on = 2004-10-01", 1),
        r"support without cost goes through 2004-09-30 \(SCL 8.2\)",
    ),
    (
        lambda text: text.replace('level = "updates"', 'level = "gold"', 1),
        r"coverage\[1\].level is 'gold'; the levels are updates, 24x7-extended \(SCL Ex.C\)",
    ),
    (
        lambda text: text.replace('site_id = "50996"', 'site_id = " "', 1),
        r"coverage\[5\].site_id is empty",
    ),
]


@pytest.mark.clause("BL 1.2", "SCL 8.2", "SCL Ex.C")
@pytest.mark.parametrize(("change", "says"), BROKEN)
def test_a_broken_file_is_refused_with_its_clause(change: Callable[[str], str], says: str) -> None:
    published_back_line()
    text = change(BACK_LINE_FILE.read_text(encoding="utf-8"))
    with pytest.raises(AgreementFileError, match=says):
        load_agreement(text, name="broken.toml", by=None, at=LOADED_AT)


def test_coverage_belongs_to_programmes_that_delegate_it(version: object) -> None:
    line = (
        '[[coverage]]\nline = 1\nsite_id = "1"\nsite_name = "X"\ndescription = "Y"\n'
        'level = "updates"\nends_on = 2006-07-31\n'
    )
    with pytest.raises(AgreementFileError, match="the programme delegates none"):
        load_agreement(
            MTI_FILE.read_text(encoding="utf-8") + line, name="x.toml", by=None, at=LOADED_AT
        )


def test_a_person_of_the_house_is_not_made_another_providers(administrator: User) -> None:
    User.objects.create_user("lena.frost@caminosoft.example", name="Lena", roles=[Role.CSE])
    with pytest.raises(AgreementFileError, match="of another provider's person"):
        load_back_line()


def test_nobody_is_an_alternate(agreement: Agreement) -> None:
    assert not agreement.roster.filter(standing=RosterRole.ALTERNATE).exists()
