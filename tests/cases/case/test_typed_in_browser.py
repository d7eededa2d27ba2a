"""What somebody types on a case page, in a real browser: left half written, and sent after the session ended."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from cases.conversation.models import Message, MessageKind
from portal import drafts
from portal.models import Draft
from tests.cases.world import NOW, World, make_world
from tests.contracts.factories import PASSWORD
from tests.portal.browser import faults, page_of

pytestmark = pytest.mark.django_db(transaction=True)

Sessions = Callable[[str], str]
HALF = "The index header is torn; load"


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def session(world: World, client: Any) -> Sessions:
    """The key of a new session of somebody of the world."""

    def of(name: str) -> str:
        client.logout()
        user = world.user(name)
        user.set_password(PASSWORD)
        user.save()
        client.force_login(user)
        return str(client.session.session_key)

    return of


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


def test_half_a_reply_is_there_in_another_browser(
    live_server: Any, world: World, session: Sessions
) -> None:
    address = f"{live_server.url}/cases/{world.open().pk}/"
    with page_of(address, session=session("engineer")) as page:
        page.locator("[name=reply-body]").fill(HALF)
        expect(page.locator("form[data-act=reply] [data-draft-status]")).to_contain_text(
            "Draft saved"
        )
        page.goto(f"{live_server.url}/queue/")
    with page_of(address, session=session("engineer")) as page:
        expect(page.locator("[name=reply-body]")).to_have_value(HALF)
        expect(page.locator("form[data-act=reply]")).to_contain_text("did not send it")
        assert faults(page) == []
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
        expect(page.locator("[name=reply-body]")).to_have_value("")
        until_copies(page, 0)
    assert not Draft.objects.filter(form=drafts.FORM).exists()


def test_an_act_that_is_opened_in_place_is_saved_while_one_types(
    live_server: Any, world: World, session: Sessions
) -> None:
    address = f"{live_server.url}/cases/{world.open().pk}/"
    for typed in (False, True):
        with page_of(address, session=session("engineer")) as page:
            page.locator("#acts").get_by_role("link", name="Call", exact=True).click()
            body = page.locator("[name=call-body]")
            expect(body).to_have_value(HALF if typed else "")
            body.fill(HALF)
            if not typed:
                status = page.locator("form[data-act=call] [data-draft-status]")
                expect(status).to_contain_text("Draft saved")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reply_sent_after_the_session_ended_is_in_its_form_after_signing_in(
    live_server: Any, world: World, session: Sessions, scripts: bool
) -> None:
    case = world.open()
    address = f"{live_server.url}/cases/{case.pk}/?act=reply"
    key = session("engineer")
    with page_of(address, session=key, scripts=scripts, unless="status of 40") as page:
        Session.objects.all().delete()
        page.locator("[name=reply-body]").fill(HALF)
        page.get_by_role("button", name="Send the reply").click()
        kept = page.locator("[data-kept]")
        expect(kept).to_contain_text("nothing was sent yet")
        assert kept.evaluate("e => getComputedStyle(e).display") == "flex", "sign beside the words"
        if scripts:
            assert faults(page) == []
        for password in ("a wrong password", PASSWORD):
            page.get_by_label("E-mail address").fill(world.engineer.email)
            page.locator("[name=password]").fill(password)
            page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#messages")).to_contain_text("Nothing was sent")
        expect(page.locator("[name=reply-body]")).to_have_value(HALF)
        assert not Message.objects.filter(case=case, kind=MessageKind.REPLY).exists()
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
    assert Message.objects.filter(case=case, kind=MessageKind.REPLY).count() == 1


COPIES = "Object.keys(localStorage).filter((name) => name.includes('/reply/')).length"


def until_copies(page: Page, number: int) -> None:
    """Wait until the browser holds so many copies of replies: a moment after the answer it lets one go."""
    for _ in range(100):
        if page.evaluate(COPIES) == number:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.evaluate(COPIES)} copies instead of {number}")


def reply_form(page: Page) -> tuple[Locator, Locator, Locator]:
    """The reply's text, its status line, and the choice between two texts."""
    form = page.locator("[data-act=reply]")
    return (
        page.locator("[name=reply-body]"),
        form.locator("[data-draft-status]"),
        form.locator(".draft-elsewhere"),
    )


