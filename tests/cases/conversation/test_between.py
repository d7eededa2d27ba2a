"""Sending onto a case that others have written on since: what came in between is shown, and asked about (D-28)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.conversation.actions import add_information, note
from cases.conversation.models import Message
from cases.handling.actions import assign, take
from cases.watching.actions import watch
from portal.models import Draft
from tests.cases.pages import queries, section, words
from tests.cases.world import HOUR, MINUTE, NOW, World
from tests.seen import carried

pytestmark = pytest.mark.clause("D-28")
AsUser = Callable[..., Client]
TEXT = "Please set the timeout to 600."


def shown(browser: Client, case: Case, act: str = "reply") -> dict[str, str]:
    """The form as the page shows it, filled in."""
    return carried(browser.get(f"/cases/{case.pk}/?act={act}"), act) | {f"{act}-body": TEXT}


def send(browser: Client, case: Case, form: dict[str, str], act: str = "reply") -> Any:
    return browser.post(f"/cases/{case.pk}/{act}/", form)


def is_sent(case: Case) -> bool:
    return Message.objects.filter(case=case, body=TEXT).exists()


def came(page: Any) -> str:
    """What the page shows as come in between."""
    part = section(page, '<ol class="came-between"', "</ol>")
    return words(type("Part", (), {"content": part.encode()}))


def test_what_came_is_shown_and_sent_again_it_is_sent(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    form = shown(browser, case)
    add_information(case, by=world.user("technical"), at=NOW - MINUTE, body="It works again.")
    assign(case, to=world.colleague, by=world.dispatch, at=NOW)
    asked = send(browser, case, form)
    assert asked.status_code == 409
    assert not is_sent(case)
    assert "Tess Ward and Dina Patel wrote on the case while you were writing." in words(asked)
    assert came(asked).startswith("Tess Ward wrote, 1 min ago")
    assert "It works again." in came(asked)
    assert "Dina Patel assigned the case" in came(asked)
    assert TEXT in section(asked, 'id="id_reply-body"', "</textarea>")
    assert "Send anyway" in words(asked)
    again = carried(asked, "reply") | {"reply-body": TEXT}
    assert send(browser, case, again).status_code == 302
    assert is_sent(case)


def test_what_comes_while_one_reads_what_came_is_asked_about_too(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    form = shown(browser, case)
    note(case, by=world.colleague, at=NOW - MINUTE, body="Wait for the fix.")
    again = carried(send(browser, case, form), "reply") | {"reply-body": TEXT}
    take(case, by=world.colleague, at=NOW)
    asked = send(browser, case, again)
    assert asked.status_code == 409
    assert "Colin Reyes changed the case while you were writing." in words(asked)
    assert "Wait for the fix." not in came(asked), "that was seen"


def test_a_contact_is_not_asked_about_what_they_may_not_see(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("technical")
    form = shown(browser, case, "add")
    note(case, by=world.colleague, at=NOW - MINUTE, body="The index header, I think.")
    assert send(browser, case, form, "add").status_code == 302
    assert is_sent(case)


def test_a_contact_is_asked_about_an_answer_that_crossed(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("technical")
    form = shown(browser, case, "add")
    note(case, by=world.colleague, at=NOW - MINUTE, body="The index header, I think.")
    world.reply(case, NOW, body="Send the trace, please.")
    asked = send(browser, case, form, "add")
    assert asked.status_code == 409
    assert "Send the trace, please." in came(asked)
    assert "index header" not in words(asked)


def test_ones_own_acts_the_portals_and_what_no_line_tells_ask_nothing(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    form = shown(browser, case)
    world.reply(case, NOW - MINUTE, body="One more thing.")
    watch(case, by=world.colleague, at=NOW)
    assert send(browser, case, form).status_code == 302


def test_a_note_and_a_caller_of_old_are_not_asked(world: World, as_user: AsUser) -> None:
    """A note goes to nobody who is waiting, and a page from before an update says nothing."""
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    form = shown(browser, case, "note")
    world.open(NOW)
    add_information(case, by=world.user("technical"), at=NOW, body="It works again.")
    assert send(browser, case, form, "note").status_code == 302
    assert browser.post(f"/cases/{case.pk}/reply/", {"reply-body": "So?"}).status_code == 302


def test_a_form_asked_about_is_a_draft_without_the_mark(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    form = shown(browser, case)
    add_information(case, by=world.user("technical"), at=NOW, body="It works again.")
    send(browser, case, form)
    kept = Draft.objects.get(user=world.engineer)
    assert kept.data["reply-body"] == TEXT
    assert "known" not in kept.data


def test_sending_asks_for_one_statement_more(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    form = shown(browser, case)
    old = {name: value for name, value in shown(browser, case).items() if name != "known"}
    with queries() as without:
        send(browser, case, old | {"reply-body": "First."})
    with queries() as seen:
        send(browser, case, form)
    assert len(seen) <= len(without) + 2, "the lock, taken earlier, and what came"
