"""The inbox by keyboard, and how its pages look, in a real browser."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from cases.satisfaction import links
from cases.satisfaction.models import Survey
from portal.models import Notice
from tests.cases.satisfaction.test_satisfaction import closed
from tests.cases.world import DAY, MINUTE, NOW, World, make_world, swept
from tests.portal.browser import faults_of, page_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_the_inbox_is_worked_by_keyboard_and_its_pages_are_whole(
    live_server: Any, client: Client, transactional_db: None, settings: Any, set_clock: Any
) -> None:
    settings.DEBUG = True
    set_clock(NOW + DAY)
    world: World = make_world()
    for n in range(3):
        world.reply(
            world.open(NOW - n * MINUTE),
            NOW,
            body="Please run nsrck -L6, and send us what it says.",
        )
    closed(world)
    swept(NOW + DAY)
    user = world.user("technical")
    client.force_login(user)
    session = str(client.session.session_key)
    first, second = Notice.objects.visible_to(user).newest_first()[:2]
    with page_of(f"{live_server.url}/inbox/", session=session) as page:
        page.keyboard.press("j")
        page.keyboard.press("e")
        expect(page.locator(f"#notice-{first.pk}")).to_have_count(0)
        expect(page.locator(f"#notice-{second.pk} [data-keys-open]")).to_be_focused()
        page.keyboard.press("u")
        expect(page.locator(f"#notice-{second.pk}.inbox-unread")).to_have_count(0)
        expect(page.locator(f"#notice-{second.pk} [data-keys-open]")).to_be_focused()
    survey = Survey.objects.asked().get()
    addresses = [
        "/inbox/?by=time",
        "/inbox/?by=case",
        "/account/notices/",
        "/satisfaction/",
        f"{links.path_of(survey.pk)}?answer=fair",
    ]
    assert faults_of(live_server.url, addresses, session=session) == []
