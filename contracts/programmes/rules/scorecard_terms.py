"""The terms of the performance scorecard as frozen values (ATSP Ex.B, 4.2)."""

from dataclasses import dataclass

from contracts.programmes.rules.choices import Measured
from contracts.programmes.rules.values import ClauseId, Code, Points, Span


@dataclass(frozen=True, slots=True)
class Band:
    """Points for a whole number from `least` up to and including `most`; no `most` means and above (D-16)."""

    least: int
    most: int | None
    points: Points


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of Exhibit B, with its bands in the order of the paper."""

    code: str
    name: str
    measured: Measured
    unit: str  # "%" or "days"
    bands: tuple[Band, ...]
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class StatusRule:
    """A status of Exhibit B: it holds when the total reaches `least_total` and/or `measure` is at most `at_most`."""

    code: Code
    name: str
    least_total: Points
    measure: str | None
    at_most: int | None
    both: bool  # AND (EXCEPTIONAL) or OR (COMPLIANT)
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Exhibit B: measures, statuses in order of merit, and the reviews (ATSP 4.2).

    The first status that holds is the status; the last holds when none above it does.
    """

    window: Span
    review_every: Span
    review_every_when_failing: Span
    months_to_recover: int
    measures: tuple[Measure, ...]
    statuses: tuple[StatusRule, ...]
    clause: ClauseId
