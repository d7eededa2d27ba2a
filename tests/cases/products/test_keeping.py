"""Keeping a product: its questions, its platforms and its Releases, by the people of its provider."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from cases.products.actions import MOST, keep_product, publish_release
from cases.products.models import Product, ProductQuestion, Release
from cases.products.rules import Asked
from contracts.parties.models.provider_people import ProviderPerson
from portal.models import JournalEntry
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.cases.pages import words
from tests.cases.world import DAY, NOW, World
from tests.contracts.factories import make_organisation

AsUser = Callable[..., Client]


def keep(world: World, *asked: Asked, platforms: str = "", by: str = "administrator") -> Product:
    return keep_product(world.product, asked=asked, platforms=platforms, by=world.user(by), at=NOW)


def kept(world: World) -> list[tuple[str, int]]:
    return list(world.product.questions.values_list("words", "needed_to"))


@pytest.mark.clause("ATSP 5.2.3")
def test_questions_are_added_moved_changed_and_left_out(world: World) -> None:
    keep(world, Asked(0, "the log", 2), Asked(0, "the trace", 0))
    log, trace = world.product.questions.values_list("pk", flat=True)
    keep(world, Asked(trace, "the log", 0), Asked(log, "the trace", 2), Asked(0, "the report", 9))
    assert kept(world) == [("the log", 0), ("the trace", 2), ("the report", 9)]
    assert list(world.product.questions.values_list("pk", flat=True))[:2] == [trace, log]
    keep(world, Asked(log, "the trace", 2))
    assert kept(world) == [("the trace", 2)]
    told = list(JournalEntry.objects.about(world.product).values_list("text", flat=True))
    assert told[-1] == "A report tells: the trace."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([Asked(0, "the log"), Asked(0, "The Log")], "is asked twice"),
        ([Asked(0, f"log {n}") for n in range(MOST + 1)], f"a product asks {MOST} at the most"),
        ([], "Nothing is changed"),
    ],
)
def test_what_cannot_be_asked_is_refused(world: World, asked: list[Asked], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        keep(world, *asked)
    assert not ProductQuestion.objects.exists()


@pytest.mark.parametrize(
    ("words_of_it", "constraint"),
    [("the log", "question_once_a_product"), ("", "question_asks_something")],
)
def test_the_database_keeps_questions_apart(
    world: World, words_of_it: str, constraint: str
) -> None:
    keep(world, Asked(0, "the log"))
    with pytest.raises(IntegrityError, match=constraint):
        ProductQuestion.objects.create(product=world.product, position=9, words=words_of_it)


@pytest.mark.clause("ATSP 1.13")
def test_a_published_release_counts_from_its_day(world: World) -> None:
    publish_release(
        world.product,
        number="v7.0",
        published_on=(NOW + DAY).date(),
        by=world.engineer,
        at=NOW,
    )
    assert Release.objects.filter(number="7.0.0", product=world.product).exists()
    for number, said in (("7.0", "is noted already"), ("banana", "is not a Release")):
        with pytest.raises(Refusal, match=said):
            publish_release(
                world.product, number=number, published_on=NOW.date(), by=world.engineer, at=NOW
            )


@pytest.mark.parametrize("who", ["engineer", "pse", "manager", "administrator"])
def test_these_keep_products(world: World, as_user: AsUser, who: str) -> None:
    page = as_user(who).get(f"/products/{world.product.pk}/")
    assert page.status_code == 200
    keep(world, Asked(0, "the log"), by=who)


@pytest.mark.parametrize("who", ["dispatch", "psam", "account_manager", "technical"])
def test_others_do_not(world: World, as_user: AsUser, who: str) -> None:
    assert as_user(who).get(f"/products/{world.product.pk}/").status_code == 403
    with pytest.raises(Refusal):
        keep(world, Asked(0, "the log"), by=who)


def test_a_product_is_kept_by_the_people_of_its_provider(world: World, as_user: AsUser) -> None:
    other = make_organisation("CaminoSoft", own_people=True)
    theirs = Product.objects.create(name="StandbyServer", kept_by=other)
    ProviderPerson.objects.create(organisation=other, user=world.colleague)
    house, apart = as_user("engineer"), as_user("colleague")
    assert house.get(f"/products/{theirs.pk}/").status_code == 404
    assert apart.get(f"/products/{world.product.pk}/").status_code == 404
    assert apart.get(f"/products/{theirs.pk}/").status_code == 200
    assert "StandbyServer" not in words(house.get("/products/"))
    assert "NetWorker" not in words(apart.get("/products/"))
    assert Role.CSE in world.colleague.roles


class TestThePage:
    def typed(self, browser: Client, product: Product, **changes: Any) -> dict[str, Any]:
        act = browser.get(f"/products/{product.pk}/").context["keep"]
        fields = {name: act[name].value() for name in act.fields}
        return {name: value for name, value in fields.items() if value is not None} | {
            "seen": act.seen,
            **changes,
        }

    def test_questions_are_kept_on_one_page(self, world: World, as_user: AsUser) -> None:
        browser = as_user("administrator")
        address = f"/products/{world.product.pk}/keep/"
        first = {
            "words-1": "the log",
            "hint-1": "In /nsr/logs.",
            "needed-1": "2",
            "words-3": "the trace",
            "platforms": "Solaris\n\nHP-UX \nSolaris",
        }
        sent = self.typed(browser, world.product) | first
        assert browser.post(address, sent)["Location"] == f"/products/{world.product.pk}/"
        assert kept(world) == [("the log", 2), ("the trace", 0)]
        world.product.refresh_from_db()
        assert world.product.platform_names == ["Solaris", "HP-UX"]
        page = words(browser.get(f"/products/{world.product.pk}/"))
        assert "A report tells: the log, the trace." in page
        again = self.typed(browser, world.product) | {"words-1": ""}
        assert browser.post(address, again).status_code == 302
        assert kept(world) == [("the trace", 0)]

    @pytest.mark.clause("D-28")
    def test_what_somebody_else_changed_meanwhile_is_not_written_over(
        self, world: World, as_user: AsUser
    ) -> None:
        browser = as_user("administrator")
        sent = self.typed(browser, world.product) | {"words-1": "mine"}
        keep(world, Asked(0, "theirs"))
        answer = browser.post(f"/products/{world.product.pk}/keep/", sent)
        assert answer.status_code == 409
        assert "was changed since you opened this page" in words(answer)
        assert 'value="mine"' in answer.content.decode()
        assert kept(world) == [("theirs", 0)]

    def test_releases_say_whether_they_are_supported(self, world: World, as_user: AsUser) -> None:
        browser = as_user("engineer")
        for number, day in (("5.5.9", "1999-01-04"), ("9.0.0", "2003-12-01")):
            answer = browser.post(
                f"/products/{world.product.pk}/release/", {"number": number, "published_on": day}
            )
            assert answer.status_code == 302, words(answer)
        page = words(browser.get(f"/products/{world.product.pk}/"))
        for line in (
            "9.0.0 1 Dec 2003 To come",
            "6.1.3 23 Feb 2003 Supported",
            "5.5.9 4 Jan 1999 No longer supported",
        ):
            assert line in page
        refused = browser.post(
            f"/products/{world.product.pk}/release/", {"number": "x", "published_on": "2003-01-01"}
        )
        assert refused.status_code == 409
        assert dt.date(1999, 1, 4) in world.product.releases.values_list("published_on", flat=True)

    def test_the_list_costs_the_same_however_many_there_are(
        self, world: World, as_user: AsUser, django_assert_max_num_queries: Any
    ) -> None:
        browser = as_user("engineer")
        keep(world, Asked(0, "the log", 1), Asked(0, "the trace"))
        browser.get("/products/")
        for number in range(8):
            Product.objects.create(name=f"Product {number}")
        with django_assert_max_num_queries(10):
            text = words(browser.get("/products/"))
        assert "NetWorker 2 1 3 not listed" in text
