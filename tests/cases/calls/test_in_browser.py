"""The telephone in a real browser: from the ringing to the number of the case by keyboard, and without scripts."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from bench._telephone import Call, take
from cases.calls.actions import refuse_call
from cases.case.models import Case
from portal.models import JournalEntry
from tests.cases.world import NOW, World, make_world
from tests.portal.browser import faults, faults_of, page_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

CALL = Call(
    who="c4711",
    title="Server down",
    description="nsrd does not start.",
    product="NetW",
    release="6.1.3",
    end_user="Harbour Freight Lines",
    severity="1",
)


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make_world()
    made.open()
    return made


@pytest.fixture
def session(client: Client, world: World) -> str:
    client.force_login(world.dispatch)
    return str(client.session.session_key)


@pytest.mark.clause("ATSP 4.4", "ATSP 4.5", "ATSP 5.2.2")
def test_from_the_ringing_to_the_number_by_keyboard_alone(
    live_server: Any, world: World, session: str
) -> None:
    with page_of(f"{live_server.url}/telephone/", session=session) as page:
        case = Case.objects.get(pk=take(page, CALL))
        expect(page.get_by_text(f"Case {case.number} is open for Tess Ward.")).to_be_visible()
    assert (case.title, case.severity, case.channel, case.end_user, case.release) == (
        "Server down",
        1,
        "telephone",
        "Harbour Freight Lines",
        "6.1.3",
    )
    message = case.messages.get()
    assert (message.author, message.contact, message.written_by) == (
        "Tess Ward",
        world.technical,
        world.dispatch,
    )
    opened = JournalEntry.objects.about(case).get(verb="case.opened")
    assert (opened.by, opened.after["contact"]) == (world.dispatch, world.technical.pk)


def test_the_whole_report_fits_on_a_screen_and_marks_what_is_needed(
    live_server: Any, world: World, session: str
) -> None:
    address = f"{live_server.url}/telephone/?contact={world.technical.pk}"
    with page_of(address, session=session) as page:
        button = page.get_by_role("button", name="Open the case").bounding_box()
        assert button["y"] + button["height"] <= 900
        stars = page.locator(".asteriskField").evaluate_all(
            "stars => stars.map(star => star.parentElement.textContent.replace('*', '').trim())"
        )
        assert stars == [
            "The Problem in one line",
            "What happens",
            "Product",
            "The End-User has paid for Updates",
            "How severe it is",
        ]
        assert faults(page, "the report") == []


def test_callers_are_reached_by_arrows_while_one_types(
    live_server: Any, world: World, session: str
) -> None:
    with page_of(f"{live_server.url}/telephone/", session=session) as page:
        field = page.get_by_role("searchbox", name="Contact code, name, company")
        field.press_sequentially("meridan data")
        expect(page.get_by_role("heading", name="6 callers found")).to_be_visible()
        expect(page.locator("[data-callers-status]")).to_have_text("6 callers found")
        expect(page).to_have_url(
            re.compile(r"\?q=meridan%20data$")
        )  # the address has what was found
        assert faults(page, "callers") == []
        field.press("ArrowDown")
        doors = page.locator("[data-caller-open]")
        expect(doors.nth(0)).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(doors.nth(1)).to_be_focused()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        expect(field).to_be_focused()
        field.fill("nils")
        field.press("Enter")
        page.wait_for_url(f"**/telephone/refuse/?contact={world.waiting.pk}")
        page.get_by_role("button", name="Log the refused call").click()
        page.wait_for_url("**/telephone/")
        expect(page.get_by_text("The refused call of Nils Berg is logged.")).to_be_visible()


def test_without_scripts_the_form_finds_and_links_lead_on(
    live_server: Any, world: World, session: str
) -> None:
    start = f"{live_server.url}/telephone/"
    with page_of(start, session=session, scripts=False) as page:
        page.get_by_role("searchbox").first.fill("ward, tess")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("link", name="Take the case of Tess Ward").click()
        page.wait_for_url(f"**?contact={world.technical.pk}")


def test_the_pages_of_refused_calls_have_no_fault(
    live_server: Any, world: World, session: str
) -> None:
    refuse_call(by=world.dispatch, at=NOW, logged_at=NOW, contact=world.waiting)
    addresses = (
        "/telephone/?q=zzzz",
        "/telephone/refused/",
        f"/telephone/refuse/?contact={world.waiting.pk}",
    )
    assert faults_of(live_server.url, addresses, session=session) == []
