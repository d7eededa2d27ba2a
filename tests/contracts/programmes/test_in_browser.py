"""Programmes, the glossary and delegated coverage in a real browser: accessible in both themes, narrow and wide."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from contracts.agreements.models.agreements import Agreement
from portal.models import User
from tests.contracts.factories import load_back_line, programme_text
from tests.portal.browser import faults, page_of, violations

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2004, 7, 15, 17, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(AT)


def key_of(client: Client, user: User) -> str:
    client.force_login(user)
    return str(client.session.session_key)


def looked_at(page: Page, name: str) -> list[str]:
    """The faults of the page with every fold open."""
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => (fold.open = true))")
    return faults(page, name)


def offer(page: Page, text: str) -> None:
    """Put the text of a programme file in and have it checked. Typing so much would take the browser ten seconds."""
    field = page.get_by_label("Text of the file")
    if not field.is_visible():
        page.locator("form details > summary").click()
    field.evaluate("(field, text) => { field.value = text }", text)
    page.get_by_role("button", name="Check").click()


def test_the_pages_are_accessible_and_fit(
    live_server: Any,
    client: Client,
    mti: Agreement,
    administrator: User,
) -> None:
    back_line = load_back_line()
    found: list[str] = []
    start = f"{live_server.url}/programmes/"
    refused = "the server responded with a status of 409"
    key = key_of(client, administrator)
    with page_of(start, session=key, unless=refused) as page:
        found += looked_at(page, "programmes")
        page.goto(f"{live_server.url}/programmes/atsp-2002/1/")
        found += looked_at(page, "version")
        page.goto(f"{live_server.url}/programmes/publish/")
        offer(page, programme_text().replace('fee = "80000.00"', "fee = 80000"))
        expect(page.get_by_role("alert")).to_be_visible()
        found += looked_at(page, "mistakes")
        offer(page, programme_text().replace('fee = "80000.00"', 'fee = "85000.00"'))
        expect(page.get_by_text("85000.00").first).to_be_visible()
        found += looked_at(page, "comparison")
        page.goto(f"{live_server.url}/glossary/?q=support")
        found += looked_at(page, "glossary")
    start = f"{live_server.url}/agreements/{back_line.reference}/coverage/"
    key = key_of(client, User.objects.get(name="Lena Frost"))
    with page_of(start, session=key) as page:
        found += looked_at(page, "coverage")
    assert found == []


def test_a_term_tells_its_meaning_by_keyboard(
    live_server: Any, client: Client, mti: Agreement, administrator: User
) -> None:
    start = f"{live_server.url}/agreements/{mti.reference}/roster/"
    with page_of(start, session=key_of(client, administrator)) as page:
        chip = page.get_by_role("button", name="Administrative Contact", exact=True)
        chip.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("This is a non-technical role")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(
            f"{live_server.url}/glossary/?programme=atsp-2002#term-administrative-contact"
        )
