"""The first technical response is a callback, or writing where the contact asked for it (D-30)."""

import pytest

from cases.conversation.actions import log_call, reply
from cases.information.actions import request_information
from cases.resolution.actions.closing import give_relief
from portal.models import Notice
from portal.rules.refusal import Refusal
from tests.cases.opening.test_telephone_page import AsUser
from tests.cases.pages import words
from tests.cases.world import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    World,
    again,
    journalled,
    response_of,
    status_of,
    swept,
    told,
)

CALLED = "We went through the report."


@pytest.mark.clause("ATSP 4.6", "D-30")
def test_a_typed_request_for_information_is_no_callback(world: World) -> None:
    case = world.open(answer_in_writing=False)
    case = request_information(case, by=world.engineer, at=NOW + MINUTE, missing=["the log"])
    assert (case.responded_at, response_of(case).state) == (None, "pending")
    assert case.last_communication_at == NOW + MINUTE, "it is an update all the same"
    swept(NOW + 2 * HOUR)
    assert response_of(case).state == "missed"


@pytest.mark.clause("ATSP 4.6", "D-30")
def test_a_reply_counts_only_where_the_contact_asked_for_writing(world: World) -> None:
    called_for, written_to = world.open(answer_in_writing=False), world.open(answer_in_writing=True)
    for case in (called_for, written_to):
        reply(case, by=world.engineer, at=NOW + MINUTE, body="Try the second index.")
    assert again(called_for).responded_at is None
    assert "no first technical response" in journalled(called_for, "case.replied")[0].text
    found = again(written_to)
    assert (found.responded_at, found.responded_how) == (NOW + MINUTE, "writing")
    assert (
        journalled(written_to, "case.replied")[0].text
        == "First technical response, in writing, as the contact asked."
    )


@pytest.mark.clause("ATSP 4.6", "D-30")
@pytest.mark.parametrize(
    ("in_writing", "engineer_reads", "contact_reads", "mailed"),
    [
        (
            True,
            "The contact asked to be answered in writing: this is the first response (D-30).",
            "The engineer answers you in writing Clause ATSP 4.6",
            "The engineer answers you in writing",
        ),
        (
            False,
            "This is no first response: that is a call, or a message when one reached nobody (D-30).",
            "The engineer calls you back Clause ATSP 4.6",
            "The engineer calls you back",
        ),
    ],
)
def test_both_sides_are_told_how_the_first_response_comes(
    world: World,
    as_user: AsUser,
    in_writing: bool,
    engineer_reads: str,
    contact_reads: str,
    mailed: str,
) -> None:
    case = world.open(answer_in_writing=in_writing)
    notice = Notice.objects.get(template="case_opened", channel="email")
    assert notice.context["due"] == mailed

    page = f"{case.get_absolute_url()}?act=reply"
    read = words(as_user("engineer").get(page))
    assert engineer_reads in read
    assert ("to be answered in writing first" in read) is in_writing
    assert ("First response, in writing" in read) is in_writing
    assert contact_reads in words(as_user("technical").get(case.get_absolute_url()))

    log_call(case, by=world.engineer, at=NOW, logged_at=NOW, body=CALLED)
    assert engineer_reads not in words(as_user("engineer").get(page))


@pytest.mark.clause("ATSP 4.6", "D-30")
def test_a_call_that_did_not_reach_the_contact_counts_with_its_message_in_writing(
    world: World,
) -> None:
    case = world.open(answer_in_writing=False)
    with pytest.raises(Refusal):
        log_call(case, by=world.engineer, at=NOW, logged_at=NOW, body=" ", reached=False)
    case = log_call(
        case,
        by=world.engineer,
        at=NOW + MINUTE,
        logged_at=NOW + MINUTE,
        body="We called; please ring back.",
        reached=False,
    )
    assert (case.responded_at, case.responded_how) == (NOW + MINUTE, "message_left")
    assert told(case, "case_message") == ["tess.ward@meridian.example"]


