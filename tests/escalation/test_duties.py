"""Doing the duties of Exhibit C: by updates, logged acts, reading the notes; and waiving (D-14, D-15)."""

import datetime as dt

import pytest

from cases.case.models import Case
from cases.conversation.actions import log_call, reply
from cases.handling.actions import open_sub_case
from cases.sub_cases.models import Team
from contracts.programmes.rules.terms import Act
from contracts.services.models.assignments import Absence
from escalation import actions
from escalation.clocks import serve
from portal.models import Deadline, DeadlineState, Notice
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.escalation.world import (
    HOUR,
    MINUTE,
    SECOND,
    T,
    World,
    deadline_of,
    journalled,
    states,
    step_of,
    swept,
    timeline_of,
)

HALF = 30 * MINUTE


def log(
    world: World,
    case: Case,
    act: Act,
    at: dt.datetime,
    by: str = "psam",
    note: str = "Spoken to.",
    logged_at: dt.datetime | None = None,
) -> None:
    actions.log_act(case, by=world.people[by], at=at, logged_at=logged_at or at, act=act, note=note)


WINDOW = [
    # the update after T, what the marks of the second and third hour become once both have passed
    (90 * MINUTE - SECOND, "missed", "missed"),
    (90 * MINUTE, "met", "missed"),
    (120 * MINUTE, "met", "missed"),
    (150 * MINUTE - SECOND, "missed", "missed"),  # late for the second, too early for the third
    (150 * MINUTE, "missed", "met"),  # answers the missed second too, late
    (180 * MINUTE, "missed", "met"),
]


@pytest.mark.clause("D-8", "D-15")
@pytest.mark.parametrize(("after", "second", "third"), WINDOW)
def test_an_update_within_the_half_hour_before_a_mark_meets_it(
    world: World, after: dt.timedelta, second: str, third: str
) -> None:
    case = world.open_case()
    swept(T + after - SECOND)
    world.reply(case, T + after)
    swept(T + 3 * HOUR + SECOND)

    found = states(case)
    assert (found["update-2h"], found["update-3h"]) == (second, third)


@pytest.mark.clause("D-15")
def test_one_late_update_answers_every_missed_mark_each_with_its_own_lateness(
    world: World,
) -> None:
    case = world.open_case()
    swept(T + 3 * HOUR + SECOND)

    at = T + 3 * HOUR + 10 * MINUTE
    world.reply(case, at)

    late = {code: deadline_of(case, code) for code in ("update-1h", "update-2h", "update-3h")}
    assert {row.state for row in late.values()} == {DeadlineState.MISSED}
    assert {row.met_at for row in late.values()} == {at}
    assert not any(row.unfinished for row in late.values())
    (entry,) = journalled(case, "escalation.duty_done")
    assert "Update the technical contact, T+1 h, 2 h 10 min late" in entry.text
    assert "Update the technical contact, T+3 h, 10 min late" in entry.text


@pytest.mark.clause("D-8", "D-15")
def test_a_call_logged_later_counts_at_its_own_time(world: World) -> None:
    case = world.open_case()
    swept(T + HOUR + 5 * MINUTE)
    assert states(case)["update-1h"] == DeadlineState.MISSED

    log_call(
        case,
        by=world.cse,
        at=T + 55 * MINUTE,
        logged_at=T + 65 * MINUTE,
        body="Called: the core dump is with us.",
    )

    row = deadline_of(case, "update-1h")
    assert (row.state, row.met_at) == (DeadlineState.MET, T + 55 * MINUTE)


@pytest.mark.clause("ATSP Ex.C")
def test_a_message_of_account_management_is_no_update_of_the_cse(world: World) -> None:
    case = world.open_case()

    reply(case, by=world.management, at=T + 20 * MINUTE, body="We care.")

    assert states(case)["initial-response"] == DeadlineState.PENDING


@pytest.mark.clause("D-13")
def test_an_update_before_the_last_planned_mark_leaves_a_next_one_to_come(world: World) -> None:
    case = world.open_case()
    last = timeline_of(case).commitments
    for hour in range(1, last + 1):
        world.reply(case, T + hour * HOUR - MINUTE)

    pending = Deadline.objects.about(case).pending().filter(data__commitment=True)

    assert min(pending.values_list("due_at", flat=True)) == T + (last + 1) * HOUR


