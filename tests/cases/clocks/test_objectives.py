"""When the first response and the next status update are due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.clocks.rules.objectives import (
    Clocks,
    Promise,
    first_response,
    kept,
    on_severity_change,
    status_update,
)
from contracts.programmes.rules.terms import Span, Unit
from tests.atsp import LONDON, LOS_ANGELES, atsp, calendar, local

SECOND = timedelta(seconds=1)

WORKED = [
    # severity, zone, reported, first response due, next status due
    (1, LOS_ANGELES, "2003-07-04 16:50", "2003-07-04 17:20", "2003-07-05 16:50"),
    (2, LOS_ANGELES, "2003-07-03 16:30", "2003-07-07 08:30", "2003-07-07 16:30"),
    (3, LOS_ANGELES, "2003-07-03 15:00", "2003-07-07 10:00", "2003-07-10 15:00"),
    (4, LOS_ANGELES, "2003-07-05 11:00", "2003-07-07 17:00", "2003-08-05 11:00"),
    (4, LOS_ANGELES, "2003-07-08 10:00", "2003-07-09 10:00", "2003-08-08 10:00"),
    (3, LONDON, "2003-03-28 15:00", "2003-03-31 10:00", "2003-04-04 15:00"),
    (2, LONDON, "2003-10-24 16:45", "2003-10-27 08:45", "2003-10-27 16:45"),
    (4, LONDON, "2003-01-31 09:00", "2003-02-03 09:00", "2003-02-28 09:00"),
    (3, LOS_ANGELES, "2003-12-24 16:00", "2003-12-26 11:00", "2003-12-31 16:00"),
]
MORE = [
    # the Business Day begins and ends
    (2, LOS_ANGELES, "2003-07-08 07:59", "2003-07-08 09:00", "2003-07-08 17:00"),
    (2, LOS_ANGELES, "2003-07-08 08:00", "2003-07-08 09:00", "2003-07-08 17:00"),
    (2, LOS_ANGELES, "2003-07-08 16:00", "2003-07-08 17:00", "2003-07-09 16:00"),
    (2, LOS_ANGELES, "2003-07-08 16:01", "2003-07-09 08:01", "2003-07-09 16:01"),
    (2, LOS_ANGELES, "2003-07-08 17:00", "2003-07-09 09:00", "2003-07-09 17:00"),
    # a status a week or a month on that falls outside the Business Day moves to the next opening
    (3, LOS_ANGELES, "2003-07-05 11:00", "2003-07-07 12:00", "2003-07-14 08:00"),
    (3, LOS_ANGELES, "2003-06-27 10:00", "2003-06-27 14:00", "2003-07-07 08:00"),
    (3, LOS_ANGELES, "2003-07-08 17:00", "2003-07-09 12:00", "2003-07-15 17:00"),
    (3, LOS_ANGELES, "2003-07-08 17:01", "2003-07-09 12:00", "2003-07-16 08:00"),
    (4, LOS_ANGELES, "2003-05-30 09:00", "2003-06-02 09:00", "2003-06-30 09:00"),
    (4, LOS_ANGELES, "2003-08-31 09:00", "2003-09-01 17:00", "2003-09-30 09:00"),
    # severity 1 knows no Business Day, and its day is 24 elapsed hours across a change of the clocks
    (1, LONDON, "2003-03-29 20:00", "2003-03-29 20:30", "2003-03-30 21:00"),
    (1, LONDON, "2003-10-25 20:00", "2003-10-25 20:30", "2003-10-26 19:00"),
    (1, LOS_ANGELES, "2003-12-25 03:00", "2003-12-25 03:30", "2003-12-26 03:00"),
]


@pytest.mark.clause("ATSP 1.2", "ATSP 4.5", "ATSP 4.6", "D-6", "D-7", "D-8", "D-10")
@pytest.mark.parametrize(("severity", "zone", "reported", "response", "status"), WORKED + MORE)
def test_objectives_are_due_as_worked_by_hand(
    severity: int, zone: str, reported: str, response: str, status: str
) -> None:
    reported_at = local(reported, zone)

    first = first_response(atsp(), severity, reported_at, calendar(zone))
    update = status_update(atsp(), severity, reported_at, calendar(zone))

    assert first.due_at == local(response, zone)
    assert update.due_at == local(status, zone)
    assert (first.code, update.code) == ("first_response", "status_update")
    assert first.clause == update.clause == "ATSP 4.6"


@pytest.mark.clause("ATSP 4.6")
def test_a_promise_spells_out_its_sum() -> None:
    promise = first_response(atsp(), 2, local("2003-07-03 16:30"), calendar())

    assert promise.words == (
        "Severity 2, Serious: first technical response within 1 business hour of the report. 1 h of business time from "
        "Thu 3 Jul 16:30: 30 min on Thu 3 Jul (16:30–17:00), Fri 4 Jul is a holiday (Independence Day), "
        "Sat–Sun closed, "
        "30 min on Mon 7 Jul (08:00–08:30): due Mon 7 Jul 2003 08:30 America/Los_Angeles."
    )
    assert promise.data["severity"] == 2
    assert promise.data["span"] == "1 business hour"


@pytest.mark.clause("ATSP 4.5", "D-9")
def test_the_words_of_severity_1_name_the_call_from_which_it_counts() -> None:
    promise = first_response(atsp(), 1, local("2003-07-04 16:50"), calendar())

    assert "30 minutes of the telephone call (ATSP 4.5, D-9)" in promise.words


@pytest.mark.clause("ATSP 4.7")
@pytest.mark.parametrize(
    ("severity", "every", "since", "due"),
    [
        (2, Span(4, Unit.BUSINESS_HOUR), "2003-07-08 15:00", "2003-07-09 10:00"),
        (3, Span(2, Unit.DAY), "2003-07-03 10:00", "2003-07-07 08:00"),  # a Saturday
        (3, Span(1, Unit.MONTH), "2003-07-08 10:00", "2003-08-08 10:00"),
        (1, Span(2, Unit.HOUR), "2003-07-05 23:00", "2003-07-06 01:00"),  # by night as well
    ],
)
def test_an_agreed_frequency_takes_the_place_of_the_table(
    severity: int, every: Span, since: str, due: str
) -> None:
    promise = status_update(atsp(), severity, local(since), calendar(), every)

    assert promise.due_at == local(due)
    assert promise.clause == "ATSP 4.7"
    assert "as agreed for this case" in promise.words
    assert promise.data["agreed"] is True


def test_an_unknown_severity_is_an_error() -> None:
    with pytest.raises(KeyError, match="no severity 7"):
        first_response(atsp(), 7, local("2003-07-08 10:00"), calendar())


REPORTED = "2003-07-08 10:00"  # a Tuesday
CHANGES = [
    # name, before, after, changed, present due, first response due then
    ("raised, the new target is earlier", 4, 2, "07-08 10:30", "07-09 10:00", "07-08 11:30"),
    ("raised, the present due time is earlier", 3, 2, "07-08 13:30", "07-08 14:00", "07-08 14:00"),
    ("raised, both are the same", 3, 2, "07-08 13:00", "07-08 14:00", "07-08 14:00"),
    ("raised, a second too late to help", 3, 2, "07-08 13:00:01", "07-08 14:00", "07-08 14:00"),
    ("raised, a second before", 3, 2, "07-08 12:59:59", "07-08 14:00", "07-08 13:59:59"),
    ("raised to 1 by a call", 2, 1, "07-08 10:20", "07-08 11:00", "07-08 10:50"),
    ("raised to 1 by a call at night", 4, 1, "07-08 22:00", "07-09 10:00", "07-08 22:30"),
    ("raised when it was missed", 2, 1, "07-08 12:00", "07-08 11:00", "07-08 11:00"),
    ("lowered, from the report", 1, 2, "07-08 10:10", "07-08 10:30", "07-08 11:00"),
    ("lowered, from the report, not the change", 2, 3, "07-08 10:50", "07-08 11:00", "07-08 14:00"),
    ("lowered to 4", 2, 4, "07-08 10:50", "07-08 11:00", "07-09 10:00"),
    ("lowered after it was missed", 2, 3, "07-08 12:00", "07-08 11:00", "07-08 14:00"),
    (
        "lowered a second before the new target",
        2,
        3,
        "07-08 13:59:59",
        "07-08 11:00",
        "07-08 14:00",
    ),
    # what was missed stays so: at or after the lower severity's own time it is missed alike
    ("lowered at the very new target", 2, 3, "07-08 14:00", "07-08 11:00", "07-08 11:00"),
    ("lowered too late for the new one too", 2, 3, "07-08 15:00", "07-08 11:00", "07-08 11:00"),
    # raised and lowered again: not missed yet, and the report plus the new target has passed (D-21)
    ("lowered from a late 1 to 3", 1, 3, "07-08 15:10", "07-08 15:30", "07-09 10:10"),
    ("lowered from a late 1 to 2", 1, 2, "07-08 15:10", "07-08 15:30", "07-08 16:10"),
    ("lowered from 1 at the target of 3", 1, 3, "07-08 14:00", "07-08 14:30", "07-09 09:00"),
    ("lowered from 1 before the target of 3", 1, 3, "07-08 13:59", "07-08 14:29", "07-08 14:00"),
    ("lowered at the very due time", 1, 2, "07-08 15:30", "07-08 15:30", "07-08 16:30"),
]


@pytest.mark.clause("D-11", "D-21")
@pytest.mark.parametrize(
    ("name", "before", "after", "changed", "present", "expected"),
    CHANGES,
    ids=[change[0] for change in CHANGES],
)
def test_an_unmet_first_response_follows_a_change_of_severity(
    name: str, before: int, after: int, changed: str, present: str, expected: str
) -> None:
    clocks = Clocks(local(REPORTED), local(f"2003-{present}"))
    changed_at = local(f"2003-{changed}")

    then = on_severity_change(atsp(), before, after, changed_at, clocks, calendar())

    assert then.first_response is not None
    assert then.first_response.due_at == local(f"2003-{expected}")
    assert "D-11" in then.first_response.words
    assert then.first_response.data.get("present_due_stays", False) is (present == expected)
    if then.first_response.due_at != clocks.first_response_due_at:
        assert then.first_response.due_at > changed_at, "no promise is born broken"


@pytest.mark.clause("D-11")
@pytest.mark.parametrize(("before", "after"), [(3, 1), (1, 3), (2, 3), (4, 2)])
def test_a_met_first_response_stays_met(before: int, after: int) -> None:
    clocks = Clocks(
        local(REPORTED), local("2003-07-08 14:00"), first_response_met_at=local("2003-07-08 10:40")
    )

    then = on_severity_change(atsp(), before, after, local("2003-07-08 11:00"), clocks, calendar())

    assert then.first_response is None


@pytest.mark.clause("D-11", "D-9")
@pytest.mark.parametrize(
    ("after", "communicated", "expected"),
    [
        (2, "2003-07-08 11:00", "2003-07-09 11:00"),
        (2, None, "2003-07-09 10:00"),  # from the report
        (4, "2003-07-08 11:00", "2003-08-08 11:00"),
        (1, "2003-07-08 11:00", "2003-07-09 11:00"),
        (1, None, "2003-07-09 12:00"),  # from the call, which is the change
    ],
)
def test_the_next_status_counts_from_the_last_communication(
    after: int, communicated: str | None, expected: str
) -> None:
    clocks = Clocks(
        local(REPORTED),
        local("2003-07-08 14:00"),
        last_communication_at=local(communicated) if communicated else None,
    )

    then = on_severity_change(atsp(), 3, after, local("2003-07-08 12:00"), clocks, calendar())

    assert then.status_update.due_at == local(expected)


@pytest.mark.clause("D-11", "ATSP 4.7")
def test_an_agreed_frequency_outlives_a_change_of_severity() -> None:
    clocks = Clocks(local(REPORTED), local("2003-07-08 14:00"), every=Span(2, Unit.BUSINESS_HOUR))

    then = on_severity_change(atsp(), 3, 2, local("2003-07-08 10:30"), clocks, calendar())

    assert then.status_update.due_at == local("2003-07-08 12:00")
    assert then.status_update.clause == "ATSP 4.7"


OVERDUE = [
    # name, before, after, last communication (else the report), changed, due then
    ("weekly becomes daily", 3, 1, "07-02 11:00", "07-07 09:00", "07-08 09:00"),
    ("weekly becomes each Business Day", 3, 2, "07-02 11:00", "07-07 09:00", "07-08 09:00"),
    ("at the very instant", 3, 1, "07-06 09:00", "07-07 09:00", "07-08 09:00"),
    ("a second before it", 3, 1, "07-06 09:00:01", "07-07 09:00", "07-07 09:00:01"),
    ("monthly becomes weekly", 4, 3, "06-16 11:00", "07-07 09:00", "07-14 09:00"),
    ("never spoken to, daily becomes weekly", 2, 3, None, "07-09 09:00", "07-16 09:00"),
]


@pytest.mark.clause("D-21")
@pytest.mark.parametrize(
    ("name", "before", "after", "communicated", "changed", "expected"),
    OVERDUE,
    ids=[each[0] for each in OVERDUE],
)
def test_a_status_update_that_the_change_would_have_overtaken_counts_from_the_change(
    name: str, before: int, after: int, communicated: str | None, changed: str, expected: str
) -> None:
    clocks = Clocks(
        local("2003-07-01 10:00"),
        local("2003-07-01 14:00"),
        first_response_met_at=local("2003-07-01 11:00"),
        last_communication_at=local(f"2003-{communicated}") if communicated else None,
    )

    then = on_severity_change(
        atsp(), before, after, local(f"2003-{changed}"), clocks, calendar()
    ).status_update

    assert then.due_at == local(f"2003-{expected}")
    assert then.data.get("from_change", False) is (name != "a second before it")
    assert ("it counts from the change" in then.words) is (name != "a second before it")


def test_no_change_is_an_error() -> None:
    with pytest.raises(ValueError, match="no change"):
        on_severity_change(
            atsp(),
            2,
            2,
            local("2003-07-08 10:30"),
            Clocks(local(REPORTED), local("2003-07-08 11:00")),
            calendar(),
        )


@pytest.mark.clause("D-8")
@pytest.mark.parametrize(
    ("done_after", "in_time", "late_by"),
    [
        (-SECOND, True, timedelta(0)),
        (timedelta(0), True, timedelta(0)),  # the very instant is in time
        (timedelta(microseconds=1), False, timedelta(microseconds=1)),
        (SECOND, False, SECOND),
    ],
)
def test_a_promise_is_kept_up_to_its_very_instant(
    done_after: timedelta, in_time: bool, late_by: timedelta
) -> None:
    due_at = local("2003-07-08 11:00")

    seen = kept(due_at, due_at + timedelta(days=1), due_at + done_after)

    assert (seen.done, seen.in_time, seen.late_by) == (True, in_time, late_by)


@pytest.mark.clause("D-8")
@pytest.mark.parametrize(
    ("after", "in_time"), [(-SECOND, True), (timedelta(0), True), (SECOND, False)]
)
def test_a_promise_not_done_is_missed_only_after_its_instant(
    after: timedelta, in_time: bool
) -> None:
    due_at = local("2003-07-08 11:00")

    seen = kept(due_at, due_at + after)

    assert (seen.done, seen.in_time) == (False, in_time)


moments = st.datetimes(datetime(2002, 9, 1), datetime(2004, 12, 31)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
levels = st.sampled_from([1, 2, 3, 4])


def _promises(severity: int, at: datetime) -> tuple[Promise, Promise]:
    return (
        first_response(atsp(), severity, at, calendar()),
        status_update(atsp(), severity, at, calendar()),
    )


@pytest.mark.clause("ATSP 4.6")
@given(severity=levels, at=moments)
def test_a_due_time_is_after_its_start_and_within_the_business_day(
    severity: int, at: datetime
) -> None:
    for promise in _promises(severity, at):
        assert promise.due_at > at
        assert promise.due_at.tzinfo is UTC
        assert severity == 1 or calendar().covers(promise.due_at)


@pytest.mark.clause("ATSP 4.6")
@given(severity=levels, at=moments, later=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_later_report_is_never_due_earlier(severity: int, at: datetime, later: timedelta) -> None:
    for first, second in zip(_promises(severity, at), _promises(severity, at + later), strict=True):
        assert first.due_at <= second.due_at


@pytest.mark.clause("D-11")
@given(
    before=levels,
    after=levels,
    reported_at=moments,
    waited=st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_raising_never_puts_a_first_response_off_and_lowering_never_hastens_it(
    before: int, after: int, reported_at: datetime, waited: timedelta
) -> None:
    if before == after:
        return
    present = first_response(atsp(), before, reported_at, calendar()).due_at

    then = on_severity_change(
        atsp(), before, after, reported_at + waited, Clocks(reported_at, present), calendar()
    )

    assert then.first_response is not None
    if after < before:
        assert then.first_response.due_at <= present
    else:
        assert then.first_response.due_at >= present


@pytest.mark.clause("D-21")
@given(
    before=levels,
    after=levels,
    reported_at=moments,
    waited=st.timedeltas(timedelta(0), timedelta(days=40)),
    raised_for=st.timedeltas(timedelta(0), timedelta(hours=2)),
    spoken=st.none() | st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_no_change_sets_a_promise_that_is_already_broken(
    before: int,
    after: int,
    reported_at: datetime,
    waited: timedelta,
    raised_for: timedelta,
    spoken: timedelta | None,
) -> None:
    """Also after the severity went up for a while, and came down again."""
    if before == after:
        return
    said_at = min(reported_at + spoken, reported_at + waited) if spoken is not None else None
    present = first_response(atsp(), before, reported_at, calendar()).due_at
    severity, changes = (
        before,
        [(reported_at + waited, 1), (reported_at + waited + raised_for, after)],
    )

    for changed_at, level in changes:
        if severity == level:
            continue
        clocks = Clocks(reported_at, present, last_communication_at=said_at)
        then = on_severity_change(atsp(), severity, level, changed_at, clocks, calendar())
        assert then.status_update.due_at > changed_at
        assert then.first_response is not None
        due_at = then.first_response.due_at
        assert due_at > changed_at or due_at == present, "new ones lie ahead, the others stay"
        severity, present = level, due_at
