"""Changing the severity: the confirmed call, proposals and answers, downgrades, and what the clocks make of it."""

import datetime as dt
from collections.abc import Callable

import pytest

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.events import SeveritiesChanged
from cases.information.actions import request_information
from cases.resolution.actions.closing import close, reopen
from cases.severity import actions as severity_actions
from cases.severity.actions import (
    answer_severity,
    confirm_call,
    confirm_severity,
    propose_severity,
    withdraw_severity,
)
from cases.severity.rules import DowngradeGround
from portal import subscriptions
from portal.models import Deadline, Notice
from portal.rules.refusal import Refusal
from tests.atsp import local
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


def downgrade(world: World, case: Case, to: int, at: object) -> Case:
    return severity_actions.downgrade(
        case,
        by=world.engineer,
        at=at,  # type: ignore[arg-type]
        to=to,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="The second server has taken over.",
    )


@pytest.mark.clause("ATSP 4.5", "D-9", "D-11")
def test_the_confirmed_call_makes_it_severity_1_from_the_call_on(world: World) -> None:
    case = world.open(severity=1)
    call = NOW + 10 * MINUTE
    case = confirm_call(case, by=world.dispatch, at=call)

    assert (case.severity, case.severity_since, case.awaits_call_for) == (1, call, None)
    assert response_of(case).due_at == call + 30 * MINUTE
    assert status_of(case).due_at == call + 24 * HOUR
    [entry] = journalled(case, "case.call_confirmed")
    assert "On the telephone: Tess Ward." in entry.text
    assert told(case, "case_severity") == ["tess.ward@meridian.example"]


@pytest.mark.clause("ATSP 4.5")
def test_a_call_makes_any_case_severity_1_and_a_second_one_changes_nothing(world: World) -> None:
    case = world.open(severity=3)
    confirm_call(case, by=world.engineer, at=NOW + MINUTE)
    with pytest.raises(Refusal) as refused:
        confirm_call(case, by=world.dispatch, at=NOW + 2 * MINUTE)
    assert refused.value.clause == "ATSP 4.5"
    assert again(case).severity_since == NOW + MINUTE


@pytest.mark.clause("ATSP 4.5")
@pytest.mark.parametrize("who", ["technical", "account_manager", "administrator"])
def test_only_who_takes_reports_confirms_a_call(world: World, who: str) -> None:
    with pytest.raises(Refusal):
        confirm_call(world.open(severity=1), by=world.user(who), at=NOW)


@pytest.mark.clause("D-11")
def test_raised_the_first_response_is_due_at_the_earlier_of_its_time_and_change_plus_target(
    world: World,
) -> None:
    soon = world.open(severity=3)  # due 14:00; the change plus half an hour is earlier
    confirm_call(soon, by=world.dispatch, at=local("2003-03-05 12:00"))
    assert response_of(soon).due_at == local("2003-03-05 12:30")

    late = world.open(severity=3)  # the change plus half an hour would be later than 14:00
    confirm_call(late, by=world.dispatch, at=local("2003-03-05 13:45"))
    assert response_of(late).due_at == local("2003-03-05 14:00")


@pytest.mark.clause("D-11", "ATSP 4.9")
def test_lowered_the_first_response_is_due_at_the_report_plus_the_new_target(world: World) -> None:
    case = world.open()
    downgrade(world, case, 3, NOW + 30 * MINUTE)
    assert response_of(case).due_at == local("2003-03-05 14:00")
    assert status_of(case).due_at == local("2003-03-12 10:00")
    rows = Deadline.objects.about(case).filter(kind="cases.first_response")
    assert sorted(rows.values_list("state", flat=True)) == ["pending", "superseded"]


@pytest.mark.clause("D-11")
def test_a_response_that_was_made_stays_made_and_the_status_counts_from_the_last_communication(
    world: World,
) -> None:
    case = world.reply(world.open(), NOW + 20 * MINUTE)
    downgrade(world, case, 3, NOW + HOUR)

    assert (response_of(case).state, response_of(case).met_at) == ("met", NOW + 20 * MINUTE)
    assert status_of(case).due_at == local("2003-03-12 10:20")

    confirm_call(case, by=world.dispatch, at=NOW + 2 * HOUR)
    assert response_of(case).state == "met"
    assert status_of(case).due_at == NOW + 20 * MINUTE + 24 * HOUR


