"""What the API tells of a report, before and as its case is opened: limits, Fixes, open cases like it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.products.models import ProductQuestion
from cases.products.rules import EVERY_SEVERITY
from contracts.prepaid.models.ledger import CaseEntry
from tests.cases.pages import words
from tests.cases.world import NOW, World

AsUser = Callable[..., Client]
REPORT = {"title": "Scan ends in a core dump", "description": "The media index is corrupt."}


def send(browser: Client, typed: dict[str, Any], path: str = "/api/cases/check/") -> Any:
    return browser.post(path, typed, content_type="application/json")


def whole(world: World, **changes: Any) -> dict[str, Any]:
    return world.typed(product=world.product.name, **changes)


@pytest.mark.clause("ATSP 4.8")
@pytest.mark.parametrize("release", ["6.1.3", "banana", "5.5.9", "6.1.9"])
def test_limits_are_those_of_the_page_and_of_the_case(
    world: World, as_user: AsUser, release: str
) -> None:
    browser = as_user("technical")
    checked = send(browser, whole(world, release=release)).json()
    page = words(browser.post("/cases/new/check/", world.typed(release=release)))
    assert not Case.objects.exists(), "checking opens nothing"
    opened = send(browser, whole(world, release=release), "/api/cases/")
    assert opened.status_code == 201
    assert opened.json()["limitations"] == checked["limitations"] == Case.objects.get().limitations
    assert bool(checked["limitations"]) is (release != "6.1.3")
    for limit in checked["limitations"]:
        assert limit["clause"] == "ATSP 4.8"
        assert limit["words"] in page
    listed = browser.get("/api/cases/").json()["results"]
    assert [case["limitations"] for case in listed] == [checked["limitations"]]


@pytest.mark.clause("ATSP 4.4")
@pytest.mark.parametrize("path", ["/api/cases/check/", "/api/cases/"])
def test_fixes_and_open_cases_of_ones_own_company_are_told(
    world: World, as_user: AsUser, path: str
) -> None:
    """Beside a report that is checked, and with the case that was opened, which is not like itself."""
    own = world.open(title="Core dump of a media scan")
    colleagues = world.open(contact=world.london, title="Media scan dumps core in London")
    world.open(contact=world.foreign, title="Core dump of a foreign media scan")
    closed = world.open(title="Core dump of an old media scan")
    Case.objects.filter(pk=closed.pk).update(
        state="closed", closed_at=NOW, closure_reason="solution"
    )
    fix = world.article()
    world.article(fix_published_at=None, title="Core dump of a scan of a media index")
    told = send(as_user("technical"), whole(world, **REPORT), path).json()
    assert {case["number"] for case in told["cases_like_it"]} == {own.number, colleagues.number}
    assert [each["number"] for each in told["fixes"]] == [fix.number]
    assert told["fixes"][0]["fix"] == fix.fix
    assert told["cases_like_it"][0]["url"] in (
        own.get_absolute_url(),
        colleagues.get_absolute_url(),
    )


def test_a_report_is_checked_as_far_as_it_is_written(world: World, as_user: AsUser) -> None:
    ProductQuestion.objects.create(
        product=world.product, position=0, words="the savegroup report", needed_to=EVERY_SEVERITY
    )
    browser = as_user("technical")
    empty = send(browser, {})
    assert empty.status_code == 200
    assert "title" in empty.json()["missing"]
    part = {"product": "NetWorker", "release": "banana", "severity": 2}
    told = send(browser, part).json()
    assert len(told["limitations"]) == 1
    assert told["asked_at_once"] == ["the savegroup report"]
    assert "release" not in told["missing"]
    told = send(browser, part | {"product_answers": {"the savegroup report": "Here."}}).json()
    assert told["asked_at_once"] == []
    told = send(browser, whole(world, replication="unsuccessful", severity=9)).json()
    assert list(told["wrong"]) == ["severity"]
    assert told["missing"] == ["replication_evidence"]
    alone = send(browser, {"product_answers": {"the savegroup report": "Here."}})
    assert (alone.status_code, list(alone.json())) == (400, ["product_answers"])
    assert not Case.objects.exists()
    assert not CaseEntry.objects.filter(kind="reserve").exists()


@pytest.mark.clause("ATSP 5.2.2")
def test_what_stands_against_opening_is_told(world: World, as_user: AsUser) -> None:
    """To a contact who waits; the provider's people open no case here, so they check none."""
    told = send(as_user("waiting"), whole(world)).json()
    [refusal] = told["refusals"]
    assert refusal["clause"] == "ATSP 5.2.1"
    assert send(as_user("technical"), whole(world)).json()["refusals"] == []
    assert send(as_user("engineer"), whole(world)).status_code == 409
    assert send(Client(), whole(world)).status_code == 403


def test_checking_takes_so_many_statements_whatever_is_written(
    world: World, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    browser = as_user("technical")
    for number in range(5):
        world.open(title=f"Core dump {number} of a media scan")
        world.article()
    for text in ("Short.", "The media index. " * 1500):
        with django_assert_max_num_queries(22):
            assert send(browser, whole(world, description=text, release="banana")).json()["fixes"]