@pytest.mark.clause("D-13")
def test_the_commitment_goes_on_for_days_from_t(world: World) -> None:
    case = world.open_case()

    for hour in range(1, 101):
        swept(T + hour * HOUR + SECOND)

    found = states(case)
    assert {f"update-{hour}h" for hour in range(1, 101)} <= {
        code for code, state in found.items() if state == DeadlineState.MISSED
    }
    assert deadline_of(case, "update-100h").due_at == T + 100 * HOUR
    assert deadline_of(case, "update-101h").state == DeadlineState.PENDING


@pytest.mark.clause("ATSP Ex.C")
@pytest.mark.parametrize(
    ("team", "code"), [(Team.PSE, "engage-pse-6h"), (Team.ENGINEERING, "engage-engineering-12h")]
)
def test_a_sub_case_engages_its_team_and_no_other(world: World, team: Team, code: str) -> None:
    case = world.open_case()

    open_sub_case(case, by=world.cse, at=T + HOUR, team=team, request="Please help.")

    others = {"engage-pse-6h", "engage-engineering-12h"} - {code}
    assert deadline_of(case, code).state == DeadlineState.MET
    assert {states(case)[other] for other in others} == {DeadlineState.PENDING}


LOGGED = [
    (Act.STATUS_FROM_CSE, "psam", 2 * HOUR, "status-from-cse-2h"),
    (Act.CALL_RESELLER_MANAGEMENT, "psam", 2 * HOUR, "call-management-2h"),
    (Act.UPDATE_PSAM, "management", 4 * HOUR, "update-psam-4h"),
    (Act.INFORM_SALES, "psam", 4 * HOUR, "inform-sales-4h"),
    (Act.STATUS_FROM_MANAGEMENT, "psam", 5 * HOUR, "status-from-management-6h"),
    (Act.INFORM_RESELLER_MANAGEMENT, "psam", 5 * HOUR, "inform-management-6h"),
    (Act.INFORM_DIRECTOR, "psam", 8 * HOUR, "inform-director-8h"),
]


@pytest.mark.clause("ATSP Ex.C", "D-8")
@pytest.mark.parametrize(("act", "by", "after", "code"), LOGGED)
def test_a_logged_act_does_its_duty_at_the_time_it_took_place(
    world: World, act: Act, by: str, after: dt.timedelta, code: str
) -> None:
    case = world.open_case()

    log(world, case, act, T + after, by, "It was done.", logged_at=T + after + 5 * MINUTE)

    row, step = deadline_of(case, code), step_of(case, code)
    assert (row.state, row.met_at) == (DeadlineState.MET, T + after)
    assert (step.done_by, step.done_at, step.done_note) == (
        world.people[by],
        T + after,
        "It was done.",
    )
    (entry,) = journalled(case, "escalation.act_logged")
    assert entry.data["act"] == act.value


@pytest.mark.clause("ATSP Ex.C")
def test_each_call_to_management_does_one_duty(world: World) -> None:
    case = world.open_case()

    log(world, case, Act.CALL_RESELLER_MANAGEMENT, T + HOUR)
    assert states(case)["call-management-2h"] == DeadlineState.MET
    assert states(case)["call-management-4h"] == DeadlineState.PENDING
    log(world, case, Act.CALL_RESELLER_MANAGEMENT, T + 3 * HOUR)
    assert states(case)["call-management-4h"] == DeadlineState.MET
    log(world, case, Act.CALL_RESELLER_MANAGEMENT, T + 5 * HOUR)
    assert len(journalled(case, "escalation.act_logged")) == 3, "kept, though none awaited it"


@pytest.mark.clause("ATSP Ex.C")
def test_what_was_noted_stays_internal_and_that_management_was_called_does_not(
    world: World,
) -> None:
    case = world.open_case()

    log(world, case, Act.CALL_RESELLER_MANAGEMENT, T + HOUR, note="They may leave us.")
    log(world, case, Act.INFORM_SALES, T + HOUR, note="They may leave us.")

    called, informed = journalled(case, "escalation.act_logged")
    assert called.public
    assert "leave" not in called.text
    assert not informed.public
    assert journalled(case, "escalation.duty_done") == [], "one entry tells both"
    assert (called.data["steps"], called.data["note"]) == (
        ["call-management-2h"],
        "They may leave us.",
    )
    assert informed.text == "Inform sales (T+4 h): They may leave us."


PASSED_ON = [
    (Act.UPDATE_PSAM, "management", ["psam@legato.example"]),
    (Act.INFORM_SALES, "psam", ["sales@legato.example"]),
    (Act.INFORM_DIRECTOR, "psam", ["director@legato.example"]),
    (Act.STATUS_FROM_CSE, "psam", []),
    (Act.CALL_RESELLER_MANAGEMENT, "psam", []),
]


