"""What happens on the way from a start to a due time, step by step."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class SpanKind(StrEnum):
    """The rule by which the time was found."""

    BUSINESS = "business"
    """so much business time on (ATSP 4.5, D-7)"""
    ELAPSED = "elapsed"
    """so much time on, day and night (D-8)"""
    WEEKS = "weeks"
    """weeks on by the clock, then moved into business hours (D-8, D-10)"""
    MONTHS = "months"
    """calendar months on by the clock, then moved into business hours (D-8, D-10)"""
    OPENING = "opening"
    """at once if within business hours, else at the next opening (D-10, D-14)"""


class Holiday(NamedTuple):
    """A holiday on what would have been a business day. The name may be empty."""

    date: date
    name: str = ""


class Counted(NamedTuple):
    """A stretch of open time that was counted, whole or in part, as instants in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """The time counted."""
        return self.end - self.start


class Closed(NamedTuple):
    """Consecutive local dates, both included, that are closed every week."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many dates."""
        return (self.last - self.first).days + 1


class Omitted(NamedTuple):
    """What a long explanation leaves out at this point, in sum.

    ``windows`` on ``days`` local dates, the time they counted, and the holidays and the days closed
    every week between them.
    """

    windows: int
    days: int
    length: timedelta
    holidays: int
    closed_days: int


Step = Counted | Holiday | Closed | Omitted
