"""Opening a case in a real browser: by keyboard from the first field to the case, and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from bench._opening import take
from cases.case.models import Case
from cases.products.models import Product, ProductQuestion
from cases.products.rules import EVERY_SEVERITY
from portal.models import Draft
from tests.cases.world import DAY, NOW, World, make_world
from tests.portal.browser import faults, faults_of, page_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make_world()
    made.open(NOW - DAY, title="Index empty after a recover", end_user="Harbour Freight Lines")
    made.article(title="Index is empty after recover of a client", symptom="The index is empty.")
    for place, (words, needed_to) in enumerate(
        (("the daemon log", EVERY_SEVERITY), ("a trace", 1))
    ):
        ProductQuestion.objects.create(
            product=made.product, position=place, words=words, needed_to=needed_to
        )
    return made


@pytest.fixture
def session(client: Client, world: World) -> str:
    client.force_login(world.user("technical"))
    return str(client.session.session_key)


@pytest.mark.clause("ATSP 5.2.2", "ATSP 5.2.3")
def test_a_practised_contact_opens_a_case_by_keyboard_alone(
    live_server: Any, world: World, session: str
) -> None:
    with page_of(f"{live_server.url}/cases/new/", session=session) as page:
        expect(page.locator("[name=product]")).to_be_focused()
        hands = take(page, pace=0)
        expect(page.get_by_role("heading", name="Index empty after recover")).to_be_visible()
    case = Case.objects.order_by("-pk")[0]
    assert (case.product, case.release, case.end_user) == (
        world.product,
        "6.1.3",
        "Harbour Freight Lines",
    ), "what was suggested was taken along by Tab"
    assert case.information_missing == ["the daemon log"]
    assert hands.keys < 45


def choose(page: Page, release: str) -> None:
    page.get_by_label("Product", exact=False).first.select_option(label="NetWorker")
    page.locator("[name=release]").fill(release)


@pytest.mark.clause("ATSP 4.8", "ATSP 5.2.3")
def test_what_is_typed_is_answered_in_place(live_server: Any, world: World, session: str) -> None:
    with page_of(f"{live_server.url}/cases/new/", session=session) as page:
        choose(page, "banana")
        limits, summary = page.locator("#limits"), page.locator("#summary")
        expect(limits).to_contain_text("“banana” is not a Release of the form X.yy.z")
        expect(summary).to_contain_text("“banana” is not a Release of the form X.yy.z")
        log, trace = page.get_by_label("The daemon log"), page.get_by_label("A trace")
        log.fill("nsrd: core dumped")
        expect(page.locator("label", has_text="A trace")).not_to_contain_text("*")
        page.locator("[name=severity][value='1']").check()
        expect(page.locator("label", has_text="A trace")).to_contain_text("*")
        expect(trace).to_be_visible()
        expect(page.get_by_label("What was tried where")).not_to_be_visible()
        page.get_by_label("Tried without success").check()
        expect(page.get_by_label("What was tried where")).to_be_visible()
        page.locator("[name=title]").fill("The index is empty")
        page.locator("[name=description]").press_sequentially("Empty index after recover")
        expect(page.get_by_text("A published Fix may answer this")).to_be_visible()
        expect(page.get_by_text("Your company has an open case like this")).to_be_visible()
        expect(summary).to_contain_text("nsrd: core dumped")
        assert faults(page) == []

        other = Product.objects.create(name="AlphaStor")
        page.reload()
        expect(log).to_have_value("nsrd: core dumped")
        assert not other.questions.exists()


@pytest.mark.clause("ATSP 1.13")
def test_a_release_is_chosen_from_the_list_by_arrows(
    live_server: Any, world: World, session: str
) -> None:
    with page_of(f"{live_server.url}/cases/new/", session=session) as page:
        choose(page, "")
        field, options = (
            page.locator("[name=release]"),
            page.locator(".lookup-list:visible [role=option]"),
        )
        field.press("ArrowDown")
        expect(options).to_have_text(
            ["6.1.3 current", "6.1.0 current", "6.0.2 prior minor Release"]
        )
        assert faults(page) == []
        field.press("ArrowDown")
        field.press("Enter")
        expect(field).to_have_value("6.1.3")
        assert "/cases/new/" in page.url, "Enter chose; it sent nothing"
        field.press("ArrowDown")
        field.press("Escape")
        expect(field).to_have_value("6.1.3")
        field.fill("6.5.x-beta")
        field.press("Tab")
        expect(field).to_have_value("6.5.x-beta")


@pytest.mark.clause("ATSP 5.2.3")
def test_without_scripts_it_is_saved_looked_over_and_opened(
    live_server: Any, world: World, session: str
) -> None:
    with page_of(f"{live_server.url}/cases/new/", session=session, scripts=False) as page:
        typed = world.typed(release="banana")
        page.locator("[name=product]").select_option(label="NetWorker")
        for name in ("updates_paid", "answer_in_writing"):
            page.locator(f"[name={name}]").check()
        for name in ("severity", "replication"):
            page.locator(f"[name={name}][value='{typed[name]}']").check()
        for name, value in typed.items():
            if isinstance(value, str) and value and name != "replication":
                page.locator(f"[name={name}]").fill(value)
        page.get_by_role("button", name="Save the draft, look it over").filter(visible=True).click()
        assert page.url.endswith("#step-summary")
        expect(page.locator("#summary")).to_contain_text("“banana” is not a Release")
        page.get_by_label("The daemon log").fill("nsrd: core dumped")
        page.get_by_role("button", name="Open the case").click()
        expect(page.get_by_role("heading", name=str(typed["title"]))).to_be_visible()
    case = Case.objects.order_by("-pk")[0]
    assert case.product_answers[0]["answer"] == "nsrd: core dumped"
    assert case.limitations


def test_two_tabs_of_one_report_never_erase_each_other(
    live_server: Any, world: World, session: str
) -> None:
    with page_of(f"{live_server.url}/cases/new/", session=session, unless="409") as first:
        choose(first, "6.1.3")
        first.locator("[name=title]").fill("Index empty")
        status = first.locator("[data-draft-status]")
        expect(status).to_contain_text("Draft saved")
        address = first.url
        second = first.context.new_page()
        second.goto(address)
        expect(second.locator("[name=title]")).to_have_value("Index empty")
        first.locator("[name=title]").fill("Index empty after a recover")
        expect(first.locator("[data-draft-status]")).to_contain_text("Draft saved")
        until(first, lambda: Draft.objects.get().title.endswith("a recover"))
        second.locator("[name=title]").fill("Core dump at every scan")
        second.locator("[name=severity][value='2']").check()
        choice = second.locator(".draft-elsewhere")
        expect(choice).to_contain_text("You typed this elsewhere at")
        expect(choice).to_contain_text("Index empty after a recover")
        assert faults(second) == []
        choice.get_by_role("button", name="Keep this text").click()
        expect(second.locator("[data-draft-status]")).to_contain_text("Draft saved")
        assert titles() == ["Core dump at every scan", "Index empty after a recover"]

        # it is discarded in the list; the page that goes on is another draft from then on
        first.goto(f"{live_server.url}/drafts/")
        first.locator("tr", has_text="Core dump").get_by_role("button", name="Discard").click()
        expect(first.locator("#messages")).to_contain_text("The draft is discarded")
        second.locator("[name=title]").fill("Core dump at every scan of a medium")
        expect(second.locator("[data-draft-status]")).to_contain_text("Elsewhere you sent")
        assert second.url != address
        assert titles() == ["Core dump at every scan of a medium", "Index empty after a recover"]
        second.reload()
        expect(second.locator("[name=title]")).to_have_value("Core dump at every scan of a medium")
        expect(second.locator("[name=severity][value='2']")).to_be_checked()
        second.wait_for_function("!Object.keys(localStorage).some((key) => key.includes('/new/'))")


def titles() -> list[str]:
    return sorted(Draft.objects.filter(became=None).values_list("title", flat=True))


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds on the server."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never holds")


def test_pages_that_keep_products_are_free_of_faults(
    live_server: Any, client: Client, world: World
) -> None:
    client.force_login(world.administrator)
    session = str(client.session.session_key)
    addresses = ["/products/", f"/products/{world.product.pk}/"]
    assert faults_of(live_server.url, addresses, session=session) == []
