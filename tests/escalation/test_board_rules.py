"""How a timeline is drawn: where a step stands, and its place on the track."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Role
from escalation.rules.board import (
    WINDOW,
    Drawn,
    Lane,
    StepFacts,
    StepState,
    lane_of,
    place,
    standing,
    track,
    window_start,
)
from escalation.rules.exhibit_c import StepKind
from escalation.rules.wording import after_t, length
from tests.atsp import local

NOW = local("2004-03-05 20:00")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

STANDINGS = [
    # kind, state, due after now, done after now, late, waived
    ("duty", "pending", 31 * MINUTE, None, False, False, StepState.TO_COME),
    ("duty", "pending", 30 * MINUTE + SECOND, None, False, False, StepState.TO_COME),
    ("duty", "pending", 30 * MINUTE, None, False, False, StepState.DUE),
    ("duty", "pending", -SECOND, None, False, False, StepState.DUE),
    ("duty", "met", -HOUR, -2 * HOUR, False, False, StepState.DONE),
    ("duty", "missed", -HOUR, None, True, False, StepState.MISSED),
    ("duty", "missed", -HOUR, -MINUTE, True, False, StepState.DONE_LATE),
    ("duty", "cancelled", HOUR, None, False, False, StepState.CANCELLED),
    ("duty", "cancelled", HOUR, None, False, True, StepState.WAIVED),
    ("duty", "missed", -HOUR, None, False, True, StepState.WAIVED),
    ("notice", "pending", HOUR, None, False, False, StepState.TO_COME),
    ("notice", "fired", -HOUR, None, False, False, StepState.SENT),
    ("notice", "fired", -HOUR, None, True, False, StepState.SENT_LATE),
    ("notice", "parked", -HOUR, None, False, False, StepState.PARKED),
    ("duty", "superseded", -HOUR, None, False, False, StepState.CANCELLED),
]


@pytest.mark.clause("ATSP Ex.C", "D-8")
@pytest.mark.parametrize(("kind", "state", "due", "done", "late", "waived", "expected"), STANDINGS)
def test_a_step_is_drawn_at_its_deadline(
    kind: str,
    state: str,
    due: timedelta,
    done: timedelta | None,
    late: bool,
    waived: bool,
    expected: StepState,
) -> None:
    facts = StepFacts(
        kind=StepKind(kind),
        state=state,
        due_at=NOW + due,
        met_at=NOW + done if done is not None else None,
        late=late,
        waived=waived,
    )

    assert standing(facts, NOW) is expected


def test_open_steps_are_those_somebody_still_has_to_do() -> None:
    assert {each for each in StepState if each.is_open} == {
        StepState.TO_COME,
        StepState.DUE,
        StepState.MISSED,
    }
    assert len({each.word for each in StepState}) == len(StepState)


LANES = [
    (StepKind.NOTICE, None, Lane.NOTICES),
    (StepKind.DUTY, Role.CSE, Lane.CSE),
    (StepKind.DUTY, Role.PSAM, Lane.PSAM),
    (StepKind.DUTY, Role.SUPPORT_MANAGEMENT, Lane.MANAGEMENT),
]


@pytest.mark.parametrize(("kind", "role", "lane"), LANES)
def test_each_bearer_has_a_lane(kind: StepKind, role: Role | None, lane: Lane) -> None:
    assert lane_of(kind, role) is lane


STARTS = [
    (0 * HOUR, 0),
    (18 * HOUR, 0),
    (18 * HOUR + SECOND, 1),
    (19 * HOUR, 1),
    (27 * HOUR + 40 * MINUTE, 10),
]


@pytest.mark.parametrize(("elapsed", "hours"), STARTS)
def test_the_window_slides_after_eighteen_hours(elapsed: timedelta, hours: int) -> None:
    assert window_start(elapsed) == hours * HOUR


@given(elapsed=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_the_present_is_always_on_the_track_with_what_comes_next(elapsed: timedelta) -> None:
    begin = window_start(elapsed)

    assert begin <= elapsed
    assert elapsed + 5 * HOUR <= begin + WINDOW
    assert 0 < place(elapsed, begin) < 100


def drawn(after: timedelta, lane: Lane = Lane.CSE, **more: object) -> Drawn:
    return Drawn(
        after=after,
        lane=lane,
        kind=StepKind.NOTICE if lane is Lane.NOTICES else StepKind.DUTY,
        standing=more.pop("standing", StepState.TO_COME),  # type: ignore[arg-type]
        says="says",
        **more,  # type: ignore[arg-type]
    )


def test_steps_of_one_instant_stand_below_each_other_and_lanes_do_not_overlap() -> None:
    result = track([drawn(2 * HOUR, Lane.PSAM) for _ in range(3)] + [drawn(2 * HOUR)], HOUR)

    psam = next(lane for lane in result.lanes if lane.lane is Lane.PSAM)
    assert len({mark.x for mark in psam.marks}) == 1
    assert [mark.y for mark in psam.marks] == sorted({mark.y for mark in psam.marks})
    for upper, lower in zip(result.lanes, result.lanes[1:], strict=False):
        assert upper.y + upper.height < lower.y
    for lane in result.lanes:
        assert all(lane.y < mark.y < lane.y + lane.height for mark in lane.marks)
    assert result.height == result.lanes[-1].y + result.lanes[-1].height


def test_steps_outside_the_window_are_named_in_words() -> None:
    steps = [
        drawn(2 * HOUR, standing=StepState.DONE),
        drawn(3 * HOUR, standing=StepState.MISSED),
        drawn(20 * HOUR, standing=StepState.DONE),
        drawn(66 * HOUR, Lane.PSAM),
        drawn(67 * HOUR, commitment=True),
    ]

    result = track(steps, 28 * HOUR)

    assert result.earlier == "1 done, 1 missed"
    assert result.later == "1 to come", "another hourly update goes without saying"
    assert sum(len(lane.marks) for lane in result.lanes) == 1


@given(st.integers(0, 47 * 60), st.floats(0, 59.999))
def test_within_a_minute_the_drawing_is_the_same(minutes: int, seconds: float) -> None:
    elapsed = timedelta(minutes=minutes)
    steps = [drawn(2 * HOUR), drawn(12 * HOUR, Lane.NOTICES)]

    assert track(steps, elapsed + timedelta(seconds=seconds)) == track(steps, elapsed)


def test_an_ended_track_has_no_present() -> None:
    assert track([drawn(HOUR)], 2 * HOUR, running=False).now_x is None
    assert track([drawn(HOUR)], 2 * HOUR).now_x == place(2 * HOUR, 0 * HOUR)


def test_a_hotshot_has_its_own_shape() -> None:
    marks = track([drawn(12 * HOUR, Lane.NOTICES, hotshot=True)], HOUR).lanes[-1].marks

    assert [mark.shape for mark in marks] == ["hotshot"]


WORDS = [
    (timedelta(0), "T", "0 min"),
    (30 * MINUTE, "T+30 min", "30 min"),
    (90 * MINUTE, "T+90 min", "1 h 30 min"),
    (2 * HOUR, "T+2 h", "2 h 00 min"),
    (47 * HOUR + 59 * MINUTE, "T+2879 min", "47 h 59 min"),
    (76 * HOUR, "T+76 h", "3 d 4 h"),
]


@pytest.mark.parametrize(("span", "mark", "words"), WORDS)
def test_marks_and_lengths_read_well(span: timedelta, mark: str, words: str) -> None:
    assert after_t(span) == mark
    assert length(span) == words
