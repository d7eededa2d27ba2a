"""The reseller's home: what must I do now, and by when?"""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cases.information.actions import request_information
from cases.queue.listing import ALL
from cases.resolution.actions.closing import give_relief
from cases.saved.actions import save
from cases.severity.actions import propose_severity
from portal.models import Export
from tests.cases.pages import SAVE_REPORT, queries, section, words
from tests.cases.world import HOUR, MINUTE, NOW, World

AsUser = Callable[..., Client]


def test_a_technical_contact_sees_open_cases_with_their_next_promise_and_its_clause(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - 10 * MINUTE, answer_in_writing=False)
    page = as_user("technical").get("/home/")

    text = words(page)
    assert f"{case.number} Severity 2 Serious" in text
    assert "in 50 min The engineer calls you back 10:50 PST" in text
    assert 'title="Clause ATSP 4.6"' in page.content.decode(), "folded"
    assert "Open a case" in text
    assert "data-clock" in page.content.decode()


@pytest.mark.clause("D-30")
@pytest.mark.parametrize("address", ["/home/", "/cases/"])
def test_lists_tell_how_the_first_answer_of_each_case_comes(
    world: World, as_user: AsUser, address: str
) -> None:
    world.open(NOW, answer_in_writing=True)
    world.open(NOW, answer_in_writing=False)
    text = words(as_user("technical").get(address))
    assert text.count("The engineer answers you in writing") == 1
    assert text.count("The engineer calls you back") == 1


@pytest.mark.clause("ATSP 4.5")
def test_a_severity_that_only_awaits_its_call_is_called_no_proposal(
    world: World, as_user: AsUser
) -> None:
    case = world.open(severity=1)
    assert case.proposed_severity is None
    page = words(as_user("technical").get(f"{case.get_absolute_url()}?act=withdraw"))
    assert "Withdraw the severity asked for" in page
    assert "Withdraw the proposal" not in page


@pytest.mark.clause("ATSP 2.3", "ATSP page 1")
def test_cases_left_are_shown_by_region_with_the_charge_rule(world: World, as_user: AsUser) -> None:
    world.open()
    text = words(as_user("technical").get("/home/"))
    assert "US 99 1 of 100 used" in text
    assert "EMEA 100 0 of 100 used" in text
    assert "New defect, not published: given back" in text
    assert "Known product defect: charged" in text


@pytest.mark.clause("ATSP 4.9.1")
def test_awaited_information_is_shown_with_the_cost_of_not_sending_it(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - HOUR)
    request_information(
        case, by=world.engineer, at=NOW - HOUR, missing=["the trace", "the server log"]
    )
    page = as_user("technical").get("/home/")

    assert "1 thing waits for you" in words(page)
    assert "Send the trace, the server log" in words(page)
    assert "By Thu 6 Mar 09:00 PST , or this case becomes severity 3." in words(page)
    assert f'href="/cases/{case.pk}/?act=add"' in page.content.decode()


@pytest.mark.clause("ATSP 4.5", "D-9")
def test_severity_1_awaiting_the_call_says_the_number_to_call_and_the_case_to_quote(
    world: World, as_user: AsUser
) -> None:
    case = world.open(severity=1)
    page = as_user("technical").get("/home/")
    assert f"Call +1 650 555 0142 and quote case {case.number}" in words(page)
    assert 'href="tel:+16505550142"' in page.content.decode()


@pytest.mark.clause("ATSP 4.3", "ATSP 4.10")
def test_a_proposed_severity_and_a_relief_wait_for_a_word(world: World, as_user: AsUser) -> None:
    proposed = world.open()
    propose_severity(proposed, by=world.engineer, at=NOW, to=3, reason="Impact is less.")
    relieved = world.open()
    give_relief(relieved, by=world.engineer, at=NOW, body="Set the timeout.")

    text = words(as_user("technical").get("/home/"))
    assert "Agree to severity 3, or decline it" in text
    assert "We propose it: Impact is less." in text
    assert "Say whether the relief holds" in text


def test_the_most_urgent_comes_first(world: World, as_user: AsUser) -> None:
    give_relief(world.open(), by=world.engineer, at=NOW, body="Set the timeout.")
    request_information(world.open(), by=world.engineer, at=NOW, missing=["the trace"])
    world.open(severity=1)

    text = words(as_user("technical").get("/home/"))
    order = [text.index(mark) for mark in ("Call +1", "Send the trace", "Say whether")]
    assert order == sorted(order)


