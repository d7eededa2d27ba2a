"""The engineers' queue: the most urgent case on top, live, filtered, and as quick with many cases as with few."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.case.rules.lifecycle import Move
from cases.case.selecting import CaseQuerySet
from cases.conversation.actions import reply
from cases.handling.actions import take
from cases.resolution.actions.closing import close
from portal.paging import CountedSoFar
from tests.cases.pages import queries, words
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, again, swept

AsUser = Callable[..., Client]
ROWS = {"HX-Request": "true", "HX-Target": "queue-rows"}
COUNTS = {"HX-Request": "true", "HX-Target": "queue-counts"}


def shown(page: Any) -> list[int]:
    """The cases on the page, from top to bottom."""
    return [int(found) for found in re.findall(r'<tr[^>]*id="case-(\d+)"', page.content.decode())]


@pytest.mark.clause("ATSP 4.6")
def test_the_next_promise_to_break_comes_first(world: World, as_user: AsUser) -> None:
    low = world.open(severity=4)
    serious = world.open(severity=2)
    answered = world.reply(world.open(severity=2), NOW)
    missed = world.open(NOW - 3 * HOUR, severity=2)
    page = as_user("engineer").get("/queue/")

    assert shown(page) == [missed.pk, serious.pk, answered.pk, low.pk], "severity decides a tie"
    text = words(page)
    assert "overdue by" in text
    assert "in 1 h First response, in writing 11:00 PST" in text
    assert "4 open cases" in text


def test_closed_cases_are_not_in_it(world: World, as_user: AsUser) -> None:
    close(world.open(), by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward")
    assert "No open case fits these filters." in words(as_user("engineer").get("/queue/"))


def test_figures_that_are_no_numbers_break_nothing(world: World, as_user: AsUser) -> None:
    world.open()
    page = as_user("engineer").get("/queue/?severity=²")
    assert (page.status_code, shown(page)) == (200, [])
    assert "Severity “²” does not exist. Choose one of: 1, 2, 3, 4." in words(page)
    assert as_user("engineer").get("/queue/?reseller=²").status_code == 200
    assert as_user("engineer").get("/queue/?q=²").status_code == 200
    assert as_user("dispatch").get("/telephone/?contact=²").status_code == 200


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["mine", "theirs", "nobodys", "late", "foreign"]),
        ("mine=1", ["mine"]),
        ("unassigned=1", ["nobodys", "late", "foreign"]),
        ("breached=1", ["late"]),
        ("waiting=1", ["theirs"]),
        ("severity=3", ["nobodys"]),
        ("severity=9", []),
        ("reseller={foreign}", ["foreign"]),
        ("reseller=nordw", ["foreign"]),
        ("reseller=zzz", []),
        ("q=nordwind", ["foreign"]),
        ("q=robot", ["mine"]),
        ("q=robots jamming", ["mine"]),
        ("q={late}", ["late"]),
        ("unassigned=1&severity=3", ["nobodys"]),
        ("q=%27%22)(%26|!<->", []),
        ("severity=x", []),
        ("page=z", ["mine", "theirs", "nobodys", "late", "foreign"]),
    ],
)
def test_filters_and_search(world: World, as_user: AsUser, query: str, wanted: list[str]) -> None:
    cases = {
        "mine": take(world.open(title="The robot jams at every mount"), by=world.engineer, at=NOW),
        "theirs": reply(
            world.open(), by=world.colleague, at=NOW, body="Hello.", then=Move.WAIT_FOR_RESELLER
        ),
        "nobodys": world.open(severity=3),
        "late": world.open(NOW - DAY),
        "foreign": world.open(contact=world.foreign),
    }
    address = query.format(foreign=world.foreign_agreement.reseller_id, late=cases["late"].number)
    page = as_user("engineer").get(f"/queue/?{address}")
    assert set(shown(page)) == {cases[name].pk for name in wanted}
    assert page.context["page"].paginator.count == len(wanted)


def test_the_search_box_of_a_list_knows_operators(world: World, as_user: AsUser) -> None:
    mine = take(world.open(severity=3), by=world.engineer, at=NOW)
    world.open(severity=3)
    browser = as_user("engineer")
    assert shown(browser.get("/queue/?q=owner:me+severity:3+index")) == [mine.pk]
    wrong = browser.get("/queue/?q=severity:9")
    assert (shown(wrong), wrong.context["refused"] is None) == ([], False)
    assert "holds no word to search for" in words(browser.get("/queue/?q=%28%29"))


def test_the_ready_made_filters_say_how_many(world: World, as_user: AsUser) -> None:
    take(world.open(), by=world.engineer, at=NOW)
    world.open(NOW - DAY)
    text = words(as_user("engineer").get("/queue/"))
    assert "Mine 1 Unassigned 1 Overdue 1 Waiting 0" in text


def test_counting_stops_where_nobody_reads_any_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        world.open()
    monkeypatch.setattr("portal.paging.COUNTED", 2)
    cases: CaseQuerySet = Case.objects.open()
    pages = CountedSoFar(cases.most_urgent_first(), 2, "cases")
    assert (pages.count, pages.what, pages.num_pages) == (2, "cases and more", 1)


def test_a_case_is_taken_from_its_row(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("engineer")
    page = browser.get("/queue/?severity=2").content.decode()
    assert f'action="/cases/{case.pk}/take/"' in page
    assert 'name="next" value="/queue/?severity=2"' in " ".join(page.split()).replace("\n", "")
    assert 'data-key="a"' in page
    (seen,) = re.findall('name="seen" value="([^"]+)"', page)
    sent = {"next": "/queue/?severity=2", "seen": seen}
    back = browser.post(f"/cases/{case.pk}/take/", sent, follow=True)
    assert "it is yours" in words(back)
    assert again(case).owner == world.engineer
    assert "Take" not in words(as_user("dispatch").get("/queue/")), "dispatch owns no cases"


@pytest.mark.parametrize(("who", "status"), [("technical", 403), ("account_manager", 200)])
def test_the_queue_is_the_providers(world: World, as_user: AsUser, who: str, status: int) -> None:
    world.open()
    page = as_user(who).get("/queue/")
    assert page.status_code == status
    assert bool(shown(page)) is (status == 200)


def test_the_live_rows_answer_only_when_something_changed(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("engineer")
    first = browser.get("/queue/", headers=ROWS)
    assert shown(first) == [case.pk]
    assert "<html" not in first.content.decode()
    assert first["X-Portal-Now"].startswith("2003-03-05T18:00:0")

    same = browser.get("/queue/", headers={**ROWS, "If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same["X-Portal-Now"]

    world.reply(case, NOW)
    changed = browser.get("/queue/", headers={**ROWS, "If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"]) != (304, first["ETag"])
    assert "Carla Stone" in words(changed)
    other_filter = browser.get("/queue/?mine=1", headers={**ROWS, "If-None-Match": changed["ETag"]})
    assert other_filter.status_code == 200


def test_the_live_counts_answer_by_themselves(world: World, as_user: AsUser) -> None:
    browser = as_user("engineer")
    first = browser.get("/queue/", headers=COUNTS)
    assert words(first) == "Mine 0 Unassigned 0 Overdue 0 Waiting 0"
    tag = {**COUNTS, "If-None-Match": first["ETag"]}
    assert browser.get("/queue/", headers=tag).status_code == 304
    world.open()
    assert "Unassigned 1" in words(browser.get("/queue/", headers=tag))


def test_a_row_of_a_long_queue_is_a_page_away(world: World, as_user: AsUser) -> None:
    cases = [world.open(NOW + n * MINUTE) for n in range(27)]
    browser = as_user("engineer")
    assert shown(browser.get("/queue/")) == [case.pk for case in cases[:25]]
    assert shown(browser.get("/queue/?page=2")) == [case.pk for case in cases[25:]]
    assert "1–25 of 27 cases" in words(browser.get("/queue/"))


def test_it_makes_no_more_queries_for_thirty_cases_than_for_three(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("engineer")

    def open_three(at: Any) -> None:
        world.open(at)
        world.reply(world.open(at), at)
        world.open(at, severity=1, contact=world.foreign)

    open_three(NOW)
    browser.get("/queue/")
    with queries() as few:
        browser.get("/queue/")
    with queries() as few_rows:
        browser.get("/queue/", headers=ROWS)
    for n in range(9):
        open_three(NOW - n * DAY)
    swept(NOW)
    with queries() as many:
        page = browser.get("/queue/")
    with queries() as many_rows:
        browser.get("/queue/", headers=ROWS)

    assert len(shown(page)) == 25
    assert len(many) == len(few) <= 11
    assert len(many_rows) == len(few_rows) <= 8, "one of them counts what the bell says"