@pytest.mark.clause("ATSP 4.6", "D-23")
def test_a_call_in_time_that_is_logged_after_the_miss_keeps_the_promise(world: World) -> None:
    case = world.open(answer_in_writing=False)
    swept(NOW + HOUR + MINUTE)
    assert response_of(case).state == "missed"
    case = log_call(
        case, by=world.engineer, at=NOW + 50 * MINUTE, logged_at=NOW + 65 * MINUTE, body=CALLED
    )
    assert (response_of(case).state, response_of(case).met_at) == ("met", NOW + 50 * MINUTE)
    [entry] = journalled(case, "case.call_logged")
    assert (entry.at, entry.logged_at) == (NOW + 50 * MINUTE, NOW + 65 * MINUTE)


@pytest.mark.clause("ATSP 4.6", "D-23")
def test_the_journal_tells_which_misses_a_call_logged_later_took_back(world: World) -> None:
    case = world.open(severity=2)
    swept(NOW + 4 * DAY)
    missed = journalled(case, "case.promise_missed")
    called_at, logged_at = NOW + HOUR, NOW + 4 * DAY + HOUR
    log_call(case, by=world.engineer, at=called_at, logged_at=logged_at, body=CALLED)
    taken_back = journalled(case, "case.miss_taken_back")
    assert [one.data["due_at"] for one in taken_back] == [one.data["due_at"] for one in missed]
    assert {one.data["kind"] for one in taken_back} == {
        "cases.first_response",
        "cases.status_update",
    }
    for entry in taken_back:
        assert (entry.at, entry.logged_at, entry.public) == (called_at, logged_at, True)
        assert entry.by == world.engineer
    assert (
        "is not counted as missed: the contact heard at Wed 5 Mar 2003 11:00" in taken_back[0].text
    )


@pytest.mark.clause("ATSP 4.6", "D-23")
def test_a_call_takes_back_no_miss_from_before_it(world: World) -> None:
    case = world.open(severity=2)
    swept(NOW + DAY)
    before = journalled(case, "case.promise_missed")
    for logged_at in (NOW + DAY, NOW + DAY + HOUR):
        log_call(case, by=world.engineer, at=NOW + DAY, logged_at=logged_at, body=CALLED)
    assert before
    assert journalled(case, "case.miss_taken_back") == []


@pytest.mark.clause("ATSP 4.6", "D-23")
def test_a_call_logged_after_a_later_one_was_the_first(world: World) -> None:
    case = world.open(answer_in_writing=False)
    swept(NOW + HOUR + MINUTE)
    case = log_call(
        case, by=world.engineer, at=NOW + 2 * HOUR, logged_at=NOW + 2 * HOUR, body=CALLED
    )
    assert response_of(case).state == "missed"
    case = log_call(
        case, by=world.colleague, at=NOW + 20 * MINUTE, logged_at=NOW + 3 * HOUR, body=CALLED
    )
    assert case.responded_at == NOW + 20 * MINUTE
    assert (response_of(case).state, response_of(case).met_at) == ("met", NOW + 20 * MINUTE)
    assert case.last_communication_at == NOW + 2 * HOUR


@pytest.mark.clause("ATSP Ex.B", "D-23")
def test_relief_given_on_the_telephone_counts_from_then(world: World) -> None:
    case = give_relief(
        world.open(),
        by=world.engineer,
        at=NOW + 40 * MINUTE,
        logged_at=NOW + 2 * HOUR,
        body="Load the second index.",
    )
    assert case.relieved_at == NOW + 40 * MINUTE
    assert case.last_communication_at == NOW + 40 * MINUTE
    [entry] = journalled(case, "case.relieved")
    assert (entry.at, entry.logged_at) == (NOW + 40 * MINUTE, NOW + 2 * HOUR)
    for at in (NOW - MINUTE, NOW + DAY):
        with pytest.raises(Refusal, match="The time of the relief"):
            give_relief(world.open(), by=world.engineer, at=at, logged_at=NOW, body="Load it.")


@pytest.mark.clause("ATSP 4.6")
def test_whatever_an_engineer_says_restarts_the_status_clock(world: World) -> None:
    case = world.open(answer_in_writing=False)
    before = status_of(case).due_at
    reply(case, by=world.engineer, at=NOW + HOUR, body="We look into it.")
    assert status_of(case).due_at > before
