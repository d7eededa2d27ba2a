"""What stands beside a report while it is typed: its summary, what limits it, cases and Fixes like it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.models import Case
from cases.products.models import Product, Release
from contracts.prepaid.actions.ledger import balances
from portal.models import Draft, Upload
from tests.cases.pages import SAVE_REPORT, words
from tests.cases.world import DAY, NOW, World

AsUser = Callable[..., Client]
KEY = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"
ALL_THE_SAME = "You may open the case all the same: an engineer decides whether it is supported"
TAKES = "takes one case provisionally, until it is determined what the Problem is."


def form(world: World, **changes: Any) -> dict[str, Any]:
    fields = world.typed(**changes)
    return {"draft": KEY} | {
        name: value for name, value in fields.items() if value not in (False, None)
    }


def checked(browser: Client, typed: dict[str, Any]) -> str:
    return words(browser.post("/cases/new/check/", typed))


@pytest.mark.clause("ATSP 4.3", "ATSP 4.8")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"release": "6.1.3"}, ""),
        ({"release": "v6.1"}, ""),
        ({"release": "Release 6.0.2"}, ""),
        ({"release": ""}, ""),
        ({"release": "banana"}, "“banana” is not a Release of the form X.yy.z"),
        ({"release": "5.5.9"}, "Release 5.5.9 is neither current nor the prior minor Release"),
        ({"release": "6.1.9"}, "Release 6.1.9 is not published"),
        ({"modified_software": True}, "The Software is modified, damaged"),
    ],
)
def test_a_limitation_is_told_while_typing_and_is_that_of_the_case(
    world: World, as_user: AsUser, changes: dict[str, Any], said: str
) -> None:
    browser = as_user("technical")
    text = checked(browser, form(world, **changes))
    assert not Case.objects.exists()
    assert not Draft.objects.exists(), "asking keeps nothing"
    if not said:
        assert "limits the support" not in text
        return
    assert text.count(said) == 2, "at the question, and in the summary"
    assert text.count(ALL_THE_SAME) == 2
    assert TAKES in text

    opened = browser.post(f"/cases/new/?draft={KEY}", form(world, **changes))
    assert opened.status_code == 302, "no limitation refuses a case"
    [limit] = Case.objects.get().limitations
    assert limit["words"] in text
    assert said in limit["words"]


@pytest.mark.clause("ATSP 1.13")
def test_a_word_in_place_of_a_release_is_told_of_a_product_without_releases_too(
    world: World, as_user: AsUser
) -> None:
    new = Product.objects.create(name="Celestra")
    text = checked(as_user("technical"), form(world, product=new.pk, release="banana"))
    assert "“banana” is not a Release" in text
    Release.objects.create(product=new, number="1.0.0", published_on=(NOW + 9 * DAY).date())
    text = checked(as_user("technical"), form(world, product=new.pk, release="1.0.0"))
    assert "limits the support" not in text, "nothing is published that it could be held against"


def test_a_release_is_kept_without_what_people_write_before_it(
    world: World, as_user: AsUser
) -> None:
    as_user("technical").post(f"/cases/new/?draft={KEY}", form(world, release=" v6.1.3 "))
    assert Case.objects.get().release == "6.1.3"


def test_the_summary_shows_what_is_answered_and_what_is_still_needed(
    world: World, as_user: AsUser
) -> None:
    typed = form(world, business_impact="", severity="", replication="unsuccessful")
    del typed["updates_paid"]
    text = checked(as_user("technical"), typed)
    assert "Product NetWorker" in text
    assert "What happens Every scan of the media index ends in a core dump." in text
    needed = text.partition("Still needed:")[2]
    for label in (
        "The End-User has paid for Updates",
        "Business impact",
        "What was tried where it could not be replicated",
        "severity",
    ):
        assert label.casefold() in needed.casefold()
    assert "Nothing is missing" not in text

    whole = checked(as_user("technical"), form(world))
    assert "Still needed" not in whole
    assert "Nothing is missing. Takes one case provisionally" in whole
    assert "by 11:00 PST" in whole, "what the chosen severity starts"
    empty = checked(as_user("technical"), {"draft": KEY})
    assert "Nothing is typed yet" in empty


def test_without_scripts_saving_the_draft_shows_the_summary(world: World, as_user: AsUser) -> None:
    typed = form(world, release="banana", business_impact="") | {"save": "1"}
    page = as_user("technical").post(f"/cases/new/?draft={KEY}", typed)
    assert page.status_code == 200
    summary = words(page).partition("What you send, on one screen.")[2]
    assert "NetWorker" in summary
    assert "“banana” is not a Release" in summary
    assert "Still needed: Business impact" in summary
    again = words(as_user("technical").get(f"/cases/new/?draft={KEY}"))
    assert "Still needed: Business impact" in again.partition("on one screen.")[2]


def test_the_steps_go_from_where_to_how_severe(world: World, as_user: AsUser) -> None:
    page = as_user("technical").get(f"/cases/new/?draft={KEY}").content.decode()
    places = [
        page.index(f'id="step-{code}"')
        for code in ("where", "problem", "follow", "severity", "summary")
    ]
    assert places == sorted(places)


def test_checking_costs_the_same_however_much_is_typed(
    world: World, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    browser = as_user("technical")
    for text in ("Short.", "Long. " * 4000):
        with django_assert_max_num_queries(10):
            browser.post("/cases/new/check/", form(world, description=text, release="banana"))


class TestOpenCasesLikeIt:
    def offered(self, browser: Client) -> str:
        typed = {"title": "Scan ends in a core dump", "description": "The media index is corrupt."}
        return words(browser.post("/cases/new/matching/", typed))

    def test_open_cases_of_ones_own_company_are_offered(
        self, world: World, as_user: AsUser
    ) -> None:
        own = world.open(title="Core dump of a media scan")
        colleagues = world.open(contact=world.london, title="Media scan dumps core in London")
        theirs = world.open(contact=world.foreign, title="Core dump of a foreign media scan")
        closed = world.open(title="Core dump of an old media scan")
        Case.objects.filter(pk=closed.pk).update(
            state="closed", closed_at=NOW, closure_reason="solution"
        )
        text = self.offered(as_user("technical"))
        assert "Your company has an open case like this" in text
        for case in (own, colleagues):
            assert f"Add to this one instead : case {case.number}" in text
        for case in (theirs, closed):
            assert case.title not in text
        assert "open case like this" not in self.offered(as_user("engineer"))

    def test_three_at_most_by_so_many_statements(
        self, world: World, as_user: AsUser, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(6):
            world.open(title=f"Core dump {number} of a media scan")
        browser = as_user("technical")
        self.offered(browser)
        with django_assert_max_num_queries(7):
            assert self.offered(browser).count("Add to this one instead") == 3

    def test_what_is_typed_waits_on_that_case_and_no_case_is_used(
        self, world: World, as_user: AsUser
    ) -> None:
        there = world.open(title="Core dump of a media scan")
        left = next(b.left for b in balances(world.agreement) if b.pool == "us")
        browser = as_user("technical")
        browser.post(SAVE_REPORT, form(world))
        user = world.user("technical")
        Upload.objects.create(
            owner=user, place=f"new:{KEY}", account="a", name="trace.log", size=3, offset=3,
            path=f"x/{uuid.uuid4()}", created_at=NOW, expires_at=NOW + DAY,
        )  # fmt: skip
        typed = form(world, title="Seen again", description="Now on another volume.")
        answer = browser.post("/cases/new/instead/", typed | {"instead": str(there.pk)})
        assert answer["Location"] == f"{there.get_absolute_url()}?act=add#acts"
        page = browser.get(answer["Location"])
        assert "Seen again\n\nNow on another volume." in page.content.decode()
        assert "Steps to replicate: Start a scan of any medium." in page.content.decode()
        assert "trace.log" in words(page), "the files come along"
        assert "No case was used." in words(page)
        assert not Draft.objects.filter(form="cases.open", became=None).exists()
        assert next(b.left for b in balances(world.agreement) if b.pool == "us") == left

    def test_only_to_an_open_case_that_one_sees(self, world: World, as_user: AsUser) -> None:
        theirs = world.open(contact=world.foreign)
        browser = as_user("technical")
        for instead in (str(theirs.pk), "", "no number", "9" * 40):
            answer = browser.post("/cases/new/instead/", form(world) | {"instead": instead})
            assert answer.status_code == 404


class TestOpenOneLikeThis:
    def test_environment_and_end_user_are_copied_and_the_problem_is_not(
        self, world: World, as_user: AsUser
    ) -> None:
        case = world.open(hardware="A1000", other_software="Oracle 8i")
        browser = as_user("technical")
        address = f"/cases/new/?like={case.pk}"
        assert address in browser.get(case.get_absolute_url()).content.decode()
        page = browser.get(address, follow=True)
        assert page.redirect_chain[0][0].endswith(f"&like={case.pk}")
        begun = page.context["form"]
        told = {name for name in begun.fields if begun[name].value()}
        assert told == {
            "product", "release", "platform", "operating_system", "hardware", "other_software",
            "end_user",
        }  # fmt: skip
        assert begun["end_user"].value() == case.end_user
        assert f"Begun like case {case.number}" in words(page)
        assert not Draft.objects.filter(became=None).exists(), "looking writes nothing"

    def test_what_is_typed_into_it_is_kept_as_any_draft(
        self, world: World, as_user: AsUser
    ) -> None:
        case = world.open()
        browser = as_user("technical")
        browser.post(SAVE_REPORT, {"draft": KEY, "title": "Mine", "release": "6.0.2"})
        page = browser.get(f"/cases/new/?draft={KEY}&like={case.pk}")
        assert page.context["form"]["release"].value() == "6.0.2"
        assert "Begun like" not in words(page)

    def test_a_foreign_case_is_not_there(self, world: World, as_user: AsUser) -> None:
        theirs = world.open(contact=world.foreign)
        assert as_user("technical").get(f"/cases/new/?like={theirs.pk}").status_code == 404
        link = "Open one like this"
        assert link not in words(as_user("engineer").get(theirs.get_absolute_url()))


def test_other_drafts_are_listed_and_can_be_discarded_there(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    keys = [str(uuid.uuid4()) for _ in range(6)]
    for number, key in enumerate(keys):
        browser.post(SAVE_REPORT, {"draft": key, "title": f"Draft {number}"})
    page = browser.get(f"/cases/new/?draft={KEY}")
    assert words(page).count(": Draft ") == 4
    assert "More drafts" in words(page)
    answer = browser.post("/cases/drafts/discard/", {"draft": keys[5], "back": KEY})
    assert answer["Location"] == f"{reverse('open_case')}?draft={KEY}"
    assert not Draft.objects.filter(key=keys[5]).exists()
    assert browser.post("/cases/drafts/discard/", {"draft": keys[4], "back": "//x"})[
        "Location"
    ] == reverse("home")
