"""Every form in which something is typed keeps it: its session is lost in mid-sentence, and the text is back."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.forms.acts import ACTS
from tests.access.actors import Actor
from tests.access.matrix import ROWS
from tests.access.requests import OWN, content, sent
from tests.access.rows import Row
from tests.access.world import AccessWorld, undone

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

WHO = (
    Actor.TECHNICAL,
    Actor.ADMINISTRATIVE,
    Actor.CSE,
    Actor.DISPATCH,
    Actor.PSAM,
    Actor.ACCOUNT_MANAGER,
    Actor.CONTRACT_ADMINISTRATOR,
)
_NO_TEXT = ("hidden", "password", "file", "checkbox", "radio", "submit", "button", "search")
"""A search field only looks for what is then chosen."""
_BESIDE = {"role", "data-day"}
"""A look-up's field, and a day that the form may suggest: what is typed there does not come back each time."""
_FREE_TEXT = (None, "text", "email", "tel", "url")
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
KEEP_THEIR_OWN = ("account/", "allauth/", "components/gallery.html")
OF_NOBODY = ("cases/satisfaction/answer.html",)
"""Answered by a link in a mail, without signing in: there is nobody to keep a text for."""
HALF = "The index header is torn; lo"


class Forms(HTMLParser):
    """Notes the forms of a page that send what is typed, and keep no draft of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.typed = 0
        self.lost: list[str] = []
        self.kept: dict[str, dict[str, Any]] = {}
        self._area = ""
        self._form: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a form and its fields."""
        named = dict(attrs)
        if tag == "form":
            self._form = named
        self._note(tag, named)
        is_text = tag == "textarea" or (tag == "input" and named.get("type") not in _NO_TEXT)
        if is_text and self._form.get("method") == "post":
            self.typed += 1
            if not self._form.get("data-draft-url"):
                self.lost.append(f"{named.get('name')} in {self._form.get('action', 'its page')}")

    def _note(self, tag: str, named: dict[str, str | None]) -> None:
        """Note what a form that keeps a draft carries, and its texts as they stand in it."""
        address, name = self._form.get("data-draft-url"), named.get("name")
        if not address or not name:
            return
        form = self.kept.setdefault(address, {"hidden": {}, "texts": {}})
        if tag == "textarea":
            self._area = name
            form["texts"][name] = ""
        elif tag == "input" and named.get("type") == "hidden":
            form["hidden"][name] = named.get("value") or ""
        elif tag == "input" and named.get("type") in _FREE_TEXT and not _BESIDE & set(named):
            form["texts"][name] = named.get("value") or ""

    def handle_data(self, data: str) -> None:
        """Read the text of a field of several lines."""
        if self._area:
            self.kept[self._form["data-draft-url"] or ""]["texts"][self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "textarea":
            self._area = ""
        if tag == "form":
            self._form = {}


def lost_in_mid_sentence(page: Any, reload: Any) -> list[str]:
    """Type into each form of the page while its session is gone; what is not there after signing in again."""
    lost = []
    typed = {url: form for url, form in Forms(content(page)).kept.items() if form["texts"]}
    for url, form in typed.items():
        sent = form["hidden"] | dict.fromkeys(form["texts"], HALF)
        answer = Client().post(url, sent)
        if answer.status_code != 200 or answer.json().get("signed_in") is not False:
            lost.append(f"{url} answers {answer.status_code} to somebody signed out")
    if typed:
        shown = Forms(content(reload())).kept
        for url, form in typed.items():
            now = shown.get(url, {"texts": {}})["texts"]
            lost += [
                f"{name} of {url}" for name in form["texts"] if now.get(name, "").strip() != HALF
            ]
    return lost


@pytest.mark.parametrize(
    "each",
    [each for each in ROWS if each.method == "GET" and not each.of_sign_in and not each.led],
    ids=lambda each: each.name,
)
def test_every_form_that_takes_text_keeps_a_draft(world: AccessWorld, each: Row) -> None:
    walked: set[str] = set()
    for actor in WHO:
        if each.answers[actor] != 200:
            continue
        page = sent(world, actor, each, OWN)
        found = Forms(content(page))
        assert found.lost == []
        if set(found.kept) <= walked:
            continue
        walked |= set(found.kept)
        with undone():
            assert lost_in_mid_sentence(page, lambda who=actor: sent(world, who, each, OWN)) == []


def test_every_act_on_a_case_keeps_a_draft(world: AccessWorld) -> None:
    typed = 0
    for actor in (Actor.CSE, Actor.TECHNICAL):
        for case in world.side(actor, own=True).cases.values():
            for code in ACTS:
                page = world.client(actor).get(f"{reverse('case', args=[case.pk])}?act={code}")
                found = Forms(content(page))
                assert found.lost == []
                typed += found.typed
    assert typed > 100


def test_no_template_has_a_form_with_text_that_keeps_no_draft() -> None:
    forms = 0
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        if name.startswith(KEEP_THEIR_OWN + OF_NOBODY):
            continue
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r"(?s)<form\b.*?</form>", text):
            head, _, body = form.partition(">")
            body = body.replace("form.file|as_crispy_field", "")
            takes_text = re.search(
                r'crispy|_field_rows|<textarea|<input(?![^>]*type="(?:hidden|radio|checkbox|file|submit)")',
                body,
            )
            if 'method="post"' not in form or not takes_text:
                continue
            forms += 1
            assert "draft_of" in form or "kept_at" in head + body, (
                f"{name} keeps nothing of its form"
            )
            assert "draft_status" in form or "draft_fields" in form, f"{name} says not whose it is"
    assert forms >= 15
