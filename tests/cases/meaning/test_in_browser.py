"""What is like a case, in a real browser: asked for once its place comes into sight, whole without scripts."""

from typing import Any

import pytest
from playwright.sync_api import expect

from cases.meaning.models import CaseMeaning
from tests.cases.meaning.test_learning import DRIVE, SAME
from tests.cases.world import HOUR, NOW, World, make_world
from tests.portal.browser import faults_of, page_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def test_a_case_page_fetches_what_is_like_it_when_it_is_looked_at(
    live_server: Any, world: World, client: Any, settings: Any, set_clock: Any
) -> None:
    settings.DEBUG = True
    set_clock(NOW)
    drive, same = world.open(NOW - HOUR, **DRIVE), world.open(NOW - HOUR, **SAME)
    known = world.article()
    CaseMeaning.objects.create(
        case=drive, digest="0" * 32, vector=b"", cases=[same.pk], articles=[known.pk]
    )
    client.force_login(world.engineer)
    session = str(client.session.session_key)
    address = f"/cases/{drive.pk}/"
    with page_of(live_server.url + address, session=session) as page:
        page.locator("#like").scroll_into_view_if_needed()
        expect(page.locator("#like")).to_contain_text(same.number)
        page.locator("#like summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#like")).to_contain_text(known.fix)
    with page_of(live_server.url + address, session=session, scripts=False) as page:
        page.get_by_role("link", name="Show what is like this case").click()
        expect(page.locator("main")).to_contain_text(same.number)
    assert faults_of(live_server.url, [f"{address}like/"], session=session) == []
