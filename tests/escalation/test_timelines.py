"""A timeline begins when a case becomes severity 1 and ends with relief, downgrade or closure."""

import datetime as dt

import pgtrigger
import pytest
from django.db import IntegrityError, transaction

from cases.case.models import Case
from cases.case.rebuilding import differences_of
from cases.case.rules.vocabulary import Channel
from cases.information.actions import accept_information
from cases.opening.actions import open_case
from cases.resolution.actions.closing import (
    close,
    closure_choices,
    fail_relief,
    give_relief,
    reopen,
)
from cases.severity.actions import confirm_call, downgrade
from cases.severity.rules import DowngradeGround
from contracts.agreements.models.agreements import Agreement
from contracts.programmes.actions import publish_programme
from escalation.models import Step, Timeline
from portal.models import Deadline, DeadlineState, Notice
from tests.atsp import PROGRAMME_FILE
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
    step_of,
    swept,
    timeline_of,
    told,
)


def end_by_relief(world: World, case: Case, at: dt.datetime) -> None:
    give_relief(case, by=world.cse, at=at, body="Set the switch to 2.")


def end_by_downgrade(world: World, case: Case, at: dt.datetime) -> None:
    downgrade(
        case,
        by=world.cse,
        at=at,
        to=2,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="Backups run again.",
    )


def end_by_closure(world: World, case: Case, at: dt.datetime) -> None:
    choice = closure_choices(Case.objects.get(pk=case.pk))[0]
    close(case, by=world.cse, at=at, reason=choice.code, agreed_by=world.contact.name)


ENDINGS = [
    ("relief", end_by_relief, "Relief was given"),
    ("downgrade", end_by_downgrade, "no longer severity 1"),
    ("closure", end_by_closure, "closed"),
]


@pytest.mark.clause("ATSP 14.3", "ATSP 6.4", "D-9")
def test_a_case_escalates_from_the_call_that_makes_it_severity_1(world: World) -> None:
    case = open_case(
        world.report(), by=world.contact.user, contact=world.contact, channel=Channel.WEB, at=T
    )
    assert not Timeline.objects.exists(), "the web report awaits the call as severity 2"

    called = T + 25 * MINUTE
    confirm_call(case, by=world.dispatch, at=called)

    timeline = timeline_of(case)
    assert timeline.started_at == called
    assert deadline_of(case, "initial-response").due_at == called + 30 * MINUTE
    (entry,) = journalled(case, "escalation.started")
    assert entry.public


@pytest.mark.clause("ATSP 14.3")
def test_without_the_option_no_timeline_runs(db: None) -> None:
    world = make_world(psam_option=False)

    case = world.open_case()

    assert case.severity == 1
    assert not Timeline.objects.exists()
    assert not Deadline.objects.about(case).filter(kind__startswith="escalation.").exists()


@pytest.mark.clause("ATSP 14.3")
def test_an_option_taken_after_the_day_does_not_escalate_it(world: World) -> None:
    with pgtrigger.ignore("contracts.AgreementOption:signed_option_stays"):
        world.agreement.options.update(taken_on=T.date() + dt.timedelta(days=1))

    world.open_case()

    assert not Timeline.objects.exists()


@pytest.mark.clause("D-13")
@pytest.mark.parametrize(("ending", "act", "words"), ENDINGS, ids=[name for name, _, _ in ENDINGS])
def test_an_ending_cancels_what_is_to_come_with_its_cause(
    world: World, ending: str, act: object, words: str
) -> None:
    case = world.open_case()
    swept(T + HOUR + SECOND)
    before = states(case)

    act(world, case, T + 80 * MINUTE)  # type: ignore[operator]

    timeline = timeline_of(case)
    assert (timeline.ending, timeline.ended_at) == (ending, T + 80 * MINUTE)
    assert words in timeline.ended_cause
    after = states(case)
    settled = {code for code, state in before.items() if state != DeadlineState.PENDING}
    assert {code: after[code] for code in settled} == {code: before[code] for code in settled}
    assert {state for code, state in after.items() if code not in settled} == {
        DeadlineState.CANCELLED
    }
    cancelled = Deadline.objects.about(case).filter(
        kind__startswith="escalation.", state=DeadlineState.CANCELLED
    )
    assert all(row.cause for row in cancelled)
    assert not Deadline.objects.about(case).unfinished().filter(kind="escalation.duty").exists()
    assert len(journalled(case, "escalation.ended")) == 1
    swept(T + 30 * HOUR)
    assert states(case) == after
    assert told(case, "hotshot-24h") == []


