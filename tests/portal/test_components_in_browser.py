"""The components in a real browser: accessible in both themes, narrow and wide, and alive."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.roles import Role
from portal.ui import words
from tests.portal import page_urls
from tests.portal.browser import faults_of, page_of

pytestmark = [
    pytest.mark.urls("tests.portal.page_urls"),
    pytest.mark.django_db(transaction=True),
]

NOW = dt.datetime(2003, 3, 5, 22, 18, tzinfo=dt.UTC)


@pytest.fixture
def session(client: Any, make_user: Any) -> str:
    """The session key of a signed-in engineer."""
    client.force_login(make_user("Maria Delgado", Role.CSE))
    return str(client.session.session_key)


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


def test_the_components_are_accessible_and_fit(live_server: Any, session: str) -> None:
    assert faults_of(live_server.url, ["/gallery/"], session=session) == []


def test_the_sign_in_page_is_accessible(live_server: Any) -> None:
    assert faults_of(live_server.url, ["/account/login/"]) == []


def test_the_page_counts_in_the_same_words_as_the_server(live_server: Any, session: str) -> None:
    seconds = [
        *range(-200, 200, 7),
        *range(-7200, 7200, 601),
        0,
        86399,
        86400,
        90000,
        1209600,
        -5e6,
    ]
    with page_of(f"{live_server.url}/gallery/", session=session) as page:
        said = page.evaluate(
            """async (all) => {
                const clocks = await import("/static/portal/clocks.js");
                const now = Date.parse("2003-03-05T22:18:00Z");
                return all.map((s) => [clocks.until(now + s * 1000, now), clocks.fromNow(now + s * 1000, now)]);
            }""",
            seconds,
        )
    for second, pair in zip(seconds, said, strict=True):
        instant = NOW + dt.timedelta(seconds=second)
        assert pair == [words.until(instant, NOW), words.from_now(instant, NOW)], second


def test_a_clock_runs_at_the_portals_speed(live_server: Any, session: str, set_clock: Any) -> None:
    set_clock(NOW, speed=300)
    with page_of(f"{live_server.url}/gallery/", session=session) as page:
        running = page.locator("#clocks [data-clock]").first
        expect(running).to_have_attribute("data-tone", "soon")
        expect(running).to_have_attribute("data-tone", "overdue", timeout=30_000)
        expect(running.locator("[data-clock-words]")).to_contain_text("overdue by")
        assert "#alert-triangle" in str(running.locator("use").first.get_attribute("href"))
        expect(page.get_by_text("Drill clock ×300")).to_be_visible()


def test_a_part_refreshes_without_losing_focus_ticks_or_what_is_open(
    live_server: Any, session: str
) -> None:
    with page_of(f"{live_server.url}/live/", session=session) as page:
        page.locator("#tick-2").check()
        page.locator("#more-3 summary").click()
        page.locator("#link-2").focus()
        before = shown_turn(page)
        page.wait_for_function(
            "before => !document.querySelector('#more-3').textContent.endsWith(`turn ${before}`)",
            arg=before,
        )
        assert shown_turn(page) > before
        expect(page.locator("#link-2")).to_be_focused()
        expect(page.locator("#tick-2")).to_be_checked()
        expect(page.locator("#tick-1")).not_to_be_checked()
        assert page.locator("#more-3").get_attribute("open") is not None
        expect(page.locator("[data-live-status]")).to_have_text("Live")


def shown_turn(page: Page) -> int:
    """Which turn of the part the page shows."""
    found = re.search(r"turn (\d+)", str(page.locator("#more-3").text_content()))
    assert found
    return int(found[1])


def test_a_list_is_worked_by_keyboard(live_server: Any, session: str) -> None:
    with page_of(f"{live_server.url}/live/", session=session) as page:
        for key, focused in [("j", "link-1"), ("j", "link-2"), ("k", "link-1"), ("k", "link-1")]:
            page.keyboard.press(key)
            expect(page.locator(f"#{focused}")).to_be_focused()
        page.keyboard.press("/")
        expect(page.locator("[data-keys-search]")).to_be_focused()
        page.keyboard.type("j?")
        expect(page.locator("[data-keys-search]")).to_have_value("j?")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("Next line")


def test_g_and_a_letter_lead_to_a_page(live_server: Any, client: Any, make_user: Any) -> None:
    client.force_login(make_user("Carla Stone", Role.CSE))
    key = str(client.session.session_key)
    with page_of(f"{live_server.url}/drafts/", session=key) as page:
        for keys, address in [
            ("gq", "/queue/"),
            ("gi", "/inbox/"),
            ("gc", "/cases/"),
            ("gh", "/queue/"),
        ]:
            for each in keys:
                page.keyboard.press(each)
            expect(page).to_have_url(re.compile(f"{address}$"))
        page.keyboard.press("g")
        page.keyboard.press("j")  # no page: the chord is over
        page.keyboard.press("i")
        page.keyboard.press("?")
        told = page.get_by_role("dialog")
        expect(told).to_contain_text("g q")
        expect(told).to_contain_text("Go to Queue")
        page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile("/queue/$"))
        page.locator("[data-keys-search]").fill("")
        page.locator("[data-keys-search]").press_sequentially("gi")
        expect(page.locator("[data-keys-search]")).to_have_value("gi")


def test_what_is_typed_is_saved_and_survives_a_lost_connection(
    live_server: Any, session: str
) -> None:
    page_urls.drafts.clear()
    with page_of(f"{live_server.url}/form/", session=session, unless="status of 503") as page:
        page.fill("[name=problem]", "The index stops.")
        expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved", timeout=8000)
        assert page_urls.drafts[-1]["problem"] == "The index stops."
        page.route("**/form/draft/", lambda route: route.fulfill(status=503))
        page.fill("[name=problem]", "The index stops at tape 4.")
        page.fill("[name=secret]", "hidden")
        page.check("[name=paid]")
        expect(page.locator("[data-draft-status]")).to_contain_text("Not saved yet", timeout=8000)
        page.reload()
        expect(page.locator("[name=problem]")).to_have_value("The index stops at tape 4.")
        expect(page.locator("[name=paid]")).to_be_checked()
        expect(page.locator("[name=secret]")).to_have_value("")
        expect(page.locator("[data-draft-status]")).to_contain_text("Put back what you typed")
        page.unroute("**/form/draft/")
        expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved", timeout=15_000)
        assert page_urls.drafts[-1]["problem"] == "The index stops at tape 4."
        assert "secret" not in page_urls.drafts[-1]


def test_the_choice_of_theme_is_kept(live_server: Any, session: str) -> None:
    with page_of(f"{live_server.url}/gallery/", session=session) as page:
        page.locator(".account-button").click()
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