@pytest.mark.clause("D-11")
def test_a_missed_response_that_the_lower_severity_would_have_missed_too_is_not_missed_twice(
    world: World,
) -> None:
    case = world.open()
    swept(NOW + 2 * HOUR)
    downgrade(world, case, 3, local("2003-03-06 10:00"))
    swept(local("2003-03-06 10:00"))

    missed = [e for e in journalled(case, "case.promise_missed") if "first" in e.text]
    assert len(missed) == 1
    assert response_of(case).due_at == NOW + HOUR


@pytest.mark.clause("D-11")
def test_a_missed_response_is_due_again_if_the_lower_severity_leaves_time(world: World) -> None:
    case = world.open()
    swept(NOW + 2 * HOUR)
    downgrade(world, case, 3, NOW + 2 * HOUR)

    assert (response_of(case).state, response_of(case).due_at) == (
        "pending",
        local("2003-03-05 14:00"),
    )
    rows = Deadline.objects.about(case).filter(kind="cases.first_response", state="missed")
    assert rows.get().due_at == NOW + HOUR, "the breach of severity 2 stays on record"


@pytest.mark.clause("ATSP 4.3")
def test_a_proposal_changes_nothing_until_the_other_side_agrees(world: World) -> None:
    case = world.reply(world.open(severity=3), NOW)
    propose_severity(case, by=world.user("technical"), at=NOW + MINUTE, to=2, reason="It spreads.")
    assert (again(case).severity, again(case).proposed_severity) == (3, 2)
    assert told(case, "case_severity") == ["engineer@legato.example"]

    case = answer_severity(case, by=world.engineer, at=NOW + HOUR, agree=True)
    assert (case.severity, case.severity_confirmed, case.proposed_severity) == (2, True, None)
    assert status_of(case).due_at == local("2003-03-06 10:00")
    assert told(case, "case_severity")[1:] == ["tess.ward@meridian.example"]


@pytest.mark.clause("ATSP 4.3")
def test_a_declined_proposal_leaves_everything_as_it_was(world: World) -> None:
    case = world.open()
    before = response_of(case).due_at
    propose_severity(case, by=world.engineer, at=NOW, to=3, reason="Impact is moderate.")
    assert told(case, "case_severity") == ["tess.ward@meridian.example"]
    case = answer_severity(case, by=world.user("alternate"), at=NOW + MINUTE, agree=False)

    assert (case.severity, case.proposed_severity) == (2, None)
    assert response_of(case).due_at == before


@pytest.mark.clause("ATSP 4.3")
def test_nobody_answers_their_own_proposal(world: World) -> None:
    case = world.open()
    propose_severity(case, by=world.engineer, at=NOW, to=3, reason="Moderate.")
    with pytest.raises(Refusal):
        answer_severity(case, by=world.colleague, at=NOW, agree=True)


@pytest.mark.clause("ATSP 4.5", "D-9")
def test_the_resellers_wish_for_severity_1_awaits_the_call(world: World) -> None:
    case = propose_severity(
        world.open(), by=world.user("technical"), at=NOW, to=1, reason="All is down."
    )
    assert (case.severity, case.awaits_call_for, case.proposed_severity) == (2, 1, None)


@pytest.mark.clause("ATSP 4.3")
def test_the_provider_confirms_the_severity_and_no_clock_moves(world: World) -> None:
    case = world.open()
    before = set(Deadline.objects.about(case).values_list("kind", "due_at", "state"))
    case = confirm_severity(case, by=world.engineer, at=NOW + MINUTE)
    assert case.severity_confirmed
    assert set(Deadline.objects.about(case).values_list("kind", "due_at", "state")) == before


@pytest.mark.clause("ATSP 4.9")
@pytest.mark.parametrize(
    ("who", "to", "reason"),
    [("technical", 3, "Because."), ("engineer", 1, "Because."), ("engineer", 3, "  ")],
)
def test_only_the_provider_lowers_alone_and_only_lower_and_with_a_reason(
    world: World, who: str, to: int, reason: str
) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        severity_actions.downgrade(
            case,
            by=world.user(who),
            at=NOW,
            to=to,
            ground=DowngradeGround.NOT_COOPERATING,
            reason=reason,
        )
    assert refused.value.way_out
    assert again(case).severity == 2


