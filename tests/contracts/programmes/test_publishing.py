"""Programmes for the contract administrator: the list, the check of a file, the comparison, publishing."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from portal.models import Draft, JournalEntry, User
from tests.contracts.factories import LOADED_AT, load_back_line, programme_text, published

pytestmark = pytest.mark.django_db
ADDRESS = "/programmes/publish/"


@pytest.fixture
def client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def dearer(fee: str = "85000.00") -> str:
    return programme_text().replace('fee = "80000.00"', f'fee = "{fee}"', 1)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent(client: Client, text: str, **more: str) -> Any:
    return client.post(ADDRESS, {"text": text} | more | {"name": "atsp.toml"})


def digest_on(page: str) -> str:
    return page.partition('name="publish" value="')[2].partition('"')[0]


def test_the_list_tells_versions_who_published_them_and_what_pins_them(
    client: Client, mti: Agreement, administrator: User
) -> None:
    publish_programme(dearer(), name="atsp-2.toml", by=administrator, at=LOADED_AT)
    page = words(client.get(reverse("programmes")))
    assert "Version 2" in page
    assert "Nina Adler" in page
    assert "The portal, by a command" in page
    assert "atsp-2.toml" in page
    rows = page.split("<tr>")
    assert 'data-label="Agreements under it">0<' in rows[2], "the newest first"
    assert 'data-label="Agreements under it">1<' in rows[3]


def test_without_any_programme_the_way_on_is_named(client: Client) -> None:
    assert "No programme is published" in words(client.get(reverse("programmes")))


def test_another_providers_programmes_are_not_listed(client: Client) -> None:
    load_back_line()
    assert "back-line-2002" not in words(client.get(reverse("programmes")))
    gwen = Client()
    gwen.force_login(User.objects.get(name="Gwen Holt"))
    page = words(gwen.get(reverse("programmes")))
    assert "back-line-2002" in page
    assert "atsp-2002" not in page


def test_a_file_is_compared_and_published_once_it_is_confirmed(
    client: Client, administrator: User
) -> None:
    published()
    file = SimpleUploadedFile("atsp-2003.toml", dearer().encode())
    shown = client.post(ADDRESS, {"file": file})
    page = words(shown)
    assert "1 change against version 1. Nothing is published yet." in page
    assert "tier level-2, fee" in page
    assert "<del>80000.00</del>" in page
    assert "<ins>85000.00</ins>" in page
    assert ProgrammeVersion.objects.count() == 1
    answer = sent(client, dearer(), publish=digest_on(page), **hidden(shown))
    version = ProgrammeVersion.objects.get(number=2)
    assert answer.url == reverse("programme_version", args=["atsp-2002", 2])
    assert version.published_by == administrator
    assert not Draft.objects.exists()
    assert JournalEntry.objects.about(version).get().verb == "programme.published"


def test_a_file_changed_after_the_preview_is_shown_again(client: Client) -> None:
    published()
    page = words(sent(client, dearer()))
    again = words(sent(client, dearer("86000.00"), publish=digest_on(page)))
    assert "<ins>86000.00</ins>" in again
    assert ProgrammeVersion.objects.count() == 1


def test_mistakes_are_listed_with_entry_and_reason_and_the_text_is_kept(client: Client) -> None:
    text = programme_text().replace('currency = "USD"', 'currency = "dollars"', 1)
    text = text.replace('clause = "ATSP 1.2"', 'clause = "ATSP 99.9"', 1)
    answer = sent(client, text)
    page = words(answer)
    assert answer.status_code == 409
    assert "2 mistakes in the file" in page
    assert "<code>programme.currency</code> is &#x27;dollars&#x27;" in page
    assert "ATSP 99.9" in page
    assert "currency = &quot;dollars&quot;" in page, "in the text, for correction"
    assert "currency = &quot;dollars&quot;" in words(client.get(ADDRESS)), "and when one comes back"


def test_no_toml_at_all_names_the_line(client: Client) -> None:
    page = words(sent(client, "[programme\ncode"))
    assert "<code>line 1</code>" in page


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("terms.toml", b"\x89PNG\r\n\x1a\n\xff\xfe", "not UTF-8 text"),
        ("terms.toml", b"a = 1\0", "is not text"),
        ("terms.toml", b"x" * 512_001, "The file has 501 kB; the most is 500 kB."),
    ],
)
def test_a_file_that_is_not_text_is_refused(
    client: Client, name: str, content: bytes, says: str
) -> None:
    answer = client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 409
    assert says in words(answer)


def test_sending_nothing_is_refused(client: Client) -> None:
    assert "Choose a file, or write the terms below." in words(client.post(ADDRESS, {}))


def test_terms_that_are_published_already_make_no_version(client: Client) -> None:
    published()
    page = words(sent(client, programme_text()))
    assert "These exact terms are already published." in page
    assert not digest_on(page)


def test_another_providers_programme_is_refused_and_kept(client: Client) -> None:
    load_back_line()
    text = programme_text().replace("Legato Systems, Inc.", "CaminoSoft Corporation", 1)
    answer = sent(client, text)
    assert answer.status_code == 409
    assert "it is another provider&#x27;s programme" in words(answer)
    assert Draft.objects.get().data["text"] == text.replace("\r\n", "\n")


def test_a_file_may_not_be_based_on_what_another_provider_published(
    client: Client,
) -> None:
    load_back_line()
    text = '[programme]\nbased_on = "back-line-2002"\ncode = "spy"\n'
    page = words(sent(client, text))
    assert "mistake" in page
    assert "Liaison" not in page


def test_a_draft_is_discarded(client: Client) -> None:
    sent(client, "[programme")
    assert "Continue with atsp.toml" in words(client.get(reverse("programmes")))
    assert client.post(f"/drafts/?for={ADDRESS}", {"discard": "1"})["Location"] == ADDRESS
    assert not Draft.objects.exists()
    assert "[programme" not in words(client.get(ADDRESS))


def hidden(page: Any) -> dict[str, str]:
    """What the page says of itself when it sends the form."""
    pattern = r'name="(name|form_key|draft_version)" value="([^"]*)"'
    return dict(re.findall(pattern, page.content.decode()))


def test_two_tabs_of_one_file_never_erase_each_other(client: Client) -> None:
    first, second = client.get(ADDRESS), client.get(ADDRESS)
    mine = sent(client, "[mine", **hidden(first))
    other = sent(client, "[theirs", **hidden(second))
    assert "You had typed another text there" in words(other)
    assert texts() == ["[mine", "[theirs"]
    sent(client, "[theirs and on", **hidden(other))
    assert texts() == ["[mine", "[theirs and on"], "a page writes over what it showed"
    sent(client, "[mine and on", **hidden(mine))
    assert texts() == ["[mine", "[mine and on", "[theirs and on"]
    assert words(client.get("/drafts/")).count("A programme to publish: atsp.toml") >= 3
    refused = client.post(f"/drafts/?for={ADDRESS}", {"text": "[new", "form_key": str(uuid4())})
    assert refused.status_code == 409, "a page that saves by itself asks"


def test_a_file_that_is_sent_takes_the_place_of_its_own_pages_text_only(client: Client) -> None:
    published()
    sent(client, "[theirs", **hidden(client.get(ADDRESS)))
    page = hidden(client.get(ADDRESS))
    sent(client, "[typed on elsewhere", **page)
    file = SimpleUploadedFile("atsp-2003.toml", dearer().encode())
    shown = client.post(ADDRESS, {"file": file} | hidden(client.get(reverse("programmes"))))
    assert texts() == [dearer(), "[typed on elsewhere"]
    form = hidden(shown) | {"text": dearer()}
    client.post(ADDRESS, form | {"publish": digest_on(words(shown))})
    assert ProgrammeVersion.objects.count() == 2
    assert texts() == ["[typed on elsewhere"], "what another tab typed outlives it"


def texts() -> list[str]:
    return sorted(draft.data["text"] for draft in Draft.objects.all())


def test_the_list_costs_the_same_for_many_versions(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    published()
    for fee in range(5):
        publish_programme(dearer(f"8100{fee}.00"), name="more.toml", by=None, at=LOADED_AT)
    client.get(reverse("programmes"))
    with django_assert_max_num_queries(8):
        client.get(reverse("programmes"))
