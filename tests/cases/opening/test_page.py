"""Opening a case in the browser: nothing typed is ever lost, and no case is opened that may not be, or twice."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from contracts.prepaid.actions.ledger import balances
from portal.models import Draft
from tests.cases.pages import SAVE_REPORT, words
from tests.cases.world import DAY, NOW, World

AsUser = Callable[..., Client]
KEY = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"
PAGE = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a02"


def send(browser: Client, world: World, **changes: Any) -> Any:
    fields = {
        name: value for name, value in world.typed(**changes).items() if value not in (False, None)
    }
    return browser.post(f"/cases/new/?draft={KEY}", {"draft": KEY, **fields})


def drafts() -> list[str]:
    return list(Draft.objects.filter(became=None).values_list("title", flat=True))


def test_a_new_form_has_a_key_of_its_own_from_the_start(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    first, second = browser.get("/cases/new/"), browser.get("/cases/new/")
    assert first.status_code == 302
    assert first["Location"] != second["Location"]

    page = browser.get(first["Location"])
    key = first["Location"].partition("draft=")[2]
    assert f'name="draft" value="{key}"' in page.content.decode()
    assert f'data-draft-key="/cases/new/?draft={key}"' in page.content.decode()
    assert f'data-draft-url="/drafts/?for=/cases/new/%3Fdraft%3D{key}"' in page.content.decode()
    assert not Draft.objects.exists(), "looking writes nothing"


@pytest.mark.clause("ATSP 4.3", "ATSP 4.6", "ATSP 4.5", "D-9")
def test_severities_are_shown_in_the_agreements_words_with_their_objectives(
    world: World, as_user: AsUser
) -> None:
    text = words(as_user("technical").get(f"/cases/new/?draft={KEY}"))
    for term in world.agreement.programme.severities:
        assert " ".join(term.meaning.split()) in text
        assert f"First response within {term.first_response}" in text
    assert "Status every business day" in text
    assert "every 1 " not in text
    assert "Severity 1 is reported by telephone: +1 650 555 0142" in text
    assert "taken at once as severity 2 and awaits your call" in text


@pytest.mark.clause("ATSP 1.3", "ATSP 5.2.2")
def test_a_whole_report_opens_a_case_and_its_draft_is_gone(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    browser.post(SAVE_REPORT, {"draft": KEY, "title": "Index corrupt"})
    answer = send(browser, world)

    case = Case.objects.get()
    assert answer["Location"] == case.get_absolute_url()
    assert (case.title, case.channel, case.contact) == (
        "Index corrupt after the upgrade",
        "web",
        world.technical,
    )
    assert drafts() == []


def test_opening_a_case_costs_so_many_statements(
    world: World, as_user: AsUser, django_assert_max_num_queries: Any
) -> None:
    browser = as_user("technical")
    with django_assert_max_num_queries(19):  # the test has a savepoint of its own
        assert send(browser, world).status_code == 302


def test_the_same_form_sent_twice_opens_one_case(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    first, second = send(browser, world), send(browser, world)

    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1
    assert next(b.left for b in balances(world.agreement) if b.pool == "us") == 99
    late = browser.post(SAVE_REPORT, {"draft": KEY, "title": "More"} | {"form_key": PAGE})
    assert (late.json()["is_anew"], drafts()) == (True, ["More"]), "in a draft of its own"


@pytest.mark.clause("ATSP 5.2.3")
def test_a_mistake_keeps_everything_typed_in_the_form_and_in_the_draft(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("technical")
    page = send(browser, world, business_impact="", description="Core dump at every scan.")

    assert page.status_code == 409
    assert "1 answer needs another look" in words(page)
    assert "Core dump at every scan." in page.content.decode()
    assert re.search(r'value="2"[^>]*\bchecked', page.content.decode())
    assert not Case.objects.exists()
    [draft] = Draft.objects.all()
    assert draft.data["description"] == "Core dump at every scan."
    again = browser.get(f"/cases/new/?draft={KEY}")
    assert "Core dump at every scan." in again.content.decode()


@pytest.mark.parametrize("product", ["", "0", "-1", "no number", "9" * 30, "9" * 5000])
def test_a_product_that_there_is_not_needs_another_look(
    world: World, as_user: AsUser, product: str
) -> None:
    page = send(as_user("technical"), world, product=product)
    assert page.status_code == 409
    assert "1 answer needs another look" in words(page)
    assert not Case.objects.exists()


@pytest.mark.clause("ATSP 1.15")
def test_replication_without_success_asks_for_its_evidence(world: World, as_user: AsUser) -> None:
    page = send(as_user("technical"), world, replication="unsuccessful")
    assert "say what was tried, and on what (ATSP 1.15, 5.2.3)" in words(page)


@pytest.mark.clause("ATSP 9.1")
def test_a_spent_quota_is_announced_first_and_refused_with_the_way_out(
    world: World, as_user: AsUser
) -> None:
    world.spend("us")
    browser = as_user("technical")
    before = browser.get(f"/cases/new/?draft={KEY}")
    assert "All 100 cases of the pool US are spent." in words(before)

    page = send(browser, world)
    assert page.status_code == 409
    assert "ATSP 9.1" in words(page)
    assert "Technical Support can be extended" in words(page)
    assert "What you typed is kept as a draft." in words(page)
    assert drafts() == ["Index corrupt after the upgrade"]
    assert "Every scan of the media index" in page.content.decode()


@pytest.mark.clause("ATSP 2.1")
def test_an_end_user_without_updates_is_refused_at_the_field(world: World, as_user: AsUser) -> None:
    page = send(as_user("technical"), world, updates_paid=False)
    assert page.status_code == 409
    assert "Support is for End-Users who have paid for Updates." in words(page)
    assert not Case.objects.exists()


@pytest.mark.clause("ATSP 5.2.1")
def test_a_contact_in_the_waiting_time_writes_a_draft_and_opens_it_afterwards(
    world: World, as_user: AsUser, set_clock: Callable[..., None]
) -> None:
    browser = as_user("waiting")
    page = send(browser, world)
    assert page.status_code == 409
    assert "may ask for assistance from Fri 7 Mar 2003 09:00 PST" in words(page)
    assert drafts() == ["Index corrupt after the upgrade"]

    set_clock(NOW + 3 * DAY)
    assert send(browser, world).status_code == 302
    assert Case.objects.get().contact == world.waiting


@pytest.mark.clause("ATSP 1.1", "ATSP 5.2.2")
@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("administrative", "Ada Lindt is the Administrative Contact, who cannot open a case."),
        ("engineer", "Cases are opened by the Technical Contacts of a reseller."),
    ],
)
def test_people_who_cannot_open_cases_see_why(
    world: World, as_user: AsUser, who: str, said: str
) -> None:
    browser = as_user(who)
    page = browser.get("/cases/new/")
    assert page.status_code == 403
    assert said in words(page)
    assert send(browser, world).status_code == 403
    assert not Case.objects.exists()


def test_saves_of_one_form_meet_one_draft_and_nobody_elses(world: World, as_user: AsUser) -> None:
    mine, other = as_user("technical"), as_user("alternate")
    for title in ("I", "Ind", "Index"):
        typed = {"draft": KEY, "title": title, "form_key": PAGE}
        assert mine.post(SAVE_REPORT, typed).status_code == 200
    other.post(SAVE_REPORT, {"draft": KEY, "title": "Theirs"})

    assert Draft.objects.get(user=world.technical.user).title == "Index"
    assert Draft.objects.get(user=world.alternate.user).title == "Theirs"
    mine.post(SAVE_REPORT, {"title": "No key"})
    assert sorted(drafts()) == ["Index", "No key", "Theirs"], "without one it is a draft of its own"


def test_without_scripts_the_draft_is_saved_by_a_button_and_matching_fixes_are_shown(
    world: World, as_user: AsUser
) -> None:
    article = world.article()
    browser = as_user("technical")
    page = browser.post(
        f"/cases/new/?draft={KEY}",
        {"draft": KEY, "save": "1", "title": "Core dump in a scan", "description": "Media index."},
    )
    assert page.status_code == 200
    assert "Draft saved" in words(page)
    assert article.title in words(page)
    assert "another look" not in words(page), "a draft is not judged"


def test_a_fix_that_solves_it_ends_the_draft_and_spends_no_case(
    world: World, as_user: AsUser
) -> None:
    article = world.article()
    browser = as_user("technical")
    browser.post(SAVE_REPORT, {"draft": KEY, "title": "Core dump"})
    answer = browser.post(
        "/cases/drafts/discard/", {"draft": KEY, "solved_by": article.number}, follow=True
    )
    assert f"{article.number} solved it: no case was used." in words(answer)
    assert drafts() == []
    assert next(b.left for b in balances(world.agreement) if b.pool == "us") == 100


@pytest.mark.clause("D-12")
def test_only_published_articles_with_a_published_fix_are_offered(
    world: World, as_user: AsUser
) -> None:
    world.article(title="Scan dumps core: known")
    world.article(title="Scan dumps core: no Fix yet", fix="", fix_published_at=None)
    world.article(title="Scan dumps core: Fix tomorrow", fix_published_at=NOW + DAY)
    world.article(title="Scan dumps core: unpublished", published_at=None)
    world.article(title="License key rejected", symptom="Another thing", cause="", fix="Other")

    browser = as_user("technical")
    found = words(
        browser.post("/cases/new/matching/", {"title": "scan", "description": "dumps core"})
    )
    assert "Scan dumps core: known" in found
    for other in ("no Fix yet", "Fix tomorrow", "unpublished", "License"):
        assert other not in found
    assert "This solves it: no case, nothing charged" in found
    for typed in ({"title": "scan"}, {}, {"title": "!!! & | <->", "description": "' -- or"}):
        answer = browser.post("/cases/new/matching/", typed)
        assert (answer.status_code, words(answer)) == (200, "")


def test_articles_are_asked_for_with_a_description_longer_than_an_address(
    world: World, as_user: AsUser
) -> None:
    world.article(title="Scan dumps core: known")
    typed = {"title": "Scan dumps core", "description": "The trace follows. " * 2000}
    browser = as_user("technical")
    assert "Scan dumps core: known" in words(browser.post("/cases/new/matching/", typed))
    page = browser.get("/cases/new/", follow=True).content.decode()
    asked = page[page.index('id="matching"') :].partition(">")[0]
    assert 'hx-post="/cases/new/matching/"' in asked
    assert "hx-get" not in asked


@pytest.mark.clause("ATSP 4.5", "D-9")
def test_severity_1_from_the_browser_awaits_the_call_with_the_number_to_call(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("technical")
    page = browser.get(send(browser, world, severity=1)["Location"])
    case = Case.objects.get()
    assert f"Call +1 650 555 0142 and quote case {case.number}" in words(page)
    assert "Severity 1 awaits your call. Until then it runs as severity 2" in words(page)


def test_a_lost_session_comes_back_to_the_same_draft(
    world: World, as_user: AsUser, client: Client
) -> None:
    answer = client.get(f"/cases/new/?draft={KEY}")
    assert answer["Location"] == f"/account/login/?next=/cases/new/%3Fdraft%3D{KEY}"
    as_user("technical").post(SAVE_REPORT, {"draft": KEY, "title": "Kept"})
    assert "Kept" in as_user("technical").get(f"/cases/new/?draft={KEY}").content.decode()


@pytest.mark.clause("ATSP 9.1", "D-47")
def test_a_pool_that_is_used_up_leads_to_the_extension_and_keeps_the_draft(
    world: World, as_user: AsUser
) -> None:
    world.spend("us")
    world.spend("emea")
    browser = as_user("technical")
    address = f"/agreements/{world.agreement.reference}/cases/extension/"
    assert address in browser.get("/home/").content.decode()
    page = browser.get("/cases/new/", follow=True).content.decode()
    assert address in page
    assert "US$6,666.67" in page
    assert "kept as a draft" in page
    assert browser.get(address).status_code == 200