@pytest.mark.clause("ATSP 4.9")
def test_a_downgrade_tells_the_contact_and_the_engineer_who_did_not_do_it(world: World) -> None:
    case = world.reply(world.open(), NOW)
    severity_actions.downgrade(
        case,
        by=world.colleague,
        at=NOW + MINUTE,
        to=3,
        ground=DowngradeGround.NOT_COOPERATING,
        reason="Two calls went unanswered.",
    )
    assert told(case, "case_severity") == [
        "tess.ward@meridian.example",
        "engineer@legato.example",
    ]


def test_a_change_of_severity_is_an_event_and_a_confirmation_is_none(world: World) -> None:
    heard: list[SeveritiesChanged] = []
    subscriptions.subscribe(SeveritiesChanged, heard.append)
    try:
        case = confirm_severity(world.open(), by=world.engineer, at=NOW)
        confirm_call(case, by=world.dispatch, at=NOW + MINUTE)
    finally:
        subscriptions._subscribers[SeveritiesChanged].remove(heard.append)
    ((changed, before),) = heard[0].changes
    assert (changed.severity, before, heard[0].at) == (1, 2, NOW + MINUTE)
    assert len(heard) == 1


@pytest.mark.clause("ATSP 4.10")
def test_a_closed_case_keeps_its_severity(world: World) -> None:
    case = close(
        world.open(), by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward"
    )
    with pytest.raises(Refusal):
        confirm_call(case, by=world.dispatch, at=NOW + DAY)
    with pytest.raises(Refusal):
        downgrade(world, case, 3, NOW + DAY)


@pytest.mark.clause("ATSP 4.5")
def test_severity_1_by_telephone_restarts_nothing_that_was_met(world: World) -> None:
    case = world.reply(world.open(channel=Channel.TELEPHONE), NOW + MINUTE)
    confirm_call(case, by=world.dispatch, at=NOW + HOUR)
    assert (response_of(case).state, again(case).responded_at) == ("met", NOW + MINUTE)


def raised_by_call(world: World, case: Case, at: dt.datetime) -> Case:
    return confirm_call(case, by=world.dispatch, at=at)


def raised_by_agreement(world: World, case: Case, at: dt.datetime) -> Case:
    case = propose_severity(case, by=world.user("technical"), at=at, to=2, reason="It spreads.")
    return answer_severity(case, by=world.engineer, at=at, agree=True)


@pytest.mark.clause("D-21", "ATSP 4.6")
@pytest.mark.parametrize("raised", [raised_by_call, raised_by_agreement])
def test_a_weekly_case_that_becomes_daily_misses_nothing_by_the_change(
    world: World, raised: Callable[[World, Case, dt.datetime], Case]
) -> None:
    case = world.reply(world.open(severity=3), NOW)
    change = NOW + 5 * DAY
    raised(world, case, change)
    swept(change + MINUTE)

    assert journalled(case, "case.promise_missed") == []
    assert told(case, "promise_missed") == []
    assert status_of(case).due_at == change + DAY, "a Monday: 9 business hours are a day on"
    assert not Deadline.objects.about(case).filter(state="pending", due_at__lte=change).exists()

    swept(change + DAY + MINUTE)
    assert len(journalled(case, "case.promise_missed")) == 1, "the new promise holds"


@pytest.mark.clause("D-21", "ATSP 4.9")
def test_a_first_response_still_owed_is_not_broken_by_a_downgrade(world: World) -> None:
    """Raised in the afternoon and lowered again, the report plus the lower target has passed: it counts anew."""
    case = world.open(severity=4)  # at 10:00, due on Thursday
    confirm_call(case, by=world.dispatch, at=local("2003-03-05 15:00"))
    downgrade(world, case, 3, local("2003-03-05 15:10"))
    swept(local("2003-03-05 15:11"))

    assert journalled(case, "case.promise_missed") == []
    assert response_of(case).due_at == local("2003-03-06 10:10")
    assert status_of(case).due_at == local("2003-03-12 10:00")


@pytest.mark.clause("D-21", "ATSP 4.9.1")
def test_a_downgrade_by_the_clock_breaks_no_promise_however_late_it_comes(world: World) -> None:
    case = world.reply(world.open(severity=1, channel=Channel.TELEPHONE), NOW)
    request_information(case, by=world.manager, at=NOW, missing=["the trace"])
    woken = NOW + 3 * DAY + HOUR
    swept(woken)  # it was due after an hour; nobody was warned, so it is put off (D-20)
    missed = len(journalled(case, "case.promise_missed"))
    swept(woken + 8 * MINUTE)

    assert again(case).severity > 1
    assert len(journalled(case, "case.promise_missed")) == missed
    assert status_of(case).due_at > woken + 8 * MINUTE


