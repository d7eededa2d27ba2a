"""The search field that chooses one of many, in a real browser: by keyboard, and without scripts."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from cases.information.actions import request_information
from contracts.parties.models.parties import Organisation
from tests.cases.queue.test_lookups import many
from tests.cases.world import HOUR, MINUTE, NOW, World, make_world
from tests.portal.browser import faults, page_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make_world()
    many(2)
    made.open()
    return made


def key_of(client: Client, world: World) -> str:
    client.force_login(world.engineer)
    return str(client.session.session_key)


def test_a_reseller_is_chosen_by_keyboard(live_server: Any, client: Client, world: World) -> None:
    start = f"{live_server.url}/queue/"
    with page_of(start, session=key_of(client, world)) as page:
        field = page.get_by_role("combobox", name="Reseller")
        field.press_sequentially("harb")
        expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
        assert faults(page, "matches offered") == []
        field.press("ArrowDown")
        field.press("ArrowDown")
        field.press("Enter")
        chosen = Organisation.objects.get(name="Harbour 01")
        page.wait_for_url(f"**reseller={chosen.pk}**")
        expect(page.get_by_role("combobox", name="Reseller")).to_have_value("Harbour 01")
        expect(page.get_by_text("No open case fits these filters.")).to_be_visible()


def test_a_look_up_without_a_match_says_so_to_eye_and_ear(
    live_server: Any, client: Client, world: World
) -> None:
    with page_of(f"{live_server.url}/queue/", session=key_of(client, world)) as page:
        field = page.get_by_role("combobox", name="Reseller")
        field.press_sequentially("zzz")
        said = page.locator(".lookup", has=field).get_by_role("status")
        expect(said).to_have_text("No match")
        assert said.bounding_box()["height"] > 20, "to the eye too"
        assert faults(page, "nothing matches") == []
        field.press("Escape")
        expect(said).to_have_class("visually-hidden")


def test_without_scripts_one_of_several_is_chosen_by_a_button(
    live_server: Any, client: Client, world: World
) -> None:
    start = f"{live_server.url}/queue/"
    with page_of(start, session=key_of(client, world), scripts=False) as page:
        page.get_by_label("Reseller").fill("harbour")
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text("Several resellers match “harbour”: choose one.")).to_be_visible()
        page.get_by_role("button", name="Harbour 01").click()
        expect(page.get_by_label("Reseller")).to_have_value("Harbour 01")


def test_taking_a_case_by_key_keeps_the_place_in_the_list(
    live_server: Any, client: Client, world: World
) -> None:
    for n in range(24):
        world.open(NOW + n * MINUTE)
    start = f"{live_server.url}/queue/"
    with page_of(start, session=key_of(client, world)) as page:
        page.set_viewport_size({"width": 1440, "height": 500})
        order = [row.get_attribute("id") for row in page.locator("tr[data-keys-row]").all()]
        for _ in range(18):
            page.keyboard.press("j")
        expect(page.locator(f"#{order[17]} [data-keys-open]")).to_be_focused()
        before = page.evaluate("scrollY")
        assert before > 0
        page.keyboard.press("a")
        expect(page.get_by_text("it is yours")).to_be_visible()
        expect(page.locator(f"#{order[17]} [data-keys-open]")).to_be_focused()
        assert page.locator(f"#{order[17]}").bounding_box()["y"] > 0
        assert page.evaluate("scrollY") > 0
        page.keyboard.press("j")
        expect(page.locator(f"#{order[18]} [data-keys-open]")).to_be_focused()


def test_where_the_taken_case_leaves_the_list_the_next_one_has_the_focus(
    live_server: Any, client: Client, world: World
) -> None:
    later = [world.open(NOW + n * MINUTE) for n in range(1, 4)]
    start = f"{live_server.url}/queue/?unassigned=1"
    with page_of(start, session=key_of(client, world)) as page:
        for _ in range(2):
            page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.get_by_text("it is yours")).to_be_visible()
        expect(page.locator(f"#case-{later[0].pk}")).to_have_count(0)
        expect(page.locator(f"#case-{later[1].pk} [data-keys-open]")).to_be_focused()


def test_a_row_with_its_information_clock_looks_right(
    live_server: Any, client: Client, world: World
) -> None:
    case = world.open(NOW - HOUR)
    request_information(case, by=world.engineer, at=NOW, missing=["the trace"])
    with page_of(f"{live_server.url}/queue/?severity=2", session=key_of(client, world)) as page:
        row = page.locator(f"#case-{case.pk}")
        expect(row.get_by_text("Information from the contact")).to_be_visible()
        assert faults(page, "queue with two clocks in a row") == []


def test_cases_are_selected_changed_together_and_the_place_is_found_again(
    live_server: Any, client: Client, world: World
) -> None:
    cases = [world.open(NOW + n * MINUTE, severity=3) for n in range(1, 5)]
    start = f"{live_server.url}/queue/?severity=3"
    with page_of(start, session=key_of(client, world)) as page:
        bar = page.get_by_role("form", name="Selected cases")
        expect(bar).to_be_hidden()
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Shift+X")
        expect(bar.get_by_role("status").first).to_have_text("3 selected")
        assert faults(page, "three cases selected") == []
        page.keyboard.press("Enter")
        expect(page.get_by_role("navigation", name="The list")).to_contain_text("3 of 4")
        page.keyboard.press("j")
        page.wait_for_url(f"**/cases/{cases[3].pk}/")
        expect(page.get_by_role("navigation", name="The list")).to_contain_text("4 of 4")
        page.keyboard.press("u")
        page.wait_for_url("**/queue/?severity=3")
        expect(bar.get_by_role("status").first).to_have_text("3 selected")
        expect(page.locator(f"#case-{cases[2].pk} [data-keys-open]")).to_be_focused()
        page.keyboard.press("a")
        expect(page.get_by_text("3 cases are yours now.")).to_be_visible()
        page.keyboard.press("z")
        expect(page.get_by_text("Taken back on 3 cases.")).to_be_visible()
