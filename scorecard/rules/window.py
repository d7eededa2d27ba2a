"""The months that a scorecard looks back on (ATSP Ex.B, 4.2)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time

from contracts.programmes.rules.terms import Span, Unit
from portal.rules.business_time import from_wall_clock


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts_at` up to, not including, `ends_at`: aware instants in UTC. Windows that adjoin share no case."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether the instant lies in the window; None lies in none."""
        return at is not None and self.starts_at <= at < self.ends_at


def window_before(review_on: date, span: Span, zone: str) -> Window:
    """The span of months before a review, by calendar months in the zone: six months before 3 Sep begin on 3 Mar.

    It ends when the day of the review begins. A day that a month lacks is its last one (D-8). Raises ValueError for a
    span that is not of months, and for an unknown zone.
    """
    if span.unit is not Unit.MONTH:
        raise ValueError(f"a scorecard looks back on months, not on {span}")
    return Window(
        _midnight(months_after(review_on, -span.amount), zone), _midnight(review_on, zone)
    )


def months_after(on: date, count: int) -> date:
    """The date `count` calendar months on (back, if negative), clipped to the month's last day (D-8)."""
    year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def _midnight(on: date, zone: str) -> datetime:
    return from_wall_clock(datetime.combine(on, time()), zone)
