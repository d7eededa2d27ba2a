"""The monthly conference calls: due, held, minutes (ATSP 14.1.1)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from contracts.agreements.actions import life
from contracts.services.actions import calls
from contracts.services.actions.calls import CALL, MINUTES
from contracts.services.actions.vacancies import GAP
from contracts.services.models.assignments import Absence, Duty
from contracts.services.models.calls import ConferenceCall
from portal.models import Deadline, DeadlineState
from portal.rules.refusal import Refusal
from tests.contracts.factories import MTI_FILE, load
from tests.contracts.services.world import (
    DAY,
    HOUR,
    LOS_ANGELES,
    NOW,
    Services,
    journalled,
    make_services,
    swept,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ATSP 14.1.1")]
DUE = dt.datetime(2003, 4, 3, 8, tzinfo=dt.UTC)  # the end of 2 April in Los Angeles


@pytest.fixture
def world(db: None) -> Services:
    return make_services()


def deadline(world: Services, kind: str, number: int) -> Deadline:
    return Deadline.objects.about(world.agreement).get(kind=kind, step=f"call:{number}")


def held(world: Services, call: ConferenceCall, at: dt.datetime) -> ConferenceCall:
    return calls.record_held(
        call, held_at=at, participants=[world.technical], others="", by=world.psam, at=at
    )


@pytest.mark.clause("D-8")
def test_with_a_psam_assigned_the_call_of_the_present_month_is_due(world: Services) -> None:
    world.assign("specialist", Duty.ESS)
    assert not world.agreement.calls.exists()
    world.assign_both()
    (call,) = world.agreement.calls.all()
    assert (call.number, call.due_at) == (7, DUE)
    row = deadline(world, CALL, 7)
    assert (row.promise, row.clause, row.due_at) == (True, "ATSP 14.1.1", DUE)
    assert "call 7 by the end of month 7" in row.words


def test_an_agreement_that_is_loaded_with_a_psam_has_its_first_call_due(db: None) -> None:
    agreement = load(MTI_FILE)
    if agreement.assignments.filter(duty=Duty.PSAM).exists():
        assert [call.number for call in agreement.calls.all()] == [1]


@pytest.mark.clause("D-7")
def test_a_call_that_was_held_brings_its_minutes_and_the_next_month(world: Services) -> None:
    world.assign_both()
    call = held(world, world.agreement.calls.get(), NOW)
    assert deadline(world, CALL, 7).state == DeadlineState.MET
    minutes = deadline(world, MINUTES, 7)
    assert minutes.due_at == dt.datetime(2003, 3, 10, 18, tzinfo=dt.UTC), "three Business Days"
    assert [(c.number, c.held_at) for c in world.agreement.calls.all()] == [(7, NOW), (8, None)]
    calls.publish_minutes(call, text="All went well.", by=world.psam, at=NOW + HOUR)
    assert deadline(world, MINUTES, 7).state == DeadlineState.MET
    assert told(world.agreement, "call_minutes") == [world.technical.email, world.psam.email]


def test_a_month_without_its_call_is_told_and_the_next_one_falls_due(world: Services) -> None:
    world.assign_both()
    swept(DUE + HOUR)
    assert deadline(world, CALL, 7).state == DeadlineState.MISSED
    assert [call.number for call in world.agreement.calls.to_hold()] == [7, 8]
    assert told(world.agreement, "service_late") == [world.psam.email, world.management.email]
    assert journalled(world.agreement, "call.missed")
    held(world, world.agreement.calls.get(number=7), DUE + DAY)
    row = deadline(world, CALL, 7)
    assert (row.state, row.met_at > row.due_at) == (DeadlineState.MISSED, True)
    assert world.agreement.calls.count() == 2, "the present month's is due already"


def test_minutes_not_published_in_time_are_told_and_stay_to_be_done(world: Services) -> None:
    world.assign_both()
    call = held(world, world.agreement.calls.get(), NOW)
    swept(NOW + 7 * DAY)
    assert deadline(world, MINUTES, 7).state == DeadlineState.MISSED
    assert told(world.agreement, "service_late") == [world.psam.email, world.management.email]
    calls.publish_minutes(call, text="Late, but here.", by=world.psam, at=NOW + 8 * DAY)
    row = deadline(world, MINUTES, 7)
    assert row.met_at > row.due_at


def test_the_last_month_of_the_year_brings_no_call_beyond_it(world: Services) -> None:
    july = dt.datetime(2003, 8, 20, 18, tzinfo=dt.UTC)
    world.assign_both(at=july)
    call = world.agreement.calls.get()
    assert call.number == 12
    held(world, call, july)
    assert world.agreement.calls.count() == 1
    missed = make_services("Nordwind", people=world)
    missed.assign_both(at=july)
    swept(dt.datetime(2003, 9, 3, 8, tzinfo=dt.UTC))
    assert missed.agreement.calls.count() == 1


def test_only_whoever_serves_as_psam_manages_calls(world: Services) -> None:
    world.assign_both()
    call = world.agreement.calls.get()
    for who in (world.engineer, world.dispatch, world.technical.user):
        with pytest.raises(Refusal, match="You may not") as refused:
            calls.prepare_agenda(call, text="Cases", planned_at=None, by=who, at=NOW)
        assert refused.value.clause == "ATSP 14.1"
    call = calls.prepare_agenda(call, text="Cases", planned_at=NOW, by=world.alternate, at=NOW)
    assert (call.agenda, call.agenda_at) == ("Cases", NOW)


def test_impossible_values_are_refused_and_change_nothing(world: Services) -> None:
    world.assign_both()
    call = world.agreement.calls.get()
    with pytest.raises(Refusal, match="not recorded as held"):
        calls.publish_minutes(call, text="Early", by=world.psam, at=NOW)
    with pytest.raises(Refusal, match="after it took place"):
        calls.record_held(
            call, held_at=NOW + HOUR, participants=[world.technical], by=world.psam, at=NOW
        )
    with pytest.raises(Refusal, match="Nobody from the reseller"):
        calls.record_held(call, held_at=NOW, participants=[], by=world.psam, at=NOW)
    with pytest.raises(Refusal, match="agenda is empty"):
        calls.prepare_agenda(call, text="  ", planned_at=None, by=world.psam, at=NOW)
    call = held(world, call, NOW)
    with pytest.raises(Refusal, match="held already"):
        held(world, call, NOW)
    calls.publish_minutes(call, text="So it was.", by=world.psam, at=NOW)
    with pytest.raises(Refusal, match="stay as they are"):
        calls.publish_minutes(call, text="Otherwise.", by=world.psam, at=NOW)


def test_actions_are_noted_told_with_the_minutes_and_done(world: Services) -> None:
    world.assign_both()
    call = world.agreement.calls.get()
    action = calls.agree_action(
        call, text="Send the patch list", owner="Paula", due_on=None, by=world.psam, at=NOW
    )
    assert "- Send the patch list: Paula" in calls.agenda_from_cases(call, at=NOW)
    calls.finish_action(action, by=world.psam, at=NOW)
    done = calls.finish_action(action, by=world.psam, at=NOW + HOUR)
    assert done.done_at == NOW
    assert len(journalled(world.agreement, "call.action_done")) == 1


@pytest.mark.clause("ATSP 14.2")
def test_an_agreement_that_ended_owes_no_call_and_misses_nobody(world: Services) -> None:
    world.assign("psam", Duty.PSAM)
    life.end_for_cause(
        world.agreement,
        reason="The reseller agreement ended.",
        on=world.agreement.date_at(NOW),
        by=world.administrator,
        at=NOW,
    )
    rows = Deadline.objects.about(world.agreement).filter(kind__in=[CALL, GAP])
    assert {row.state for row in rows} == {DeadlineState.CANCELLED}


@pytest.mark.clause("D-29", "ATSP 14.1.1")
def test_a_call_and_its_minutes_are_reminded_of_to_whoever_serves_then(world: Services) -> None:
    world.assign_both()
    call = world.agreement.calls.get()
    reminded_at = dt.datetime.combine(
        world.agreement.date_at(call.due_at) - 6 * DAY, dt.time(8), ZoneInfo(LOS_ANGELES)
    )
    swept(reminded_at - HOUR)
    assert told(world.agreement, "service_near") == []
    swept(reminded_at)
    assert told(world.agreement, "service_near") == [world.psam.email]

    Absence.objects.create(user=world.psam, starts_at=reminded_at, ends_at=reminded_at + 30 * DAY)
    held(world, call, reminded_at)
    swept(deadline(world, MINUTES, call.number).due_at)
    assert told(world.agreement, "service_near") == [world.psam.email, world.alternate.email]
