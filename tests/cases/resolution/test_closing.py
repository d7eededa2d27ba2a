"""Relief, closure and reopening, and that nothing of a closed case goes on."""

import datetime as dt

import pytest

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import add_information
from cases.events import CaseReopened, CasesClosed, ReliefFailed, ReliefGiven
from cases.information.actions import request_information
from cases.resolution.actions.closing import (
    agree_workaround,
    close,
    closure_choices,
    fail_relief,
    give_relief,
    reopen,
)
from cases.resolution.actions.findings import determine
from cases.resolution.actions.proposing import (
    answer_closing,
    close_as_duplicate,
    propose_closing,
)
from contracts.prepaid.actions.ledger import balances
from portal import subscriptions
from portal.models import Deadline, Notice
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.opening.test_telephone_page import AsUser
from tests.cases.pages import complaints
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

RELIEF = NOW + 2 * HOUR


def relieve(world: World, case: Case, at: object = RELIEF) -> Case:
    return give_relief(
        case,
        by=world.engineer,
        at=at,  # type: ignore[arg-type]
        body="Run nsrck with level 6 before the first scan.",
    )


@pytest.mark.clause("ATSP Ex.B", "ATSP 4.6", "ATSP 4.10")
def test_relief_is_a_communication_and_the_moment_from_which_closure_counts(world: World) -> None:
    case = relieve(world, world.open(), NOW + 30 * MINUTE)

    assert (case.state, case.relieved_at) == ("relieved", NOW + 30 * MINUTE)
    assert response_of(case).state == "met"
    assert status_of(case).due_at == local("2003-03-06 10:30"), "status is owed until closure"
    assert told(case, "case_message") == ["tess.ward@meridian.example"]
    [entry] = journalled(case, "case.relieved")
    assert (entry.public, entry.clause) == (True, "ATSP Ex.B")


@pytest.mark.clause("ATSP 4.10.1", "ATSP 4.10.2", "ATSP 4.10.3", "ATSP 4.10.8")
def test_a_reason_that_needs_a_relief_is_offered_only_once_it_stands(
    world: World,
) -> None:
    case = world.open()
    by_itself = {"other-vendor", "documentation-bug", "future-release", "enhancement-request"}
    assert {reason.code for reason in closure_choices(case)} == by_itself

    case = relieve(world, case)
    given = {
        "solution",
        "fix",
        "workaround",
    }  # whoever agrees to close for a Workaround agrees to it
    assert {reason.code for reason in closure_choices(case)} == by_itself | given


@pytest.mark.clause("ATSP 4.10", "ATSP 4.10.3")
@pytest.mark.parametrize(
    ("reason", "clause"),
    [
        ("solution", "ATSP 4.10.1"),
        ("workaround", "ATSP 4.10.3"),
        ("information-not-received", "ATSP 4.10.8"),
        ("because", "ATSP 4.10"),
        ("", "ATSP 4.10"),
    ],
)
def test_a_reason_that_does_not_hold_is_refused_with_its_clause(
    world: World, reason: str, clause: str
) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        close(case, by=world.engineer, at=NOW, reason=reason, agreed_by="Tess Ward")
    assert (refused.value.clause, refused.value.field) == (clause, "reason")
    assert again(case).is_open


@pytest.mark.clause("ATSP 4.10")
def test_closing_notifies_and_needs_exactly_one_reason(world: World) -> None:
    case = relieve(world, world.open())
    case = close(
        case, by=world.engineer, at=RELIEF + 3 * DAY, reason="solution", agreed_by="Tess Ward"
    )

    assert (case.state, case.closure_reason, case.closed_at) == (
        "closed",
        "solution",
        RELIEF + 3 * DAY,
    )
    assert told(case, "case_closed") == ["tess.ward@meridian.example"]
    assert Notice.objects.filter(template="case_closed")[0].clause == "ATSP 4.10.1"
    with pytest.raises(Refusal):
        close(case, by=world.engineer, at=RELIEF + 3 * DAY, reason="fix", agreed_by="Tess Ward")


