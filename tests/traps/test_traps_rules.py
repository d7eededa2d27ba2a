"""The traps that the pure rules of cases and escalation avoid by themselves."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.case.rules.lifecycle import allowed_moves, moved
from cases.case.rules.vocabulary import Side, State
from cases.clocks.rules.objectives import (
    Clocks,
    first_response,
    kept,
    on_severity_change,
    status_update,
)
from cases.conversation.rules import Way, effect
from cases.information.rules import information_due
from cases.severity.rules import SeverityState, downgrade_by_clock
from contracts.programmes.rules.spans import calendar_for
from contracts.programmes.rules.terms import Act, Programme, Span, Unit
from escalation.rules.exhibit_c import (
    PlannedStep,
    StepKind,
    commitment_number,
    next_commitment,
    plan,
    serves,
)
from tests.atsp import LOS_ANGELES, atsp, calendar, local

REPORTED = local("2003-07-08 10:00")  # a Tuesday
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def timeline(started_at: datetime = REPORTED) -> tuple[PlannedStep, ...]:
    escalation = atsp().escalation
    assert escalation is not None
    return plan(escalation, started_at, calendar())


@pytest.mark.trap(8)
@pytest.mark.clause("D-11")
def test_trap_8_a_severity_raised_and_lowered_again_is_back_at_its_first_due_time() -> None:
    first = first_response(atsp(), 3, REPORTED, calendar()).due_at
    raised = on_severity_change(
        atsp(), 3, 2, REPORTED + 20 * MINUTE, Clocks(REPORTED, first), calendar()
    ).first_response
    assert raised is not None
    assert raised.due_at == REPORTED + 80 * MINUTE

    lowered = on_severity_change(
        atsp(), 2, 3, REPORTED + 40 * MINUTE, Clocks(REPORTED, raised.due_at), calendar()
    ).first_response

    assert lowered is not None
    assert lowered.due_at == first


@pytest.mark.trap(8)
@pytest.mark.clause("D-11")
def test_trap_8_a_change_of_severity_forgets_neither_the_response_nor_the_last_word() -> None:
    answered = REPORTED + HOUR
    clocks = Clocks(
        REPORTED,
        REPORTED + 4 * HOUR,
        first_response_met_at=answered,
        last_communication_at=answered + HOUR,
    )

    for after in (1, 2, 4):
        then = on_severity_change(atsp(), 3, after, REPORTED + 3 * HOUR, clocks, calendar())

        assert then.first_response is None
        expected = status_update(atsp(), after, answered + HOUR, calendar())
        assert then.status_update.due_at == expected.due_at


@pytest.mark.trap(11)
@pytest.mark.clause("ATSP 4.6", "ATSP 4.7")
@pytest.mark.parametrize("every", [None, Span(1, Unit.BUSINESS_MINUTE), Span(6, Unit.MONTH)])
def test_trap_11_no_status_clock_however_short_or_long_moves_the_first_response(
    every: Span | None,
) -> None:
    due_at = first_response(atsp(), 4, REPORTED, calendar()).due_at
    clocks = Clocks(REPORTED, due_at, last_communication_at=REPORTED + HOUR, every=every)

    then = on_severity_change(atsp(), 4, 3, REPORTED + 2 * HOUR, clocks, calendar())

    assert then.first_response is not None
    assert then.first_response.due_at == REPORTED + 6 * HOUR  # the change plus 4 hours
    assert then.first_response.code != then.status_update.code


@pytest.mark.trap(12)
@pytest.mark.clause("ATSP 4.9.1")
def test_trap_12_an_information_clock_of_another_severity_cannot_act_any_more() -> None:
    left_over = information_due(atsp(), 1, REPORTED, REPORTED, calendar())
    assert left_over is not None
    assert left_over.to_severity == 2

    for level in (2, 3, 4):  # the case went on to another severity meanwhile
        with pytest.raises(ValueError, match="cannot lower severity"):
            downgrade_by_clock(atsp(), SeverityState(level), left_over.to_severity, "ATSP 4.9.1")

    assert information_due(atsp(), 4, REPORTED, REPORTED, calendar()) is None


@pytest.mark.trap(12)
@pytest.mark.clause("D-11")
def test_trap_12_a_change_of_severity_answers_for_every_objective_so_none_is_left_behind() -> None:
    clocks = Clocks(REPORTED, REPORTED + HOUR)

    then = on_severity_change(atsp(), 2, 4, REPORTED + 10 * MINUTE, clocks, calendar())

    assert then.first_response is not None
    assert then.first_response.due_at == first_response(atsp(), 4, REPORTED, calendar()).due_at
    assert then.status_update == status_update(atsp(), 4, REPORTED, calendar())


@pytest.mark.trap(13)
@pytest.mark.clause("ATSP 4.6")
@pytest.mark.parametrize("state", list(State))
def test_trap_13_a_reply_is_a_response_whatever_state_the_same_act_moves_the_case_to(
    state: State,
) -> None:
    for move in allowed_moves(state, Side.PROVIDER):
        moved(state, move, side=Side.PROVIDER, reason="It hangs again.")

        reply = effect(Way.WRITING, ["cse"], in_writing=True)

        assert reply.first_response
        assert reply.restarts_status


@pytest.mark.trap(21)
@pytest.mark.clause("D-13")
def test_trap_21_late_updates_move_no_mark_after_them() -> None:
    escalation = atsp().escalation
    assert escalation is not None
    late = REPORTED
    for number in range(1, 200):
        step = next_commitment(escalation, REPORTED, number)
        assert step.due_at == REPORTED + number * HOUR
        late = max(late, step.due_at + 7 * MINUTE)  # each one is done seven minutes late
        (done,) = serves(Act.CONTACT_UPDATE, late, [step])
        assert done.late_by == 7 * MINUTE
        assert commitment_number(escalation, REPORTED, late) == number + 1


@pytest.mark.trap(22)
@pytest.mark.clause("ATSP 4.7")
def test_trap_22_an_agreed_frequency_takes_effect_from_the_last_communication() -> None:
    since = REPORTED + HOUR

    before = status_update(atsp(), 3, since, calendar())
    agreed = status_update(atsp(), 3, since, calendar(), Span(2, Unit.BUSINESS_HOUR))

    assert before.due_at == since + timedelta(days=7)
    assert agreed.due_at == since + 2 * HOUR


@pytest.mark.trap(22)
@pytest.mark.clause("ATSP 4.6")
def test_trap_22_a_changed_term_changes_no_case_that_runs_under_the_old_one() -> None:
    pinned = atsp()
    changed: Programme = replace(
        pinned,
        severities=tuple(
            replace(term, first_response=Span(1, Unit.MINUTE)) for term in pinned.severities
        ),
    )
    clocks = Clocks(REPORTED, REPORTED + 4 * HOUR)

    old = on_severity_change(pinned, 3, 2, REPORTED + HOUR, clocks, calendar()).first_response
    new = on_severity_change(changed, 3, 2, REPORTED + HOUR, clocks, calendar()).first_response

    assert old is not None
    assert new is not None
    assert old.due_at == REPORTED + 2 * HOUR
    assert new.due_at == REPORTED + HOUR + MINUTE


@pytest.mark.trap(27)
@pytest.mark.clause("ATSP 1.2", "ATSP 4.6")
@pytest.mark.parametrize("severity", [1, 2, 3, 4])
def test_trap_27_holidays_never_make_a_promise_due_sooner(severity: int) -> None:
    without = calendar_for(atsp().business_day, LOS_ANGELES)

    for hours in range(24 * 12):
        at = local("2003-06-28 00:30") + hours * HOUR
        for rule in (first_response, status_update):
            assert rule(atsp(), severity, at, calendar()).due_at >= (
                rule(atsp(), severity, at, without).due_at
            )


@pytest.mark.trap(27)
@pytest.mark.clause("ATSP Ex.C")
def test_trap_27_a_notice_tells_and_does_nothing_else() -> None:
    notices = [step for step in timeline() if step.kind is StepKind.NOTICE]

    assert notices
    for notice in notices:
        assert (notice.act, notice.role) == (None, None)
    for act in Act:
        assert serves(act, REPORTED + 30 * HOUR, notices) == ()


@pytest.mark.trap(29)
@pytest.mark.clause("D-8", "ATSP 4.6")
def test_trap_29_a_breach_keeps_the_true_time_of_the_late_response() -> None:
    due_at = REPORTED + HOUR
    missed = kept(due_at, due_at + 5 * MINUTE)
    assert (missed.done, missed.in_time, missed.late_by) == (False, False, 5 * MINUTE)

    answered = kept(due_at, due_at + 90 * MINUTE, done_at=due_at + 30 * MINUTE)

    assert (answered.done, answered.in_time, answered.late_by) == (True, False, 30 * MINUTE)


@pytest.mark.trap(29)
@pytest.mark.clause("D-11")
def test_trap_29_raising_a_case_whose_response_was_missed_does_not_wipe_the_breach() -> None:
    missed_at = REPORTED + HOUR

    then = on_severity_change(
        atsp(), 2, 1, REPORTED + 3 * HOUR, Clocks(REPORTED, missed_at), calendar()
    )

    assert then.first_response is not None
    assert then.first_response.due_at == missed_at


@pytest.mark.trap(29)
@pytest.mark.clause("ATSP Ex.C")
def test_trap_29_a_duty_done_late_records_when_it_was_done() -> None:
    (done,) = serves(Act.ENGAGE_PSE, REPORTED + 8 * HOUR, timeline())

    assert done.due_at == REPORTED + 6 * HOUR
    assert done.done_at == REPORTED + 8 * HOUR
    assert (done.in_time, done.late_by) == (False, 2 * HOUR)


@pytest.mark.trap(30)
@pytest.mark.clause("ATSP 4.9.1")
@pytest.mark.parametrize("late", [MINUTE, HOUR, 2 * HOUR])
def test_trap_30_a_warning_however_late_is_still_given(late: timedelta) -> None:
    warning_time = REPORTED + 20 * HOUR

    clock = information_due(atsp(), 2, REPORTED, warning_time + late, calendar())

    assert clock is not None
    assert clock.warn_at == warning_time + late


@pytest.mark.trap(30)
@pytest.mark.clause("D-8")
def test_trap_30_an_act_at_the_very_deadline_is_in_time() -> None:
    due_at = REPORTED + HOUR

    assert kept(due_at, due_at, done_at=due_at).in_time
    (done,) = (
        each for each in serves(Act.CONTACT_UPDATE, due_at, timeline()) if each.code == "update-1h"
    )
    assert done.in_time