@pytest.mark.clause("D-13", "D-15")
def test_relief_reaches_the_contact_so_it_first_does_the_update_that_is_due(world: World) -> None:
    case = world.open_case()

    end_by_relief(world, case, T + 29 * MINUTE)

    assert deadline_of(case, "initial-response").state == DeadlineState.MET
    assert deadline_of(case, "update-1h").state == DeadlineState.CANCELLED
    assert step_of(case, "initial-response").done_by == world.cse


@pytest.mark.clause("D-13")
def test_failed_relief_begins_a_new_timeline_from_that_moment(world: World) -> None:
    case = world.open_case()
    end_by_relief(world, case, T + 2 * HOUR)

    failed = T + 5 * HOUR
    fail_relief(case, by=world.contact.user, at=failed, reason="It crashed again.")

    assert timeline_of(case, 1).ended_at == T + 2 * HOUR
    second = timeline_of(case, 2)
    assert second.is_running
    assert second.started_at == failed
    assert deadline_of(case, "psam-1h", 2).due_at == failed + HOUR


@pytest.mark.clause("D-13")
def test_severity_1_again_starts_a_new_timeline_with_new_notices(world: World) -> None:
    case = world.open_case()
    swept(T + HOUR)
    end_by_downgrade(world, case, T + 90 * MINUTE)
    again = T + 3 * HOUR
    confirm_call(case, by=world.dispatch, at=again)

    swept(again + HOUR)

    assert timeline_of(case, 2).started_at == again
    assert told(case, "psam-1h", 1) == told(case, "psam-1h", 2) == ["psam@legato.example"]


@pytest.mark.clause("D-13")
def test_a_case_reopened_at_severity_1_escalates_again(world: World) -> None:
    case = world.open_case()
    end_by_closure(world, case, T + HOUR)

    case = reopen(case, by=world.contact.user, at=T + HOUR, reason="The same core dump again.")
    assert not Timeline.objects.running().filter(case=case).exists(), "it awaits the call (4.5)"
    confirm_call(case, by=world.dispatch, at=T + 2 * HOUR)

    assert timeline_of(case, 2).started_at == T + 2 * HOUR


@pytest.mark.clause("D-13")
def test_a_call_on_a_relieved_case_waits_for_the_relief_to_fail(world: World) -> None:
    case = world.open_case(severity=2)
    end_by_relief(world, case, T + HOUR)
    confirm_call(case, by=world.dispatch, at=T + 2 * HOUR)
    assert not Timeline.objects.exists()

    fail_relief(case, by=world.contact.user, at=T + 3 * HOUR, reason="No better.")

    assert timeline_of(case).started_at == T + 3 * HOUR


def test_one_timeline_runs_on_a_case_at_a_time(world: World) -> None:
    case = world.open_case()

    with pytest.raises(IntegrityError, match="timeline_one_running"), transaction.atomic():
        Timeline.objects.create(
            case=case, number=2, programme_version=world.version, started_at=T + HOUR
        )


BROKEN = [
    ("timeline_number_once", {"number": 1, "ended_at": T, "ending": "relief", "ended_cause": "x"}),
    ("timeline_ended_with_its_cause", {"ended_at": T}),
    ("timeline_ended_with_its_cause", {"ending": "relief"}),
    (
        "timeline_ends_after_it_begins",
        {"ended_at": T - SECOND, "ending": "relief", "ended_cause": "x"},
    ),
]


