"""The glossary as a page, and the terms where readers meet them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.terms import Programme
from portal.models import User
from tests.contracts.factories import LOADED_AT, load_back_line, programme_text

pytestmark = pytest.mark.django_db
ADDRESS = "/glossary/"
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT, speed=0.000001)


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def contact_of(agreement: Agreement) -> User:
    found: User = User.objects.filter(contact__organisation=agreement.reseller).earliest("pk")
    return found


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def second_version() -> ProgrammeVersion:
    text = programme_text().replace('fee = "80000.00"', 'fee = "85000.00"', 1)
    return publish_programme(text, name="atsp-2.toml", by=None, at=LOADED_AT)


@pytest.mark.clause("ATSP 1")
def test_a_resellers_person_reads_the_terms_of_their_own_agreement(mti: Agreement) -> None:
    second_version()
    page = words(signed_in(contact_of(mti)).get(ADDRESS))
    assert "version 1" in page
    assert 'id="term-workaround"' in page
    assert 'href="#term-problem"' in page
    assert 'aria-label="Programme"' not in page, "there is nothing to choose"


def test_what_a_reseller_asks_for_changes_nothing(mti: Agreement) -> None:
    second = second_version()
    asked = {"programme": second.code, "version": second.number}
    assert "version 1" in words(signed_in(contact_of(mti)).get(ADDRESS, asked))


def test_liaisons_read_the_back_lines_own_terms() -> None:
    load_back_line()
    page = words(signed_in(User.objects.get(name="Owen Tate")).get(ADDRESS))
    assert "CaminoSoft Derivative Works" in page
    assert 'id="term-workaround"' not in page


def test_the_provider_chooses_a_version_of_its_own(mti: Agreement, administrator: User) -> None:
    load_back_line()
    second = second_version()
    client = signed_in(administrator)
    assert "version 2" in words(client.get(ADDRESS)), "the newest"
    asked = {"programme": second.code, "version": 1}
    assert "version 1" in words(client.get(ADDRESS, asked))
    assert "version 2" in words(client.get(ADDRESS, {"programme": second.code}))
    for missing in ({"programme": second.code, "version": 9}, {"programme": "back-line-2002"}):
        assert client.get(ADDRESS, missing).status_code == 404


def test_it_is_searched_by_plain_words(mti: Agreement) -> None:
    client = signed_in(contact_of(mti))
    page = words(client.get(ADDRESS, {"q": "exhibit contact"}))
    assert 'id="term-technical-contact"' in page
    assert 'id="term-fix"' not in page
    page = words(client.get(ADDRESS, {"q": "zebra <b>"}))
    assert "No term matches" in page
    assert "zebra &lt;b&gt;" in page


def test_without_an_agreement_or_a_programme_it_says_so(administrator: User) -> None:
    assert "No programme is published" in words(signed_in(administrator).get(ADDRESS))
    nobody = User.objects.create_user("new@reseller.example", name="New")
    assert "No agreement, no glossary yet" in words(signed_in(nobody).get(ADDRESS))


def test_its_statements_do_not_grow_with_the_versions(mti: Agreement, administrator: User) -> None:
    client = signed_in(administrator)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            words(client.get(ADDRESS))
        return len(asked)

    statements()
    few = statements()
    second_version()
    statements()
    assert statements() == few


def shown(template: str, **context: Any) -> str:
    with CaptureQueriesContext(connection) as asked:
        found = Template(template).render(Context(context))
    assert len(asked) == 0
    return " ".join(found.split())


@pytest.fixture
def atsp(version: ProgrammeVersion) -> Programme:
    return version.programme


@pytest.fixture
def back_line() -> Programme:
    return load_back_line().programme


def test_a_term_tells_its_meaning_without_a_query(atsp: Programme) -> None:
    found = shown('{% term "Workaround" %}', programme=atsp)
    assert found.startswith('<button type="button" class="term" popovertarget="')
    assert ">Workaround</button>" in found
    assert "ATSP 1.22" in found
    assert f"{reverse('glossary')}?programme=atsp-2002#term-workaround" in found
    assert ">Technical Contacts</button>" in shown(
        '{% term "Technical Contact" "Technical Contacts" %}', programme=atsp
    )


def test_two_chips_of_one_term_have_ids_of_their_own(atsp: Programme) -> None:
    found = shown('{% term "Fix" %}{% term "Fix" %}', programme=atsp)
    ids = {part.partition('"')[0] for part in found.split('popovertarget="')[1:]}
    assert len(ids) == 2


def test_a_term_not_defined_is_plain_words(back_line: Programme) -> None:
    assert shown('{% term "Workaround" %}', programme=back_line) == "Workaround"
    assert shown('{% term "Technical Contact" %}', programme=back_line) == "Liaison"
    assert shown("{% term name %}", name="<b>") == "&lt;b&gt;"


def test_a_forms_line_has_the_defined_terms_alone(atsp: Programme, back_line: Programme) -> None:
    line = "{% terms_here names %}"
    names = ("Workaround", "End-User", "Zebra")
    assert shown(line, names=names, programme=atsp).count("<button") == 2
    assert shown(line, names=names, programme=back_line).count("<button") == 1
    assert shown(line, names=("Zebra",), programme=atsp) == ""
    assert shown(line, names=(), programme=atsp) == ""


def test_readers_meet_the_terms_where_they_need_them(mti: Agreement) -> None:
    entry = next(one for one in mti.roster.current(AT) if one.is_technical and one.contact.user)
    client = signed_in(entry.contact.user)
    page = words(client.get(reverse("open_case"), follow=True))
    for name in ("Severity", "Workaround", "Replication", "End-User"):
        assert f">{name}</button>" in page, name
    page = words(client.get(reverse("agreement_roster", args=[mti.reference])))
    assert ">Administrative Contact</button>" in page
    assert ">Technical Contact</button>" in page
