"""The edge: how much a request may bring by its sender and its page, and characters that cannot be stored."""

import json
from collections.abc import Iterator

import pytest
from django import forms
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.edge import StorableText, length_of
from portal.models import Draft
from portal.roles import Role

pytestmark = pytest.mark.django_db
MB = 2**20


class TestSizes:
    @pytest.mark.parametrize("url", ["account_login", "account_reset_password", "api_case-list"])
    def test_a_stranger_sends_no_more_than_a_form(self, client: Client, url: str) -> None:
        answer = client.post(reverse(url), {"file": SimpleUploadedFile("big", b"x" * MB)})
        assert answer.status_code == 413

    def test_whose_session_is_over_is_asked_to_sign_in(self, client: Client) -> None:
        answer = client.post(reverse("inbox"), {"text": "x" * MB})
        assert answer.status_code == 302
        assert answer["Location"] == "/account/login/?next=/inbox/"

    def test_what_is_too_large_is_not_even_read(self, client: Client) -> None:
        answer = client.post(
            reverse("account_login"),
            b"",
            content_type="application/x-www-form-urlencoded",
            CONTENT_LENGTH=str(400 * MB),
        )
        assert answer.status_code == 413
        assert "at most 512 kB" in answer.content.decode()

    def test_who_has_signed_in_sends_long_texts_but_files_only_where_they_are_taken(
        self, make_user
    ) -> None:
        client = Client()
        client.force_login(make_user("Ada Min", Role.CONTRACT_ADMINISTRATOR))
        for size, url, status in [
            (1, "discard_draft", 302),
            (3, "discard_draft", 413),
            (3, "publish_programme", 409),  # its own bound, told on its page
            (30, "publish_programme", 413),
        ]:
            sent = {"file": SimpleUploadedFile("big.toml", b"x" * size * MB)}
            assert client.post(reverse(url), sent).status_code == status, (size, url)

    @pytest.mark.parametrize("url", ["publish_programme", "inbox"])
    def test_too_much_text_is_told_as_such_with_or_without_a_file_beside_it(
        self, make_user, url: str
    ) -> None:
        client = Client()
        client.force_login(make_user("Ada Min", Role.CONTRACT_ADMINISTRATOR))
        answer = client.post(reverse(url), {"text": "x" * 3 * MB})
        assert answer.status_code == 413
        assert "at most 2 MB" in answer.content.decode()

    @pytest.mark.parametrize("over", [0, 1])
    def test_exactly_as_much_as_is_allowed_may_be_sent(self, make_user, settings, over) -> None:
        client = Client()
        client.force_login(make_user())
        body = b"text=" + b"x" * (settings.BODY_MOST_BYTES - 5 + over)
        kind = "application/x-www-form-urlencoded"
        answer = client.post(reverse("discard_draft"), body, content_type=kind)
        assert (answer.status_code == 413) == bool(over)

    def test_a_program_is_told_in_its_language(self, make_user) -> None:
        client = Client()
        client.force_login(make_user())
        body = json.dumps({"title": "x" * 3 * MB})
        answer = client.post(reverse("api_case-list"), body, content_type="application/json")
        assert answer.status_code == 413
        assert answer.json() == {"detail": "The request is too large: it has 3.1 MB, at most 2 MB."}


def forms_of_ours() -> Iterator[type[forms.BaseForm]]:
    from django.urls import get_resolver

    assert get_resolver().url_patterns  # all views, with their forms, are loaded
    found, left = set(), [forms.BaseForm]
    while left:
        for form in left.pop().__subclasses__():
            if form not in found:
                found.add(form)
                left.append(form)
    rooms = ("portal", "contracts", "cases", "escalation", "scorecard")
    return (form for form in found if form.__module__.partition(".")[0] in rooms)


BOUND_WHEN_MADE = ("OpenCaseForm", "TelephoneReportForm")
"""Their model leaves texts open; a test below looks at what they make of it."""


def test_every_text_and_file_says_how_much_it_takes() -> None:
    unbound = []
    for form in forms_of_ours():
        for name, field in getattr(form, "base_fields", {}).items():
            is_text = type(field) is forms.CharField and form.__name__ not in BOUND_WHEN_MADE
            if is_text and field.max_length is None:
                unbound.append(f"{form.__name__}.{name}")
            if isinstance(field, forms.FileField) and "at most" not in field.help_text.lower():
                unbound.append(f"{form.__name__}.{name} (file)")
    assert not unbound


def test_the_report_of_a_problem_tells_the_browser_its_bounds(make_user) -> None:
    from cases.opening.forms import OpenCaseForm
    from contracts.programmes.rules.programme_file import read_file
    from tests.atsp import PROGRAMME_FILE

    form = OpenCaseForm(programme=read_file(PROGRAMME_FILE))
    for name in ("description", "replication_steps", "level_2_work"):
        assert 'maxlength="50000"' in str(form[name])


class TestCharacters:
    def test_a_draft_keeps_everything_but_what_cannot_be_stored(self, make_user) -> None:
        ann = make_user("Ann Lee")
        client = Client()
        client.force_login(ann)
        key = "0b3f2c1e-8f3b-4a46-9a55-3f5e6f1d2c3b"
        body = f"draft={key}&title=Trace&description=a%00b%ED%A0%80c"
        answer = client.post(
            f"{reverse('drafts')}?for=/cases/new/",
            body,
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 200
        kept = Draft.objects.get(user=ann).data["description"]
        assert (kept[0], kept[2], kept[-1]) == ("a", "b", "c")
        assert "\0" not in kept

    def test_a_field_whose_name_cannot_be_stored_is_marked_too(self) -> None:
        asked = RequestFactory().post("/", {"a\0b": "c", "d": "e"})
        StorableText(lambda _: HttpResponse()).process_view(asked, HttpResponse, [], {})
        assert asked.POST.dict() == {"a\ufffdb": "c", "d": "e"}

    def test_only_a_nul_is_replaced_in_the_address(self) -> None:
        asked = RequestFactory().get("/?q=a%00b%0Ac")
        StorableText(lambda _: HttpResponse())(asked)
        assert asked.GET["q"] == "a\ufffdb\nc"

    def test_a_length_that_is_no_number_counts_as_none(self) -> None:
        asked = RequestFactory().post("/")
        asked.META["CONTENT_LENGTH"] = "many"
        assert length_of(asked) == 0

    @pytest.mark.parametrize("path", ["/%00", "/agreements/a%00b/", "/lookups/%00/"])
    def test_no_page_is_at_an_address_with_a_nul(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 400

    def test_a_search_with_a_nul_finds_nothing(self, make_user) -> None:
        client = Client()
        client.force_login(make_user("Ann Lee", Role.CSE))
        for url in ("sign_ins", "agreements", "cases"):
            assert client.get(f"{reverse(url)}?q=a%00b").status_code == 200

    def test_a_page_to_go_to_that_is_none_is_left_out(self) -> None:

        from portal.acts import _next

        asked = RequestFactory().post("/", {"next": "nosuch"})
        assert _next(asked) == ""  # type: ignore[arg-type]


def test_django_and_the_portal_bound_texts_alike() -> None:
    assert django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE == django_settings.BODY_MOST_BYTES
