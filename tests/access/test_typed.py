"""Every form in which something is typed keeps it: it names the address of its draft."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from cases.case.forms.acts import ACTS
from tests.access.actors import Actor
from tests.access.matrix import ROWS
from tests.access.requests import OWN, content, sent
from tests.access.rows import Row
from tests.access.world import AccessWorld

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
_NO_TEXT = ("hidden", "password", "file", "checkbox", "radio", "submit", "button")


class Forms(HTMLParser):
    """Notes the forms of a page that send what is typed, and keep no draft of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.typed = 0
        self.lost: list[str] = []
        self._form: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a form and its fields."""
        named = dict(attrs)
        if tag == "form":
            self._form = named
        is_text = tag == "textarea" or (tag == "input" and named.get("type") not in _NO_TEXT)
        if is_text and self._form.get("method") == "post":
            self.typed += 1
            if not self._form.get("data-draft-url"):
                self.lost.append(f"{named.get('name')} in {self._form.get('action', 'its page')}")

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self._form = {}


@pytest.mark.parametrize(
    "each",
    [each for each in ROWS if each.method == "GET" and not each.of_sign_in and not each.led],
    ids=lambda each: each.name,
)
def test_every_form_that_takes_text_keeps_a_draft(world: AccessWorld, each: Row) -> None:
    for actor in WHO:
        if each.answers[actor] == 200:
            assert Forms(content(sent(world, actor, each, OWN))).lost == []


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
