"""Whom to ask how a case went, when, for how long the answer counts, and what many answers come to. Pure."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

FEW = 10
"""Of fewer answers a share says little, and the page says so."""


class Rating(StrEnum):
    """An answer to “How did we handle this case?”."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"

    @property
    def label(self) -> str:
        """The answer as its reader chooses it."""
        return {"good": "Good", "fair": "Fair", "bad": "Bad"}[self.value]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of asking: how long after closing, how rarely one person, how long an answer is taken and changed."""

    wait: dt.timedelta = dt.timedelta(hours=24)
    rest: dt.timedelta = dt.timedelta(days=14)
    open_for: dt.timedelta = dt.timedelta(days=30)
    change_for: dt.timedelta = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether to ask: how the case stands now, and when its contact was asked last about any."""

    still_closed: bool
    reachable: bool
    asked_last: dt.datetime | None


def why_not(facts: Facts, terms: Terms, now: dt.datetime) -> str:
    """Why nobody is asked; "" when they are."""
    if not facts.still_closed:
        return "reopened"
    if not facts.reachable:
        return "unreachable"
    if facts.asked_last is not None and now - facts.asked_last < terms.rest:
        return "asked-lately"
    return ""


def takes_answer(
    asked_at: dt.datetime | None, first_at: dt.datetime | None, terms: Terms, now: dt.datetime
) -> bool:
    """Whether an answer, or after the first at `first_at` another one, is taken at an instant."""
    if asked_at is None:
        return False
    if first_at is not None:
        return now <= first_at + terms.change_for
    return now <= asked_at + terms.open_for


@dataclass(frozen=True, slots=True)
class Rate:
    """What so many answers come to."""

    good: int
    fair: int
    bad: int
    asked: int = 0

    @property
    def n(self) -> int:
        """How many answered."""
        return self.good + self.fair + self.bad

    @property
    def is_small(self) -> bool:
        """Whether they are too few for a share to say much."""
        return self.n < FEW

    @property
    def percent(self) -> int | None:
        """How many of a hundred said "good", rounded half up; None for no answer."""
        return (200 * self.good + self.n) // (2 * self.n) if self.n else None

    @property
    def answered(self) -> int | None:
        """How many of a hundred who were asked answered; None when nobody was."""
        return (200 * self.n + self.asked) // (2 * self.asked) if self.asked else None