@pytest.mark.clause("ATSP 1.1")
def test_the_administrative_contact_sees_all_cases_no_button_and_a_sentence_why(
    world: World, as_user: AsUser
) -> None:
    case = world.open(severity=1)
    page = as_user("administrative").get("/home/")

    text = words(page)
    assert case.title in text
    assert "Ada Lindt is the Administrative Contact, who cannot open a case." in text
    assert "you may escalate an existing case" in text
    assert "/cases/new/" not in page.content.decode()
    assert "We wait for your Technical Contacts" in text


@pytest.mark.clause("ATSP 5.2.1")
def test_a_contact_in_the_waiting_time_is_told_until_when(world: World, as_user: AsUser) -> None:
    text = words(as_user("waiting").get("/home/"))
    assert "may ask for assistance from Fri 7 Mar 2003 09:00 PST" in text


def test_another_companys_cases_are_not_there(world: World, as_user: AsUser) -> None:
    world.open(contact=world.foreign, title="Nordwind has another Problem")
    text = words(as_user("technical").get("/home/"))
    assert "Nordwind" not in text
    assert "No open case" in text
    assert "0 open cases" in text


def test_drafts_appear_only_on_their_writers_home_page(world: World, as_user: AsUser) -> None:
    mine, other = as_user("technical"), as_user("alternate")
    key = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"
    mine.post(SAVE_REPORT, {"draft": key, "title": "Half a report"})

    assert "Half a report" in words(mine.get("/home/"))
    assert f'href="/cases/new/?draft={key}"' in mine.get("/home/").content.decode()
    assert "Half a report" not in words(other.get("/home/"))


def test_strangers_must_sign_in_and_the_provider_has_another_home(
    world: World, as_user: AsUser, client: Client
) -> None:
    assert client.get("/home/")["Location"].startswith("/account/login/")
    page = as_user("engineer").get("/home/", follow=True)
    assert page.redirect_chain[-1][0] == "/queue/"
    assert as_user("technical").get("/", follow=True).redirect_chain[-1][0] == "/home/"


def test_it_makes_as_many_queries_for_thirty_cases_as_for_three(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("technical")

    def open_three() -> None:
        world.open()
        asked = world.reply(world.open(), NOW)
        request_information(asked, by=world.engineer, at=NOW, missing=["the trace"])
        world.open(severity=1)

    open_three()
    browser.get("/home/")
    with queries() as few:
        browser.get("/home/")
    for _ in range(9):
        open_three()
    with queries() as many:
        page = browser.get("/home/")

    assert len(many) == len(few) <= 13
    assert "30 open cases" in words(page)
    assert "All 30" in section(page, 'id="open-title"', "</div>")


def test_it_leads_into_the_list_by_words_state_and_saved_views(
    world: World, as_user: AsUser
) -> None:
    world.open()
    world.open(title="Tape drive is not found")
    browser, user = as_user("technical"), world.user("technical")
    before = browser.get("/home/")
    assert 'class="views"' not in before.content.decode(), "nothing is saved yet"
    save(ALL, "state=open", name="Tapes", shared="", by=user)
    with queries() as seen:
        page = browser.get("/home/")
    assert len(seen) <= 14
    assert "Tapes 2" in words(page)
    leads = re.search(r'<a class="view"\s+href="([^"]+view=\d+)"', page.content.decode())
    assert leads is not None
    assert "Tape drive" in words(browser.get(html.unescape(leads[1])))
    assert '<form class="filter-bar queue-bar"' in page.content.decode()
    found = browser.get("/cases/", {"q": "drive", "state": "open"})
    assert "Tape drive" in words(found)
    assert "Index corrupt" not in words(found)


def test_the_open_cases_that_it_shows_come_as_csv(world: World, as_user: AsUser) -> None:
    world.open()
    browser = as_user("technical")
    form = section(browser.get("/home/"), 'class="list-export"', "</form>")
    sent = dict(re.findall(r'name="(kind|state|title|format)"\s+value="([^"]*)"', form))
    assert sent == {"kind": "cases.cases", "state": "open", "title": "Open cases", "format": "csv"}
    browser.post("/exports/new/", sent)
    export = Export.objects.get(owner=world.user("technical"))
    assert (export.kind, export.params) == ("cases.cases", {"state": "open"})


def test_open_cases_stand_in_the_order_of_the_times_that_are_shown(
    world: World, as_user: AsUser
) -> None:
    late = world.reply(world.open(NOW - 2 * HOUR, severity=3), NOW - HOUR)
    soon = world.open(NOW - 10 * MINUTE)
    soonest = world.open(NOW - 30 * MINUTE)
    page = as_user("technical").get("/home/").content.decode()
    at = [page.index(f'<span class="number">{case.pk}</span>') for case in (soonest, soon, late)]
    assert at == sorted(at)