@pytest.mark.clause("ATSP 4.10")
@pytest.mark.parametrize("who", ["technical", "dispatch", "account_manager"])
def test_only_an_engineer_closes(world: World, who: str) -> None:
    case = world.open()
    with pytest.raises(Refusal):
        close(case, by=world.user(who), at=NOW, reason="other-vendor", agreed_by="Tess Ward")


@pytest.mark.clause("ATSP 4.10")
def test_every_clock_stops_when_a_case_closes(world: World) -> None:
    case = world.reply(world.open(), NOW + MINUTE)
    request_information(case, by=world.engineer, at=NOW + HOUR, missing=["the trace"])
    case = close(
        case, by=world.engineer, at=NOW + 2 * HOUR, reason="other-vendor", agreed_by="Tess Ward"
    )
    before = Notice.objects.count()
    swept(NOW + 60 * DAY)

    assert not Deadline.objects.about(case).pending().exists()
    assert not Deadline.objects.about(case).unfinished().exists()
    later = Notice.objects.order_by("pk")[before:].values_list("template", flat=True)
    assert set(later) == {"case_satisfaction"}, "no clock tells anything any more"
    assert again(case).next_due_at is None


@pytest.mark.clause("ATSP 4.10.3")
def test_the_reseller_agrees_to_a_workaround_and_nobody_for_them(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal):
        agree_workaround(case, by=world.user("technical"), at=NOW)
    case = relieve(world, case)
    for who in ("engineer", "administrative", "foreign"):
        with pytest.raises(Refusal):
            agree_workaround(case, by=world.user(who), at=RELIEF)
    case = agree_workaround(case, by=world.user("alternate"), at=RELIEF + HOUR)
    assert case.workaround_agreed_at == RELIEF + HOUR


@pytest.mark.clause("ATSP 4.10")
def test_a_relief_that_does_not_hold_sends_the_case_back_to_work(world: World) -> None:
    case = relieve(world, world.open())
    with pytest.raises(Refusal) as refused:
        fail_relief(case, by=world.user("technical"), at=RELIEF, reason=" ")
    assert refused.value.field == "reason"

    case = fail_relief(case, by=world.user("technical"), at=RELIEF + HOUR, reason="It stops again.")
    assert (case.state, case.relieved_at) == ("in_progress", None)
    assert told(case, "case_activity") == ["engineer@legato.example"]
    again_at = RELIEF + 5 * HOUR
    assert relieve(world, case, again_at).relieved_at == again_at


@pytest.mark.clause("ATSP 1.3", "ATSP 2.3")
def test_a_case_reopened_for_the_same_problem_is_not_charged_again(world: World) -> None:
    case = relieve(world, world.open())
    determine(case, by=world.engineer, at=RELIEF, determination="known-defect")
    case = close(case, by=world.engineer, at=RELIEF + DAY, reason="solution", agreed_by="Tess Ward")
    case = reopen(
        case, by=world.user("technical"), at=RELIEF + 2 * DAY, reason="The same stop again."
    )

    assert (case.state, case.closed_at, case.closure_reason) == ("in_progress", None, "")
    assert (case.relieved_at, case.charge) == (None, "charged")
    assert next(b.left for b in balances(world.agreement) if b.pool == "us") == 99
    assert status_of(case).state == "pending"
    assert response_of(case).state != "pending", "no first response is owed twice"
    assert told(case, "case_activity") == ["engineer@legato.example"]


