"""Talking on a case: what counts as the first response and as a status update, and when."""

import datetime as dt

import pytest

from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import add_information, log_call, note, reply
from cases.conversation.models import MessageKind
from cases.handling.actions import take
from cases.resolution.actions.closing import close
from portal import subscriptions
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.world import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    World,
    again,
    journalled,
    response_of,
    status_of,
    swept,
    told,
)


@pytest.mark.clause("ATSP 4.6", "D-8")
@pytest.mark.parametrize(
    ("late_by", "state"),
    [(-SECOND, "met"), (0 * SECOND, "met"), (SECOND, "missed")],
)
def test_the_first_response_is_in_time_up_to_its_very_instant(
    world: World, late_by: dt.timedelta, state: str
) -> None:
    case = world.open()
    at = NOW + HOUR + late_by
    swept(at)
    world.reply(case, at)

    response = response_of(case)
    assert (response.state, response.met_at, response.unfinished) == (state, at, False)
    assert again(case).responded_at == at


@pytest.mark.clause("ATSP 4.6")
def test_a_missed_first_response_tells_dispatch_while_nobody_has_the_case_and_stays_owed(
    world: World,
) -> None:
    case = world.open()
    swept(NOW + HOUR + SECOND)

    assert told(case, "promise_missed") == ["dispatch@legato.example"]
    [entry] = journalled(case, "case.promise_missed")
    assert (entry.public, entry.clause, entry.by) == (True, "ATSP 4.6", None)
    assert again(case).next_due_at == NOW + HOUR, "it is still the next thing to do"


@pytest.mark.clause("ATSP 4.6")
def test_a_missed_promise_of_an_owned_case_tells_its_engineer(world: World) -> None:
    case = world.open()
    take(case, by=world.engineer, at=NOW + MINUTE)
    swept(NOW + 2 * HOUR)
    assert told(case, "promise_missed") == ["engineer@legato.example"]


@pytest.mark.clause("ATSP 4.6", "D-10")
def test_each_reply_restarts_the_status_clock(world: World) -> None:
    case = world.open()
    world.reply(case, local("2003-03-05 10:20"))
    assert status_of(case).due_at == local("2003-03-06 10:20")

    world.reply(case, local("2003-03-05 16:40"))
    assert status_of(case).due_at == local("2003-03-06 16:40")
    world.reply(case, local("2003-03-07 16:59"))
    assert status_of(case).due_at == local("2003-03-10 16:59"), "a weekend lies between"


@pytest.mark.clause("ATSP 4.6", "ATSP 4.7")
def test_the_contact_is_told_what_the_engineer_wrote_and_when_the_next_update_comes(
    world: World,
) -> None:
    case = world.open()
    world.reply(case, NOW + MINUTE)
    assert told(case, "case_message") == ["tess.ward@meridian.example"]


@pytest.mark.clause("ATSP 4.6")
@pytest.mark.parametrize(("ago", "logged"), [(5, "met"), (60, "met"), (10, "met")])
def test_a_call_counts_at_the_time_it_took_place_also_when_logged_later(
    world: World, ago: int, logged: str
) -> None:
    """Called back at 10:55, in time; the sweep called it missed at 11:00; logged at 11:05 it is met after all."""
    case = world.open()
    logged_at = NOW + HOUR + ago * MINUTE
    swept(logged_at)
    called_at = NOW + 55 * MINUTE
    log_call(case, by=world.engineer, at=called_at, logged_at=logged_at, body="Called back.")

    assert (response_of(case).state, response_of(case).met_at) == (logged, called_at)
    assert again(case).responded_at == called_at
    assert status_of(case).due_at == local("2003-03-06 10:55")
    assert told(case, "case_message") == [], "the contact was on the telephone"


@pytest.mark.clause("ATSP 4.6")
def test_a_call_logged_after_a_later_reply_moves_no_clock_back(world: World) -> None:
    case = world.open()
    world.reply(case, NOW + 2 * HOUR)
    log_call(
        case,
        by=world.engineer,
        at=NOW + 30 * MINUTE,
        logged_at=NOW + 3 * HOUR,
        body="The call of 10:30, which nobody had logged.",
    )

    assert again(case).responded_at == NOW + 30 * MINUTE
    assert again(case).last_communication_at == NOW + 2 * HOUR
    assert status_of(case).due_at == local("2003-03-06 12:00")


@pytest.mark.parametrize("called", [NOW + SECOND, NOW - SECOND])
def test_a_call_of_the_future_or_from_before_the_report_is_refused(
    world: World, called: dt.datetime
) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        log_call(case, by=world.engineer, at=called, logged_at=NOW, body="Called.")
    assert refused.value.field == "at"


