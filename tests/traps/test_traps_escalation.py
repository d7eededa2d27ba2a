"""Traps of the peers that the escalation avoids, each by what it does."""

import datetime as dt
from pathlib import Path

import pytest

from cases.resolution.actions.closing import close, closure_choices, fail_relief, give_relief
from cases.severity.actions import confirm_call, downgrade
from cases.severity.rules import DowngradeGround
from contracts.programmes.actions import publish_programme
from portal.models import Channel, DeadlineState, Notice
from tests.atsp import PROGRAMME_FILE, local
from tests.escalation.world import (
    HOUR,
    MINUTE,
    SECOND,
    T,
    World,
    deadline_of,
    journalled,
    make_world,
    states,
    swept,
    timeline_of,
    told,
)

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("portal", "contracts", "cases", "escalation", "scorecard")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.mark.trap(1, 2)
def test_trap_1_and_2_no_step_is_a_task_with_an_eta_so_none_runs_twice_or_is_lost(
    world: World, settings
) -> None:
    """The schedule is the rows: no code hands Celery an eta or countdown, and the broker holds nothing."""
    case = world.open_case()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            assert "countdown=" not in source, path
            assert ".apply_async(" not in source, path

    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"  # no broker at all
    swept(T + 12 * HOUR)
    swept(T + 12 * HOUR)

    assert told(case, "hotshot-12h") == ["director@legato.example", "vp@legato.example"]


@pytest.mark.trap(3)
@pytest.mark.clause("D-8", "D-13")
@pytest.mark.parametrize("day", ["2004-04-03 20:00", "2003-10-25 20:00"])
def test_trap_3_marks_are_elapsed_hours_across_the_change_of_clocks(world: World, day: str) -> None:
    start = local(day)
    case = world.open_case(start)

    assert deadline_of(case, "update-10h").due_at == start + 10 * HOUR
    swept(start + 12 * HOUR - SECOND)
    assert told(case, "hotshot-12h") == []
    swept(start + 12 * HOUR)
    assert len(told(case, "hotshot-12h")) == 2


@pytest.mark.trap(4)
@pytest.mark.clause("ATSP Ex.C")
def test_trap_4_no_step_fires_again_however_often_it_is_swept(world: World) -> None:
    case = world.open_case()

    for minutes in range(0, 300, 7):
        swept(T + minutes * MINUTE)
        swept(T + minutes * MINUTE)

    sent = Notice.objects.about(case).filter(channel=Channel.EMAIL)
    each = list(sent.values_list("step", "address"))
    assert len(each) == len(set(each))
    fired = [entry.data["step"] for entry in journalled(case, "escalation.notice_sent")]
    assert fired == ["1:commitment", "1:psam-1h", "1:management-4h"]


@pytest.mark.trap(5)
@pytest.mark.clause("ATSP Ex.C")
def test_trap_5_every_level_missed_in_an_outage_is_replayed(world: World) -> None:
    case = world.open_case()

    swept(T + 24 * HOUR)

    fired = [entry.data["step"] for entry in journalled(case, "escalation.notice_sent")]
    hotshots = [entry.data["step"] for entry in journalled(case, "escalation.hotshot_sent")]
    assert fired == [
        "1:commitment",
        "1:psam-1h",
        "1:management-4h",
        "1:senior-managers-8h",
        "1:cpe-management-8h",
    ]
    assert hotshots == ["1:hotshot-12h", "1:hotshot-24h"]


@pytest.mark.trap(16)
@pytest.mark.clause("D-13")
def test_trap_16_a_closed_case_does_not_escalate(world: World) -> None:
    case = world.open_case()
    swept(T + MINUTE)
    reason = closure_choices(case)[0].code
    close(case, by=world.cse, at=T + 30 * MINUTE, reason=reason, agreed_by=world.contact.name)
    escalating = Notice.objects.about(case).exclude(template="case_satisfaction")
    before = escalating.count()

    swept(T + 48 * HOUR)

    assert escalating.count() == before, "but for the question how it went"
    assert set(states(case).values()) == {DeadlineState.FIRED, DeadlineState.CANCELLED}


