"""A text that is too long for its field, pasted in a real browser."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.roles import Role
from tests.portal.browser import page_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pasted_text_is_told_to_be_too_long_and_not_cut_off(
    live_server: Any, make_user: Any, settings: Any
) -> None:
    settings.DEBUG = True
    client = Client()
    client.force_login(make_user("Ada Min", Role.CONTRACT_ADMINISTRATOR))
    address = live_server.url + reverse("publish_programme")
    with page_of(address, session=str(client.session.session_key)) as page:
        field = page.locator("textarea[name=text]")
        field.evaluate(
            "field => { field.closest('details').open = true; field.setAttribute('maxlength', '10') }"
        )
        field.click()
        field.press_sequentially("abc\nefghijkl")
        assert field.input_value() == "abc\nefghijkl"
        said = field.evaluate("field => field.validationMessage")
        assert said.startswith("These are 13 characters; the most is 10.")
        page.keyboard.press("Backspace")
        for _ in range(2):
            page.keyboard.press("Backspace")
        assert field.evaluate("field => field.validationMessage") == ""
        field.fill("ab\nd\nf\nh")
        said = field.evaluate("field => field.validationMessage")
        assert said.startswith("These are 11 characters"), "each line ends with two"