@pytest.mark.clause("ATSP 4.6")
def test_an_assignment_a_note_and_a_word_of_dispatch_answer_nobody(
    world: World, make_user: object
) -> None:
    case = world.open()
    take(case, by=world.engineer, at=NOW + MINUTE)
    note(case, by=world.engineer, at=NOW + 2 * MINUTE, body="Looks like the index.")
    note(case, by=world.dispatch, at=NOW + 3 * MINUTE, body="The contact rang to ask.")
    manager = make_user("Mona Grant", Role.SUPPORT_MANAGEMENT)  # type: ignore[operator]
    reply(case, by=manager, at=NOW + 4 * MINUTE, body="We look into it.")

    assert response_of(case).state == "pending"
    assert again(case).responded_at is None
    assert status_of(case).due_at == local("2003-03-06 10:00")


@pytest.mark.clause("ATSP 4.6")
def test_the_first_engineer_to_answer_an_unassigned_case_owns_it(world: World) -> None:
    case = world.reply(world.open(), NOW + MINUTE)
    assert (again(case).owner, again(case).state) == (world.engineer, "in_progress")

    case = reply(case, by=world.colleague, at=NOW + HOUR, body="While Carla is out.")
    assert again(case).owner == world.engineer


def test_notes_are_not_for_the_reseller(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal):
        note(case, by=world.user("technical"), at=NOW, body="A note.")
    note(case, by=world.engineer, at=NOW, body="Known to us.")
    seen = case.messages.visible_to(world.user("technical"))  # type: ignore[attr-defined]
    assert MessageKind.NOTE not in seen.values_list("kind", flat=True)


@pytest.mark.clause("ATSP 5.2.2", "ATSP 5.2.7")
def test_the_contact_adds_information_and_its_engineer_hears_of_it(world: World) -> None:
    case = world.reply(world.open(), NOW + MINUTE, then=Move.WAIT_FOR_RESELLER)
    case = add_information(
        case, by=world.user("alternate"), at=NOW + HOUR, body="It happens at night too."
    )

    assert again(case).state == "in_progress", "what waited for the reseller is worked on again"
    assert told(case, "case_activity") == ["engineer@legato.example"]


@pytest.mark.clause("ATSP 5.2.2")
@pytest.mark.parametrize("who", ["administrative", "foreign", "account_manager"])
def test_only_those_who_manage_the_case_may_write(world: World, who: str) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        add_information(case, by=world.user(who), at=NOW, body="Hello.")
    assert refused.value.way_out
    assert case.messages.count() == 1


@pytest.mark.clause("ATSP 4.6", "ATSP 4.1")
@pytest.mark.parametrize("who", ["technical", "dispatch", "psam", "account_manager"])
def test_only_engineers_reply(world: World, who: str) -> None:
    case = world.open()
    with pytest.raises(Refusal):
        reply(case, by=world.user(who), at=NOW, body="Hello.")


def test_an_empty_message_is_refused_and_names_its_field(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        world.reply(case, NOW, body=" \n ")
    assert refused.value.field == "body"


@pytest.mark.clause("ATSP 4.10", "ATSP 1.3")
def test_nobody_writes_on_a_closed_case_until_it_is_reopened(world: World) -> None:
    case = close(
        world.open(), by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward"
    )
    with pytest.raises(Refusal) as refused:
        world.reply(case, NOW + MINUTE)
    assert "Reopen" in refused.value.way_out


def test_an_engineers_communication_is_an_event_for_those_who_listen(world: World) -> None:
    from cases.events import ContactUpdated

    heard: list[ContactUpdated] = []
    subscriptions.subscribe(ContactUpdated, heard.append)
    try:
        case = world.reply(world.open(), NOW + MINUTE, channel=Channel.EMAIL)
        note(case, by=world.engineer, at=NOW + 2 * MINUTE, body="No update.")
    finally:
        subscriptions._subscribers[ContactUpdated].remove(heard.append)

    assert [(each.case.pk, each.at) for each in heard] == [(case.pk, NOW + MINUTE)]


@pytest.mark.clause("ATSP 4.6", "D-22")
def test_each_missed_status_update_is_reported_once(world: World) -> None:
    case = world.reply(world.open(), NOW + MINUTE)
    for days in (1, 2, 2):
        swept(NOW + days * DAY + HOUR)
    assert told(case, "promise_missed") == [
        "engineer@legato.example",
        "engineer@legato.example",
        "manager@legato.example",
    ]
    assert len(journalled(case, "case.promise_missed")) == 2
