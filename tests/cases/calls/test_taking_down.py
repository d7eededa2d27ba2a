"""A call about a case that exists is taken down: the caller is the author, dispatch the writer (ATSP 4.4, 5.2.2)."""

from collections.abc import Callable

import pytest
from django.test import Client

from cases.case.rebuilding import differences
from cases.conversation.actions import take_call
from cases.handling.actions import take
from cases.resolution.actions.proposing import propose_closing
from portal.models import Deadline
from portal.rules.refusal import Refusal
from tests.cases.pages import complaints, words
from tests.cases.world import MINUTE, NOW, World, again, journalled, told

AsUser = Callable[..., Client]


@pytest.mark.clause("ATSP 4.4", "ATSP 5.2.2")
def test_the_caller_is_the_author_and_dispatch_the_writer(world: World, as_user: AsUser) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    owed = set(Deadline.objects.about(case).pending().values_list("kind", "due_at"))
    browser = as_user("dispatch")
    found = browser.get("/telephone/?q=tess").content.decode()
    way = f"{case.get_absolute_url()}?act=take-call&amp;caller={world.technical.pk}#acts"
    assert f'href="{way}"' in found

    typed = {"take-call-caller": world.alternate.pk, "take-call-body": "It stopped **again**."}
    assert browser.post(f"/cases/{case.pk}/take-call/", typed).status_code == 302

    message = case.messages.latest("pk")
    assert (message.author, message.contact, message.by, message.written_by) == (
        "Alma Reed",
        world.alternate,
        world.alternate.user,
        world.dispatch,
    )
    assert (message.channel, message.from_provider, message.body) == (
        "telephone",
        False,
        "It stopped **again**.",
    )
    [entry] = journalled(case, "case.information_added")
    assert (entry.by, entry.public, entry.text) == (
        world.dispatch,
        True,
        "Alma Reed called; written down by Dina Patel.",
    )
    assert set(Deadline.objects.about(case).pending().values_list("kind", "due_at")) == owed
    assert told(case, "case_activity") == ["engineer@legato.example"]
    page = words(as_user("technical").get(case.get_absolute_url()))
    assert "written down by Dina Patel" in page
    assert list(differences()) == []


@pytest.mark.clause("ATSP 4.10", "D-27")
def test_a_contact_who_calls_keeps_the_case_open(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    propose_closing(case, by=world.engineer, at=NOW, reason="other-vendor", body="Is it solved?")
    later = NOW + 10 * MINUTE
    take_call(
        case,
        by=world.dispatch,
        at=later,
        logged_at=later,
        caller=world.technical,
        body="Still broken.",
    )
    assert again(case).closing_proposed_at is None
    assert list(differences()) == []


@pytest.mark.clause("ATSP 5.2.1", "ATSP 5.2.2", "D-23")
def test_who_may_not_call_is_refused(world: World, as_user: AsUser) -> None:
    case = world.open()
    for caller, clause in ((world.waiting, "ATSP 5.2.1"), (world.foreign, "ATSP 5.2.2")):
        with pytest.raises(Refusal) as refused:
            take_call(case, by=world.dispatch, at=NOW, logged_at=NOW, caller=caller, body="Hello")
        assert refused.value.clause == clause
    page = as_user("dispatch").post(
        f"/cases/{case.pk}/take-call/", {"take-call-caller": "Tess Ward", "take-call-body": ""}
    )
    assert page.status_code == 409
    assert complaints(page, "take-call-body") == ["The account of the call is empty."]
    with pytest.raises(Refusal, match="future"):
        take_call(
            case,
            by=world.dispatch,
            at=NOW + MINUTE,
            logged_at=NOW,
            caller=world.technical,
            body="Hello",
        )
    assert case.messages.count() == 1
