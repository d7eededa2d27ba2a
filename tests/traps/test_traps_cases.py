"""Traps of the peers that cases avoid, each by what it does."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.models import Case
from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import Channel
from cases.clocks.actions import agree_frequency
from cases.information.actions import request_information
from cases.resolution.actions.closing import close, give_relief
from cases.severity.actions import confirm_call, downgrade
from cases.severity.rules import DowngradeGround
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from portal.models import Deadline, Notice
from portal.ui.clock import face
from tests.atsp import LONDON, PROGRAMME_FILE, local
from tests.cases.world import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    World,
    again,
    make_world,
    response_of,
    status_of,
    swept,
    told,
)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def pending(case: Case) -> list[tuple[str, dt.datetime]]:
    rows = Deadline.objects.about(case).pending().order_by("kind")
    return list(rows.values_list("kind", "due_at"))


@pytest.mark.trap(8)
@pytest.mark.clause("D-11")
def test_trap_8_a_severity_change_keeps_what_the_clocks_knew(world: World) -> None:
    """There and back again, the given response, the missed one and the last communication are all kept."""
    case = world.reply(world.open(), NOW + 20 * MINUTE)
    confirm_call(case, by=world.dispatch, at=NOW + HOUR)
    downgrade(
        case,
        by=world.engineer,
        at=NOW + 2 * HOUR,
        to=2,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="A way round is found.",
    )

    assert (response_of(case).state, response_of(case).met_at) == ("met", NOW + 20 * MINUTE)
    assert again(case).responded_at == NOW + 20 * MINUTE
    assert status_of(case).due_at == local("2003-03-06 10:20"), (
        "counted from the last communication"
    )


@pytest.mark.trap(9)
@pytest.mark.clause("ATSP 4.6", "D-9")
@pytest.mark.parametrize(
    ("severity", "channel"),
    [(1, Channel.WEB), (1, Channel.TELEPHONE), (2, Channel.EMAIL), (4, Channel.WEB)],
)
def test_trap_9_however_a_case_opens_it_has_one_clock_of_each_kind(
    world: World, severity: int, channel: Channel
) -> None:
    world.give_ess()  # it opens with an owner too
    case = world.open(severity=severity, channel=channel)
    kinds = [kind for kind, _ in pending(case)]
    assert kinds == ["cases.first_response", "cases.status_update"]

    if severity == 1 and channel is Channel.WEB:
        confirm_call(case, by=world.dispatch, at=NOW + MINUTE)
    world.reply(case, NOW + 2 * MINUTE)
    assert [kind for kind, _ in pending(case)] == ["cases.status_update"]


@pytest.mark.trap(10)
@pytest.mark.clause("D-6")
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu", LONDON, "America/Los_Angeles"])
def test_trap_10_a_fresh_case_is_not_breached_for_a_reader_of_another_zone(
    world: World, zone: str
) -> None:
    import zoneinfo

    case = world.open()
    shown = face(response_of(case), NOW + MINUTE, zoneinfo.ZoneInfo(zone))
    assert (shown.tone, shown.relative) == ("soon", "in 59 min")
    assert shown.due == NOW + HOUR


@pytest.mark.trap(11)
@pytest.mark.clause("ATSP 4.6", "D-10")
def test_trap_11_the_status_clock_and_the_first_response_are_two_promises(world: World) -> None:
    """The status update may fall due before the first response was made: neither overrides the other."""
    case = world.open()
    assert dict(pending(case)) == {
        "cases.first_response": NOW + HOUR,
        "cases.status_update": local("2003-03-06 10:00"),
    }
    swept(local("2003-03-06 10:01"))

    assert told(case, "promise_missed") == ["dispatch@legato.example"] * 2
    assert again(case).next_due_at == NOW + HOUR
    world.reply(case, local("2003-03-06 11:00"))
    assert response_of(case).state == "missed"
    assert status_of(case).due_at == local("2003-03-07 11:00")


@pytest.mark.trap(12)
@pytest.mark.clause("ATSP 4.7")
def test_trap_12_an_old_deadline_does_not_outlive_a_change(world: World) -> None:
    """After every change exactly the new deadline is pending, and the old one never fires."""
    case = world.reply(world.open(), NOW + MINUTE)
    request_information(case, by=world.engineer, at=NOW + HOUR, missing=["the trace"])
    downgrade(
        case,
        by=world.engineer,
        at=NOW + 2 * HOUR,
        to=4,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="Only a question is left.",
    )
    assert [kind for kind, _ in pending(case)] == ["cases.status_update"], (
        "severity 4 asks no clock"
    )
    before = Notice.objects.about(case).count()
    swept(NOW + 7 * DAY)

    assert again(case).severity == 4
    assert Notice.objects.about(case).count() == before
    old = Deadline.objects.about(case).filter(state="superseded")
    assert {row.cause for row in old} == {"severity 2 became 4"}


@pytest.mark.trap(13)
@pytest.mark.clause("ATSP 4.6")
@pytest.mark.parametrize("then", [Move.WAIT_FOR_RESELLER, Move.WAIT_FOR_ENGINEERING, None])
def test_trap_13_a_reply_and_a_state_change_in_one_act_keep_the_first_response(
    world: World, then: Move | None
) -> None:
    case = world.reply(world.open(), NOW + 10 * MINUTE, then=then)
    assert (response_of(case).state, again(case).responded_at) == ("met", NOW + 10 * MINUTE)

    relieved = give_relief(
        world.open(), by=world.engineer, at=NOW + 10 * MINUTE, body="Set the timeout."
    )
    assert (response_of(relieved).state, relieved.state) == ("met", "relieved")


@pytest.mark.trap(16)
@pytest.mark.clause("ATSP 4.10")
def test_trap_16_a_closed_case_falls_silent_and_one_waiting_does_not(world: World) -> None:
    closed = world.open()
    waiting = world.reply(world.open(), NOW, then=Move.WAIT_FOR_RESELLER)
    close(closed, by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward")
    swept(NOW + 30 * DAY)

    assert told(closed, "promise_missed") == []
    assert set(told(waiting, "promise_missed")) == {
        "engineer@legato.example",
        "manager@legato.example",
    }, "objectives do not pause"


@pytest.mark.trap(17)
@pytest.mark.clause("ATSP 4.6", "D-10")
@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("reply", {"reply-body": "We are at work on it."}),
        ("call", {"call-reached": "yes", "call-body": "Rang Tess Ward."}),
        ("relief", {"relief-body": "Set the timeout."}),
    ],
)
def test_trap_17_each_way_of_answering_restarts_the_clock_alike(
    world: World, set_clock: Callable[..., None], act: str, typed: dict[str, str]
) -> None:
    case = world.open()
    set_clock(NOW + 10 * MINUTE, speed=1e-12)
    client = Client()
    client.force_login(world.engineer)

    done = client.post(reverse("case_act", args=[case.pk, act]), typed)

    assert done.status_code == 302
    assert response_of(case).met_at == NOW + 10 * MINUTE
    assert status_of(case).due_at == local("2003-03-06 10:10")
    assert status_of(case).set_at == NOW + 10 * MINUTE


@pytest.mark.trap(22)
@pytest.mark.clause("ATSP 4.7", "ATSP 1.3")
def test_trap_22_an_agreed_frequency_holds_and_changed_terms_leave_running_cases_alone(
    world: World,
) -> None:
    case = agree_frequency(
        world.open(), every="2 hours", how="Agreed in a call.", by=world.engineer, at=NOW
    )
    assert status_of(case).due_at == NOW + 2 * HOUR
    world.reply(case, NOW + MINUTE)
    assert status_of(case).due_at == NOW + 2 * HOUR + MINUTE
    assert status_of(case).clause == "ATSP 4.7"

    text = PROGRAMME_FILE.read_text(encoding="utf-8")
    changed = text.replace(
        'first_response = "1 business hour"', 'first_response = "3 business hours"'
    )
    publish_programme(changed, name="changed.toml", by=None, at=NOW)
    assert ProgrammeVersion.objects.count() == 2

    running = world.open(NOW + MINUTE)
    assert response_of(running).due_at == NOW + HOUR + MINUTE, "the agreement keeps its version"
    assert again(case).programme.severity(2).first_response.amount == 1
