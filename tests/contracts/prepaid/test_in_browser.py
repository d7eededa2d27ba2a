"""The Cases side in a real browser: accessible in both themes, narrow and wide, whole without scripts."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from contracts.agreements.models.agreements import Agreement
from contracts.prepaid.actions.extension import PurchaseOrder, ask_for_extension, offer_of
from portal.models import User
from tests.contracts import factories
from tests.contracts.prepaid.history import a_manager, live_through
from tests.portal.browser import faults, page_of

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)


@pytest.fixture
def manager(transactional_db: None) -> User:
    return a_manager()


@pytest.fixture
def mti(manager: User) -> Agreement:
    agreement = factories.load(factories.MTI_FILE)
    live_through(agreement, manager, AT)
    return agreement


@pytest.fixture
def nordlicht(manager: User) -> Agreement:
    """Its cases are used up, and an extension is asked for."""
    agreement = factories.load(factories.NORDLICHT_FILE)
    live = agreement.date_at(AT)
    factories.spend(agreement, "all")
    order = PurchaseOrder("PO-77", "Jan Petersen", live, total_of(agreement))
    ask_for_extension(agreement, order, by=manager, at=AT)
    return agreement


def total_of(agreement: Agreement) -> Decimal:
    offer = offer_of(agreement, AT)
    assert offer is not None
    return offer.total


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(AT)


def key_of(client: Client, user: User) -> str:
    client.force_login(user)
    return str(client.session.session_key)


def test_the_pages_are_accessible_and_fit(
    live_server: Any,
    client: Client,
    mti: Agreement,
    nordlicht: Agreement,
    manager: User,
) -> None:
    addresses = [
        f"/agreements/{mti.reference}/cases/",
        f"/agreements/{mti.reference}/cases/extension/",
        f"/agreements/{nordlicht.reference}/cases/",
        f"/agreements/{nordlicht.reference}/cases/extension/",
    ]
    found: list[str] = []
    start = live_server.url + addresses[0]
    with page_of(start, session=key_of(client, manager)) as page:
        for address in addresses:
            page.goto(live_server.url + address)
            for fold in page.locator("main details > summary").all():
                fold.click()
            found += faults(page, address)
    assert found == []


def test_without_scripts_a_refused_transfer_keeps_what_was_typed_and_then_goes_through(
    live_server: Any, client: Client, mti: Agreement, manager: User
) -> None:
    start = f"{live_server.url}/agreements/{mti.reference}/cases/"
    refused = "the server responded with a status of 409"
    key = key_of(client, manager)
    with page_of(start, session=key, scripts=False, unless=refused) as page:
        page.get_by_text("Transfer cases between pools").click()
        page.get_by_label("Cases*").fill("900")
        page.get_by_label("To the pool").select_option("emea")
        page.get_by_label("Reason").fill("A new team.")
        page.get_by_role("button", name="Transfer").click()
        expect(page.get_by_role("alert")).to_contain_text("cases left, not 900")
        expect(page.get_by_label("Reason")).to_have_value("A new team.")
        page.get_by_label("Cases*").fill("2")
        page.get_by_role("button", name="Transfer").click()
        expect(page.get_by_text("2 cases were transferred.")).to_be_visible()
