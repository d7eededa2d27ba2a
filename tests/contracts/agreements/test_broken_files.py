"""A mistake in an agreement file is refused whole, with file, entry, clause and reason."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.parties.models.parties import Contact, Organisation
from portal.models import User
from portal.roles import Role
from tests.contracts import factories

pytestmark = pytest.mark.django_db
Change = Callable[[str], str]


def replace(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def append(more: str) -> Change:
    return lambda text: f"{text}\n{more}\n"


def without(first: str, last: str) -> Change:
    """The text without the lines from the one that begins with `first` up to the one with `last`."""

    def change(text: str) -> str:
        return text[: text.index(first)] + text[text.index(last) :]

    return change


PERSON = """
[[person]]
email = "joan@legato.example"
name = "Joan"
roles = ["psam"]
zone = "America/Los_Angeles"
"""

BROKEN: dict[str, tuple[Change, str, str, str]] = {
    "not TOML": (
        replace("quantity = 2", "quantity = = 2"),
        "the file",
        "is not TOML",
        "",
    ),
    "no tier": (
        replace('tier = "level-2" ', "# "),
        "agreement.tier",
        "is missing; one must be chosen: level-1, level-2",
        "ATSP page 1",
    ),
    "a tier that does not exist": (
        replace('tier = "level-2" ', 'tier = "level-3" '),
        "agreement.tier",
        "is 'level-3'; the programme has level-1, level-2",
        "ATSP page 1",
    ),
    "a programme that is not published": (
        replace('programme = "atsp-2002"', 'programme = "atsp-2003"'),
        "agreement.programme",
        "is 'atsp-2003', which is not published",
        "",
    ),
    "a version that is not published": (
        replace('programme = "atsp-2002"', 'version = 7\nprogramme = "atsp-2002"'),
        "agreement.version",
        "is 7, which is not published",
        "",
    ),
    "a state that does not exist": (
        replace('state = "in_force"', 'state = "in-force"'),
        "agreement.state",
        "'in_force' is meant, it seems",
        "",
    ),
    "a misspelt entry": (
        replace("contract_number =", "contract_nunber ="),
        "agreement.contract_nunber",
        "is no known entry; 'contract_number' is meant, it seems",
        "",
    ),
    "a date written as text": (
        replace("effective_on = 2002-09-03", 'effective_on = "2002-09-03"'),
        "agreement.effective_on",
        "a date is written 2002-09-03, without quotes",
        "",
    ),
    "a date that does not exist": (
        replace("effective_on = 2002-09-03", "effective_on = 2002-09-31"),
        "the file",
        "is not TOML",
        "",
    ),
    "no Effective Date": (
        replace("effective_on = 2002-09-03", "# "),
        "agreement.effective_on",
        "is missing",
        "",
    ),
    "a term of two years": (
        replace("ends_on = 2003-09-02", "ends_on = 2004-09-02"),
        "agreement.ends_on",
        "is 2004-09-02; one year from 2002-09-03 ends on 2003-09-02",
        "ATSP page 1, 2.a",
    ),
    "an option of the other column": (
        replace('option = "psam-2"', 'option = "psam-1"'),
        "option[1].option",
        "is 'psam-1', of the column of level-1; the tier is 'level-2'",
        "ATSP page 1",
    ),
    "an option that does not exist": (
        replace('option = "psam-2"', 'option = "psam"'),
        "option[1].option",
        "is 'psam'; the programme has psam-1, psam-2, ess-1, ess-2",
        "",
    ),
    "an option taken no times": (
        replace("quantity = 2", "quantity = 0"),
        "option[1].quantity",
        "is 0; an option is taken at least once",
        "ATSP page 1",
    ),
    "half an option": (
        replace("quantity = 2", "quantity = 1.5"),
        "option[1].quantity",
        "is the number 1.5, where a whole number belongs",
        "",
    ),
    "an option before the Effective Date": (
        replace("quantity = 2", "quantity = 2\ntaken_on = 2002-09-02"),
        "option[1].taken_on",
        "is 2002-09-02, outside the agreement's year",
        "ATSP page 1, 2.b",
    ),
    "the same option twice": (
        append('[[option]]\noption = "psam-2"\nquantity = 1'),
        "option[2].option",
        "is 'psam-2', which option[1] is already",
        "",
    ),
    "a zone that does not exist": (
        replace('zone = "America/Los_Angeles"', 'zone = "America/Anaheim"'),
        "site[1].zone",
        "is 'America/Anaheim', no IANA time zone",
        "ATSP 1.2",
    ),
    "a region that the programme does not know": (
        replace('region = "US"', 'region = "APAC"'),
        "site[1].region",
        "is 'APAC'; the programme has US, EMEA",
        "ATSP page 1",
    ),
    "a site named twice": (
        append('[[site]]\nname = "Anaheim"\nregion = "US"\nzone = "America/Los_Angeles"'),
        "site[2].name",
        "is 'Anaheim', which site[1] is already",
        "",
    ),
    "a signature in the wrong place": (
        lambda text: text.replace("[signature.reseller]", "[signature.provider.reseller]"),
        "signature[1].provider.reseller",
        "is no known entry",
        "",
    ),
    "nobody signed": (
        without("[[signature]]", "# Exhibit A."),
        "signature",
        "hold none of the provider's, and the agreement is in_force",
        "ATSP page 1",
    ),
    "the reseller is the provider": (
        replace('name = "MTI Technology Corporation"', 'name = "LEGATO SYSTEMS, INC."'),
        "reseller.name",
        "is the provider's",
        "",
    ),
    "a slot beyond the tier's": (
        replace("slot = 8", "slot = 11"),
        "contact[9].slot",
        "is 11; the slots of the pool US are 1 to 10",
        "ATSP page 1",
    ),
    "a slot taken twice": (
        replace("slot = 8", "slot = 3"),
        "contact[9].slot",
        "is 3 of the pool US, which contact[4] has already",
        "ATSP page 1",
    ),
    "no slot": (
        replace("slot = 8", "# "),
        "contact[9].slot",
        "is missing; a Technical Contact takes a slot of Exhibit A",
        "ATSP page 1",
    ),
    "a slot for the Administrative Contact": (
        replace('standings = ["administrative"]', 'standings = ["administrative"]\nslot = 9'),
        "contact[1].slot",
        "only Technical Contacts and alternates take a slot",
        "ATSP 5.2.1",
    ),
    "a contact at an unknown site": (
        replace('site = "Anaheim"', 'site = "Anahiem"'),
        "contact[1].site",
        "is 'Anahiem'; the reseller has Anaheim",
        "ATSP 5.2.1",
    ),
    "a contact twice": (
        replace('email = "lherring@mti.example"', 'email = "mkeane@mti.example"'),
        "contact[9].email",
        "is 'mkeane@mti.example', which contact[2] is already",
        "",
    ),
    "an address that is none": (
        replace('email = "mkeane@mti.example"', 'email = "mkeane at mti.example"'),
        "contact[2].email",
        "is 'mkeane at mti.example', no e-mail address",
        "",
    ),
    "no alternate": (
        replace('standings = ["alternate"]', 'standings = ["technical"]'),
        "contact",
        "name 0 alternate; at least 1 is needed",
        "ATSP 5.2.1",
    ),
    "technical and alternate at once": (
        replace('standings = ["alternate"]', 'standings = ["alternate", "technical"]'),
        "contact[3].standings",
        "is both technical and alternate",
        "ATSP 5.2.1",
    ),
    "a second Administrative Contact": (
        replace('standings = ["technical"]', 'standings = ["technical", "administrative"]'),
        "contact[2].standings",
        "names a second Administrative Contact beside contact[1]",
        "ATSP 5.2.1",
    ),
    "a standing that does not exist": (
        replace('standings = ["technical"]', 'standings = ["techincal"]'),
        "contact[2].standings[1]",
        "'technical' is meant, it seems",
        "",
    ),
    "no standing": (
        replace('standings = ["administrative"]', "standings = []"),
        "contact[1].standings",
        "is empty",
        "",
    ),
    "an instant without its zone": (
        replace("slot = 8", "slot = 8\nsubmitted_at = 2002-09-03T08:00:00"),
        "contact[9].submitted_at",
        "an instant is written 2002-09-03T08:00:00-07:00",
        "",
    ),
    "an ESS without the option": (
        append(f'{PERSON}\n[[assignment]]\nemail = "joan@legato.example"\nduty = "ess"'),
        "assignment[1].duty",
        "is 'ess', and no ESS option was taken",
        "ATSP page 1",
    ),
    "an assignment before the Effective Date": (
        append(
            f'{PERSON}\n[[assignment]]\nemail = "joan@legato.example"\nduty = "psam"\n'
            "starts_on = 2002-09-02"
        ),
        "assignment[1].starts_on",
        "is 2002-09-02, before the Effective Date",
        "",
    ),
    "an assignment of nobody": (
        append('[[assignment]]\nemail = "nobody@legato.example"\nduty = "psam"'),
        "assignment[1].email",
        "no such person is at the provider",
        "",
    ),
    "a PSAM who is none": (
        append(
            PERSON.replace("psam", "cse")
            + '\n[[assignment]]\nemail = "joan@legato.example"\nduty = "psam"'
        ),
        "assignment[1].email",
        "who does not have the role Premium Support Account Manager",
        "",
    ),
    "a role that does not exist": (
        append(PERSON.replace('"psam"', '"wizard"')),
        "person[1].roles",
        "has 'wizard'; roles are cse,",
        "",
    ),
    "a person in no zone": (
        append(PERSON.replace("America/Los_Angeles", "Mars/Olympus")),
        "person[1].zone",
        "is 'Mars/Olympus', no IANA time zone",
        "",
    ),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_file_is_refused_for(mistake: str) -> None:
    factories.published()
    change, entry, reason, clause = BROKEN[mistake]
    text = change(factories.MTI_FILE.read_text(encoding="utf-8"))
    with pytest.raises(AgreementFileError) as refused:
        load_agreement(text, name="broken.toml", by=None, at=factories.LOADED_AT)
    found = [problem for problem in refused.value.problems if problem.entry == entry]
    assert found, str(refused.value)
    assert any(reason in problem.reason and problem.clause == clause for problem in found), found
    assert all(problem.file == "broken.toml" for problem in refused.value.problems)
    assert not Agreement.objects.exists()
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_all_mistakes_are_named_at_once() -> None:
    factories.published()
    text = factories.MTI_FILE.read_text(encoding="utf-8")
    for old, new in (
        ('option = "psam-2"', 'option = "psam-1"'),
        ("slot = 8", "slot = 11"),
        ('region = "US"', 'region = "APAC"'),
    ):
        text = text.replace(old, new, 1)
    with pytest.raises(AgreementFileError) as refused:
        load_agreement(text, name="broken.toml", by=None, at=factories.LOADED_AT)
    entries = {problem.entry for problem in refused.value.problems}
    assert {"option[1].option", "site[1].region"} <= entries


def test_a_problem_reads_as_one_line() -> None:
    factories.published()
    text = factories.MTI_FILE.read_text(encoding="utf-8").replace("slot = 8", "slot = 11")
    with pytest.raises(AgreementFileError) as refused:
        load_agreement(text, name="mti-2002.toml", by=None, at=factories.LOADED_AT)
    assert str(refused.value) == (
        "mti-2002.toml: contact[9].slot is 11; the slots of the pool US are 1 to 10 (ATSP page 1)"
    )


def _nordlicht() -> str:
    return factories.NORDLICHT_FILE.read_text(encoding="utf-8")


def test_a_contact_of_another_reseller_is_refused(mti: Agreement) -> None:
    text = _nordlicht().replace("j.petersen@nordlicht.example", "mkeane@mti.example")
    with pytest.raises(AgreementFileError, match="of a contact of MTI Technology Corporation"):
        load_agreement(text, name="broken.toml", by=None, at=factories.LOADED_AT)


def test_a_contact_who_works_for_the_provider_is_refused(mti: Agreement) -> None:
    User.objects.create_user("j.petersen@nordlicht.example", name="Jan", roles=[Role.CSE])
    with pytest.raises(AgreementFileError, match="of a person at the provider"):
        load_agreement(_nordlicht(), name="broken.toml", by=None, at=factories.LOADED_AT)


def test_a_reseller_may_be_a_provider_elsewhere(mti: Agreement) -> None:
    text = _nordlicht().replace('name = "Legato Systems, Inc."', 'name = "Somebody else"')
    text = text.replace('name = "Nordlicht Systemhaus GmbH"', 'name = "Legato Systems, Inc."', 1)
    agreement = load_agreement(text, name="other.toml", by=None, at=factories.LOADED_AT)
    assert agreement.reseller == mti.provider


def test_a_provider_is_not_taken_from_the_house_by_a_file(mti: Agreement) -> None:
    said = 'name = "Legato Systems, Inc."'
    text = _nordlicht().replace(said, f"{said}\nown_people = true", 1)
    with pytest.raises(AgreementFileError, match=r"provider\.own_people says otherwise"):
        load_agreement(text, name="other.toml", by=None, at=factories.LOADED_AT)


@pytest.mark.clause("ATSP page 1, 2.a")
def test_a_year_that_overlaps_is_refused_with_the_other_contract(mti: Agreement) -> None:
    text = (
        factories.MTI_FILE.read_text(encoding="utf-8")
        .replace("271-ATSP-4453", "271-ATSP-9999")
        .replace("effective_on = 2002-09-03", "effective_on = 2003-09-02")
        .replace("ends_on = 2003-09-02", "ends_on = 2004-09-01")
    )
    with pytest.raises(AgreementFileError) as refused:
        load_agreement(text, name="broken.toml", by=None, at=factories.LOADED_AT)
    problem = refused.value.problems[0]
    assert "overlaps 271-ATSP-4453, 2002-09-03 to 2003-09-02" in problem.reason
    assert problem.clause == "ATSP page 1, 2.a"


SUPPLEMENTS: dict[str, tuple[str, str, str]] = {
    "an agreement that is not loaded": (
        '[supplement]\ncontract_number = "271-ATSP-1"',
        "supplement.contract_number",
        "is '271-ATSP-1', which is not loaded",
    ),
    "a slot that somebody has": (
        '[[contact]]\nemail = "new@mti.example"\nname = "N"\nsite = "Anaheim"\n'
        'standings = ["technical"]\nslot = 1',
        "contact[1].slot",
        "is 1 of the pool US, which Mathew Keane has already",
    ),
    "a second Administrative Contact": (
        '[[contact]]\nemail = "new@mti.example"\nname = "N"\nsite = "Anaheim"\n'
        'standings = ["administrative"]',
        "contact[1].standings",
        "names a second Administrative Contact beside Terri Hirsch",
    ),
    "training of a stranger": (
        '[[training]]\nemail = "stranger@mti.example"\ntrained_on = 2003-01-01',
        "training[1].email",
        "no Technical Contact of the agreement",
    ),
    "training without a date": (
        '[[training]]\nemail = "mkeane@mti.example"',
        "training[1]",
        "says neither trained_on nor certified_on",
    ),
    "an unknown table": (
        "[[invoice]]\nnumber = 1",
        "invoice",
        "is no known entry",
    ),
}


@pytest.mark.parametrize("mistake", SUPPLEMENTS)
def test_a_supplement_is_refused_for(mti: Agreement, mistake: str) -> None:
    text, entry, reason = SUPPLEMENTS[mistake]
    if "[supplement]" not in text:
        text = f'[supplement]\ncontract_number = "271-ATSP-4453"\n{text}'
    contacts = Contact.objects.count()
    with pytest.raises(AgreementFileError) as refused:
        load_agreement(text, name="broken.toml", by=None, at=factories.LOADED_AT)
    assert [(one.entry, reason in one.reason) for one in refused.value.problems] == [(entry, True)]
    assert Contact.objects.count() == contacts


def test_the_command_names_every_problem_and_fails(tmp_path: Path) -> None:
    factories.published()
    path = tmp_path / "mti.toml"
    path.write_text(
        factories.MTI_FILE.read_text(encoding="utf-8").replace("slot = 8", "slot = 11"),
        encoding="utf-8",
    )
    with pytest.raises(CommandError) as refused:
        call_command("load_agreement", str(path))
    assert str(refused.value).splitlines() == [
        "mti.toml is refused; nothing was loaded.",
        "mti.toml: contact[9].slot is 11; the slots of the pool US are 1 to 10 (ATSP page 1)",
    ]


def test_the_command_loads_once_and_says_so() -> None:
    factories.published()
    said = StringIO()
    for _ in range(2):
        call_command("load_agreement", str(factories.MTI_FILE), stdout=said)
    assert said.getvalue().splitlines() == [
        "271-ATSP-4453 of MTI Technology Corporation is loaded.",
        "271-ATSP-4453 is loaded already; nothing was changed.",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file or directory"), (b"\xff\xfe", "byte 0 is not UTF-8 text")],
    ids=["a file that is not there", "a file that is no text"],
)
def test_the_command_says_why_it_cannot_read(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "a.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        call_command("load_agreement", str(path))
