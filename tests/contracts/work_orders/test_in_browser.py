"""The pages of work orders in a real browser: accessible in both themes, narrow and wide, and whole when refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contracts.work_orders.models import WorkOrder
from tests.contracts.work_orders.world import AT, DAY, WorkWorld, make_work_world
from tests.portal.browser import faults_of, page_of, violations

pytestmark = pytest.mark.django_db(transaction=True)
NOW = AT + 3 * DAY


@pytest.fixture
def world(transactional_db: None) -> WorkWorld:
    return make_work_world()


@pytest.fixture
def session(world: WorkWorld, client: Any) -> Callable[[str], str]:
    def of(name: str) -> str:
        client.force_login(world.user(name))
        return str(client.session.session_key)

    return of


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


def lively(world: WorkWorld) -> dict[str, WorkOrder]:
    """An order under way with all that a bill may show, one to authorize, and a notice to answer."""
    world.set_rate()
    under_way = world.under_way(amount=Decimal(4000))
    world.log(under_way)
    world.log(under_way, day=2, days=Decimal("0.5"), text="Traced the write of the index header.")
    world.expense(under_way)
    notice = world.notified(hours=Decimal(6))
    world.log(notice, hours=2, by=world.manager)
    return {"under_way": under_way, "estimated": world.estimated(), "notice": notice}


def test_the_pages_are_accessible_and_fit(
    live_server: Any, world: WorkWorld, session: Callable[[str], str]
) -> None:
    orders = lively(world)
    tab = reverse("agreement_work", args=[world.agreement.reference])
    pages = {
        "administrative": [
            tab,
            orders["estimated"].get_absolute_url(),
            orders["notice"].get_absolute_url(),
        ],
        "engineer": [f"{orders['under_way'].get_absolute_url()}?act=log", "/work-orders/"],
        "keeper": [orders["under_way"].get_absolute_url()],
    }
    found: list[str] = []
    for who, addresses in pages.items():
        found += faults_of(live_server.url, addresses, session=session(who))
    assert found == []


def test_a_refused_authorization_points_at_the_mistake(
    live_server: Any, world: WorkWorld, session: Callable[[str], str]
) -> None:
    order = world.estimated()
    address = live_server.url + order.get_absolute_url()
    with page_of(address, session=session("administrative"), unless="409") as page:
        page.get_by_label("E-mail authorizing the fee").check()
        page.get_by_role("button", name="Authorize").click()
        expect(page.locator(".refusal")).to_be_focused()
        expect(page.locator(".refusal")).to_contain_text("Paste its words, or attach it.")
        expect(page.get_by_label("E-mail authorizing the fee")).to_be_checked()
        assert violations(page) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_line_of_the_bill_is_not_lost_by_one_press(
    live_server: Any, world: WorkWorld, session: Callable[[str], str], scripts: bool
) -> None:
    order = lively(world)["under_way"]
    address = live_server.url + order.get_absolute_url()
    with page_of(address, session=session("keeper"), scripts=scripts) as page:
        line = page.get_by_role("row", name="Traced the write of the index header.")
        line.get_by_text("Take back").first.click()
        expect(line).to_be_visible()
        assert order.logs.standing().count() == 2
        line.get_by_role("button", name="Yes, take it back").click()
        expect(page.get_by_text("the line is taken back; it stays in the record")).to_be_visible()
        assert order.logs.standing().count() == 1
