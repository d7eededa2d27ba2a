"""The information of 5.2.3: asked for, warned of, received in time or not (ATSP 4.9.1, 4.10.8)."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.case.models import Case
from cases.case.rebuilding import differences_of
from cases.case.rules.vocabulary import Channel
from cases.clocks.proposing import answer_frequency, propose_frequency
from cases.clocks.setting import INFORMATION, INFORMATION_CLOCKS, INFORMATION_WARNING
from cases.conversation.actions import add_information
from cases.conversation.page import conversation
from cases.information.actions import accept_information, request_information
from cases.information.deadlines import missed
from cases.resolution.actions.closing import give_relief, reopen
from cases.resolution.actions.proposing import propose_closing
from cases.severity.actions import (
    answer_severity,
    confirm_call,
    confirm_severity,
    downgrade,
    propose_severity,
)
from cases.severity.rules import DowngradeGround
from portal.deadlines.due import COLUMNS, Due
from portal.models import Deadline, Notice
from portal.rules.refusal import Refusal
from portal.sending import new_key
from tests.atsp import local
from tests.cases.opening.test_telephone_page import AsUser
from tests.cases.pages import words
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
    response_of,
    status_of,
    swept,
    told,
)

MISSING = ["the trace", "the server log"]


def ask(world: World, case: Case, at: dt.datetime, missing: list[str] = MISSING) -> Case:
    return request_information(
        case, by=world.engineer, at=at, missing=missing, body="To go on I need:"
    )


def due_of(row: Deadline) -> Due:
    """The row as the sweep hands it to its handler, warned of in time."""
    names = [each.strip() for each in COLUMNS.split(",")]
    values = {
        ("pk" if name == "id" else name): getattr(row, name, None)
        for name in names
        if name != "data"
    }
    due = Due(**values, raw="{}")
    due.data = row.data | {"warned_at": row.due_at - DAY}
    return due


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
    assert again(case).responded_at is None, "asking alone is no first response (D-30)"
    assert again(case).last_communication_at == NOW + MINUTE
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

    swept(NOW + 45 * MINUTE)
    swept(NOW + HOUR + SECOND)
    assert (again(case).severity, information_of(case).due_at) == (2, NOW + DAY)
    swept(NOW + 20 * HOUR)
    swept(NOW + DAY + SECOND)
    assert (again(case).severity, information_of(case).due_at) == (3, NOW + 5 * DAY)
    swept(NOW + 4 * DAY)
    swept(NOW + 5 * DAY)
    assert again(case).is_open, "at the very instant it may still come"
    swept(NOW + 5 * DAY + SECOND)

    case = again(case)
    assert (case.state, case.closure_reason) == ("closed", "information-not-received")
    assert [entry.clause for entry in journalled(case, "case.downgraded")] == ["ATSP 4.9.1"] * 2
    assert [entry.clause for entry in journalled(case, "case.closed")] == ["ATSP 4.10.8"]
    assert not Deadline.objects.about(case).pending().exists()
    people = ["tess.ward@meridian.example", "engineer@legato.example"]
    assert told(case, "case_closed") == people


@pytest.mark.clause("ATSP 4.9.1", "D-8")
@pytest.mark.parametrize(("after", "severity"), [(0 * SECOND, 2), (-SECOND, 2), (SECOND, 3)])
def test_information_at_the_very_instant_is_in_time(
    world: World, after: dt.timedelta, severity: int
) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    at = NOW + DAY + after
    swept(NOW + 20 * HOUR)
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
    swept(NOW + 20 * HOUR)
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


@pytest.mark.clause("ATSP 5.2.3")
def test_a_case_waits_for_the_reseller_no_more_once_what_was_asked_for_is_complete(
    world: World,
) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    assert case.state == "waiting_for_reseller"
    case = accept_information(case, by=world.engineer, at=NOW + HOUR, received_at=NOW + HOUR)
    assert case.state == "in_progress"


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8", "D-20")
@pytest.mark.parametrize("severity", [2, 3])
def test_a_late_question_neither_downgrades_nor_closes(world: World, severity: int) -> None:
    case = ask(world, world.open(severity=severity), NOW + 6 * DAY, ["the trace of today"])
    assert running(case) == []
    assert case.waits_for_information, "it is shown and followed up all the same"
    swept(NOW + 6 * DAY + 2 * SECOND)
    swept(NOW + 20 * DAY)
    assert (again(case).severity, again(case).is_open) == (severity, True)


@pytest.mark.clause("D-20", "ATSP 4.9.1")
def test_the_list_of_a_clock_whose_notice_is_past_can_only_be_made_shorter(
    world: World, as_user: AsUser
) -> None:
    case = ask(world, world.open(NOW - 23 * HOUR), NOW - 22 * HOUR)
    due_at = information_of(case).due_at
    page = as_user("engineer").get(f"{case.get_absolute_url()}?act=ask")
    assert 'name="ask-of_report"' in page.content.decode()
    with pytest.raises(Refusal, match="too late to let the clock run for the config") as refused:
        ask(world, case, NOW, ["the server log", "the config"])
    assert refused.value.field == "missing"
    case = ask(world, case, NOW, ["the server log"])
    assert case.information_missing == ["the server log"]
    assert (information_of(case).due_at, information_of(case).state) == (due_at, "pending")


@pytest.mark.clause("D-20")
def test_what_the_report_does_not_lack_has_no_clock_however_early(world: World) -> None:
    case = request_information(
        world.open(), by=world.engineer, at=NOW, missing=["a test of ours"], of_report=False
    )
    assert running(case) == []


@pytest.mark.clause("D-20", "ATSP 5.2.3")
def test_a_question_beside_leaves_what_the_clock_of_the_report_asks_for(world: World) -> None:
    case = world.open(channel=Channel.TELEPHONE, release="", platform="")
    lacks = ["the release", "the platform"]
    case = request_information(
        case, by=world.engineer, at=NOW + HOUR, missing=["a trace"], of_report=False
    )

    assert (case.information_missing, information_of(case).state) == (lacks, "pending")
    [message] = case.messages.filter(kind="request")
    assert "a trace" in message.body
    assert case.state == "waiting_for_reseller"


@pytest.mark.clause("D-20", "ATSP 5.2.3")
def test_the_page_says_which_clock_runs_after_a_question_beside(
    world: World, as_user: AsUser
) -> None:
    case, client = world.open(channel=Channel.TELEPHONE, release=""), as_user("engineer")
    page = f"{case.get_absolute_url()}ask/"
    answer = client.post(page, {"ask-missing": "a trace", "form_key": new_key()}, follow=True)
    assert "asked; no clock runs for it; that of the report goes on." in words(answer)


@pytest.mark.clause("ATSP 5.2.3", "ATSP 4.10.8")
def test_what_the_portal_asked_for_stands_in_the_conversation(world: World) -> None:
    case = world.open(channel=Channel.TELEPHONE, release="", platform="")
    lines = [line.entry for line in conversation(case, world.engineer) if line.kind == "event"]
    texts = [line.text for line in lines if line.verb == "case.information_requested"]
    assert texts == ["Still missing: the release, the platform."]

    ask(world, case, NOW + MINUTE)
    after = [line.entry for line in conversation(case, world.engineer) if line.kind == "event"]
    asked = [line for line in after if line.verb == "case.information_requested"]
    assert len(asked) == 1, "what an engineer asks for is their message"


@pytest.mark.clause("D-20", "ATSP 4.3")
def test_a_severity_that_both_sides_agree_on_is_not_undone_by_the_clock(world: World) -> None:
    case = ask(world, world.open(severity=3), NOW + MINUTE)
    case = propose_severity(case, by=world.technical.user, at=NOW + 2 * DAY, to=2, reason="Worse.")
    case = answer_severity(case, by=world.engineer, at=NOW + 2 * DAY, agree=True)
    assert running(case) == []
    assert len(journalled(case, "case.information_untimed")) == 1
    swept(NOW + 2 * DAY + MINUTE)
    swept(NOW + 9 * DAY)
    assert (again(case).severity, again(case).is_open) == (2, True)


@pytest.mark.clause("D-20", "ATSP 4.9.1", "ATSP 4.10.8")
def test_no_clock_acts_without_a_warning_that_left_half_the_notice(world: World) -> None:
    case = ask(world, world.open(severity=3), NOW + MINUTE)
    woken = NOW + 5 * DAY + HOUR  # nobody swept for five days
    swept(woken)
    assert again(case).is_open
    assert told(case, "information_warning") == ["tess.ward@meridian.example"]
    assert clock_of(case, INFORMATION).due_at == woken + 12 * HOUR
    swept(woken + 12 * HOUR)
    assert again(case).is_open
    swept(woken + 12 * HOUR + SECOND)
    assert again(case).closure_reason == "information-not-received"
    assert len(told(case, "information_warning")) == 1


@pytest.mark.clause("D-20", "ATSP 4.4", "ATSP 5.2.3")
def test_a_telephone_report_with_blanks_starts_its_clock_and_tells_the_contact(
    world: World,
) -> None:
    blank = {"release": "", "platform": "", "replication_steps": ""}
    case = world.open(severity=2, channel=Channel.TELEPHONE, **blank)
    assert case.information_missing == ["the release", "the platform", "the steps to replicate"]
    assert information_of(case).due_at == NOW + DAY
    notice = Notice.objects.get(template="case_opened", channel="email")
    assert notice.context["missing"] == case.information_missing
    assert notice.context["consequence"] == "Otherwise the case becomes severity 3."
    swept(NOW + 20 * HOUR)
    swept(NOW + DAY + SECOND)
    assert again(case).severity == 3


@pytest.mark.clause("D-20")
def test_a_whole_report_asks_for_nothing(world: World) -> None:
    case = world.open(severity=2, channel=Channel.TELEPHONE)
    assert (case.information_asked_at, running(case)) == (None, [])


@pytest.mark.clause("D-23", "ATSP 4.9.1")
def test_information_told_in_time_and_logged_later_takes_the_downgrade_back(world: World) -> None:
    case = world.open(severity=1, channel=Channel.TELEPHONE, release="")
    swept(NOW + 45 * MINUTE)
    swept(NOW + HOUR + SECOND)
    assert again(case).severity == 2
    case = accept_information(
        case, by=world.engineer, at=NOW + 65 * MINUTE, received_at=NOW + 50 * MINUTE
    )
    assert (case.severity, case.severity_since, case.information_missing) == (1, NOW, [])
    assert information_of(case).state == "met"
    assert running(case) == []
    [undone] = journalled(case, "case.clock_taken_back")
    assert (undone.clause, undone.at) == ("ATSP 4.9.1", NOW + 65 * MINUTE)
    [received] = journalled(case, "case.information_received")
    assert (received.at, received.logged_at) == (NOW + 50 * MINUTE, NOW + 65 * MINUTE)
    assert list(differences_of([case])) == []
    swept(NOW + 6 * DAY)
    assert again(case).severity == 1


@pytest.mark.clause("D-23", "ATSP 4.10.8")
def test_information_told_in_time_and_logged_after_the_closing_opens_the_case_again(
    world: World,
) -> None:
    case = ask(world, world.open(severity=3), NOW + MINUTE)
    swept(NOW + 4 * DAY)
    swept(NOW + 5 * DAY + SECOND)
    assert not again(case).is_open
    told_at = NOW + 5 * DAY - MINUTE
    case = accept_information(
        again(case), by=world.engineer, at=NOW + 5 * DAY + HOUR, received_at=told_at
    )
    assert (case.state, case.closed_at, case.closure_reason) == ("in_progress", None, "")
    assert response_of(case).state == "pending", "nobody had answered yet"


@pytest.mark.clause("D-23", "ATSP 4.10.8", "ATSP Ex.B")
def test_a_relieved_case_that_the_clock_closed_is_relieved_again(world: World) -> None:
    case = give_relief(world.open(severity=3), by=world.engineer, at=NOW + MINUTE, body="Do it.")
    case = ask(world, case, NOW + 2 * MINUTE)
    swept(NOW + 4 * DAY)
    swept(NOW + 5 * DAY + SECOND)
    assert not again(case).is_open
    case = accept_information(
        again(case), by=world.engineer, at=NOW + 5 * DAY + HOUR, received_at=NOW + DAY
    )
    assert (case.state, case.relieved_at) == ("relieved", NOW + MINUTE)


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.3")
def test_a_downgrade_by_the_clock_answers_what_was_proposed_and_leaves_the_next_promise(
    world: World,
) -> None:
    case = ask(world, world.open(), NOW + MINUTE)
    case = propose_severity(case, by=world.engineer, at=NOW + HOUR, to=4, reason="It waits.")
    swept(NOW + 20 * HOUR)
    swept(NOW + DAY + SECOND)
    case = again(case)
    assert (case.severity, case.proposed_severity, case.proposed_by_side) == (3, None, "")
    assert case.next_due_at == min(
        one.due_at for one in (response_of(case), status_of(case)) if one.unfinished
    )


@pytest.mark.clause("ATSP 4.10.8", "D-27")
def test_a_closing_by_the_clock_leaves_no_proposal_and_asks_for_nothing(world: World) -> None:
    case = ask(world, world.open(severity=3), NOW + MINUTE)
    case = propose_closing(
        case, by=world.engineer, at=NOW + 3 * DAY, reason="other-vendor", body="So?"
    )
    swept(NOW + 4 * DAY)
    swept(NOW + 5 * DAY + SECOND)
    case = again(case)
    assert (case.state, case.closing_proposed_at, case.closing_due_at) == ("closed", None, None)
    assert (case.information_asked_at, case.next_due_at) == (None, None)


@pytest.mark.clause("D-23", "D-8")
def test_information_logged_before_the_sweep_came_when_it_came(world: World) -> None:
    for late, state in ((0 * MINUTE, "met"), (MINUTE, "missed")):
        case = ask(world, world.open(), NOW + MINUTE)
        came = information_of(case).due_at + late
        accept_information(case, by=world.engineer, at=came + MINUTE, received_at=came)
        clock = information_of(case)
        assert (clock.state, clock.met_at) == (state, came)


@pytest.mark.clause("D-23", "D-9")
def test_a_call_that_was_awaited_when_the_clock_acted_is_awaited_again(world: World) -> None:
    case = ask(world, world.open(severity=1), NOW + MINUTE)
    swept(NOW + 20 * HOUR)
    swept(NOW + DAY + SECOND)
    assert (again(case).severity, again(case).awaits_call_for) == (3, None)
    case = accept_information(
        again(case), by=world.engineer, at=NOW + 26 * HOUR, received_at=NOW + HOUR
    )
    assert (case.severity, case.awaits_call_for, case.severity_confirmed) == (2, 1, False)


@pytest.mark.clause("D-23", "ATSP 4.3")
def test_a_proposal_that_waited_when_the_clock_acted_waits_again_unless_another_does(
    world: World,
) -> None:
    for since in (None, 4):
        case = ask(world, world.open(severity=2), NOW + MINUTE)
        propose_severity(case, by=case.contact.user, at=NOW + HOUR, to=3, reason="Only at night.")
        swept(NOW + 20 * HOUR)
        swept(NOW + DAY + SECOND)
        assert again(case).proposed_severity is None
        if since:
            propose_severity(
                again(case),
                by=case.contact.user,
                at=NOW + 25 * HOUR,
                to=since,
                reason="Less still.",
            )
        case = accept_information(
            again(case), by=world.engineer, at=NOW + 26 * HOUR, received_at=NOW + HOUR
        )
        assert (case.severity, case.proposed_severity) == (2, since or 3)


@pytest.mark.clause("D-23")
def test_information_that_came_too_late_takes_nothing_back(world: World) -> None:
    case = ask(world, world.open(severity=2), NOW + MINUTE)
    swept(NOW + 20 * HOUR)
    swept(NOW + DAY + SECOND)
    case = accept_information(
        again(case), by=world.engineer, at=NOW + 2 * DAY, received_at=NOW + DAY + SECOND
    )
    assert case.severity == 3
    case = ask(world, case, NOW + 2 * DAY)
    with pytest.raises(Refusal, match="in the future"):
        accept_information(case, by=world.engineer, at=NOW + 2 * DAY, received_at=NOW + 3 * DAY)


@pytest.mark.clause("D-23", "ATSP 4.9")
def test_what_a_person_decided_since_stays(world: World) -> None:
    case = ask(world, world.open(severity=2), NOW + MINUTE)
    swept(NOW + 20 * HOUR)
    swept(NOW + DAY + SECOND)
    downgrade(
        again(case),
        by=world.engineer,
        at=NOW + DAY + HOUR,
        to=4,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="A way round is found.",
    )
    case = accept_information(
        again(case), by=world.engineer, at=NOW + 2 * DAY, received_at=NOW + HOUR
    )
    assert case.severity == 4


@pytest.mark.clause("D-23", "ATSP 4.9.1", "D-8")
def test_a_downgrade_that_is_taken_back_leaves_nothing_of_it(world: World) -> None:
    case = confirm_severity(world.open(severity=2), by=world.engineer, at=NOW)
    case = world.reply(ask(world, case, NOW + MINUTE), NOW + 2 * MINUTE)
    due = information_of(case).due_at
    swept(due - 4 * HOUR)
    swept(due + SECOND)
    assert (again(case).severity, status_of(case).due_at > due + DAY) == (3, True)
    case = propose_frequency(again(case), by=world.engineer, at=due + MINUTE, every="2 weeks")
    answer_frequency(case, by=world.user("technical"), at=due + MINUTE, agree=True)
    told_before = len(Notice.objects.about(case))
    case = accept_information(again(case), by=world.engineer, at=due + HOUR, received_at=due)
    assert (case.severity, case.severity_confirmed) == (2, True), "at the very instant is in time"
    assert not information_of(case).unfinished
    assert status_of(case).due_at == due + HOUR + DAY, "daily again (ATSP 4.7)"
    assert len(Notice.objects.about(case)) > told_before, "the contact is told"


@pytest.mark.clause("D-23", "ATSP 4.9.1", "ATSP 4.10.8")
def test_a_downgrade_and_the_closing_that_followed_are_taken_back_together(world: World) -> None:
    case = ask(world, world.open(severity=2), NOW + MINUTE)
    for at in (NOW + 20 * HOUR, NOW + DAY + SECOND, NOW + 4 * DAY, NOW + 5 * DAY + SECOND):
        swept(at)
    assert (again(case).is_open, again(case).severity) == (False, 3)
    came = NOW + DAY
    case = accept_information(again(case), by=world.engineer, at=NOW + 6 * DAY, received_at=came)
    assert (case.is_open, case.severity) == (True, 2)
    clocks = Deadline.objects.about(case).filter(kind=INFORMATION)
    settled = {(one.state, one.met_at, one.settled_at) for one in clocks}
    assert settled == {("met", came, came)}, "both were in time"
    assert list(differences_of([case])) == []


@pytest.mark.clause("D-23", "ATSP 4.9.1", "D-9")
def test_all_the_downgrades_that_followed_each_other_are_taken_back(world: World) -> None:
    case = ask(world, world.open(severity=1, channel=Channel.TELEPHONE), NOW + MINUTE)
    for at in (NOW + 45 * MINUTE, NOW + HOUR + SECOND, NOW + 20 * HOUR, NOW + DAY + SECOND):
        swept(at)
    assert again(case).severity == 3
    case = accept_information(
        again(case), by=world.engineer, at=NOW + DAY + HOUR, received_at=NOW + 30 * MINUTE
    )
    assert case.severity == 1


@pytest.mark.clause("D-23", "ATSP 1.3")
def test_a_case_that_a_person_reopened_meanwhile_is_left_to_them(world: World) -> None:
    case = ask(world, world.open(severity=3), NOW + MINUTE)
    swept(NOW + 4 * DAY)
    swept(NOW + 5 * DAY + SECOND)
    case = reopen(again(case), by=world.engineer, at=NOW + 6 * DAY, reason="It came by fax.")
    case = request_information(
        case, by=world.engineer, at=NOW + 6 * DAY, missing=["the rest"], body="And:"
    )
    accept_information(case, by=world.engineer, at=NOW + 7 * DAY, received_at=NOW + DAY)
    assert journalled(case, "case.clock_taken_back") == []


@pytest.mark.clause("D-23")
def test_what_a_person_lowered_before_the_clock_acted_is_theirs(world: World) -> None:
    case = ask(world, world.open(severity=2), NOW + MINUTE)
    downgrade(
        case,
        by=world.engineer,
        at=NOW + HOUR,
        to=3,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="A way round is found.",
    )
    swept(NOW + 4 * DAY)
    swept(NOW + 5 * DAY + SECOND)
    assert not again(case).is_open
    case = accept_information(
        again(case), by=world.engineer, at=NOW + 6 * DAY, received_at=NOW + 2 * DAY
    )
    assert (case.is_open, case.severity) == (True, 3)


@pytest.mark.clause("D-20", "D-23")
def test_what_a_person_lowered_while_the_clock_was_put_off_is_theirs(world: World) -> None:
    case = ask(world, world.open(severity=2), NOW + MINUTE)
    due = information_of(case).due_at
    swept(due + SECOND)
    assert again(case).severity == 2, "nobody was warned in time"
    case = downgrade(
        again(case),
        by=world.engineer,
        at=due + MINUTE,
        to=3,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="A way round is found.",
    )
    case = accept_information(case, by=world.engineer, at=due + HOUR, received_at=due - HOUR)
    assert case.severity == 3


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
    case = confirm_call(case, by=world.dispatch, at=NOW + 3 * HOUR)
    assert information_of(case).due_at == NOW + 4 * HOUR
    assert list(differences_of([case])) == []


@pytest.mark.clause("ATSP 4.10.8")
def test_a_case_closed_for_want_of_information_can_be_reopened(world: World) -> None:
    case = ask(world, world.open(severity=3), NOW + MINUTE)
    swept(NOW + 4 * DAY)
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
            missed([due_of(row) for row in rows], NOW + 6 * DAY)
        assert {again(one).state == "closed" for one in asked} == {severity == 3}
        assert {again(one).severity for one in asked} == {3}
        return len(captured)

    assert cost(1) == cost(7)