@pytest.mark.trap(18)
@pytest.mark.clause("ATSP Ex.C")
def test_trap_18_a_step_with_nobody_to_tell_is_an_alarm_and_not_silence(world: World) -> None:
    world.executive.is_active = False
    world.executive.save()
    case = world.open_case()

    swept(T + 24 * HOUR)

    (alarm,) = [
        entry
        for entry in journalled(case, "escalation.nobody_to_tell")
        if entry.data["step"] == "1:hotshot-24h"
    ]
    assert "Executive Team" in alarm.text
    heard = Notice.objects.about(case).filter(step="alarm:escalation-1:hotshot-24h")
    assert set(heard.values_list("address", flat=True)) == {
        "dispatch@legato.example",
        "administrator@legato.example",
    }


@pytest.mark.trap(19)
@pytest.mark.clause("D-13")
def test_trap_19_what_ended_stays_ended_for_months_and_what_comes_back_runs_again(
    world: World,
) -> None:
    case = world.open_case()
    give_relief(case, by=world.cse, at=T + 2 * HOUR, body="Set the switch.")
    swept(T + 2 * HOUR)
    before = Notice.objects.about(case).filter(step__startswith="escalation").count()
    months = T + dt.timedelta(days=120)
    swept(months)
    assert Notice.objects.about(case).filter(step__startswith="escalation").count() == before

    fail_relief(case, by=world.contact.user, at=months, reason="It is back.")
    swept(months + HOUR)

    assert timeline_of(case, 2).started_at == months
    assert told(case, "psam-1h", 2) == ["psam@legato.example"]


@pytest.mark.trap(21)
@pytest.mark.clause("D-13")
def test_trap_21_lateness_does_not_add_up_because_every_mark_counts_from_t(world: World) -> None:
    case = world.open_case()

    for hour in range(1, 80):
        swept(T + hour * HOUR + 40 * MINUTE)

    assert deadline_of(case, "update-80h").due_at == T + 80 * HOUR
    assert {
        row
        for row in timeline_of(case).steps.filter(commitment=True).values_list("due_at", flat=True)
        if (row - T) % HOUR
    } == set()


@pytest.mark.trap(22)
@pytest.mark.clause("ATSP Ex.C")
def test_trap_22_a_running_timeline_keeps_its_terms_and_a_new_one_of_the_case_too(
    world: World,
) -> None:
    case = world.open_case()
    text = PROGRAMME_FILE.read_text(encoding="utf-8")
    changed = text.replace(
        'title = "Severity 1 for one hour"\nat = "1 hour"',
        'title = "Severity 1 for half an hour"\nat = "30 minutes"',
    )
    assert changed != text
    publish_programme(changed, name="changed.toml", by=None, at=T + MINUTE)

    swept(T + 59 * MINUTE)
    assert told(case, "psam-1h") == []
    downgrade(
        case,
        by=world.cse,
        at=T + 59 * MINUTE,
        to=2,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="Backups run.",
    )
    confirm_call(case, by=world.dispatch, at=T + 2 * HOUR)
    assert deadline_of(case, "psam-1h", 2).due_at == T + 3 * HOUR


@pytest.mark.trap(25)
@pytest.mark.clause("ATSP Ex.C", "D-8")
def test_trap_25_the_thirty_minute_mark_is_judged_to_the_moment(world: World, settings) -> None:
    case = world.open_case()

    swept(T + 30 * MINUTE)
    assert states(case)["initial-response"] == DeadlineState.PENDING
    swept(T + 30 * MINUTE + dt.timedelta(microseconds=1))
    assert states(case)["initial-response"] == DeadlineState.MISSED
    assert settings.SWEEP_EVERY_SECONDS <= 5
