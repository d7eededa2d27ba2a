"""Prepaid cases as double entry: every movement takes from one place and puts to another (ATSP page 1, 2.3; 9.1).

The places of a pool sum to zero at any time: what lies in it came from the provider, or from beyond the quota. All
counts are whole cases.
"""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """The places of a pool's cases. The first two are outside; cases that came from them are in the other three."""

    PROVIDER = "provider"
    OVER = "over"
    AVAILABLE = "available"
    PROVISIONAL = "provisional"
    CHARGED = "charged"


class OverdrawnError(ValueError):
    """A movement would take more from a place than lies there."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The number of cases in each place: `granted` by the provider, `over` beyond the quota; neither below zero."""

    granted: int = 0
    reserved: int = 0
    charged: int = 0
    over: int = 0

    @property
    def available(self) -> int:
        """Cases that may still be opened."""
        return self.granted + self.over - self.reserved - self.charged

    @property
    def taken(self) -> int:
        """Cases charged or provisionally taken."""
        return self.reserved + self.charged

    @property
    def is_spent(self) -> bool:
        """Whether all its cases are charged: none may be opened, and none is provisional that might come back."""
        return self.available == 0 and self.reserved == 0

    def after(self, takes_from: Place, puts_to: Place, cases: int = 1) -> "Pool":
        """The pool after so many cases went from a place to another. Raises OverdrawnError when too few lie there."""
        held = {
            Place.PROVIDER: -self.granted,
            Place.OVER: -self.over,
            Place.AVAILABLE: self.available,
            Place.PROVISIONAL: self.reserved,
            Place.CHARGED: self.charged,
        }
        held[takes_from] -= cases
        held[puts_to] += cases
        moved = Pool(
            -held[Place.PROVIDER], held[Place.PROVISIONAL], held[Place.CHARGED], -held[Place.OVER]
        )
        if min(moved.granted, moved.reserved, moved.charged, moved.over, moved.available) < 0:
            raise OverdrawnError(f"{cases} from {takes_from} to {puts_to} of {self}")
        return moved


def source_of_a_case(pool: Pool) -> Place:
    """The source of a taken case: the available ones, else beyond the quota."""
    return Place.AVAILABLE if pool.available else Place.OVER


def way_back(pool: Pool) -> Place:
    """The target of a returned case: it first makes good one beyond the quota."""
    return Place.OVER if pool.over else Place.AVAILABLE


def to_cover(pool: Pool) -> int:
    """How many cases beyond the quota new ones make good at once, so that used is always counted of what was paid."""
    return min(pool.over, pool.available)


def share_passed(pool: Pool, shares: tuple[int, ...], told: int) -> int | None:
    """The highest share (percent of what was granted) that is used, if only a lower one was reported so far.

    None when there is nothing new to tell.
    """
    passed = highest_passed(pool, shares)
    return passed if passed > told else None


def highest_passed(pool: Pool, shares: tuple[int, ...]) -> int:
    """The highest of the shares that is used; 0 for none, and for a pool to which nothing was granted."""
    if not pool.granted:
        return 0
    return max((share for share in shares if pool.taken * 100 >= share * pool.granted), default=0)
