"""Publishing programmes: terms become versions that never change, and agreements pin one."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion, programme_of
from contracts.programmes.rules.programme_file import ProgrammeFileError
from portal.models import JournalEntry, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories

pytestmark = pytest.mark.django_db
NEXT_YEAR = dt.datetime(2003, 9, 1, 16, 0, tzinfo=dt.UTC)


def publish(text: str, by: User | None = None) -> ProgrammeVersion:
    return publish_programme(text, name="atsp.toml", by=by, at=NEXT_YEAR)


def dearer() -> str:
    """The programme with another fee."""
    text = factories.programme_text()
    assert text.count('fee = "80000.00"') == 1
    return text.replace('fee = "80000.00"', 'fee = "85000.00"')


def test_the_first_publication_is_version_1(version: ProgrammeVersion) -> None:
    assert (version.code, version.number) == ("atsp-2002", 1)
    assert version.source_name == "atsp-2002.toml"
    assert version.published_at == factories.LOADED_AT
    assert version.programme.tier("level-2").cases == 200


def test_unchanged_terms_keep_their_version(version: ProgrammeVersion) -> None:
    assert publish(factories.programme_text()) == version
    assert ProgrammeVersion.objects.count() == 1


def test_other_comments_and_line_breaks_are_no_other_terms(version: ProgrammeVersion) -> None:
    assert publish("# a remark\n" + factories.programme_text()) == version


def test_changed_terms_are_a_new_version_and_change_no_agreement(mti: Agreement) -> None:
    second = publish(dearer())
    assert second.number == 2
    assert ProgrammeVersion.objects.latest("atsp-2002") == second
    mti.refresh_from_db()
    assert mti.tier_terms is not None
    assert mti.tier_terms.fee == 80000
    assert second.programme.tier("level-2").fee == 85000


def test_what_changed_is_in_the_journal(version: ProgrammeVersion, administrator: User) -> None:
    second = publish(dearer(), administrator)
    written = JournalEntry.objects.about(second).get()
    assert written.verb == "programme.published"
    assert written.by == administrator
    assert written.data["changes"] == [
        {"path": "tier[level-2].fee", "before": "80000.00", "after": "85000.00"}
    ]


def test_terms_published_before_return_their_old_version(version: ProgrammeVersion) -> None:
    publish(dearer())
    assert publish(factories.programme_text()) == version


def test_a_new_agreement_pins_the_latest_version_unless_it_names_one(
    version: ProgrammeVersion,
) -> None:
    second = publish(dearer())
    text = factories.MTI_FILE.read_text(encoding="utf-8")
    latest = load_agreement(text, name="a.toml", by=None, at=NEXT_YEAR)
    assert latest.programme_version == second
    first = factories.NORDLICHT_FILE.read_text(encoding="utf-8").replace(
        "[agreement]", "[agreement]\nversion = 1"
    )
    named = load_agreement(first, name="b.toml", by=None, at=NEXT_YEAR)
    assert named.programme_version == version


def test_a_file_with_mistakes_is_refused_whole_with_all_of_them(db: None) -> None:
    text = (
        factories.programme_text()
        .replace('clause = "ATSP 1.2"', 'clause = "ATSP 99"', 1)
        .replace('fee = "80000.00"', "fee = 80000")
    )
    with pytest.raises(ProgrammeFileError) as refused:
        publish(text)
    assert len(refused.value.problems) >= 2
    assert not ProgrammeVersion.objects.exists()


def test_only_a_contract_administrator_publishes(db: None) -> None:
    engineer = User.objects.create_user("cse@legato.example", name="Carl", roles=[Role.CSE])
    with pytest.raises(Refusal, match="may not publish a programme"):
        publish(factories.programme_text(), engineer)
    assert not ProgrammeVersion.objects.exists()


def test_terms_are_read_from_the_database_once_in_a_process(
    version: ProgrammeVersion, django_assert_num_queries: object
) -> None:
    first = programme_of(version.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert programme_of(version.pk) is first


def test_selecting_versions_does_not_read_their_terms(version: ProgrammeVersion) -> None:
    assert "terms" in ProgrammeVersion.objects.get().get_deferred_fields()


def test_a_version_is_seen_by_the_provider_and_by_resellers_who_signed_it(
    mti: Agreement, administrator: User
) -> None:
    second = publish(dearer())
    contact = mti.reseller.contacts.get(name="Mathew Keane")
    versions = ProgrammeVersion.objects
    assert set(versions.visible_to(administrator)) == {mti.programme_version, second}
    assert list(versions.visible_to(contact.user)) == [mti.programme_version]
    stranger = factories.make_contact(factories.make_organisation())
    assert not versions.visible_to(stranger.user).exists()


def test_the_command_publishes_once_and_says_so(db: None) -> None:
    said = StringIO()
    for _ in range(2):
        call_command("publish_programme", str(factories.PROGRAMME_FILE), stdout=said)
    assert said.getvalue().splitlines() == [
        "atsp-2002 version 1 is published.",
        "atsp-2002 version 1 holds these terms already.",
    ]


def test_the_command_names_every_problem(db: None, tmp_path: Path) -> None:
    path = tmp_path / "atsp.toml"
    path.write_text(
        factories.programme_text().replace('fee = "80000.00"', "fee = 80000"), encoding="utf-8"
    )
    with pytest.raises(CommandError) as refused:
        call_command("publish_programme", str(path))
    lines = str(refused.value).splitlines()
    assert lines[0] == "atsp.toml is refused; nothing was loaded."
    assert lines[1].startswith("atsp.toml: tier[2].fee is the number 80000")