@pytest.mark.parametrize(("constraint", "changes"), BROKEN)
def test_the_database_refuses_a_timeline_that_makes_no_sense(
    world: World, constraint: str, changes: dict[str, object]
) -> None:
    case = world.open_case()
    fields: dict[str, object] = {"case": case, "number": 2, "started_at": T}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Timeline.objects.create(programme_version=world.version, **(fields | changes))


BROKEN_STEPS = [
    ("step_duty_has_bearer_and_act", "initial-response", {"role": ""}),
    ("step_duty_has_bearer_and_act", "psam-1h", {"role": "psam"}),
    ("step_done_by_somebody", "initial-response", {"done_at": T}),
    ("step_waived_by_somebody_with_a_note", "status-from-management-6h", {"waived_at": T}),
    ("step_once_a_timeline", "initial-response", {"code": "update-1h"}),
]


@pytest.mark.parametrize(("constraint", "code", "changes"), BROKEN_STEPS)
def test_the_database_refuses_a_step_that_makes_no_sense(
    world: World, constraint: str, code: str, changes: dict[str, object]
) -> None:
    step = step_of(world.open_case(), code)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(**changes)


@pytest.mark.clause("ATSP Ex.C")
def test_terms_published_later_leave_a_running_timeline_alone(world: World) -> None:
    case = world.open_case()
    before = states(case)

    text = PROGRAMME_FILE.read_text(encoding="utf-8").replace(
        'code = "psam-1h"\ntitle = "Severity 1 for one hour"\nat = "1 hour"',
        'code = "psam-1h"\ntitle = "Severity 1 for half an hour"\nat = "30 minutes"',
    )
    newer = publish_programme(text, name="changed.toml", by=None, at=T + MINUTE)
    assert newer.number == 2

    swept(T + 31 * MINUTE)
    assert told(case, "psam-1h") == []
    assert set(states(case)) == set(before)
    swept(T + HOUR)
    assert told(case, "psam-1h") == ["psam@legato.example"]
    assert Agreement.objects.get(pk=world.agreement.pk).programme_version_id == world.version.pk


@pytest.mark.clause("D-23", "ATSP 4.9.1", "ATSP Ex.C")
def test_a_timeline_ended_by_a_downgrade_that_is_taken_back_runs_on_from_its_own_t(
    world: World,
) -> None:
    case = world.open_case(release="")
    swept(T + 45 * MINUTE)
    swept(T + HOUR + SECOND)
    first = timeline_of(case)
    assert first.ending == "downgrade"
    sent = Notice.objects.filter(template__startswith="escalation").count()

    accept_information(case, by=world.cse, at=T + 65 * MINUTE, received_at=T + 50 * MINUTE)

    again = timeline_of(case)
    assert (again.pk, again.started_at, again.ended_at) == (first.pk, T, None)
    assert Notice.objects.filter(template__startswith="escalation").count() == sent
    due = Deadline.objects.about(case).pending().filter(kind__startswith="escalation.")
    assert due.exists()
    assert not Deadline.objects.about(case).filter(cause=first.ended_cause).exists()
    swept(T + 2 * HOUR + SECOND)
    assert Notice.objects.filter(template__startswith="escalation").count() > sent


@pytest.mark.clause("D-23", "ATSP 4.9.1", "ATSP 4.10.8", "ATSP Ex.C")
def test_a_timeline_runs_on_though_the_clock_lowered_further_and_closed(world: World) -> None:
    case = world.open_case(release="")
    for since in (45 * MINUTE, HOUR, 20 * HOUR, 24 * HOUR, 96 * HOUR, 120 * HOUR):
        swept(T + since + SECOND)
    case.refresh_from_db()
    assert (case.state, case.severity) == ("closed", 3)

    at = T + 121 * HOUR
    case = accept_information(case, by=world.cse, at=at, received_at=T + 50 * MINUTE)

    assert (case.is_open, case.severity, case.severity_since) == (True, 1, T)
    [timeline] = case.timelines.all()
    assert (timeline.started_at, timeline.ended_at) == (T, None), "of its own T, and no other"
    assert list(differences_of([case])) == []