@pytest.mark.clause("ATSP Ex.C", "ATSP 14.1.3")
@pytest.mark.parametrize(("act", "by", "heard"), PASSED_ON)
def test_informing_somebody_in_the_portal_tells_them(
    world: World, act: Act, by: str, heard: list[str]
) -> None:
    case = world.open_case()

    log(world, case, act, T + HOUR, by, "Two engineers are on it.")

    mails = Notice.objects.about(case).filter(template="escalation_word", channel="email")
    assert sorted(mails.values_list("address", flat=True)) == heard
    assert {mail.context["body"] for mail in mails} <= {"Two engineers are on it."}


REFUSED = [
    # act, by, minutes after T, logged, note, the sentence, the field
    (Act.CONTACT_UPDATE, "cse", 10, 10, "x", "recorded when you do it", None),
    (Act.READ_NOTES, "psam", 10, 10, "x", "recorded when you do it", None),
    (Act.ENGAGE_PSE, "cse", 10, 10, "x", "recorded when you do it", None),
    (Act.ENGAGE_ENGINEERING, "cse", 10, 10, "x", "recorded when you do it", None),
    (Act.INFORM_SALES, "cse", 10, 10, "x", "that is for the PSAM", None),
    (Act.UPDATE_PSAM, "psam", 10, 10, "x", "Customer Support Management", None),
    (Act.INFORM_SALES, "psam", 11, 10, "x", "in the future", "at"),
    (Act.INFORM_SALES, "psam", -1, 10, "x", "before the escalation began", "at"),
    (Act.INFORM_SALES, "psam", 10, 10, "  ", "note is empty", "note"),
]


@pytest.mark.clause("ATSP Ex.C")
@pytest.mark.parametrize(("act", "by", "at", "logged", "note", "sentence", "field"), REFUSED)
def test_an_act_is_refused_with_its_clause_and_the_way_out(
    world: World,
    act: Act,
    by: str,
    at: int,
    logged: int,
    note: str,
    sentence: str,
    field: str | None,
) -> None:
    case = world.open_case()

    with pytest.raises(Refusal, match=sentence) as refused:
        log(world, case, act, T + at * MINUTE, by, note, logged_at=T + logged * MINUTE)

    assert refused.value.clause == "ATSP Ex.C"
    assert refused.value.way_out
    assert refused.value.field == field
    assert journalled(case, "escalation.act_logged") == []


@pytest.mark.clause("D-13")
def test_nothing_is_logged_where_no_escalation_runs(world: World) -> None:
    case = world.open_case(severity=2)

    with pytest.raises(Refusal, match="No severity 1 escalation is running") as refused:
        log(world, case, Act.INFORM_SALES, T + HOUR)

    assert refused.value.way_out


@pytest.mark.clause("ATSP Ex.C")
def test_the_reseller_logs_nothing(world: World) -> None:
    case = world.open_case()

    with pytest.raises(Refusal):
        actions.log_act(
            case,
            by=world.contact.user,
            at=T + HOUR,
            logged_at=T + HOUR,
            act=Act.INFORM_SALES,
            note="x",
        )


@pytest.mark.clause("ATSP 14.2")
def test_the_alternate_may_do_the_duties_though_the_psam_is_there(world: World) -> None:
    world.alternate.roles = [Role.CSE]
    world.alternate.save()
    case = world.open_case()

    log(world, case, Act.INFORM_SALES, T + HOUR, "alternate")

    assert step_of(case, "inform-sales-4h").done_by == world.alternate


READERS = [("psam", True), ("alternate", True), ("cse", False), ("management", False)]


@pytest.mark.clause("ATSP Ex.C")
@pytest.mark.parametrize(("by", "done"), READERS)
def test_reading_the_notes_is_done_by_the_psam_who_opens_the_case(
    world: World, by: str, done: bool
) -> None:
    case = world.open_case()

    assert actions.case_read(case, by=world.people[by], at=T + HOUR) is done

    expected = DeadlineState.MET if done else DeadlineState.PENDING
    assert states(case)["read-notes-2h"] == expected


@pytest.mark.clause("ATSP Ex.C")
def test_another_resellers_psam_who_looks_in_has_read_nothing(world: World, make_user) -> None:
    stranger = make_user("Stan Ranger", Role.PSAM)
    case = world.open_case()

    assert actions.case_read(case, by=stranger, at=T + HOUR) is False

    assert states(case)["read-notes-2h"] == DeadlineState.PENDING