@pytest.mark.clause("ATSP 4.3", "ATSP 4.5")
def test_a_side_takes_back_what_it_proposed_or_what_awaits_its_call(world: World) -> None:
    case = world.open(severity=1)
    assert case.awaits_call_for == 1
    case = withdraw_severity(case, by=world.technical.user, at=NOW + MINUTE)
    assert (case.severity, case.awaits_call_for) == (2, None)

    case = propose_severity(case, by=world.engineer, at=NOW + MINUTE, to=3, reason="It runs.")
    with pytest.raises(Refusal, match="the provider's"):
        withdraw_severity(case, by=world.technical.user, at=NOW + MINUTE)
    case = withdraw_severity(case, by=world.colleague, at=NOW + 2 * MINUTE)
    assert (case.severity, case.proposed_severity) == (2, None)
    assert len(journalled(case, "case.severity_withdrawn")) == 2
    with pytest.raises(Refusal, match="No change of severity is proposed"):
        withdraw_severity(case, by=world.engineer, at=NOW + 3 * MINUTE)


@pytest.mark.clause("ATSP 4.5", "D-24")
@pytest.mark.parametrize("proposes", ["engineer", "technical"])
def test_severity_1_by_agreement_awaits_the_telephone(world: World, proposes: str) -> None:
    case = propose_severity(
        world.open(severity=3), by=world.user(proposes), at=NOW, to=1, reason="All stands still."
    )
    if case.proposed_severity is not None:
        answers = world.technical.user if proposes == "engineer" else world.engineer
        case = answer_severity(case, by=answers, at=NOW + MINUTE, agree=True)
    assert (case.severity, case.awaits_call_for, case.proposed_severity) == (3, 1, None)
    case = confirm_call(case, by=world.engineer, at=NOW + HOUR)
    assert (case.severity, case.severity_since, case.awaits_call_for) == (1, NOW + HOUR, None)


@pytest.mark.clause("ATSP 4.5", "D-9", "D-23")
def test_a_call_confirmed_later_begins_at_the_call(world: World) -> None:
    case = world.open(severity=1)
    case = confirm_call(case, by=world.dispatch, at=NOW + 5 * MINUTE, logged_at=NOW + 15 * MINUTE)
    assert case.severity_since == NOW + 5 * MINUTE
    assert response_of(case).due_at == NOW + 35 * MINUTE
    [entry] = journalled(case, "case.call_confirmed")
    assert (entry.at, entry.logged_at) == (NOW + 5 * MINUTE, NOW + 15 * MINUTE)
    for at in (NOW - MINUTE, NOW + DAY):
        with pytest.raises(Refusal, match="The time of the call"):
            confirm_call(world.open(), by=world.dispatch, at=at, logged_at=NOW + HOUR)


@pytest.mark.clause("ATSP 4.5", "ATSP 1.3")
def test_a_severity_1_that_is_reopened_awaits_its_call(world: World) -> None:
    case = world.open(severity=1, channel=Channel.TELEPHONE)
    case = close(
        case, by=world.engineer, at=NOW + HOUR, reason="other-vendor", agreed_by="Tess Ward"
    )
    case = reopen(case, by=world.technical.user, at=NOW + DAY, reason="It stops again.")
    assert (case.severity, case.severity_since, case.awaits_call_for) == (2, NOW + DAY, 1)
    case = confirm_call(case, by=world.dispatch, at=NOW + DAY + MINUTE)
    assert (case.severity, case.severity_since) == (1, NOW + DAY + MINUTE)


@pytest.mark.clause("ATSP 4.3")
@pytest.mark.parametrize(("agree", "title"), [(True, "is severity 3"), (False, "stays severity 2")])
def test_the_side_that_proposed_is_told_whether_the_severity_changed(
    world: World, agree: bool, title: str
) -> None:
    case = propose_severity(
        world.open(), by=world.user("technical"), at=NOW, to=3, reason="It is less."
    )
    answer_severity(case, by=world.engineer, at=NOW + HOUR, agree=agree)
    mails = Notice.objects.about(case).filter(template="case_severity", channel="email")
    assert mails.latest("pk").title == f"Case {case.number} {title}"
