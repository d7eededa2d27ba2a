"""The information clocks: warned, downgraded, closed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.information.rules import InformationDue, acts_at, information_due, missing_words
from contracts.programmes.rules.terms import InformationOutcome
from tests.atsp import LONDON, atsp, calendar, local

REPORTED = local("2003-07-03 16:00")  # a Thursday; the clocks do not heed the holiday that follows
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def clock(severity: int, asked_at: datetime = REPORTED, **more: datetime) -> InformationDue:
    found = information_due(atsp(), severity, REPORTED, asked_at, calendar(), **more)
    assert found is not None
    return found


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8", "D-8")
@pytest.mark.parametrize(
    ("severity", "due", "warned", "outcome", "to_severity", "closure_reason", "clause"),
    [
        (1, "07-03 17:00", "07-03 16:45", "downgrade", 2, None, "ATSP 4.9.1"),
        (2, "07-04 16:00", "07-04 12:00", "downgrade", 3, None, "ATSP 4.9.1"),
        (3, "07-08 16:00", "07-07 16:00", "close", None, "information-not-received", "ATSP 4.10.8"),
    ],
)
def test_each_severity_has_its_time_from_reporting(
    severity: int,
    due: str,
    warned: str,
    outcome: str,
    to_severity: int | None,
    closure_reason: str | None,
    clause: str,
) -> None:
    found = clock(severity)

    assert found.due_at == local(f"2003-{due}")
    assert found.warn_at == local(f"2003-{warned}")
    assert found.outcome is InformationOutcome(outcome)
    assert (found.to_severity, found.closure_reason) == (to_severity, closure_reason)
    assert found.clause == clause


@pytest.mark.clause("ATSP 4.9.1")
def test_severity_4_has_no_information_clock() -> None:
    assert information_due(atsp(), 4, REPORTED, REPORTED, calendar()) is None


@pytest.mark.clause("ATSP 4.9.1")
def test_asking_late_gives_no_more_time() -> None:
    assert clock(1, REPORTED + 40 * MINUTE).due_at == REPORTED + 60 * MINUTE


@pytest.mark.clause("D-20", "ATSP 4.9.1", "ATSP 4.10.8")
@pytest.mark.parametrize(
    ("severity", "window", "notice"),
    [
        (1, 60 * MINUTE, 15 * MINUTE),
        (2, 24 * HOUR, 2 * HOUR),
        (3, 5 * 24 * HOUR, 24 * HOUR),
    ],
)
def test_a_clock_runs_only_while_its_notice_is_left(
    severity: int, window: timedelta, notice: timedelta
) -> None:
    last = REPORTED + window - notice

    assert clock(severity, last).warned_for == notice / 2
    late = information_due(atsp(), severity, REPORTED, last + SECOND, calendar())
    assert late is None, "asked later, it is an ordinary request"


@pytest.mark.clause("ATSP 4.9.1")
@pytest.mark.parametrize(("asked", "warned"), [(19, 20), (20, 20), (21, 21), (22, 22)])
def test_a_warning_whose_time_has_passed_is_given_at_once(asked: int, warned: int) -> None:
    assert clock(2, REPORTED + asked * HOUR).warn_at == REPORTED + warned * HOUR


@pytest.mark.clause("D-20")
def test_a_clock_acts_only_on_who_was_warned_for_long_enough() -> None:
    due_at, half = REPORTED + 24 * HOUR, HOUR
    assert acts_at(due_at, due_at - 4 * HOUR, half, due_at) == due_at
    assert acts_at(due_at, due_at - half, half, due_at) == due_at
    late = due_at - 20 * MINUTE
    assert acts_at(due_at, late, half, due_at) == late + half
    woken = due_at + 3 * HOUR
    assert acts_at(due_at, None, half, woken) == woken + half


@pytest.mark.clause("D-9", "ATSP 4.9.1")
def test_severity_1_counts_from_the_call_that_reported_it() -> None:
    called_at = REPORTED + timedelta(hours=5)

    found = clock(1, called_at, called_at=called_at)

    assert found.due_at == called_at + timedelta(hours=1)
    assert "the telephone call (ATSP 4.5, D-9)" in found.words


@pytest.mark.clause("ATSP 4.9.1")
def test_the_call_does_not_move_the_clock_of_a_lower_severity() -> None:
    found = clock(2, called_at=REPORTED + timedelta(hours=5))

    assert found.due_at == REPORTED + timedelta(hours=24)


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8")
def test_a_downgraded_case_goes_on_to_the_next_clock_counted_from_reporting() -> None:
    first = clock(1)

    assert first.to_severity is not None
    second = clock(first.to_severity, first.due_at)
    assert (second.severity, second.due_at) == (2, REPORTED + timedelta(days=1))

    assert second.to_severity is not None
    third = clock(second.to_severity, second.due_at)
    assert (third.severity, third.due_at) == (3, REPORTED + timedelta(days=5))
    assert third.outcome is InformationOutcome.CLOSE

    assert third.to_severity is None


@pytest.mark.clause("D-20")
def test_a_clock_whose_time_has_passed_by_the_downgrade_ends() -> None:
    called_at = REPORTED + timedelta(days=2)
    first = clock(1, called_at, called_at=called_at)

    assert first.to_severity is not None
    assert information_due(atsp(), first.to_severity, REPORTED, first.due_at, calendar()) is None


@pytest.mark.clause("D-8")
def test_a_day_is_24_hours_across_a_change_of_the_clocks() -> None:
    reported_at = local("2003-03-29 12:00", LONDON)

    found = information_due(atsp(), 2, reported_at, reported_at, calendar(LONDON))

    assert found is not None
    assert found.due_at == local("2003-03-30 13:00", LONDON)


def test_the_consequence_is_named() -> None:
    assert clock(1).consequence == "Otherwise the case becomes severity 2."
    assert clock(3).consequence.startswith("Otherwise the case closes for want of information")
    assert missing_words(["the trace", "the server log"]) == (
        "Still missing: the trace, the server log."
    )
    assert missing_words([]) == "Nothing is missing."


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8")
@given(
    severity=st.sampled_from([1, 2, 3]),
    reported_at=st.datetimes(datetime(2002, 9, 1), datetime(2004, 12, 31)).map(  # noqa: DTZ001
        lambda naive: naive.replace(tzinfo=UTC)
    ),
    asked_after=st.timedeltas(timedelta(0), timedelta(days=7)),
)
def test_a_warning_comes_between_the_request_and_the_due_time(
    severity: int, reported_at: datetime, asked_after: timedelta
) -> None:
    asked_at = reported_at + asked_after

    found = information_due(atsp(), severity, reported_at, asked_at, calendar())

    if found is not None:
        assert asked_at <= found.warn_at <= found.due_at - 2 * found.warned_for < found.due_at
