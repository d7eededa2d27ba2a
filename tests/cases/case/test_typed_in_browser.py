"""What somebody types on a case page, in a real browser: left half written, and sent after the session ended."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

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
        expect(page.locator("[data-act=reply] [data-draft-status]")).to_contain_text("Draft saved")
        page.goto(f"{live_server.url}/queue/")
    with page_of(address, session=session("engineer")) as page:
        expect(page.locator("[name=reply-body]")).to_have_value(HALF)
        expect(page.locator("[data-act=reply]")).to_contain_text("did not send it")
        assert faults(page) == []
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
        expect(page.locator("[name=reply-body]")).to_have_value("")
        assert page.evaluate("Object.keys(localStorage).filter((k) => k.includes('reply'))") == []
    assert not Draft.objects.filter(form=drafts.FORM).exists()


def test_an_act_that_is_opened_in_place_is_saved_while_one_types(
    live_server: Any, world: World, session: Sessions
) -> None:
    address = f"{live_server.url}/cases/{world.open().pk}/"
    for typed in (False, True):
        with page_of(address, session=session("engineer")) as page:
            page.locator("#acts summary", has_text="Log a call").click()
            body = page.locator("[name=call-body]")
            expect(body).to_have_value(HALF if typed else "")
            body.fill(HALF)
            if not typed:
                status = page.locator("[data-act=call] [data-draft-status]")
                expect(status).to_contain_text("Draft saved")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reply_sent_after_the_session_ended_is_in_its_form_after_signing_in(
    live_server: Any, world: World, session: Sessions, scripts: bool
) -> None:
    case = world.open()
    address = f"{live_server.url}/cases/{case.pk}/?act=reply"
    key = session("engineer")
    with page_of(address, session=key, scripts=scripts, unless="401") as page:
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
