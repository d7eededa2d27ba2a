"""What the form that opens a case suggests: Releases of the product, End-Users of one's own company."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.products.models import Product, Release
from tests.cases.world import DAY, NOW, World

AsUser = Callable[..., Client]


def offered(browser: Client, code: str, text: str, within: Any = "") -> list[tuple[str, str]]:
    answer = browser.get(f"/lookups/{code}/", {"q": text, "within": within})
    assert answer.status_code == 200
    return [(one["text"], one["note"]) for one in json.loads(answer.content)["options"]]


@pytest.mark.clause("ATSP 1.13", "ATSP 4.3")
@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", ["6.10.0", "6.1.3", "6.1.0", "6.0.2"]),
        ("6.1", ["6.10.0", "6.1.3", "6.1.0"]),
        ("v6.1.", ["6.1.3", "6.1.0"]),
        ("Release 6.0", ["6.0.2"]),
        ("7", []),
        ("banana", []),
    ],
)
def test_the_releases_of_the_product_are_suggested_the_newest_first(
    world: World, as_user: AsUser, typed: str, numbers: list[str]
) -> None:
    for number, days in (("6.10.0", 1), ("7.0.0", -1)):
        Release.objects.create(
            product=world.product, number=number, published_on=(NOW - days * DAY).date()
        )
    other = Product.objects.create(name="Celestra")
    Release.objects.create(product=other, number="6.1.7", published_on=(NOW - DAY).date())
    found = offered(as_user("technical"), "releases", typed, world.product.pk)
    assert [text for text, _ in found] == numbers


@pytest.mark.clause("ATSP 4.3")
def test_each_release_says_whether_it_is_supported(world: World, as_user: AsUser) -> None:
    Release.objects.create(
        product=world.product, number="5.5.9", published_on=(NOW - 900 * DAY).date()
    )
    found = dict(offered(as_user("technical"), "releases", "", world.product.pk))
    assert found == {
        "6.1.3": "current",
        "6.1.0": "current",
        "6.0.2": "prior minor Release",
        "5.5.9": "no longer supported",
    }
    for within in ("", "0", "no number", "9" * 40):
        assert offered(as_user("technical"), "releases", "", within) == []


@pytest.mark.clause("ATSP 2.1")
def test_the_end_users_of_ones_own_company_are_suggested_the_latest_first(
    world: World, as_user: AsUser
) -> None:
    world.open(NOW - 3 * DAY, end_user="Harbour Freight Lines")
    world.open(NOW - 2 * DAY, end_user="Harbour Freight Lines")
    world.open(NOW - DAY, contact=world.london, end_user="Old Harbour Bank")
    world.open(NOW - DAY, end_user="Inland Rail")
    world.open(contact=world.foreign, end_user="Harbour of Another")
    browser = as_user("technical")
    assert offered(browser, "end-users", "harbour") == [
        ("Old Harbour Bank", "1 case, the last on 4 Mar 2003"),
        ("Harbour Freight Lines", "2 cases, the last on 3 Mar 2003"),
    ]
    assert len(offered(browser, "end-users", "")) == 3
    assert offered(browser, "end-users", "of another") == []


def test_the_provider_asks_for_the_company_of_a_contact(world: World, as_user: AsUser) -> None:
    world.open(NOW - DAY, end_user="Harbour Freight Lines")
    world.open(contact=world.foreign, end_user="Harbour of Another")
    dispatch = as_user("dispatch")
    assert [text for text, _ in offered(dispatch, "end-users", "", world.foreign.pk)] == [
        "Harbour of Another"
    ]
    for within in ("", "0", "x"):
        assert offered(dispatch, "end-users", "harbour", within) == []
    theirs = offered(as_user("technical"), "end-users", "harbour", world.foreign.pk)
    assert [text for text, _ in theirs] == ["Harbour Freight Lines"], "one's own, whatever is asked"


def test_suggestions_are_bounded(
    world: World, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    for number in range(14):
        world.open(end_user=f"Branch {number}")
    browser = as_user("technical")
    with django_assert_max_num_queries(6):
        answer = browser.get("/lookups/end-users/", {"q": "branch"})
    assert len(json.loads(answer.content)["options"]) == 10
    assert json.loads(answer.content)["more"] is True
    assert browser.get("/lookups/nothing/").status_code == 404


def test_any_other_text_is_taken_as_well(world: World, as_user: AsUser) -> None:
    page = as_user("technical").get("/cases/new/", follow=True).content.decode()
    assert 'data-lookup="/lookups/end-users/" data-lookup-free' in page
    assert (
        'data-lookup="/lookups/releases/" data-lookup-free data-lookup-beside="id_product"' in page
    )
    assert world.open(end_user="Somebody New").end_user == "Somebody New"
    assert Case.objects.count() == 1
