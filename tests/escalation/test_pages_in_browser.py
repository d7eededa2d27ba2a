"""The severity-1 pages in a real browser: accessible in both themes, narrow and wide, and alive."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import expect

from cases.case.models import Case
from portal.models import User
from tests.escalation.world import HOUR, MINUTE, T, World, make_reseller, make_world, swept
from tests.portal.browser import faults_of, page_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = T + 7 * HOUR + 40 * MINUTE


@pytest.fixture
def world(settings: Any, set_clock: Any) -> World:
    """A case neglected since the fourth hour, one beginning, and one that no timeline watches."""
    settings.DEBUG = True
    world = make_world()
    case = world.open_case()
    world.reply(case, T + 20 * MINUTE)
    for hour in range(1, 5):
        world.reply(case, T + hour * HOUR - 4 * MINUTE)
        swept(T + hour * HOUR)
    world.open_case(NOW - 20 * MINUTE, owner=None, title="Index server refuses connections")
    agreement, contact = make_reseller(
        world.version, world.agreement.provider, "Plainview", world.people, psam_option=False
    )
    plain = World(world.people, world.version, agreement, contact, world.product)
    plain.open_case(NOW - HOUR, owner=None, title="Client will not install")
    swept(NOW)
    set_clock(NOW)
    return world


def elsewhere(act: Callable[[], object]) -> None:
    """Act in a thread of its own, as another process would: the browser's driver holds this one."""

    def work() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()


def session_of(client: Any, user: User) -> str:
    client.force_login(user)
    return str(client.session.session_key)


def test_the_pages_are_accessible_and_fit(live_server: Any, client: Any, world: World) -> None:
    session = session_of(client, world.psam)
    case = Case.objects.order_by("pk").first()
    assert case is not None
    pages = [
        "/escalations/",
        f"/escalations/{case.pk}/",
        "/escalations/wall/",
        "/account-management/",
    ]
    assert faults_of(live_server.url, pages, session=session) == []


@pytest.mark.clause("ATSP Ex.C", "D-15")
def test_the_board_shows_an_update_by_itself_and_keeps_the_readers_place(
    live_server: Any, client: Any, world: World
) -> None:
    case = Case.objects.order_by("pk").first()
    assert case is not None
    with page_of(f"{live_server.url}/escalations/", session=session_of(client, world.cse)) as page:
        drawing = page.locator(f"#escalation-{case.pk} .track-drawing")
        expect(drawing.locator('use[data-standing="missed"]')).not_to_have_count(0)
        late = drawing.locator('use[data-standing="done_late"]')
        expect(late).to_have_count(0)
        page.locator(f"#escalation-{case.pk} h2 a").focus()

        elsewhere(lambda: world.reply(case, NOW))

        expect(late).to_have_count(3, timeout=15_000)
        expect(page.locator(f"#escalation-{case.pk} h2 a")).to_be_focused()