def test_reading_costs_a_reseller_nothing_and_a_second_reading_one_look(
    world: World, django_assert_num_queries
) -> None:
    case = world.open_case()
    actions.case_read(case, by=world.psam, at=T + HOUR)

    with django_assert_num_queries(0):
        actions.case_read(case, by=world.contact.user, at=T + HOUR)
    with django_assert_num_queries(1):
        actions.case_read(case, by=world.psam, at=T + HOUR)


@pytest.mark.clause("ATSP Ex.C")
def test_notes_read_late_are_done_late(world: World) -> None:
    case = world.open_case()
    swept(T + 2 * HOUR + SECOND)

    actions.case_read(case, by=world.psam, at=T + 3 * HOUR)

    row = deadline_of(case, "read-notes-2h")
    assert (row.state, row.met_at, row.unfinished) == ("missed", T + 3 * HOUR, False)


@pytest.mark.clause("D-14")
def test_if_necessary_can_be_waived_with_a_note(world: World) -> None:
    case = world.open_case()
    step = step_of(case, "status-from-management-6h")

    actions.waive(step, by=world.psam, at=T + 5 * HOUR, note=" The CSE told me all. ")

    row = deadline_of(case, "status-from-management-6h")
    assert row.state == DeadlineState.CANCELLED
    assert "Waived by Paula Samson: The CSE told me all." in row.cause
    step.refresh_from_db()
    assert (step.waived_by, step.waived_note) == (world.psam, "The CSE told me all.")
    (entry,) = journalled(case, "escalation.waived")
    assert entry.clause == "D-14"
    swept(local("2004-03-08 08:01"))
    assert deadline_of(case, "status-from-management-6h").state == DeadlineState.CANCELLED


NOT_WAIVED = [
    ("inform-management-6h", "psam", "x", "cannot be waived"),
    ("status-from-management-6h", "psam", " ", "needs a note"),
    ("status-from-management-6h", "cse", "x", "You may not waive"),
]


@pytest.mark.clause("D-14")
@pytest.mark.parametrize(("code", "by", "note", "sentence"), NOT_WAIVED)
def test_a_waiver_is_refused_with_the_way_out(
    world: World, code: str, by: str, note: str, sentence: str
) -> None:
    case = world.open_case()

    with pytest.raises(Refusal, match=sentence) as refused:
        actions.waive(step_of(case, code), by=world.people[by], at=T + HOUR, note=note)

    assert refused.value.way_out
    assert states(case)[code] == DeadlineState.PENDING


@pytest.mark.clause("D-14")
def test_a_settled_duty_cannot_be_waived(world: World) -> None:
    case = world.open_case()
    step = step_of(case, "status-from-management-6h")
    actions.waive(step, by=world.psam, at=T + HOUR, note="Not needed.")

    with pytest.raises(Refusal, match="settled already"):
        actions.waive(step, by=world.psam, at=T + 2 * HOUR, note="Again.")


@pytest.mark.clause("D-14")
def test_a_waived_duty_is_not_done_by_a_later_act(world: World) -> None:
    case = world.open_case()
    step = step_of(case, "status-from-management-6h")
    actions.waive(step, by=world.psam, at=T + HOUR, note="Not needed.")

    log(world, case, Act.STATUS_FROM_MANAGEMENT, T + 2 * HOUR)

    step.refresh_from_db()
    assert step.done_at is None


def test_serving_asks_the_database_the_same_number_of_times_for_one_mark_and_for_many(
    world: World, django_assert_max_num_queries
) -> None:
    case = world.open_case()
    swept(T + 20 * HOUR + SECOND)
    timeline = timeline_of(case)

    with django_assert_max_num_queries(4):
        served = serve(
            timeline, Act.CONTACT_UPDATE, by=world.cse, at=T + 21 * HOUR, now=T + 21 * HOUR
        )

    assert len(served) == 22, "20 hours missed, the initial response, and the hour that is due"


@pytest.mark.clause("ATSP 14.2")
def test_an_absence_that_begins_later_moves_the_duty_then(world: World) -> None:
    case = world.open_case()
    Absence.objects.create(
        user=world.psam, starts_at=T + 90 * MINUTE, ends_at=T + 9 * HOUR, reason="vacation"
    )

    swept(T + 2 * HOUR + SECOND)

    heard = Notice.objects.about(case).filter(
        step="escalation-missed:1:call-management-2h", channel="email"
    )
    assert set(heard.values_list("address", flat=True)) == {
        "alternate@legato.example",
        "management@legato.example",
    }