@pytest.mark.clause("ATSP 1.3")
def test_reopening_needs_a_reason_and_a_closed_case(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal):
        reopen(case, by=world.user("technical"), at=NOW, reason="Again.")
    case = close(case, by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward")
    with pytest.raises(Refusal) as refused:
        reopen(case, by=world.user("technical"), at=NOW, reason="")
    assert refused.value.field == "reason"


def test_each_turn_is_an_event_for_those_who_listen(world: World) -> None:
    heard: list[object] = []
    kinds = (ReliefGiven, ReliefFailed, CasesClosed, CaseReopened)
    for kind in kinds:
        subscriptions.subscribe(kind, heard.append)  # type: ignore[type-var]
    try:
        case = relieve(world, world.open())
        case = fail_relief(case, by=world.engineer, at=RELIEF, reason="It did not.")
        case = relieve(world, case, RELIEF + HOUR)
        case = close(case, by=world.engineer, at=RELIEF + DAY, reason="fix", agreed_by="Tess Ward")
        reopen(case, by=world.engineer, at=RELIEF + 2 * DAY, reason="Back.")
    finally:
        for kind in kinds:
            subscriptions._subscribers[kind].remove(heard.append)
    assert [type(each).__name__ for each in heard] == [
        "ReliefGiven",
        "ReliefFailed",
        "ReliefGiven",
        "CasesClosed",
        "CaseReopened",
    ]


@pytest.mark.clause("D-27", "ATSP 4.10.4")
def test_an_engineer_closes_nothing_without_the_contact(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        close(case, by=world.engineer, at=NOW + MINUTE, reason="other-vendor")
    assert (refused.value.field, refused.value.clause) == ("agreed_by", "ATSP 4.10, D-27")
    relieve(world, case)
    for reason in ("solution", "fix", "other-vendor"):
        with pytest.raises(Refusal):
            close(case, by=world.engineer, at=RELIEF + HOUR, reason=reason)
    assert again(case).is_open


@pytest.mark.clause("D-27", "ATSP 5.2.2")
def test_only_a_contact_of_the_roster_agrees_in_a_call(world: World, as_user: AsUser) -> None:
    case, client = world.open(), as_user("engineer")
    page, typed = f"{case.get_absolute_url()}close/", {"close-reason": "other-vendor"}
    for stranger in ("The doorman", world.administrative.name, world.foreign.name):
        refused = client.post(page, {**typed, "close-agreed_by": stranger})
        assert refused.status_code == 409
        assert f"No contact matches “{stranger}”." in complaints(refused, "close-agreed_by")
    assert again(case).is_open

    assert client.post(page, {**typed, "close-agreed_by": world.alternate.name}).status_code == 302
    [entry] = journalled(case, "case.closing_agreed")
    assert entry.text == f"{world.alternate.name} agreed in a call."


@pytest.mark.clause("D-27", "ATSP 5.2.2")
def test_the_act_itself_takes_nobody_else_as_who_agreed(world: World) -> None:
    case = world.open()
    for stranger in ("The doorman", world.administrative.name, world.foreign.name):
        with pytest.raises(Refusal) as refused:
            close(case, by=world.engineer, at=NOW, reason="other-vendor", agreed_by=stranger)
        assert (refused.value.field, refused.value.clause) == ("agreed_by", "ATSP 5.2.2")
    assert again(case).is_open
    assert not case.messages.filter(kind="call").exists()


@pytest.mark.clause("D-27", "D-23")
def test_a_call_in_which_the_contact_agreed_is_logged_and_closes_the_case_at_its_time(
    world: World,
) -> None:
    case = relieve(world, world.open())
    call, logged = RELIEF + DAY, RELIEF + 2 * DAY
    case = close(
        case,
        by=world.engineer,
        at=call,
        logged_at=logged,
        reason="solution",
        agreed_by="Tess Ward",
        said="It ran all night.",
    )
    assert (case.state, case.closed_at) == ("closed", call)
    message = case.messages.get(kind="call")
    assert (message.at, message.body) == (call, "It ran all night.")
    [entry] = journalled(case, "case.closing_agreed")
    assert (entry.at, entry.text, entry.public) == (call, "Tess Ward agreed in a call.", True)
    [closed] = journalled(case, "case.closed")
    assert (entry.logged_at, closed.at, closed.logged_at) == (logged, call, logged)


@pytest.mark.clause("D-27", "ATSP 5.2.2")
def test_a_contact_who_has_left_agrees_to_nothing_from_that_instant_on(world: World) -> None:
    case, contact = world.open(), world.technical
    contact.left_at = NOW + HOUR
    contact.save()
    with pytest.raises(Refusal) as refused:
        close(case, by=world.engineer, at=NOW + HOUR, reason="other-vendor", agreed_by=contact.name)
    assert refused.value.field == "agreed_by"
    call = NOW + HOUR - MINUTE
    case = close(
        again(case), by=world.engineer, at=call, reason="other-vendor", agreed_by=contact.name
    )
    assert not case.is_open


@pytest.mark.clause("D-27", "ATSP 4.9.1")
def test_a_case_that_is_reopened_asks_for_no_information_of_before(world: World) -> None:
    case = request_information(
        world.open(), by=world.engineer, at=NOW, missing=["the trace"], body="I need:"
    )
    add_information(case, by=world.user("technical"), at=NOW + MINUTE, body="The trace.")
    case = again(case)
    assert case.information_received_at == NOW + MINUTE
    case = close(
        case, by=world.engineer, at=NOW + HOUR, reason="other-vendor", agreed_by="Tess Ward"
    )
    case = reopen(case, by=world.user("technical"), at=NOW + DAY, reason="Not theirs.")
    assert (case.information_asked_at, case.information_received_at) == (None, None)
    assert not case.waits_for_information


@pytest.mark.clause("D-27", "D-23")
@pytest.mark.parametrize("call", [RELIEF + 2 * DAY, RELIEF - MINUTE, NOW - MINUTE])
def test_a_call_is_neither_in_the_future_nor_before_what_it_agrees_to(
    world: World, call: dt.datetime
) -> None:
    case = relieve(world, world.open())
    with pytest.raises(Refusal) as refused:
        close(
            case,
            by=world.engineer,
            at=call,
            logged_at=RELIEF + DAY,
            reason="solution",
            agreed_by="Tess Ward",
        )
    assert refused.value.field == "at"
    assert again(case).is_open


@pytest.mark.clause("D-27", "ATSP 4.10.3")
def test_a_workaround_agreed_on_the_portal_closes_without_a_call(world: World) -> None:
    case = agree_workaround(
        relieve(world, world.open()), by=world.user("technical"), at=RELIEF + HOUR
    )
    case = close(case, by=world.engineer, at=RELIEF + DAY, reason="workaround")
    assert case.state == "closed"


@pytest.mark.clause("D-27", "ATSP 4.10.1", "ATSP 4.10.3")
def test_what_was_agreed_for_a_workaround_closes_the_case_for_no_other_reason(
    world: World,
) -> None:
    case = agree_workaround(
        relieve(world, world.open()), by=world.user("technical"), at=RELIEF + HOUR
    )
    with pytest.raises(Refusal, match="Closing needs the contact"):
        close(case, by=world.engineer, at=RELIEF + DAY, reason="solution")
    assert again(case).is_open


@pytest.mark.clause("ATSP 4.10", "ATSP 4.10.3")
def test_the_agreement_to_a_relief_that_failed_is_none_to_the_next(world: World) -> None:
    case = agree_workaround(
        relieve(world, world.open()), by=world.user("technical"), at=RELIEF + HOUR
    )
    case = fail_relief(case, by=world.engineer, at=RELIEF + DAY, reason="It came back.")
    case = relieve(world, case, RELIEF + 2 * DAY)
    assert case.workaround_agreed_at is None
    with pytest.raises(Refusal, match="must be mutually agreed"):
        close(case, by=world.engineer, at=RELIEF + 3 * DAY, reason="workaround")


@pytest.mark.clause("D-23", "ATSP Ex.B")
@pytest.mark.parametrize("given", [RELIEF + MINUTE, NOW - MINUTE])
def test_relief_is_given_neither_in_the_future_nor_before_the_report(
    world: World, given: dt.datetime
) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        give_relief(case, by=world.engineer, at=given, logged_at=RELIEF, body="Restart it.")
    assert refused.value.field == "at"
    assert again(case).relieved_at is None


@pytest.mark.clause("D-27", "ATSP 4.10.3", "ATSP 1.3")
def test_what_was_agreed_before_a_case_was_reopened_closes_it_no_more(world: World) -> None:
    contact = world.user("technical")
    case = agree_workaround(relieve(world, world.open()), by=contact, at=RELIEF + HOUR)
    case = close(case, by=world.engineer, at=RELIEF + DAY, reason="workaround")
    case = reopen(case, by=contact, at=RELIEF + 2 * DAY, reason="It stops again.")
    assert case.workaround_agreed_at is None
    case = relieve(world, case, RELIEF + 3 * DAY)
    with pytest.raises(Refusal):
        close(case, by=world.engineer, at=RELIEF + 4 * DAY, reason="workaround")


@pytest.mark.clause("D-23", "D-27")
def test_relief_and_agreement_in_one_call_are_of_the_same_minute(world: World) -> None:
    case = relieve(world, world.open())
    case = close(case, by=world.engineer, at=RELIEF, reason="solution", agreed_by="Tess Ward")
    assert case.closed_at == RELIEF


@pytest.mark.clause("D-27", "ATSP 4.10.3")
def test_a_workaround_was_agreed_to_when_it_was_first(world: World) -> None:
    case = agree_workaround(
        relieve(world, world.open()), by=world.user("technical"), at=RELIEF + HOUR
    )
    case = close(
        case, by=world.engineer, at=RELIEF + DAY, reason="workaround", agreed_by="Tess Ward"
    )
    assert case.workaround_agreed_at == RELIEF + HOUR


@pytest.mark.clause("D-27", "ATSP 4.10.3")
def test_who_agrees_to_a_solution_agrees_to_no_workaround(world: World) -> None:
    case = relieve(world, world.open())
    case = close(case, by=world.engineer, at=RELIEF + DAY, reason="solution", agreed_by="Tess Ward")
    assert (case.closure_reason, case.workaround_agreed_at) == ("solution", None)


@pytest.mark.clause("D-27", "ATSP 1.3")
def test_a_duplicate_that_is_reopened_has_no_original(world: World) -> None:
    original, case = world.open(), world.open()
    case = close_as_duplicate(case, original, by=world.engineer, at=RELIEF, body="The same.")
    case = answer_closing(case, by=world.user("technical"), at=RELIEF + HOUR, agree=True)
    case = reopen(case, by=world.user("technical"), at=RELIEF + DAY, reason="Another host.")
    assert case.duplicate_of is None
    assert "solution" not in {reason.code for reason in closure_choices(case)}


@pytest.mark.clause("ATSP 4.5", "ATSP 1.3")
def test_a_call_that_was_awaited_is_awaited_no_more_once_the_case_is_closed(world: World) -> None:
    case = world.open(severity=1)
    assert case.awaits_call_for == 1
    case = close(
        case, by=world.engineer, at=NOW + HOUR, reason="other-vendor", agreed_by="Tess Ward"
    )
    assert case.awaits_call_for is None
    case = reopen(case, by=world.user("technical"), at=NOW + DAY, reason="Not theirs.")
    assert (case.severity, case.awaits_call_for) == (2, None)


@pytest.mark.clause("ATSP 4.5", "ATSP 1.3")
def test_a_severity_1_that_is_reopened_has_its_lower_severity_from_then(world: World) -> None:
    case = world.open(severity=1, channel=Channel.TELEPHONE)
    case = close(
        case, by=world.engineer, at=NOW + HOUR, reason="other-vendor", agreed_by="Tess Ward"
    )
    case = reopen(case, by=world.user("technical"), at=NOW + DAY, reason="Not theirs.")
    assert (case.severity, case.awaits_call_for) == (2, 1)
    assert case.severity_since == NOW + DAY


@pytest.mark.clause("ATSP 4.6", "D-27")
@pytest.mark.parametrize("how", ["in a call", "on the portal"])
def test_what_was_missed_before_a_closing_stays_missed(world: World, how: str) -> None:
    case = world.reply(world.open(), NOW + MINUTE)
    due = status_of(case).due_at
    if how == "in a call":
        relieve(world, case, NOW + HOUR)
        due = status_of(case).due_at
        agree_workaround(case, by=world.user("technical"), at=due + HOUR)
        close(case, by=world.engineer, at=due + DAY, reason="workaround")
    else:
        propose_closing(case, by=world.engineer, at=NOW + HOUR, reason="other-vendor", body="So?")
        due = status_of(case).due_at
        answer_closing(case, by=world.user("technical"), at=due + HOUR, agree=True)
    [missed] = journalled(case, "case.promise_missed")
    assert missed.data["due_at"] == due.isoformat().replace("+00:00", "Z")
    assert not again(case).is_open
