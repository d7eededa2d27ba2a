"""The search page and the palette."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.search import views
from cases.search.finding import Found
from tests.cases.pages import words
from tests.cases.search.table import make_cases
from tests.cases.world import World

AsUser = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(world: World) -> dict[str, Case]:
    return make_cases(world)


def titles(answer: Any) -> list[str]:
    return [hit["title"] for group in answer.json()["groups"] for hit in group["hits"]]


def test_an_excerpt_shows_who_said_it_when_and_leads_there(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    page = as_user("engineer").get("/search/", {"q": "zebra"})
    html = page.content.decode()
    assert "1 case" in words(page)
    assert "Reply by Carla Stone, 08:00 PST" in words(page)
    assert "<mark>zebra</mark>" in html
    message = cases["c"].messages.get(body__contains="zebra")
    assert f'href="/cases/{cases["c"].pk}/#m{message.pk}"' in html


def test_nothing_of_another_company_or_of_notes_is_on_the_page_or_in_the_palette(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    for text in (
        "zebra",
        "firmware",
        "firmwere",
        "quokka",
        "jukebx",
        "nordwind",
        "kolb",
        cases["c"].number,
    ):
        page = as_user("technical").get("/search/", {"q": text})
        assert "Nothing was found" in words(page), text
        assert not titles(as_user("technical").get("/palette/", {"q": text})), text


def test_a_search_that_ran_out_of_time_says_down_to_where_it_looked(
    world: World, cases: dict[str, Case], as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Looked through the newest cases" not in words(
        as_user("engineer").get("/search/?q=nsrd")
    )
    monkeypatch.setattr(views, "find", lambda *_: Found([cases["a"].pk], low=cases["a"].pk))
    page = as_user("engineer").get("/search/?q=nsrd")
    assert f"Looked through the newest cases, down to {cases['a'].pk}." in words(page)


def test_a_typing_error_says_what_was_searched_for_instead(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    page = words(as_user("technical").get("/search/", {"q": "savegruop"}))
    assert "Nothing was found for “savegruop”. These are the results for savegroup" in page
    assert "Savegroup hangs on one client" in page


def test_a_wrong_operator_is_told_and_the_text_stays(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    page = as_user("technical").get("/search/", {"q": "index colour:red"})
    assert "There is no operator “colour:”" in words(page)
    assert 'value="index colour:red"' in page.content.decode()


def test_people_agreements_and_articles_stand_beside_the_cases(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    world.article(title="Meridian of the index")
    page = as_user("engineer").get("/search/", {"q": "meridian"})
    for title in ("Agreements M-100", "Articles KB-"):
        assert title in words(page)
    assert "People" in words(as_user("engineer").get("/search/", {"q": "tess"}))
    article = words(
        as_user("technical").get("/search/", {"q": "meridian index", "kind": "articles"})
    )
    assert "Run nsrck with level 6 before the first scan." in article


def test_the_page_asks_the_same_number_of_statements_for_one_case_as_for_all(
    world: World, cases: dict[str, Case], as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    browser = as_user("engineer")
    browser.get("/search/", {"q": "jukebox"})
    for text in ("jukebox", "networker OR alphastor"):
        with django_assert_max_num_queries(20):
            browser.get("/search/", {"q": text})


def test_its_own_script_gets_the_results_alone(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "search-results"}
    part = as_user("engineer").get("/search/", {"q": "jukebox"}, headers=headers)
    assert "<html" not in part.content.decode()
    assert "Jukebox inventory" in words(part)


def test_the_palette_finds_cases_pages_and_the_acts_on_the_case_at_hand(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    browser = as_user("engineer")
    found = browser.get("/palette/", {"q": "note", "at": f"/cases/{cases['a'].pk}/"}).json()
    acts = found["groups"][0]
    assert acts["title"] == "On this case"
    assert acts["hits"][0]["url"] == f"/cases/{cases['a'].pk}/?act=note#acts"
    assert "Queue" in titles(browser.get("/palette/"))
    assert f"{cases['c'].number} {cases['c'].title}" in titles(
        browser.get("/palette/", {"q": "jukeb"})
    )
    foreign = browser.get("/palette/", {"q": "severity:", "at": "/cases/1/"})
    assert "severity:1" in titles(foreign)
    other = as_user("foreign").get("/palette/", {"q": "", "at": f"/cases/{cases['a'].pk}/"}).json()
    assert [group["title"] for group in other["groups"]] == ["Pages"]


def test_the_browser_keeps_what_the_palette_answered(
    world: World, cases: dict[str, Case], as_user: AsUser
) -> None:
    browser = as_user("engineer")
    first = browser.get("/palette/", {"q": "jukebox"})
    again = browser.get("/palette/", {"q": "jukebox"}, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_every_page_has_the_button_that_works_without_scripts(
    world: World, as_user: AsUser
) -> None:
    page = as_user("technical").get("/home/").content.decode()
    assert len(re.findall(r'href="/search/"\s+data-palette="/palette/"', page)) == 2
