"""Lists of cases in any order, in groups, and narrowed by more than the bar shows."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.case.models import Case
from cases.case.rules.lifecycle import Move
from cases.conversation.actions import reply
from cases.handling.actions import take
from cases.products.models import Product
from cases.queue.sorting import ORDERS
from tests.cases.pages import queries, words
from tests.cases.queue.test_page import ROWS, shown
from tests.cases.world import DAY, HOUR, NOW, World

AsUser = Callable[..., Client]


@pytest.fixture
def four(world: World) -> dict[str, Case]:
    """Four cases that differ in all that lists are sorted and filtered by."""
    robot = Product.objects.create(name="AlphaStor")
    return {
        "mine": take(world.open(NOW - HOUR, severity=3), by=world.engineer, at=NOW),
        "theirs": reply(
            world.open(NOW - 2 * HOUR, severity=2, release="6.0.2"),
            by=world.specialist,
            at=NOW,
            body="Hello.",
            then=Move.WAIT_FOR_RESELLER,
        ),
        "free": world.open(NOW, severity=4, contact=world.foreign, product=robot, release="6.10"),
        "london": world.open(NOW - DAY, severity=3, contact=world.london),
    }


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("severity", ["theirs", "mine", "london", "free"]),
        ("-severity", ["free", "london", "mine", "theirs"]),
        ("case", ["mine", "theirs", "free", "london"]),
        ("-case", ["london", "free", "theirs", "mine"]),
        ("reported", ["london", "theirs", "mine", "free"]),
        ("reseller", ["mine", "theirs", "london", "free"]),
        ("-reseller", ["free", "london", "theirs", "mine"]),
        ("product", ["free", "mine", "theirs", "london"]),
        ("state", ["free", "london", "mine", "theirs"]),
        ("owner", ["mine", "theirs", "free", "london"]),
        ("-owner", ["theirs", "mine", "london", "free"]),
    ],
)
def test_a_list_stands_in_the_order_of_any_column(
    as_user: AsUser, four: dict[str, Case], sort: str, wanted: list[str]
) -> None:
    order = [four[name].pk for name in wanted]
    browser = as_user("engineer")
    page = browser.get(f"/queue/?sort={sort}")
    assert shown(page) == order
    assert shown(browser.get(f"/queue/?sort={sort}", headers=ROWS)) == order, "live too"
    assert shown(browser.get(f"/cases/?sort={sort}")) == order


def test_a_head_leads_to_its_order_then_down_then_back(
    as_user: AsUser, four: dict[str, Case]
) -> None:
    browser = as_user("engineer")
    heads = [
        re.search(r'href="([^"]*)">Reseller', browser.get(f"/queue/{address}").content.decode())
        for address in ("?mine=1", "?mine=1&sort=reseller", "?mine=1&sort=-reseller")
    ]
    found = [head.group(1).replace("&amp;", "&") for head in heads if head]
    assert found == ["?mine=1&sort=reseller", "?mine=1&sort=-reseller", "?mine=1"]
    page = browser.get("/queue/?sort=-reseller")
    assert 'aria-sort="descending"' in page.content.decode()
    assert "sorted by reseller, descending" in words(page)
    wrong = browser.get("/queue/?sort=color")
    assert "Order “color” does not exist." in words(wrong)
    assert shown(wrong) == []


@pytest.mark.parametrize("sort", ["due", "severity", "state", "reported", "case"])
@pytest.mark.parametrize("way", ["", "-"])
def test_an_index_serves_each_order_by_a_column_of_the_case(
    world: World, sort: str, way: str
) -> None:
    world.open()
    cases = Case.objects.visible_to(world.engineer).open()
    first = ORDERS[sort].of(cases, descending=bool(way))[:25]
    with connection.cursor() as cursor:
        for otherwise in ("sort", "seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{otherwise} = off")
        plan = first.values("pk").explain()
    name = {"case": "number"}.get(sort, sort)
    served = plan if "Sort" not in plan else ""
    if way and sort == "due":
        return  # descending with the empty ones last is read by sorting what is open
    # of few cases the planner may take the index of all by their time: it walks in the same order
    indexes = [f"case_open_{name}", *(["case_newest"] if sort == "reported" else [])]
    assert any(index in served for index in indexes), plan


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("product=alpha", ["free"]),
        ("release=6.1", ["mine", "london"]),
        ("release=6.10", ["free"]),
        ("region=EMEA", ["london"]),
        ("owner=Carla+Stone", ["mine"]),
        ("team=1", ["mine"]),
        ("waits_for=reseller", ["theirs"]),
        ("waits_for=provider", ["mine", "free", "london"]),
        ("state=waiting_for_reseller", ["theirs"]),
    ],
)
def test_each_filter_narrows_the_queue_and_the_api_alike(
    as_user: AsUser, four: dict[str, Case], query: str, wanted: list[str]
) -> None:
    browser = as_user("engineer")
    keys = {four[name].pk for name in wanted}
    assert set(shown(browser.get(f"/queue/?{query}"))) == keys
    listed = browser.get(f"/api/cases/?{query}").json()["results"]
    assert len(listed) == len(keys)


def test_what_is_in_force_reads_as_words_and_each_comes_off(
    as_user: AsUser, four: dict[str, Case]
) -> None:
    browser = as_user("engineer")
    page = browser.get("/queue/?severity=3&owner=carla&waits_for=provider&group=state&sort=-case")
    text = words(page)
    for said in (
        "Severity 3",
        "Owner: Carla Stone",
        "Waits for us",
        "Grouped by state",
        "Sorted by case number, descending",
    ):
        assert f"Take off: {said}" in text
    assert (
        'href="?severity=3&amp;owner=carla&amp;group=state&amp;sort=-case"' in page.content.decode()
    )
    wrong = browser.get("/queue/?region=Mars")
    assert "Region “Mars” does not exist." in words(wrong)


def test_groups_have_heads_with_counts_of_all_pages(world: World, as_user: AsUser) -> None:
    for n in range(26):
        world.open(NOW - n * HOUR)
    world.open(contact=world.foreign)
    browser = as_user("engineer")
    page = browser.get("/queue/?group=reseller")
    assert len(shown(page)) == 25
    assert re.findall(
        r'scope="rowgroup">([^<]*) <span class="count">([^<]*)<', page.content.decode()
    ) == [("Meridian Data", "26")]
    second = browser.get("/queue/?group=reseller&page=2")
    assert "Meridian Data 26" in words(second)
    assert "Nordwind Systeme 1" in words(second)
    with queries() as plain:
        browser.get("/queue/")
    with queries() as seen:
        browser.get("/queue/?group=owner")
    assert len(seen) <= len(plain) + 1 <= 11


def test_the_height_of_rows_is_kept_with_the_person(world: World, as_user: AsUser) -> None:
    world.open()
    browser = as_user("engineer")
    assert "rows-compact" not in browser.get("/queue/").content.decode()
    back = browser.post("/cases/rows/", {"rows": "compact", "next": "/queue/?mine=1"})
    assert back["Location"] == "/queue/?mine=1"
    for address in ("/queue/", "/cases/"):
        page: Any = as_user("engineer").get(address)  # another browser of the same person
        assert "rows-compact" in page.content.decode()
    browser.post("/cases/rows/", {"rows": "normal", "next": "//evil.example/"})
    assert "rows-compact" not in browser.get("/queue/").content.decode()
