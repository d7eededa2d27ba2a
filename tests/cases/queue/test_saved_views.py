"""Saved views: filters and order under a name, counted, shared with colleagues, and the one a list starts with."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from cases.case.models import Case
from cases.handling.actions import take
from cases.saved.actions import LONGEST
from cases.saved.models import SavedView
from tests.cases.pages import queries, words
from tests.cases.queue.test_page import shown
from tests.cases.world import NOW, World

AsUser = Callable[..., Client]


def save(browser: Client, name: str, address: str, shared: str = "") -> SavedView:
    """Save what a list shows."""
    browser.post(f"/views/new/?list={quote(address)}", {"name": name, "shared": shared})
    return SavedView.objects.get(name=name)


@pytest.fixture
def mine(world: World) -> Case:
    return take(world.open(severity=3), by=world.engineer, at=NOW)


def test_a_view_is_what_the_list_showed_with_how_many(
    world: World, as_user: AsUser, mine: Case
) -> None:
    world.open(severity=2)
    browser = as_user("engineer")
    view = save(browser, "Slow ones", "/queue/?severity=3&reseller=meridian&sort=-case&page=2")
    assert view.query == f"severity=3&reseller={world.agreement.reseller_id}&sort=-case"
    page = browser.get("/queue/")
    assert "Slow ones 1" in words(page)
    address = f"/queue/?{view.query}&view={view.pk}"
    assert address.replace("&", "&amp;") in page.content.decode()
    assert shown(browser.get(address)) == [mine.pk]
    with queries() as seen:
        browser.get("/queue/")
    assert len(seen) <= 11
    assert "Slow ones" not in words(as_user("colleague").get("/queue/")), "it is one's own"


def test_a_shared_view_shows_each_reader_what_is_theirs(
    world: World, as_user: AsUser, mine: Case
) -> None:
    save(as_user("engineer"), "Mine", "/queue/?mine=1", shared="all")
    save(as_user("engineer"), "For the team", "/queue/?severity=3", shared="team")
    assert "Mine 1" in words(as_user("engineer").get("/queue/"))
    colleague = words(as_user("colleague").get("/queue/"))
    assert "Mine 0" in colleague
    assert "For the team 1" in colleague
    dispatch = words(as_user("dispatch").get("/queue/"))
    assert "Mine 0" in dispatch
    assert "For the team" not in dispatch
    save(as_user("technical"), "Our worst", "/cases/?severity=2", shared="all")
    assert "Our worst" in words(as_user("alternate").get("/cases/"))
    assert "Our worst" not in words(as_user("foreign").get("/cases/"))
    assert "Our worst" not in words(as_user("engineer").get("/cases/"))
    assert "For the team" not in words(as_user("technical").get("/views/"))


def test_views_are_renamed_moved_and_deleted_by_their_owner_alone(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("engineer")
    first = save(browser, "First", "/queue/?severity=1", shared="all")
    second = save(browser, "Second", "/queue/?severity=2")

    def order() -> list[str]:
        return list(SavedView.objects.in_order(world.engineer).values_list("name", flat=True))

    browser.post(f"/views/{second.pk}/", {"do": "up"})
    assert order() == ["Second", "First"]
    browser.post(f"/views/{second.pk}/", {"do": "change", "name": "Serious", "shared": ""})
    assert order() == ["Serious", "First"]
    taken = browser.post(f"/views/{second.pk}/", {"do": "change", "name": "First", "shared": ""})
    assert (taken.status_code, "You have a view “First” already." in words(taken)) == (409, True)
    assert 'value="First"' in browser.get(f"/views/{second.pk}/").content.decode(), (
        "what was typed waits to be sent"
    )

    colleague = as_user("colleague")
    refused = colleague.post(f"/views/{first.pk}/", {"do": "delete"})
    assert "you may not change it" in words(refused)
    assert colleague.post(f"/views/{second.pk}/", {"do": "delete"}).status_code == 404
    browser.post(f"/views/{first.pk}/", {"do": "delete"})
    assert order() == ["Serious"]


def test_the_queue_starts_with_the_view_that_one_chose(
    world: World, as_user: AsUser, mine: Case
) -> None:
    world.open(severity=2)
    browser = as_user("engineer")
    view = save(browser, "Slow", "/queue/?severity=3")
    browser.post(f"/views/{view.pk}/", {"do": "start"})
    started = browser.get("/queue/", follow=True)
    assert started.redirect_chain[0][0] == f"/queue/?severity=3&view={view.pk}"
    assert len(shown(browser.get("/queue/?view=all"))) == 2
    browser.post(f"/views/{view.pk}/", {"do": "delete"})
    assert len(shown(browser.get("/queue/"))) == 2


def test_an_empty_card_leads_to_the_list_whose_views_it_would_have(
    world: World, as_user: AsUser
) -> None:
    for name, lists in (("engineer", ["queue", "cases"]), ("technical", ["cases"])):
        browser = as_user(name)
        page = browser.get("/views/").content.decode()
        ways = re.findall(r'href="([^"]+)">Open the (\w+)<', page)
        assert ways == [(f"/{one}/", one) for one in lists]
        for address, _ in ways:
            assert "Save view" in words(browser.get(address))


def test_what_cannot_be_saved_is_refused(world: World, as_user: AsUser) -> None:
    browser = as_user("engineer")
    for name, address, said in (
        (" ", "/queue/", "The view has no name."),
        ("x" * (LONGEST + 1), "/queue/", f"the most is {LONGEST}"),
        ("Wrong", "/queue/?severity=9", "Severity “9” does not exist."),
        ("Nobody", "/queue/?owner=zzz", "No engineer matches “zzz”."),
    ):
        page = browser.post(f"/views/new/?list={quote(address)}", {"name": name})
        assert (page.status_code, said in words(page)) == (409, True), said
    assert not SavedView.objects.exists()