def test_two_tabs_of_one_reply_never_erase_each_other(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = world.open()
    address = f"{live_server.url}/cases/{case.pk}/"
    with page_of(address, session=session("engineer"), unless="409") as first:
        with first.context.expect_page():
            first.evaluate("window.open(location.href)")
        second = first.context.pages[-1]
        body, status, _ = reply_form(first)
        body.fill(HALF)
        expect(status).to_contain_text("Draft saved")
        body, status, choice = reply_form(second)
        body.fill("Run nsrck with level 6.")
        expect(choice).to_contain_text("You typed this elsewhere at")
        expect(choice).to_contain_text(HALF)
        assert Draft.objects.get().data["reply-body"] == HALF
        assert faults(second) == []
        choice.get_by_role("button", name="Keep both").click()
        expect(body).to_have_value(f"Run nsrck with level 6.\n\n{HALF}")
        expect(status).to_contain_text("Draft saved")

        body, status, choice = reply_form(first)
        body.fill("Another start")
        expect(choice).to_contain_text("Run nsrck")
        choice.get_by_role("button", name="Use that text").click()
        expect(body).to_have_value(f"Run nsrck with level 6.\n\n{HALF}")
        expect(status).to_contain_text("among your drafts")
        first.get_by_role("button", name="Send the reply").click()
        expect(first.locator("#messages")).to_contain_text("the reply is sent")
        first.goto(f"{live_server.url}/drafts/")
        expect(first.locator("main")).to_contain_text("Another start")
        expect(first.locator("main")).to_contain_text("Reply to the contact")
        assert faults(first) == []


def test_what_is_typed_without_a_connection_comes_to_the_server_when_it_is_back(
    live_server: Any, world: World, session: Sessions
) -> None:
    address = f"{live_server.url}/cases/{world.open().pk}/"
    away = ("net::ERR", "htmx:sendError")
    with page_of(address, session=session("engineer"), unless=away) as page:
        body, status, _ = reply_form(page)
        page.context.set_offline(True)
        body.fill(HALF)
        page.get_by_role("button", name="Send the reply").click()
        expect(status).to_contain_text("It was not sent. No connection.")
        expect(body).to_have_value(HALF)
        assert not Draft.objects.exists()
        page.context.set_offline(False)
        expect(status).to_contain_text("Draft saved")
        assert Draft.objects.get().data["reply-body"] == HALF

        # the tab crashes before it could save; the next page that is opened brings the text
        page.context.set_offline(True)
        body.fill(f"{HALF} it anew " + "x" * 80_000)
        until_copies(page, 1)
        other = page.context.new_page()
        page.close()
        other.context.set_offline(False)
        other.goto(f"{live_server.url}/inbox/")
        until_copies(other, 0)
        assert "it anew" in Draft.objects.get().data["reply-body"]


def test_the_copy_in_the_browser_stays_until_the_act_is_done(
    live_server: Any, world: World, session: Sessions
) -> None:
    address = f"{live_server.url}/cases/{world.open().pk}/"
    with page_of(address, session=session("engineer"), unless="502") as page:
        page.route("**/reply/", lambda route: route.fulfill(status=502, body="Bad gateway"))
        page.route("**/drafts/?*", lambda route: route.fulfill(status=502, body="Bad gateway"))
        body, _, _ = reply_form(page)
        body.fill(HALF)
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("body")).to_contain_text("Bad gateway")
        page.unroute_all()
        page.goto(address)
        body, status, _ = reply_form(page)
        expect(body).to_have_value(HALF)
        expect(status).to_contain_text("Draft saved")
        until_copies(page, 0)
        body.fill(f"{HALF} it")
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
        until_copies(page, 0)
        expect(reply_form(page)[0]).to_have_value("")


def test_who_types_while_signed_out_or_replaced_loses_nothing_and_shows_nothing(
    live_server: Any, world: World, session: Sessions, client: Any
) -> None:
    case = world.open()
    address = f"{live_server.url}/cases/{case.pk}/"
    with page_of(address, session=session("engineer"), unless="403") as page:
        body, status, _ = reply_form(page)
        Session.objects.all().delete()
        body.fill(HALF)
        expect(status).to_contain_text("You are signed out. What you type is still kept")
        draft = Draft.objects.get()
        assert (draft.user, draft.data["reply-body"]) == (world.engineer, HALF)
        other = session("colleague")
        page.context.add_cookies([{"name": "sessionid", "value": other, "url": live_server.url}])
        body.fill(f"{HALF} it")
        expect(status).to_contain_text("Somebody else has signed in here")
        page.goto(address)
        expect(reply_form(page)[0]).to_have_value("")
        mine = session("engineer")
        page.context.add_cookies([{"name": "sessionid", "value": mine, "url": live_server.url}])
        page.goto(address)
        body, status, _ = reply_form(page)
        expect(body).to_have_value(f"{HALF} it")


def test_a_session_lost_with_an_old_token_goes_on_by_itself(
    live_server: Any, world: World, session: Sessions
) -> None:
    address = f"{live_server.url}/cases/{world.open().pk}/"
    with page_of(address, session=session("engineer"), unless="403") as page:
        page.context.clear_cookies(name="csrftoken")
        body, status, _ = reply_form(page)
        body.fill(HALF)
        expect(status).to_contain_text("Draft saved")
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
