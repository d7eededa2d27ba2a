"""A form counts once, and answers what was seen (D-28): sent again, sent by several at once, sent too late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.case.models import Case
from cases.conversation.models import Message, MessageKind
from cases.severity.actions import answer_severity, propose_severity
from tests.cases.pages import words
from tests.cases.world import MINUTE, NOW, World, again, journalled
from tests.seen import carried

AsUser = Callable[..., Client]


def send(browser: Client, case: Case, act: str, **fields: Any) -> Any:
    return browser.post(f"/cases/{case.pk}/{act}/", fields)


def shown(browser: Client, case: Case, act: str) -> dict[str, str]:
    return carried(browser.get(f"/cases/{case.pk}/?act={act}"), act)


def test_the_same_reply_sent_six_times_is_one_message(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("engineer")
    form = shown(browser, case, "reply") | {"reply-body": "Try the second index."}
    ends = {send(browser, case, "reply", **form)["Location"] for _ in range(6)}
    assert ends == {case.get_absolute_url()}
    assert Message.objects.filter(case=case, kind=MessageKind.REPLY).count() == 1
    assert len(journalled(case, "case.replied")) == 1


@pytest.mark.django_db(transaction=True)
def test_of_three_engineers_who_take_a_case_at_once_one_has_it(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browsers = [as_user(who) for who in ("engineer", "colleague", "pse")]
    forms = [shown(browser, case, "take") for browser in browsers]

    def take(browser: Client, form: dict[str, str]) -> int:
        try:
            return int(send(browser, case, "take", **form).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(take, browsers, forms))
    assert answers == [302, 409, 409]
    assert len(journalled(case, "case.assigned")) == 1


@pytest.mark.clause("ATSP 4.3")
def test_an_agreement_to_3_is_none_to_4(world: World, as_user: AsUser) -> None:
    case = world.open(severity=2)
    propose_severity(case, by=world.engineer, at=NOW, to=3, reason="It runs on one server.")
    contact = as_user("technical")
    form = shown(contact, case, "answer") | {"answer-agree": "yes"}
    answer_severity(case, by=world.technical.user, at=NOW + MINUTE, agree=False)
    propose_severity(case, by=world.engineer, at=NOW + MINUTE, to=4, reason="A question is left.")

    page = send(contact, case, "answer", **form)
    assert page.status_code == 409
    assert "Proposed is now severity 4, by the provider: A question is left." in words(page)
    assert (again(case).severity, again(case).proposed_severity) == (2, 4)

    form |= carried(page, "answer")
    assert send(contact, case, "answer", **form).status_code == 302
    assert again(case).severity == 4


@pytest.mark.clause("D-28")
def test_an_answer_to_what_was_taken_back_says_so(world: World, as_user: AsUser) -> None:
    case = world.open(severity=2)
    propose_severity(case, by=world.engineer, at=NOW, to=3, reason="It runs on one server.")
    contact = as_user("technical")
    form = shown(contact, case, "answer") | {"answer-agree": "yes"}
    answer_severity(case, by=world.technical.user, at=NOW + MINUTE, agree=False)
    page = send(contact, case, "answer", **form)
    assert page.status_code == 409
    assert "is not proposed any more" in words(page)
    assert again(case).severity == 2
