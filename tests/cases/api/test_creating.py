"""The same creation sent again opens no second case, and takes no second prepaid one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from contracts.prepaid.models.ledger import CaseEntry
from tests.cases.world import World

AsUser = Callable[..., Client]


def create(browser: Client, world: World, key: str = "", **changes: Any) -> Any:
    report = world.typed(**changes) | {"product": world.product.name}
    headers = {"Idempotency-Key": key} if key else {}
    return browser.post("/api/cases/", report, content_type="application/json", headers=headers)


def taken() -> int:
    return CaseEntry.objects.filter(kind="reserve").count()


@pytest.mark.clause("ATSP 1.3", "ATSP 2.3")
@pytest.mark.parametrize("key", ["", "9c1e0f5e-27cc-4f2b-9a53-3d1c6b8f1a01"])
def test_sent_twice_it_is_one_case_and_one_prepaid_case(
    world: World, as_user: AsUser, key: str
) -> None:
    browser = as_user("technical")
    first, second = create(browser, world, key), create(browser, world, key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert (Case.objects.count(), taken()) == (1, 1)


def test_another_key_or_other_words_are_another_case(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    for key, title in (("a", "The index"), ("b", "The index"), ("", "The index"), ("", "The tape")):
        assert create(browser, world, key, title=title).status_code == 201
    assert (Case.objects.count(), taken()) == (4, 4)


def test_a_refused_creation_may_be_sent_again(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    assert create(browser, world, "k", updates_paid=False).status_code == 409
    assert create(browser, world, "k").status_code == 201
    assert create(browser, world, "k" * 65).status_code == 409
