"""Lists tell who has which case open, and home and inbox show by themselves what is new."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.conversation.actions import add_information, note
from cases.handling.actions import take
from cases.information.actions import request_information
from cases.presence.pulse import ANSWERING, READING, pulse
from tests.cases.pages import queries, words
from tests.cases.world import HOUR, NOW, World

AsUser = Callable[..., Client]


def part(name: str, **more: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": name, **more}


@pytest.mark.parametrize("address", ["/queue/", "/cases/"])
def test_a_row_tells_who_has_its_case_open(world: World, as_user: AsUser, address: str) -> None:
    case, other = world.open(), world.open()
    pulse(case.pk, of=world.colleague, doing=ANSWERING)
    pulse(case.pk, of=world.specialist, doing=READING)
    pulse(other.pk, of=world.engineer, doing=READING)
    said = words(as_user("engineer").get(address))
    assert "CR +1 Colin Reyes is answering, Edith Sorel is reading" in said
    assert said.count("is reading") == 1, "oneself is no news"
    assert "is answering" not in words(as_user("technical").get("/cases/"))


def test_the_rows_of_the_queue_are_new_once_somebody_opens_a_case(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("engineer")
    first = browser.get("/queue/", headers=part("queue-rows"))
    same = part("queue-rows", **{"If-None-Match": first["ETag"]})
    assert browser.get("/queue/", headers=same).status_code == 304
    pulse(case.pk, of=world.colleague, doing=READING)
    assert "Colin Reyes is reading" in words(browser.get("/queue/", headers=same))


def test_home_answers_304_until_something_that_it_shows_changes(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - HOUR)
    browser = as_user("technical")
    tag = ""

    def ask() -> Any:
        nonlocal tag
        answer = browser.get("/home/", headers=part("home-cases", **{"If-None-Match": tag}))
        tag = answer["ETag"]
        return answer

    assert "Index corrupt" in words(ask())
    assert ask().status_code == 304
    note(case, by=world.engineer, at=NOW, body="The index header, I think.")
    assert ask().status_code == 304, "an internal note is none of it"
    world.reply(case, NOW)
    assert "In progress" in words(ask())
    request_information(case, by=world.engineer, at=NOW, missing=["the trace"])
    said = ask()
    assert "Send the trace" in words(said)
    assert '<template data-live-for="home-lead">' in said.content.decode()
    pulse(case.pk, of=world.user("alternate"), doing=READING)
    assert f"{world.alternate.name} is reading" in words(ask())
    pulse(case.pk, of=world.engineer, doing=ANSWERING)
    assert ask().status_code == 304, "the provider's people are none of it"
    assert '<aside aria-label="Your agreement">' not in said.content.decode()


def test_home_asks_no_more_for_a_part_that_is_as_it_was(world: World, as_user: AsUser) -> None:
    world.open()
    browser = as_user("technical")
    first = browser.get("/home/", headers=part("home-cases"))
    with queries() as seen:
        browser.get("/home/", headers=part("home-cases", **{"If-None-Match": first["ETag"]}))
    assert len(seen) <= 10, "\n".join(seen)


def test_home_says_anew_how_many_cases_are_left(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    first = browser.get("/home/", headers=part("home-cases"))
    again = part("home-cases", **{"If-None-Match": first["ETag"]})
    assert browser.get("/home/", headers=again).status_code == 304
    world.spend(left=7)
    after = browser.get("/home/", headers=again).content.decode()
    left = after.split('<template data-live-for="home-left">')[1].split("</template>")[0]
    assert '<strong class="number">7</strong>' in left


def test_the_queue_rings_the_bell_for_one_statement(world: World, as_user: AsUser) -> None:
    case = world.open(NOW - HOUR)
    take(case, by=world.engineer, at=NOW - HOUR)
    browser = as_user("engineer")
    first = browser.get("/queue/", headers=part("queue-rows"))
    again = part("queue-rows", **{"If-None-Match": first["ETag"]})
    with queries() as seen:
        assert browser.get("/queue/", headers=again).status_code == 304
    assert sum("portal_notice" in each for each in seen) == 1
    add_information(case, by=world.user("technical"), at=NOW, body="The trace.")
    with queries() as seen:
        after = browser.get("/queue/", headers=again).content.decode()
    assert sum("portal_notice" in each for each in seen) == 1
    bell = after.split('<template data-live-for="bell-side">')[1].split("</template>")[0]
    assert "unread" in bell


def test_the_inbox_says_anew_how_many_are_unread(world: World, as_user: AsUser) -> None:
    case = world.open(NOW - HOUR)
    browser = as_user("technical")
    first = browser.get("/inbox/", headers=part("inbox-list"))
    world.reply(case, NOW)
    after = browser.get(
        "/inbox/", headers=part("inbox-list", **{"If-None-Match": first["ETag"]})
    ).content.decode()
    unread = after.split('<template data-live-for="inbox-lead">')[1].split("</template>")[0]
    assert unread.strip().endswith("unread")
    assert '<template data-live-for="bell-top">' in after
