"""The information of 5.2.3: asked for, warned of, received in time or not (ATSP 4.9.1, 4.10.8)."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.clocks.deadlines import information_missed
from cases.clocks.setting import INFORMATION, INFORMATION_CLOCKS, INFORMATION_WARNING
from cases.conversation.actions import add_information
from cases.information.actions import accept_information, request_information
from cases.resolution.actions.closing import reopen
from cases.severity.actions import confirm_call, downgrade
from cases.severity.rules import DowngradeGround
from portal.models import Deadline, Notice
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
    clock_of,
    information_of,
    journalled,
    swept,
    told,
)

MISSING = ["the trace", "the server log"]


def ask(world: World, case: Case, at: dt.datetime, missing: list[str] = MISSING) -> Case:
    return request_information(
        case, by=world.engineer, at=at, missing=missing, body="To go on I need:"
    )


def running(case: Case) -> list[str]:
    rows = Deadline.objects.about(case).filter(kind__in=INFORMATION_CLOCKS, state="pending")
    return sorted(rows.values_list("kind", flat=True))


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8", "D-8", "D-9")
@pytest.mark.parametrize(
    ("severity", "due", "warned", "outcome"),
    [
        (1, NOW + HOUR, NOW + 45 * MINUTE, "this case becomes severity 2"),
        (2, NOW + DAY, NOW + DAY - 4 * HOUR, "this case becomes severity 3"),
        (3, NOW + 5 * DAY, NOW + 4 * DAY, "this case closes"),
    ],
)
def test_the_clock_counts_elapsed_time_from_reporting_and_warns_before(
    world: World, severity: int, due: dt.datetime, warned: dt.datetime, outcome: str
) -> None:
    from cases.clocks.page.waits import waits_of

    channel = Channel.TELEPHONE if severity == 1 else Channel.WEB
    case = ask(world, world.open(severity=severity, channel=channel), NOW + 10 * MINUTE)

    assert (information_of(case).due_at, clock_of(case, INFORMATION_WARNING).due_at) == (
        due,
        warned,
    )
    assert (case.information_missing, case.state) == (MISSING, "waiting_for_reseller")
    [wait] = waits_of(case, information_of(case))
    assert wait.consequence == outcome


@pytest.mark.clause("ATSP 4.9.1")
def test_severity_4_has_no_information_clock(world: World) -> None:
    case = ask(world, world.open(severity=4), NOW)
    assert running(case) == []
    assert case.waits_for_information


@pytest.mark.clause("ATSP 5.2.3", "ATSP 4.6")
def test_asking_is_a_communication_too_and_needs_something_to_be_missing(world: World) -> None:
    case = world.open()
    with pytest.raises(Refusal) as refused:
        ask(world, case, NOW, [" ", ""])
    assert refused.value.field == "missing"

    ask(world, case, NOW + MINUTE)
    assert again(case).responded_at == NOW + MINUTE
    notice = Notice.objects.get(template="case_message", channel="email")
    assert notice.context["due"] == "Send the trace, the server log"
    assert notice.context["consequence"] == "Otherwise the case becomes severity 3."


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8")
def test_the_contact_is_warned_once_with_what_is_missing_and_what_follows(world: World) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    swept(NOW + 20 * HOUR - SECOND)
    assert told(case, "information_warning") == []
    swept(NOW + 20 * HOUR)
    swept(NOW + 21 * HOUR)

    assert told(case, "information_warning") == ["tess.ward@meridian.example"]
    context = Notice.objects.filter(template="information_warning")[0].context
    assert context["missing"] == MISSING
    assert context["consequence"] == "Otherwise the case becomes severity 3."


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8")
def test_missing_information_downgrades_step_by_step_and_closes_at_last(world: World) -> None:
    case = world.open(severity=1, channel=Channel.TELEPHONE)
    ask(world, case, NOW + 10 * MINUTE)

    swept(NOW + HOUR + SECOND)
    assert (again(case).severity, information_of(case).due_at) == (2, NOW + DAY)
    swept(NOW + DAY + SECOND)
    assert (again(case).severity, information_of(case).due_at) == (3, NOW + 5 * DAY)
    swept(NOW + 5 * DAY)
    assert again(case).is_open, "at the very instant it may still come"
    swept(NOW + 5 * DAY + SECOND)

    case = again(case)
    assert (case.state, case.closure_reason) == ("closed", "information-not-received")
    assert [entry.clause for entry in journalled(case, "case.downgraded")] == ["ATSP 4.9.1"] * 2
    assert [entry.clause for entry in journalled(case, "case.closed")] == ["ATSP 4.10.8"]
    assert not Deadline.objects.about(case).pending().exists()
    assert told(case, "case_closed") == ["tess.ward@meridian.example"]


@pytest.mark.clause("ATSP 4.9.1", "D-8")
@pytest.mark.parametrize(("after", "severity"), [(0 * SECOND, 2), (-SECOND, 2), (SECOND, 3)])
def test_information_at_the_very_instant_is_in_time(
    world: World, after: dt.timedelta, severity: int
) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    at = NOW + DAY + after
    swept(at)
    add_information(case, by=world.user("technical"), at=at, body="Here they are.")
    swept(at + HOUR)

    assert again(case).severity == severity


@pytest.mark.clause("ATSP 4.9.1", "ATSP 5.2.3")
def test_information_sent_in_time_prevents_a_downgrade_before_anybody_checks_it(
    world: World,
) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    add_information(case, by=world.user("technical"), at=NOW + HOUR, body="The trace and the log.")
    swept(NOW + 3 * DAY)

    case = again(case)
    assert (case.severity, case.information_received_at) == (2, NOW + HOUR)
    assert not case.waits_for_information
    assert information_of(case).state == "met"
    assert running(case) == []


@pytest.mark.clause("ATSP 4.9.1", "ATSP 5.2.3")
def test_the_engineer_who_misses_something_asks_again_and_the_clock_counts_from_reporting_still(
    world: World,
) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    add_information(case, by=world.user("technical"), at=NOW + HOUR, body="The trace.")
    case = ask(world, case, NOW + 2 * HOUR, ["the server log"])

    assert case.waits_for_information
    assert information_of(case).due_at == NOW + DAY
    swept(NOW + DAY + SECOND)
    assert again(case).severity == 3


@pytest.mark.clause("ATSP 5.2.3")
def test_a_message_that_does_not_answer_leaves_the_clock_running(world: World) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    add_information(
        case, by=world.user("technical"), at=NOW + HOUR, body="Tomorrow.", answers=False
    )
    assert again(case).waits_for_information
    assert information_of(case).state == "pending"


@pytest.mark.clause("ATSP 5.2.3")
def test_accepted_information_ends_the_clock_for_good(world: World) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    case = accept_information(case, by=world.engineer, at=NOW + HOUR, received_at=NOW + HOUR)
    assert (case.information_asked_at, case.information_missing) == (None, [])
    assert running(case) == []
    with pytest.raises(Refusal):
        accept_information(case, by=world.engineer, at=NOW, received_at=NOW)


@pytest.mark.clause("ATSP 4.9.1")
def test_asked_too_late_the_clock_acts_at_once(world: World) -> None:
    case = ask(world, world.open(), NOW + 2 * DAY)
    assert "has passed" in information_of(case).words
    assert running(case) == ["cases.information"], "there is no time left for a warning"
    swept(NOW + 2 * DAY + SECOND)
    assert again(case).severity == 3


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.9")
def test_a_downgrade_by_hand_moves_the_clock_on_with_it(world: World) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    downgrade(
        case,
        by=world.engineer,
        at=NOW + HOUR,
        to=3,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="A way round is found.",
    )
    assert information_of(case).due_at == NOW + 5 * DAY
    swept(NOW + DAY + HOUR)
    assert again(case).severity == 3, "the clock of severity 2 is gone"


@pytest.mark.clause("D-9", "ATSP 4.9.1")
def test_for_a_case_that_became_severity_1_the_hour_counts_from_the_call(world: World) -> None:
    case = ask(world, world.open(severity=1), NOW + MINUTE)
    assert information_of(case).due_at == NOW + DAY
    confirm_call(case, by=world.dispatch, at=NOW + 3 * HOUR)
    assert information_of(case).due_at == NOW + 4 * HOUR


@pytest.mark.clause("ATSP 4.10.8")
def test_a_case_closed_for_want_of_information_can_be_reopened(world: World) -> None:
    case = ask(world, world.open(severity=3), NOW + MINUTE)
    swept(NOW + 5 * DAY + SECOND)
    case = reopen(
        again(case), by=world.user("technical"), at=NOW + 6 * DAY, reason="The log is here now."
    )
    assert case.state == "in_progress"
    assert not case.waits_for_information
    assert local("2003-03-11 10:00") == NOW + 6 * DAY


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8")
@pytest.mark.parametrize("severity", [2, 3])
def test_clocks_of_many_cases_cost_as_many_statements_as_of_one(
    world: World, severity: int
) -> None:
    def cost(cases: int) -> int:
        asked = [ask(world, world.open(severity=severity), NOW + HOUR) for _ in range(cases)]
        rows = Deadline.objects.filter(kind=INFORMATION, subject_id__in=[one.pk for one in asked])
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            information_missed(list(rows), NOW + 6 * DAY)
        assert {again(one).state == "closed" for one in asked} == {severity == 3}
        assert {again(one).severity for one in asked} == {3}
        return len(captured)

    assert cost(1) == cost(7)
