"""The pages of cases in a real browser: accessible in both themes, narrow and wide, live, and whole without scripts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from cases.case.models import Case
from cases.conversation.actions import note
from cases.handling.actions import assign
from cases.information.actions import request_information
from cases.resolution.actions.closing import give_relief
from cases.severity.actions import propose_severity
from portal.models import Draft
from tests.cases.world import HOUR, MINUTE, NOW, World, again, make_world
from tests.portal.browser import faults_of, page_of, violations

pytestmark = pytest.mark.django_db(transaction=True)

Sessions = Callable[[str], str]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def session(world: World, client: Any) -> Sessions:
    """The session key of somebody of the world."""

    def of(name: str) -> str:
        client.force_login(world.user(name))
        return str(client.session.session_key)

    return of


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


def lively(world: World) -> Case:
    """A case with everything on it that a page may show, and some others."""
    case = world.reply(world.open(NOW - 2 * HOUR), NOW - HOUR)
    note(case, by=world.engineer, at=NOW - HOUR, body="The index header, I think.")
    request_information(case, by=world.engineer, at=NOW - HOUR, missing=["the trace"])
    propose_severity(
        case, by=world.engineer, at=NOW - MINUTE, to=3, reason="The impact is moderate."
    )
    world.open(NOW - 3 * HOUR, severity=1)
    world.open(NOW - 26 * HOUR, contact=world.foreign)
    give_relief(world.open(), by=world.colleague, at=NOW, body="Set the timeout.")
    return again(case)


def fill(page: Page, world: World, **changes: Any) -> None:
    """Fill in the form that opens a case."""
    for name, value in world.typed(severity=3, **changes).items():
        field = page.locator(f"main form [name={name}]")
        if name in ("severity", "replication"):
            page.locator(f"main form [name={name}][value='{value}']").check()
        elif name == "product":
            field.select_option(str(value))
        elif name in ("updates_paid", "answer_in_writing"):
            field.check()
        elif value or field.is_visible():
            field.fill(str(value))


def test_the_pages_are_accessible_and_fit(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = lively(world)
    draft = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"
    world.article()
    pages = {
        "technical": [
            "/home/",
            f"/cases/new/?draft={draft}",
            f"/cases/{case.pk}/",
            "/cases/",
            "/inbox/",
        ],
        "engineer": [
            "/queue/",
            f"/cases/{case.pk}/",
            f"/cases/{case.pk}/?act=downgrade",
            "/cases/",
        ],
        "dispatch": ["/telephone/?q=meridian", f"/telephone/?contact={world.technical.pk}"],
        "administrative": ["/home/", f"/cases/{case.pk}/"],
    }
    found: list[str] = []
    for who, addresses in pages.items():
        found += faults_of(live_server.url, addresses, session=session(who))
    assert found == []


def test_a_refused_form_is_accessible_and_points_at_the_mistake(
    live_server: Any, world: World, session: Sessions
) -> None:
    world.spend("us")
    address = f"{live_server.url}/cases/new/"
    with page_of(address, session=session("technical"), unless="409") as page:
        fill(page, world)
        page.get_by_role("button", name="Open the case").click()
        expect(page.locator(".refusal")).to_be_focused()
        expect(page.locator(".refusal")).to_contain_text("ATSP 9.1")
        expect(page.locator("[name=title]")).to_have_value("Index corrupt after the upgrade")
        assert violations(page) == []


def test_typing_is_saved_as_one_draft_and_restored(
    live_server: Any, world: World, session: Sessions
) -> None:
    with page_of(f"{live_server.url}/cases/new/", session=session("technical")) as page:
        page.locator("[name=title]").fill("Index corrupt")
        expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved 10:00")
        page.locator("[name=description]").fill("Every scan ends in a core dump.")
        page.locator("[name=severity][value='2']").check()
        page.wait_for_timeout(2600)
        page.reload()
        expect(page.locator("[name=description]")).to_have_value("Every scan ends in a core dump.")
        expect(page.locator("[name=severity][value='2']")).to_be_checked()
        expect(page.locator("[data-step-link=step-severity]")).to_have_attribute(
            "data-answered", ""
        )
        expect(page.locator("[data-step-link=step-where]")).not_to_have_attribute(
            "data-answered", ""
        )
        page.goto(f"{live_server.url}/home/")
        page.get_by_role("link", name="Index corrupt").click()
        expect(page.locator("[name=title]")).to_have_value("Index corrupt")
    assert Draft.objects.get().title == "Index corrupt"


def test_the_browser_restores_text_that_never_reached_the_server(
    live_server: Any, world: World, session: Sessions
) -> None:
    with page_of(
        f"{live_server.url}/cases/new/", session=session("technical"), unless="ERR_FAILED"
    ) as page:
        page.route("**/drafts/?for=**", lambda route: route.abort())
        page.locator("[name=title]").fill("Typed on a train")
        expect(page.locator("[data-draft-status]")).to_contain_text("Not saved yet")
        page.goto(f"{live_server.url}/cases/new/")
        page.unroute("**/drafts/?for=**")
        page.get_by_role("link", name="Typed on a train").click()
        expect(page.locator("[name=title]")).to_have_value("Typed on a train")
        expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved")
    assert Draft.objects.get().title == "Typed on a train"


@pytest.mark.clause("D-12", "ATSP 2.3")
def test_a_fix_offered_while_typing_solves_it_without_spending_a_case(
    live_server: Any, world: World, session: Sessions
) -> None:
    article = world.article()
    with page_of(f"{live_server.url}/cases/new/", session=session("technical")) as page:
        page.locator("[name=title]").press_sequentially("scan dumps core", delay=10)
        offered = page.locator("#matching")
        expect(offered).to_contain_text(article.title)
        offered.locator("summary").click()
        expect(offered).to_contain_text("Run nsrck with level 6")
        offered.get_by_role("button", name="This solves it").click()
        expect(page.locator("#messages")).to_contain_text(f"{article.number} solved it")
        page.wait_for_timeout(2500)
    assert not Draft.objects.exists()
    assert not Case.objects.exists()


def test_text_typed_in_one_act_is_there_after_looking_at_another(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = world.open()
    with page_of(f"{live_server.url}/cases/{case.pk}/", session=session("engineer")) as page:
        page.locator("[name=reply-body]").fill("Half an answer")
        page.locator("#acts").get_by_role("link", name="Call", exact=True).click()
        expect(page.locator("[name=call-body]")).to_be_visible()
        expect(page.locator("[name=reply-body]")).not_to_be_visible()
        page.locator("#acts").get_by_role("link", name="Reply", exact=True).click()
        expect(page.locator("[name=reply-body]")).to_have_value("Half an answer")
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
    assert again(case).responded_at is not None


def test_the_queue_is_worked_by_keyboard_and_refreshes_without_losing_the_place(
    live_server: Any, world: World, session: Sessions
) -> None:
    first, second = world.open(NOW - 30 * MINUTE), world.open(NOW - 20 * MINUTE)
    with page_of(f"{live_server.url}/queue/", session=session("engineer")) as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        focused = page.locator(f"#open-{second.pk}")
        expect(focused).to_be_focused()

        assign(first, to=world.colleague, by=world.dispatch, at=NOW)
        newer = world.open(NOW - 40 * MINUTE, title="Arrived meanwhile")
        expect(page.locator(f"#case-{newer.pk}")).to_be_visible(timeout=12_000)
        expect(page.locator(f"#case-{first.pk}")).to_contain_text("Colin Reyes")
        expect(focused).to_be_focused()

        page.keyboard.press("a")
        expect(page.locator("#messages")).to_contain_text(f"Case {second.number}: it is yours")
        page.keyboard.press("/")
        expect(page.locator("[data-keys-search]")).to_be_focused()
        page.keyboard.type("meanwhile")
        page.keyboard.press("Enter")
        expect(page.locator("[data-keys-row]")).to_have_count(1)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/cases/{newer.pk}/$"))
        connections.close_all()  # those of the event loop, which nobody else would close
    assert again(second).owner == world.engineer


@pytest.mark.clause("ATSP 1.3", "ATSP 4.6")
def test_a_case_can_be_opened_answered_and_read_without_scripts(
    live_server: Any, world: World, session: Sessions
) -> None:
    with page_of(
        f"{live_server.url}/cases/new/", session=session("technical"), scripts=False
    ) as page:
        fill(page, world)
        page.get_by_role("button", name="Open the case").click()
        expect(page.locator("h1")).to_have_text("Index corrupt after the upgrade")
    case = Case.objects.get()
    with page_of(f"{live_server.url}/queue/", session=session("engineer"), scripts=False) as page:
        expect(page.get_by_role("button", name="Apply")).to_be_visible()
        page.get_by_role("button", name="Take case").click()
        page.get_by_role("link", name=case.title).click()
        page.locator("[name=reply-body]").fill("We look at the index header.")
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
        page.locator("#acts summary", has_text="More").click()
        page.get_by_role("link", name="Close: the contact agreed", exact=True).click()
        expect(page.locator("form[data-act=close]")).to_be_visible()
    assert again(case).responded_at is not None


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_composer_has_its_ways_and_more_in_one_row(
    live_server: Any, world: World, session: Sessions, width: int
) -> None:
    case = world.open()
    address = f"{live_server.url}/cases/{case.pk}/"
    with page_of(address, session=session("engineer"), width=width) as page:
        shown = page.locator("#composer-bar :is(a, summary):visible")
        expect(shown.first).to_be_visible()
        boxes = [each.bounding_box() for each in shown.all()]
        assert len({round(box["y"] + box["height"] / 2) for box in boxes if box}) == 1
        bar = page.locator("#composer-bar").bounding_box()
        assert bar is not None
        assert all(box and box["x"] + box["width"] <= bar["x"] + bar["width"] for box in boxes)
        assert page.locator(".composer-mode:visible").count() == 4
        more = page.locator("#acts summary", has_text="More")
        more.click()
        act = page.locator(".more-panel").get_by_role("link", name="Confirm the severity")
        act.scroll_into_view_if_needed()
        act.click()
        expect(page.locator("form[data-act=confirm-severity]")).to_be_visible()


def test_a_clause_of_an_act_opened_in_place_tells_its_own_words(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = world.open()
    with page_of(f"{live_server.url}/cases/{case.pk}/", session=session("technical")) as page:
        page.keyboard.press("m")
        expect(page.get_by_label("Find an act")).to_be_focused()
        page.keyboard.type("severity")
        page.keyboard.press("Enter")
        page.locator("form[data-act=propose] button.clause").click()
        expect(page.locator(".pop:popover-open .pop-title")).to_have_text("ATSP 4.3")
        twice = page.evaluate(
            "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, n, all) => all.indexOf(id) !== n)"
        )
        assert twice == []


def test_on_a_phone_one_writes_before_a_request_for_enhancement(
    live_server: Any, world: World, session: Sessions
) -> None:
    address = f"{live_server.url}/cases/{world.open().pk}/"
    with page_of(address, session=session("technical"), width=390) as page:
        writing = page.locator("#acts").bounding_box()
        wish = page.locator("[aria-labelledby=enhancements-title]").bounding_box()
        assert writing is not None
        assert wish is not None
        assert writing["y"] < wish["y"]


@pytest.mark.clause("ATSP 4.5", "ATSP 5.2.2")
def test_a_caller_who_is_not_on_the_roster_is_refused_in_sight(
    world: World, live_server: Any, session: Sessions
) -> None:
    case = world.open(severity=1)
    act = f"{case.get_absolute_url()}?act=confirm-call"
    with page_of(live_server.url + act, session=session("dispatch"), unless="409") as page:
        caller = page.get_by_label("Who is on the telephone")
        expect(caller).to_have_value("Tess Ward")
        caller.blur()
        caller.focus()
        page.keyboard.type("Zorro")
        expect(caller).to_have_value("Zorro")
        page.get_by_role("button", name="Confirm the telephone call").click()
        expect(page.get_by_text("No contact matches “Zorro”.")).to_be_visible()
    assert again(case).severity == 2


def test_the_conversation_begins_in_the_first_third_of_the_screen_and_is_written_by_keyboard(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = world.reply(world.open(NOW - 2 * HOUR), NOW - HOUR)
    request_information(case, by=world.engineer, at=NOW - HOUR, missing=["the trace"])
    address = f"{live_server.url}/cases/{case.pk}/"
    for width, height, first in ((1440, 900, 1 / 3), (390, 844, 1 / 2)):
        for who in ("engineer", "technical"):
            with page_of(address, session=session(who), width=width) as page:
                page.set_viewport_size({"width": width, "height": height})
                begins = page.locator(".conversation").bounding_box()
                message = page.locator("#conversation > li").first.bounding_box()
                assert begins is not None
                assert message is not None
                assert begins["y"] < height / 3, (who, width)
                assert message["y"] < height * first, (who, width)
    with page_of(address, session=session("engineer")) as page:
        body = page.locator("[name=reply-body]")
        folded = body.bounding_box()
        body.focus()
        page.keyboard.type("One line.\n" * 12)
        grown = body.bounding_box()
        assert folded is not None
        assert grown is not None
        assert folded["height"] < 50 < 200 < grown["height"], "it grows with its text"
        page.keyboard.press("Control+Enter")
        expect(page.locator("#messages")).to_contain_text("the reply is sent")
