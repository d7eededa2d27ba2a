"""The timeline of a severity 1 with a PSAM option."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Act, Escalation, Role
from escalation.rules.exhibit_c import (
    Ending,
    PlannedStep,
    StepKind,
    commitment_number,
    next_commitment,
    plan,
    serves,
    waived,
)
from portal.rules.refusal import Refusal
from tests.atsp import LONDON, LOS_ANGELES, atsp, calendar, local

T = local("2004-03-05 14:10")  # a Friday in Los Angeles
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def exhibit_c() -> Escalation:
    escalation = atsp().escalation
    assert escalation is not None
    return escalation


def timeline(started_at: datetime = T, **more: timedelta) -> tuple[PlannedStep, ...]:
    return plan(exhibit_c(), started_at, calendar(), **more)


def codes(steps: tuple[PlannedStep, ...]) -> list[str]:
    return [step.code for step in steps]


DUTIES = [
    ("initial-response", "Fri 03-05 14:40", Role.CSE),
    ("update-1h", "Fri 03-05 15:10", Role.CSE),
    ("update-2h", "Fri 03-05 16:10", Role.CSE),
    ("read-notes-2h", "Fri 03-05 16:10", Role.PSAM),
    ("status-from-cse-2h", "Fri 03-05 16:10", Role.PSAM),
    ("call-management-2h", "Fri 03-05 16:10", Role.PSAM),
    ("update-3h", "Fri 03-05 17:10", Role.CSE),
    ("update-4h", "Fri 03-05 18:10", Role.CSE),
    ("update-psam-4h", "Fri 03-05 18:10", Role.SUPPORT_MANAGEMENT),
    ("inform-sales-4h", "Fri 03-05 18:10", Role.PSAM),
    ("call-management-4h", "Fri 03-05 18:10", Role.PSAM),
    ("update-5h", "Fri 03-05 19:10", Role.CSE),
    ("update-6h", "Fri 03-05 20:10", Role.CSE),
    ("engage-pse-6h", "Fri 03-05 20:10", Role.CSE),
    ("update-7h", "Fri 03-05 21:10", Role.CSE),
    ("update-8h", "Fri 03-05 22:10", Role.CSE),
    ("inform-director-8h", "Fri 03-05 22:10", Role.PSAM),
    ("update-9h", "Fri 03-05 23:10", Role.CSE),
    ("update-10h", "Sat 03-06 00:10", Role.CSE),
    ("update-11h", "Sat 03-06 01:10", Role.CSE),
    ("update-12h", "Sat 03-06 02:10", Role.CSE),
    ("engage-engineering-12h", "Sat 03-06 02:10", Role.CSE),
    *((f"update-{n}h", f"Sat 03-06 {n - 10:02}:10", Role.CSE) for n in range(13, 25)),
    ("status-from-management-6h", "Mon 03-08 08:00", Role.PSAM),
    ("inform-management-6h", "Mon 03-08 08:00", Role.PSAM),
    ("inform-sales-6h", "Mon 03-08 08:00", Role.PSAM),
]
NOTICES = [
    ("commitment", "Fri 03-05 14:10", {Role.CSE, Role.TECHNICAL_CONTACT}, False),
    ("psam-1h", "Fri 03-05 15:10", {Role.PSAM}, False),
    ("management-4h", "Fri 03-05 18:10", {Role.SUPPORT_MANAGEMENT}, False),
    (
        "senior-managers-8h",
        "Fri 03-05 22:10",
        {Role.VP_TECHNICAL_SUPPORT, Role.SENIOR_MANAGER},
        False,
    ),
    ("cpe-management-8h", "Fri 03-05 22:10", {Role.CPE_MANAGEMENT}, False),
    (
        "hotshot-12h",
        "Sat 03-06 02:10",
        {Role.VP_TECHNICAL_SUPPORT, Role.DIRECTOR_PREMIUM_SUPPORT},
        True,
    ),
    ("hotshot-24h", "Sat 03-06 14:10", {Role.EXECUTIVE}, True),
]


def at_los_angeles(step: PlannedStep) -> str:
    return step.due_at.astimezone(ZoneInfo(LOS_ANGELES)).strftime("%a %m-%d %H:%M")


@pytest.mark.clause("ATSP Ex.C", "D-13", "D-14")
def test_the_worked_example_has_exactly_these_duties() -> None:
    duties = [step for step in timeline() if step.kind is StepKind.DUTY]

    assert [(step.code, at_los_angeles(step), step.role) for step in duties] == DUTIES
    assert all(step.act is not None and not step.audience for step in duties)


@pytest.mark.clause("ATSP Ex.C")
def test_the_worked_example_has_exactly_these_notices() -> None:
    notices = [step for step in timeline() if step.kind is StepKind.NOTICE]

    assert [
        (step.code, at_los_angeles(step), set(step.audience), step.hotshot) for step in notices
    ] == NOTICES
    assert all(step.role is None and step.act is None for step in notices)


@pytest.mark.clause("ATSP Ex.C")
def test_a_plan_is_numbered_in_order_of_due_time_and_each_step_is_there_once() -> None:
    steps = timeline()

    assert [step.position for step in steps] == list(range(1, len(steps) + 1))
    assert [step.due_at for step in steps] == sorted(step.due_at for step in steps)
    assert len(set(codes(steps))) == len(steps)
    assert all(step.due_at.tzinfo is UTC for step in steps)
    assert all(step.clause in {"ATSP Ex.C", "D-13"} and step.words.endswith(".") for step in steps)


@pytest.mark.clause("D-14")
def test_a_step_moved_to_the_next_opening_says_why() -> None:
    (step,) = (step for step in timeline() if step.code == "inform-management-6h")

    assert step.mark == 6 * HOUR
    assert "or at the next business opening (D-14)" in step.words
    assert "outside business hours, Sat–Sun closed, moved to the next opening" in step.words


SIX_HOURS_OR_NEXT_BUSINESS_DAY = [
    # T, the PSAM's duties due
    ("2004-03-05 07:00", "2004-03-05 13:00"),  # within the Business Day
    ("2004-03-05 11:00", "2004-03-05 17:00"),  # at its very end
    ("2004-03-05 11:00:01", "2004-03-08 08:00"),  # a second later
    ("2004-03-05 02:00", "2004-03-05 08:00"),  # at its very beginning
    ("2004-03-05 01:59:59", "2004-03-05 08:00"),  # a second earlier: the same opening
    ("2004-03-04 12:00", "2004-03-05 08:00"),
    ("2004-03-06 03:00", "2004-03-08 08:00"),
    ("2003-07-03 14:00", "2003-07-07 08:00"),  # the holiday of the 4th, then the weekend
]


@pytest.mark.clause("D-14")
@pytest.mark.parametrize(("started", "due"), SIX_HOURS_OR_NEXT_BUSINESS_DAY)
def test_six_hours_or_next_business_day_holds_for_the_psam_and_six_hours_for_the_cse(
    started: str, due: str
) -> None:
    steps = {step.code: step for step in timeline(local(started))}

    for code in ("status-from-management-6h", "inform-management-6h", "inform-sales-6h"):
        assert steps[code].due_at == local(due)
    for code in ("update-6h", "engage-pse-6h"):
        assert steps[code].due_at == local(started) + 6 * HOUR


@pytest.mark.clause("ATSP Ex.C")
@pytest.mark.parametrize("started", ["2003-03-29 20:00", "2003-10-25 20:00"])
def test_hours_are_elapsed_across_a_change_of_the_clocks(started: str) -> None:
    started_at = local(started, LONDON)

    steps = {step.code: step for step in plan(exhibit_c(), started_at, calendar(LONDON))}

    assert steps["hotshot-12h"].due_at - started_at == 12 * HOUR
    assert steps["hotshot-24h"].due_at - started_at == 24 * HOUR


@pytest.mark.clause("D-13")
@pytest.mark.parametrize(
    ("until", "last"),
    [
        (24 * HOUR, "update-24h"),
        (24 * HOUR - SECOND, "update-23h"),
        (48 * HOUR, "update-48h"),
        (HOUR, "update-1h"),
    ],
)
def test_a_plan_holds_the_commitment_up_to_its_end(until: timedelta, last: str) -> None:
    steps = timeline(until=until)

    assert [step.code for step in steps if step.commitment][-1] == last
    assert "hotshot-24h" in codes(steps)


@pytest.mark.clause("D-13")
def test_the_commitment_goes_on_from_the_plan_as_the_same_steps() -> None:
    planned = [replace(step, position=0) for step in timeline() if step.commitment]

    assert [next_commitment(exhibit_c(), T, n) for n in range(1, 25)] == planned
    assert next_commitment(exhibit_c(), T, 1000).due_at == T + 1000 * HOUR


@pytest.mark.clause("D-13")
def test_the_commitment_has_no_mark_before_the_first() -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        next_commitment(exhibit_c(), T, 0)


@pytest.mark.clause("D-13")
@pytest.mark.parametrize(
    ("after", "number"),
    [
        (-HOUR, 1),
        (timedelta(0), 1),
        (SECOND, 1),
        (HOUR, 1),
        (HOUR + SECOND, 2),
        (30 * HOUR - SECOND, 30),
        (30 * HOUR, 30),
    ],
)
def test_after_an_outage_the_commitment_goes_on_at_the_next_mark(
    after: timedelta, number: int
) -> None:
    assert commitment_number(exhibit_c(), T, T + after) == number


SERVED = [
    # name, the act, after T, already done, what it does with how late
    ("before the escalation began", Act.CONTACT_UPDATE, -SECOND, "", {}),
    ("at T", Act.CONTACT_UPDATE, 0 * HOUR, "", {"initial-response": 0 * HOUR}),
    (
        "within the half-hour",
        Act.CONTACT_UPDATE,
        30 * MINUTE - SECOND,
        "",
        {"initial-response": 0 * HOUR},
    ),
    (
        "at the half-hour it serves the first hour too",
        Act.CONTACT_UPDATE,
        30 * MINUTE,
        "",
        {"initial-response": 0 * HOUR, "update-1h": 0 * HOUR},
    ),
    (
        "after it the initial response is late and the hour in time",
        Act.CONTACT_UPDATE,
        30 * MINUTE + SECOND,
        "",
        {"initial-response": SECOND, "update-1h": 0 * HOUR},
    ),
    (
        "a second update in the first half-hour does nothing",
        Act.CONTACT_UPDATE,
        20 * MINUTE,
        "initial-response",
        {},
    ),
    (
        "a second too early for the hour",
        Act.CONTACT_UPDATE,
        90 * MINUTE - SECOND,
        "initial-response update-1h",
        {},
    ),
    (
        "half an hour before it",
        Act.CONTACT_UPDATE,
        90 * MINUTE,
        "initial-response update-1h",
        {"update-2h": 0 * HOUR},
    ),
    (
        "at the mark",
        Act.CONTACT_UPDATE,
        2 * HOUR,
        "initial-response update-1h",
        {"update-2h": 0 * HOUR},
    ),
    (
        "a second after the mark",
        Act.CONTACT_UPDATE,
        2 * HOUR + SECOND,
        "initial-response update-1h",
        {"update-2h": SECOND},
    ),
    (
        "after three marks missed, each with its own lateness",
        Act.CONTACT_UPDATE,
        3 * HOUR + 20 * MINUTE,
        "initial-response",
        {"update-1h": 140 * MINUTE, "update-2h": 80 * MINUTE, "update-3h": 20 * MINUTE},
    ),
    (
        "and soon before the fourth it serves that one in time",
        Act.CONTACT_UPDATE,
        3 * HOUR + 40 * MINUTE,
        "initial-response update-1h update-2h",
        {"update-3h": 40 * MINUTE, "update-4h": 0 * HOUR},
    ),
    (
        "the second hour's call, early",
        Act.CALL_RESELLER_MANAGEMENT,
        MINUTE,
        "",
        {"call-management-2h": 0 * HOUR},
    ),
    (
        "a second call before the second hour is the fourth's",
        Act.CALL_RESELLER_MANAGEMENT,
        90 * MINUTE,
        "call-management-2h",
        {"call-management-4h": 0 * HOUR},
    ),
    (
        "the overdue one only, while the next is to come",
        Act.CALL_RESELLER_MANAGEMENT,
        3 * HOUR,
        "",
        {"call-management-2h": HOUR},
    ),
    (
        "all that are due",
        Act.CALL_RESELLER_MANAGEMENT,
        4 * HOUR,
        "",
        {"call-management-2h": 2 * HOUR, "call-management-4h": 0 * HOUR},
    ),
    (
        "a call when both are done",
        Act.CALL_RESELLER_MANAGEMENT,
        5 * HOUR,
        "call-management-2h call-management-4h",
        {},
    ),
    ("sales told early", Act.INFORM_SALES, HOUR, "", {"inform-sales-4h": 0 * HOUR}),
    ("the sub-case", Act.ENGAGE_PSE, 7 * HOUR, "", {"engage-pse-6h": HOUR}),
    (
        "over the weekend",
        Act.INFORM_RESELLER_MANAGEMENT,
        40 * HOUR,
        "",
        {"inform-management-6h": 0 * HOUR},
    ),
]


@pytest.mark.clause("ATSP Ex.C", "D-15", "D-8")
@pytest.mark.parametrize(
    ("name", "act", "after", "done", "expected"), SERVED, ids=[row[0] for row in SERVED]
)
def test_a_duty_is_done_by_doing_it(
    name: str, act: Act, after: timedelta, done: str, expected: dict[str, timedelta]
) -> None:
    open_steps = [step for step in timeline() if step.code not in done.split()]

    served = serves(act, T + after, open_steps)

    assert {each.code: each.late_by for each in served} == expected
    assert all(each.done_at == T + after for each in served)
    assert all(each.in_time is (each.done_at <= each.due_at) for each in served)


def test_nothing_open_is_nothing_done() -> None:
    assert serves(Act.CONTACT_UPDATE, T + HOUR, []) == ()


@pytest.mark.clause("D-14")
def test_only_a_duty_marked_if_necessary_is_waived_and_with_a_note() -> None:
    steps = {step.code: step for step in timeline()}

    assert waived(steps["status-from-management-6h"], " Spoke at 19:50. ") == "Spoke at 19:50."
    with pytest.raises(Refusal, match="needs a note") as without_note:
        waived(steps["status-from-management-6h"], " ")
    assert (without_note.value.clause, without_note.value.field) == ("D-14", "note")
    with pytest.raises(Refusal, match="cannot be waived"):
        waived(steps["inform-management-6h"], "No need.")
    assert [step.code for step in steps.values() if step.if_necessary] == [
        "status-from-management-6h"
    ]


@pytest.mark.clause("D-13")
def test_each_ending_names_its_cause() -> None:
    assert {ending.words for ending in Ending} == {
        "Relief was given: the escalation ends.",
        "The case is no longer severity 1: the escalation ends.",
        "The case was closed: the escalation ends.",
    }


starts = st.datetimes(datetime(2002, 9, 1), datetime(2004, 12, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@pytest.mark.clause("ATSP Ex.C", "D-14")
@given(started_at=starts)
def test_every_step_is_at_its_mark_or_at_a_later_opening(started_at: datetime) -> None:
    for step in timeline(started_at):
        mark = started_at + step.mark
        if step.due_at != mark:
            assert not calendar().covers(mark)
            assert step.due_at == calendar().next_opening(mark)
            assert step.role is Role.PSAM


@pytest.mark.clause("D-15")
@given(
    updates=st.lists(st.timedeltas(timedelta(0), 26 * HOUR), max_size=60),
)
def test_every_mark_up_to_the_last_update_is_done_by_the_first_update_that_can(
    updates: list[timedelta],
) -> None:
    open_steps = {step.code: step for step in timeline() if step.act is Act.CONTACT_UPDATE}
    everything = dict(open_steps)
    done: dict[str, datetime] = {}
    for after in sorted(updates):
        for each in serves(Act.CONTACT_UPDATE, T + after, open_steps.values()):
            del open_steps[each.code]
            done[each.code] = each.done_at

    for code, step in everything.items():
        can = [T + after for after in updates if T + after >= step.opens_at]
        assert done.get(code) == (min(can) if can else None)
