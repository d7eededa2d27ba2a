"""Two people at one case: each page shows what the other does, and nothing moves under one's hands."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from cases.case.models import Case
from cases.conversation.actions import add_information, note
from cases.handling.actions import take
from cases.information.actions import request_information
from portal.models import JournalEntry
from tests.cases.world import HOUR, MINUTE, NOW, World, make_world
from tests.portal.browser import page_of, violations

pytestmark = pytest.mark.django_db(transaction=True)

Sessions = Callable[[str], str]
WITHIN = 15_000
"""Milliseconds on a machine that is busy with other tests; what it takes by itself is measured by `bench.live`."""
HALF = "Please set the timeout to 600 and"


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def session(world: World) -> Sessions:
    """The session key of somebody of the world, each of their own browser."""

    def of(name: str) -> str:
        client = Client()
        client.force_login(world.user(name))
        return str(client.session.session_key)

    return of


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


def long_case(world: World) -> Case:
    case = world.reply(world.open(NOW - 3 * HOUR), NOW - 2 * HOUR)
    for n in range(30):
        note(case, by=world.engineer, at=NOW - HOUR + n * MINUTE, body=f"Entry {n}.")
    return case


def top(page: Page, selector: str) -> float:
    return float(page.locator(selector).evaluate("each => each.getBoundingClientRect().top"))


def test_two_engineers_on_one_case(live_server: Any, world: World, session: Sessions) -> None:
    case = long_case(world)
    address = f"{live_server.url}/cases/{case.pk}/"
    with (
        page_of(address, session=session("engineer")) as mine,
        page_of(address, session=session("colleague")) as theirs,
    ):
        expect(mine.locator("#presence")).to_contain_text("Colin Reyes is reading", timeout=WITHIN)
        expect(theirs.locator("#presence")).to_contain_text(
            "Carla Stone is reading", timeout=WITHIN
        )
        assert violations(mine) == []

        text = mine.locator("#id_reply-body")
        text.click()
        text.press_sequentially(HALF)
        text.evaluate("each => each.setSelectionRange(7, 10)")
        expect(theirs.locator("#presence")).to_contain_text("Carla Stone is answering")
        before = top(mine, "#id_reply-body")

        asks: list[str] = []
        mine.on(
            "request", lambda request: asks.append(request.url) if "/live/" in request.url else None
        )
        add_information(case, by=world.user("technical"), at=NOW, body="The trace is here.")
        expect(mine.get_by_text("The trace is here.")).to_be_attached(timeout=WITHIN)
        assert len(asks) <= 2, "the first question after it, or the one that was on its way"
        expect(theirs.get_by_text("The trace is here.")).to_be_attached(timeout=WITHIN)
        take(case, by=world.colleague, at=NOW)
        expect(mine.locator("#facts")).to_contain_text("Colin Reyes", timeout=WITHIN)

        expect(text).to_be_focused()
        expect(text).to_have_value(HALF)
        assert text.evaluate("each => [each.selectionStart, each.selectionEnd]") == [7, 10]
        assert top(mine, "#id_reply-body") == pytest.approx(before, abs=1)

        expect(known(mine)).to_have_value(str(last(case)))
        text.press("Control+Enter")
        expect(mine.get_by_text(f"Case {case.number}: the reply is sent")).to_be_visible()
        expect(theirs.get_by_text(HALF)).to_be_visible(timeout=WITHIN)
        expect(theirs.locator("#presence")).to_contain_text("Carla Stone is reading")


def known(page: Page) -> Locator:
    """How far the open form says that its writer has read."""
    return page.locator("form[data-act=reply] input[name=known]")


def last(case: Case) -> int:
    """The last entry of the case's journal."""
    return JournalEntry.objects.about(case).latest("pk").pk


def test_what_comes_out_of_sight_is_told_and_moves_nothing(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = long_case(world)
    address = f"{live_server.url}/cases/{case.pk}/"
    with page_of(address, session=session("engineer")) as page:
        expect(page.locator("#presence")).to_be_attached()
        page.mouse.wheel(0, 1500)
        page.wait_for_function("window.scrollY > 1000")
        line = page.locator("#conversation > li").nth(15)
        mark = f"#{line.get_attribute('id')}"
        before = top(page, mark)
        add_information(case, by=world.user("technical"), at=NOW, body="The trace is here.")
        told = page.locator(".came a")
        expect(told).to_have_text("1 new message", timeout=WITHIN)
        assert top(page, mark) == pytest.approx(before, abs=1)
        assert violations(page) == []
        expect(known(page)).not_to_have_value(str(last(case)))
        told.click()
        expect(page.get_by_text("The trace is here.")).to_be_in_viewport()
        expect(told).to_be_hidden()
        expect(known(page)).to_have_value(str(last(case)))


def test_a_contacts_page_shows_the_answer_and_nobody_of_the_provider(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = world.open(NOW - HOUR)
    address = f"{live_server.url}/cases/{case.pk}/"
    with (
        page_of(address, session=session("technical")) as theirs,
        page_of(address, session=session("engineer")) as mine,
    ):
        mine.locator("#id_reply-body").press_sequentially("On it")
        theirs.locator("#id_add-body").press_sequentially("Look")
        expect(mine.locator("#presence")).to_contain_text(f"{world.technical.name} is answering")
        note(case, by=world.engineer, at=NOW, body="The index header, I think.")
        world.reply(case, NOW, body="Set the timeout.")
        expect(theirs.get_by_text("Set the timeout.")).to_be_visible(timeout=WITHIN)
        expect(theirs.locator("#presence")).not_to_contain_text("Carla Stone")
        expect(theirs.locator("body")).not_to_contain_text("The index header, I think.")
        expect(theirs.locator("#case-lead")).to_contain_text("In progress")


def test_home_and_inbox_show_what_is_new_by_themselves(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = world.open(NOW - HOUR)
    key = session("technical")
    with (
        page_of(f"{live_server.url}/home/", session=key) as home,
        page_of(f"{live_server.url}/inbox/", session=key) as inbox,
    ):
        expect(home.locator("[data-live-status]")).to_have_text("Live")
        expect(inbox.locator("[data-live-status]")).to_have_text("Live")
        link = home.locator(".case-line-title")
        link.focus()
        request_information(case, by=world.engineer, at=NOW, missing=["the trace"])
        expect(home.get_by_text("Send the trace")).to_be_visible(timeout=WITHIN)
        expect(inbox.locator("#inbox-list")).to_contain_text("the trace", timeout=WITHIN)
        expect(home.locator("#home-lead")).to_contain_text("1 thing waits")
        expect(inbox.locator("#inbox-lead")).to_contain_text("unread")
        expect(home.locator("#bell-side .bell-count")).to_be_visible()
        expect(link).to_be_focused()
        assert violations(home) == []
