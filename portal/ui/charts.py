"""The geometry of drawings over days, for templates that draw them as SVG: numbers in, shapes out. No state.

Lengths are in the drawing's own units (CSS pixels at its natural size), as texts, so that no locale rewrites them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 720, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 88, 16, 40
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)
_ROOM = 22


@dataclass(frozen=True, slots=True)
class Series:
    """What changes by steps: the value from each day on, in the order of days, and where it is expected to end."""

    name: str
    values: Sequence[tuple[dt.date, int]]
    expected: tuple[dt.date, int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A series as drawn: its path, the path of what is expected, its end and its label's place."""

    name: str
    number: int
    path: str
    expected: str
    x: str
    y: str
    label_x: str
    label_y: str
    value: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis with its label."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """A drawing of step lines over the days of a year."""

    width: int
    height: int
    left: str
    right: str
    top: str
    base: str
    today: str
    lines: tuple[Line, ...]
    levels: tuple[Tick, ...]
    months: tuple[Tick, ...]


def step_chart(
    series: Sequence[Series], *, begins: dt.date, ends: dt.date, today: dt.date
) -> StepChart:
    """Draw series over the days from `begins` to `ends`, each up to `today`, on one scale from zero."""
    days = max((ends - begins).days, 1)
    most = max((value for one in series for _, value in one.values), default=0)
    step = next((each for each in _STEPS if most <= 5 * each), _STEPS[-1])
    top = max(-(-most // step) * step, step)
    right, base = WIDTH - _RIGHT, HEIGHT - _BOTTOM

    def x(day: dt.date) -> float:
        inside = min(max((day - begins).days, 0), days)
        return _LEFT + inside / days * (right - _LEFT)

    def y(value: float) -> float:
        return base - value / top * (base - _TOP)

    now = min(max(today, begins), ends)
    drawn = []
    heights = _apart([y(one.values[-1][1]) if one.values else base for one in series])
    for number, (one, label_y) in enumerate(zip(series, heights, strict=True), 1):
        points = [(x(day), y(value)) for day, value in one.values]
        end = points[-1][1] if points else base
        path = "".join(
            f"M{_n(px)} {_n(py)}" if n == 0 else f"H{_n(px)}V{_n(py)}"
            for n, (px, py) in enumerate(points)
        )
        expected = ""
        if one.expected is not None and points:
            day, value = one.expected
            expected = f"M{_n(x(now))} {_n(end)}L{_n(x(day))} {_n(y(value))}"
        drawn.append(
            Line(
                name=one.name,
                number=number,
                path=f"{path}H{_n(x(now))}" if path else "",
                expected=expected,
                x=_n(x(now)),
                y=_n(end),
                label_x=_n(x(now) + 10),
                label_y=_n(label_y + 4),
                value=one.values[-1][1] if one.values else 0,
            )
        )
    return StepChart(
        width=WIDTH,
        height=HEIGHT,
        left=_n(_LEFT),
        right=_n(right),
        top=_n(_TOP),
        base=_n(base),
        today=_n(x(now)),
        lines=tuple(drawn),
        levels=tuple(Tick(_n(y(level)), str(level)) for level in range(0, top + 1, step)),
        months=tuple(Tick(_n(x(day)), f"{day:%b}") for day in _months(begins, ends)),
    )


def _apart(heights: Sequence[float]) -> list[float]:
    """The heights of labels, moved so far apart that none covers another, in the order they came."""
    placed = list(heights)
    order = sorted(range(len(placed)), key=lambda n: (placed[n], n))
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + _ROOM)
    return placed


def _months(begins: dt.date, ends: dt.date) -> list[dt.date]:
    """The first days of the months between two days."""
    months = []
    day = begins.replace(day=1)
    while day <= ends:
        if day >= begins:
            months.append(day)
        day = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return months


def _n(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")
