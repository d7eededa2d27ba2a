"""Mentioning somebody, and taking a canned answer, in the composer of a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cases.canned.actions import keep
from cases.conversation.actions import note
from cases.mentions.models import Mention
from tests.cases.world import HOUR, NOW, World, make_world
from tests.portal.browser import faults_of, page_of, violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def session(world: World, client: Any) -> Callable[[str], str]:
    def of(name: str) -> str:
        client.force_login(world.user(name))
        return str(client.session.session_key)

    return of


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


def test_a_name_is_completed_by_keyboard_and_told(
    live_server: Any, world: World, session: Callable[[str], str]
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    address = f"{live_server.url}/cases/{case.pk}/?act=note#acts"
    with page_of(address, session=session("engineer")) as page:
        body = page.locator("[data-panel=note] textarea")
        offers = page.get_by_role("listbox", name="People").get_by_role("option")
        body.press_sequentially("Ask @")
        expect(offers).to_have_count(6)
        assert violations(page) == []
        body.press_sequentially("c")
        expect(offers).to_have_count(3)
        body.press("ArrowDown")
        expect(offers.nth(1)).to_have_attribute("aria-selected", "true")
        expect(body).to_have_attribute(
            "aria-activedescendant", f"{body.get_attribute('id')}-completions-1"
        )
        body.press("Enter")
        expect(body).to_have_value("Ask @Colin Reyes ")
        expect(offers).to_have_count(0)
        body.press_sequentially("@zz")
        body.press("Control+Enter")
        expect(page.locator(".mention")).to_have_text("@Colin Reyes")
    assert Mention.objects.get().user == world.colleague


def test_a_name_is_completed_by_hand_on_a_phone_and_escape_leaves_the_text(
    live_server: Any, world: World, session: Callable[[str], str]
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    address = f"{live_server.url}/cases/{case.pk}/"
    with page_of(address, session=session("technical"), width=390) as page:
        body = page.locator("[data-panel=add] textarea")
        body.press_sequentially("@car")
        page.get_by_role("option", name="Carla Stone").click()
        expect(body).to_have_value("@Carla Stone ")
        body.press_sequentially("and @al")
        expect(page.get_by_role("option")).to_have_count(1)
        body.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
        expect(body).to_have_value("@Carla Stone and @al")
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_an_answer_is_taken_by_a_slash_or_the_button_and_changed_before_it_is_sent(
    live_server: Any, world: World, session: Callable[[str], str]
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    for title, text in (("Greeting", "Dear {contact},"), ("Signature", "Regards, {me}")):
        keep(None, title=title, body=text, shared=True, by=world.colleague, at=NOW)
    address = f"{live_server.url}/cases/{case.pk}/"
    with page_of(address, session=session("engineer")) as page:
        body = page.locator("[data-panel=reply] textarea")
        body.press_sequentially("/gree")
        expect(page.locator("[role=option]:visible")).to_have_count(1)
        body.press("Enter")
        expect(body).to_have_value("Dear Tess Ward,")
        body.press_sequentially(" hello.")
        page.get_by_role("button", name="Canned answers").click()
        expect(
            page.get_by_role("listbox", name="Canned answers").get_by_role("option")
        ).to_have_count(2)
        assert violations(page) == []
        body.press("Escape")
        expect(body).to_have_value("Dear Tess Ward, hello.")
        page.get_by_role("button", name="Canned answers").click()
        page.locator("[role=option]", has_text="Signature").click()
        expect(body).to_have_value("Dear Tess Ward, hello.\nRegards, Carla Stone")
        body.press_sequentially("\n/nsr/logs")
        expect(page.locator("[role=option]:visible")).to_have_count(0)


def test_the_pages_of_answers_are_accessible_and_fit(
    live_server: Any, world: World, session: Callable[[str], str]
) -> None:
    case = world.open()
    one = keep(
        None, title="Greeting", body="Dear {contact}", shared=True, by=world.engineer, at=NOW
    )
    pages = ["/answers/", f"/answers/{one.pk}/", f"/cases/{case.pk}/answers/?act=reply"]
    assert faults_of(live_server.url, pages, session=session("engineer")) == []


def test_on_paper_a_log_stands_in_full_and_once(
    live_server: Any, world: World, session: Callable[[str], str]
) -> None:
    case = world.open()
    log = "\n".join(f"03/05/03 10:{n % 60:02d}:11 nsrd[{n}]: media notice" for n in range(200))
    note(case, by=world.engineer, at=NOW, body=log)
    with page_of(
        f"{live_server.url}/cases/{case.pk}/?print=1", session=session("engineer")
    ) as page:
        page.emulate_media(media="print")
        whole = "block => block.clientHeight > 2000 && block.clientHeight >= block.scrollHeight"
        assert page.locator("pre.said-block").evaluate(whole)
        expect(page.locator(".said-fold > summary code")).to_be_hidden()
        expect(page.locator(".composer")).to_have_count(0)
