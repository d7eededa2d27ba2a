"""The field for a day: typed as one writes it, or chosen in a calendar by keyboard; without scripts it is typed."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.contracts import factories
from tests.portal.browser import page_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_day_is_chosen_by_keyboard_and_says_so_as_pages_do(
    live_server: Any, settings: Any, set_clock: Any, administrator: Any, client: Client
) -> None:
    settings.DEBUG = True
    set_clock(dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC))
    client.force_login(administrator)
    mti = factories.load(factories.MTI_FILE)
    address = f"{live_server.url}/agreements/{mti.reference}/options/"
    with page_of(address, session=str(client.session.session_key)) as page:
        field = page.locator("[name=taken_on]")
        expect(field).to_have_value("5 Mar 2003")
        button = page.get_by_role("button", name="Calendar: From")
        calendar = page.get_by_role("dialog", name="Calendar: From")
        expect(button).to_be_visible()
        field.press("Alt+ArrowDown")
        expect(calendar).to_be_visible()
        for there, key in ((5, "ArrowRight"), (6, "ArrowDown"), (13, "Enter")):
            expect(
                calendar.get_by_role("button", name=f"{there} March", exact=True)
            ).to_be_focused()
            page.keyboard.press(key)
        expect(calendar).to_be_hidden()
        expect(field).to_have_value("13 Mar 2003")
        expect(field).to_be_focused()
        button.click()
        page.keyboard.press("Escape")
        expect(calendar).to_be_hidden()
        expect(field).to_be_focused()
        field.fill("17.2.2003")
        button.click()
