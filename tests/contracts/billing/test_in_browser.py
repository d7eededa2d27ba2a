"""The pages of money in a real browser: accessible in both themes, narrow and wide, and whole without scripts."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from contracts.billing.actions.disputes import answer_dispute, raise_dispute
from contracts.billing.actions.payments import record_payment
from contracts.billing.models.charges import ChargeKind
from tests.contracts.billing.world import AT, DAY, MoneyWorld
from tests.portal.browser import faults_of, page_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = AT + 40 * DAY


@pytest.fixture
def world(transactional_db: None, settings: Any, set_clock: Any) -> MoneyWorld:
    """An account with everything on it that a page may show."""
    settings.DEBUG = True
    set_clock(NOW)
    made = MoneyWorld()
    first = made.invoice()
    record_payment(
        first,
        amount=Decimal(80_000),
        dated_on=dt.date(2002, 10, 1),
        reference="Wire 88",
        by=made.keeper,
        at=AT + 27 * DAY,
    )
    made.invoice(made.charge("-500.00", ChargeKind.CREDIT))
    made.charge("5000.00")
    dispute = raise_dispute(first, reason="One PSAM.", by=made.payer, at=AT + 28 * DAY)
    answer_dispute(dispute, body="Page 1 has two.", by=made.keeper, at=AT + 29 * DAY)
    return made


def test_the_pages_are_accessible_and_fit(live_server: Any, client: Any, world: MoneyWorld) -> None:
    agreement = f"/agreements/{world.agreement.reference}"
    sum_of = "option=psam-2&quantity=2&taken_on=2003-02-01"
    own = [f"{agreement}/money/", f"{agreement}/invoices/1/", f"{agreement}/options/?{sum_of}"]
    line = world.agreement.charges.to_bill().get(amount=5000)
    pages = {
        world.keeper: [
            *own,
            f"{agreement}/money/lines/{line.pk}/take-back/",
            "/invoices/",
            "/programmes/atsp-2002/1/fees/",
        ],
        world.payer: own[:2],
    }
    found: list[str] = []
    for user, addresses in pages.items():
        client.force_login(user)
        found += faults_of(live_server.url, addresses, session=str(client.session.session_key))
    assert found == []


@pytest.mark.clause("ATSP page 1", "D-2")
def test_an_option_is_taken_without_scripts_after_its_sum_was_shown(
    live_server: Any, client: Any, world: MoneyWorld
) -> None:
    client.force_login(world.keeper)
    address = f"{live_server.url}/agreements/{world.agreement.reference}/options/"
    key = str(client.session.session_key)
    with page_of(address, session=key, scripts=False) as page:
        page.get_by_label("How many").fill("2")
        page.get_by_label("From").fill("2003-01-15")
        page.get_by_role("button", name="Show the sum").click()
        expect(page.locator(".quote")).to_contain_text("US$28,479.45")
        page.get_by_label("Asked for by").fill("Ada Lindt")
        page.get_by_role("button", name="Take the option").click()
        expect(page.get_by_role("table", name="Options taken")).to_contain_text("15 Jan 2003")
    assert world.agreement.options.count() == 2
