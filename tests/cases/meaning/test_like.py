"""What is like a case: by words and by what they mean, of what the reader may see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.case.models import Case
from cases.knowledge.models import Article
from cases.meaning.like import MOST_ARTICLES, MOST_CASES, like_case
from cases.meaning.models import CaseMeaning
from cases.products.models import Product
from tests.cases.meaning.test_learning import DRIVE, OTHER, SAME
from tests.cases.pages import words
from tests.cases.world import DAY, HOUR, NOW, World

pytestmark = pytest.mark.django_db
AsUser = Callable[..., Client]
Learn = Callable[[], int]

FIX = {"title": SAME["title"], "symptom": SAME["description"], "cause": "", "fix": "Load it."}


@pytest.fixture
def drive(world: World) -> Case:
    return world.open(NOW - HOUR, **DRIVE)


def test_a_paraphrase_without_a_shared_word_is_found_by_an_engineer_and_no_other_company(
    world: World, drive: Case, learn: Learn, as_user: AsUser
) -> None:
    same = world.open(contact=world.foreign, **SAME)
    own = world.open(contact=world.alternate, **SAME | {"title": "Robot lost its readers"})
    world.article(**FIX)
    engineer, contact = as_user("engineer"), as_user("technical")
    address = f"/cases/{drive.pk}/like/"
    assert "Nothing like it was found." in words(engineer.get(address)), "they share no word"

    learn()
    page = words(engineer.get(address))
    assert same.number in page
    assert own.number in page
    assert FIX["title"] in page
    page = words(contact.get(address))
    assert own.number in page
    assert same.number not in page
    assert str(same.reseller) not in page
    assert FIX["title"] in page
    assert as_user("foreign").get(address).status_code == 404


def test_a_neighbour_that_the_reader_may_not_see_is_left_out_whatever_the_rows_say(
    world: World, drive: Case
) -> None:
    foreign = world.open(contact=world.foreign, **SAME)
    draft = world.article(published_at=None, fix_published_at=None)
    CaseMeaning.objects.create(
        case=drive,
        digest="0" * 32,
        vector=b"",
        cases=[foreign.pk],
        own=[foreign.pk],
        articles=[draft.pk],
    )
    found = like_case(drive, world.user("technical"), NOW)
    assert (found.cases, found.articles) == ([], [])
    seen = like_case(drive, world.engineer, NOW)
    assert (seen.cases, seen.articles) == ([foreign], [draft])


def test_a_contact_is_shown_articles_with_a_published_fix_alone(
    world: World, drive: Case, learn: Learn
) -> None:
    later = world.article(**FIX | {"fix_published_at": NOW + DAY})
    learn()
    assert like_case(drive, world.user("technical"), NOW).articles == []
    assert like_case(drive, world.user("technical"), NOW + DAY).articles == [later]
    assert like_case(drive, world.engineer, NOW).articles == [later]


def test_articles_on_another_product_are_left_out(world: World, drive: Case, learn: Learn) -> None:
    article = world.article(**FIX)
    learn()
    assert like_case(drive, world.engineer, NOW).articles == [article]
    Article.objects.update(product=Product.objects.create(name="AlphaStor"))
    assert like_case(drive, world.engineer, NOW).articles == []


def test_words_answer_alone_until_the_case_is_read(world: World, drive: Case) -> None:
    shares = world.open(title="Tape drive gone", description="Since the reboot, in the library.")
    known = world.article(title="Tape drive not there after a reboot")
    found = like_case(drive, world.engineer, NOW)
    assert found.cases == [shares]
    assert found.articles == [known]


def test_what_both_find_comes_before_what_one_does(world: World, drive: Case, learn: Learn) -> None:
    by_meaning = world.open(**SAME)
    both = world.open(
        title="Tape drive not seen", description="After a reboot no drives are shown."
    )
    world.open(**OTHER)
    learn()
    assert like_case(drive, world.engineer, NOW).cases[:2] == [both, by_meaning]


def test_few_are_shown_and_statements_do_not_grow(world: World, drive: Case, learn: Learn) -> None:
    def asked(user: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            like_case(Case.objects.get(pk=drive.pk), world.user(user), NOW)
        return len(statements) - 1

    world.open(**DRIVE)
    world.article(**FIX)
    learn()
    assert max(asked("engineer"), asked("technical")) == 7, "six, and how far the reader sees"
    few = asked("engineer"), asked("technical")
    for _ in range(MOST_CASES + 2):
        world.open(**DRIVE)
        world.article(**FIX)
    learn()
    found = like_case(drive, world.engineer, NOW)
    assert (len(found.cases), len(found.articles)) == (MOST_CASES, MOST_ARTICLES)
    assert (asked("engineer"), asked("technical")) == few == (6, 6)


def test_the_case_page_asks_for_it_apart_and_works_without_scripts(
    world: World, drive: Case, as_user: AsUser
) -> None:
    browser = as_user("engineer")
    page = browser.get(f"/cases/{drive.pk}/").content.decode()
    assert f'hx-get="/cases/{drive.pk}/like/"' in page
    assert f'<a href="/cases/{drive.pk}/like/">Show what is like this case</a>' in page
    part = browser.get(f"/cases/{drive.pk}/like/", headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith("<p>Nothing like it was found.</p>")
    whole = words(browser.get(f"/cases/{drive.pk}/like/"))
    assert f"Cases and articles like case {drive.number}" in whole
