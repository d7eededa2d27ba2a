"""How a timeline is drawn: where each step stands, and its place on a track of 24 hours.

Pure: facts and the present are arguments, and what comes back are values that a page only has to lay out. Places from
the left are percentages of the track's width, from the top pixels.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from contracts.programmes.rules.terms import Role
from escalation.rules.exhibit_c import StepKind
from escalation.rules.wording import HOUR, MINUTE, after_t

SOON = 30 * MINUTE
WINDOW = 24 * HOUR
AHEAD = 6 * HOUR
"""How much of what is to come a track shows once it has begun to slide."""

HEAD, ROW, PADDING, GAP = 26, 20, 4, 4
"""Heights in pixels: of the hours at the top, of a row, around a lane's rows, between lanes."""

MARGIN = 2.0
"""Percent of the track left free at either end, so that the first and last mark stand whole."""
_SPAN = 100 - 2 * MARGIN


class StepState(StrEnum):
    """The standing of a step: to come, due, and its outcome."""

    TO_COME = "to_come"
    DUE = "due"
    DONE = "done"
    DONE_LATE = "done_late"
    MISSED = "missed"
    SENT = "sent"
    SENT_LATE = "sent_late"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    PARKED = "parked"

    @property
    def word(self) -> str:
        """The standing as a reader wants it: "done late"."""
        return _WORDS[self]

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to act, or the portal to send."""
        return self in (StepState.TO_COME, StepState.DUE, StepState.MISSED)


_WORDS = {one: one.value.replace("_", " ") for one in StepState} | {
    StepState.DUE: "due now",
    StepState.CANCELLED: "canceled",
    StepState.PARKED: "could not be sent",
}

_OUTCOMES = {"met": StepState.DONE, "parked": StepState.PARKED}


class StepFacts(NamedTuple):
    """What decides where a step stands: the state of its deadline in words of ``portal.models.DeadlineState``."""

    kind: str
    state: str
    due_at: datetime
    met_at: datetime | None = None
    late: bool = False
    waived: bool = False


def standing(facts: StepFacts, now: datetime) -> StepState:
    """Where a step stands at `now`. Due is what falls due within half an hour, or has and waits for the sweep."""
    if facts.waived:
        return StepState.WAIVED
    if facts.state == "pending":
        return StepState.DUE if facts.due_at - now <= SOON else StepState.TO_COME
    if facts.state == "missed":
        return StepState.MISSED if facts.met_at is None else StepState.DONE_LATE
    if facts.state == "fired":
        return StepState.SENT_LATE if facts.late else StepState.SENT
    return _OUTCOMES.get(facts.state, StepState.CANCELLED)


class Lane(StrEnum):
    """The line of the track on which a step is drawn."""

    CSE = "cse"
    PSAM = "psam"
    MANAGEMENT = "management"
    NOTICES = "notices"

    @property
    def label(self) -> str:
        """The lane's name."""
        return {"cse": "CSE", "psam": "PSAM", "management": "Management", "notices": "Notices"}[
            self.value
        ]


_LANES: dict[str | None, Lane] = {None: Lane.CSE, Role.CSE: Lane.CSE, Role.PSAM: Lane.PSAM}


def lane_of(kind: str, role: str | None) -> Lane:
    """The lane of a step: the notices have one, and each bearer of duties."""
    if kind == StepKind.NOTICE:
        return Lane.NOTICES
    return _LANES.get(role, Lane.MANAGEMENT)


class Drawn(NamedTuple):
    """A step to draw: how long after T it is due, on which lane, and how it stands."""

    after: timedelta
    lane: Lane
    kind: str
    standing: StepState
    says: str
    hotshot: bool = False
    commitment: bool = False


class Mark(NamedTuple):
    """A step on the track: its place from the left and from the top, and what it says."""

    x: float
    y: int
    shape: str
    standing: StepState
    says: str


@dataclass(frozen=True, slots=True)
class LaneShown:
    """A lane with its marks: where it begins from the top of the track, and how high it is."""

    lane: Lane
    y: int
    height: int
    marks: tuple[Mark, ...]

    @property
    def middle(self) -> int:
        """Half way down, where its name stands."""
        return self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Track:
    """A timeline's drawing from `begin` on, so long after T.

    `now_x` is None when the present lies outside; `earlier` and `later` stand in words.
    """

    begin: timedelta
    lanes: tuple[LaneShown, ...]
    now_x: float | None
    height: int
    earlier: str
    later: str


def track(steps: Sequence[Drawn], elapsed: timedelta, *, running: bool = True) -> Track:
    """The drawing of a timeline `elapsed` after T: its first 24 hours, then a window that slides with the present.

    The present stands at its last whole minute, as all words about it do: within a minute the drawing is the same.
    What is due before or after the window is counted in words; that there is an hourly update after it goes without
    saying (D-13). Steps due at one instant on one lane stand below each other.
    """
    elapsed -= elapsed % MINUTE
    begin = window_start(elapsed)
    end = begin + WINDOW
    within: dict[Lane, list[Drawn]] = {lane: [] for lane in Lane}
    earlier, later = [], []
    for step in steps:
        if step.after < begin:
            earlier.append(step)
        elif step.after <= end:
            within[step.lane].append(step)
        elif not step.commitment:
            later.append(step)
    lanes: list[LaneShown] = []
    y = HEAD
    for lane, drawn in within.items():
        shown = _lane(lane, drawn, begin, y)
        lanes.append(shown)
        y += shown.height + GAP
    return Track(
        begin=begin,
        lanes=tuple(lanes),
        now_x=place(elapsed, begin) if running and begin <= elapsed <= end else None,
        height=y - GAP,
        earlier=_in_words(earlier),
        later=_in_words(later),
    )


def hours(begin: timedelta) -> list[tuple[float, str]]:
    """The places of a track's hours, every second one with its label; they are the same wherever it begins."""
    marks = [begin + hour * HOUR for hour in range(WINDOW // HOUR + 1)]
    return [
        (place(mark, begin), "" if hour % 2 else after_t(mark).removeprefix("T+"))
        for hour, mark in enumerate(marks)
    ]


def window_start(elapsed: timedelta) -> timedelta:
    """Where the window begins: at T for the first 18 hours, then at a whole hour, with six hours ahead in sight."""
    hidden = elapsed + AHEAD - WINDOW
    return max(timedelta(0), -(-hidden // HOUR) * HOUR)


def place(after: timedelta, begin: timedelta) -> float:
    """The place of an instant on a track that begins at `begin`, in percent of its width."""
    return round(MARGIN + (after - begin) / WINDOW * _SPAN, 3)


def _lane(lane: Lane, steps: Iterable[Drawn], begin: timedelta, y: int) -> LaneShown:
    stacked: dict[float, int] = {}
    top, marks = y + PADDING + ROW // 2, []
    for after, _, kind, standing, says, hotshot, _ in steps:
        x = place(after, begin)
        above = stacked.get(x, 0)
        stacked[x] = above + 1
        shape = "hotshot" if hotshot else kind
        marks.append(Mark(x, top + ROW * above, shape, standing, says))
    height = ROW * max(stacked.values(), default=1) + 2 * PADDING
    return LaneShown(lane, y, height, tuple(marks))


def _in_words(steps: Sequence[Drawn]) -> str:
    """Steps beyond the window, counted by their standing: "12 done, 1 missed"."""
    counted = Counter(step.standing for step in steps)
    return ", ".join(f"{counted[each]} {each.word}" for each in StepState if counted[each])
