"""Contract years, counted from the Effective Date (ATSP page 1, 2; REN; D-8, D-46).

Every anniversary is found from the Effective Date itself, never from the one before it, so that a clipped
day does not stick: an agreement of 29 February 2004 has its anniversaries on 28 February 2005 and on
29 February 2008. All dates are local dates of the agreement; nothing here knows a zone.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class ContractYear:
    """One year of an agreement: `number` 1 is the first; `ends` is its last day, before the anniversary."""

    number: int
    begins: date
    anniversary: date

    @property
    def ends(self) -> date:
        """The last day of the year: the day before the anniversary."""
        return self.anniversary - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days the year has: 365 or 366."""
        return (self.anniversary - self.begins).days

    def __contains__(self, on: date) -> bool:
        return self.begins <= on < self.anniversary


def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months on (back, if negative), clipped to the month's last day (D-8).

    Raises ValueError when the result lies outside the years 1 to 9999.
    """
    years, month = divmod(day.month - 1 + months, MONTHS_OF_A_YEAR)
    year, month = day.year + years, month + 1
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"{months} months from {day.isoformat()} is no date")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def anniversary(effective: date, years: int = 1) -> date:
    """The anniversary after so many years; 29 February is 28 February in a common year (D-8, D-46)."""
    return add_months(effective, MONTHS_OF_A_YEAR * years)


def contract_year(effective: date, number: int = 1) -> ContractYear:
    """The agreement's year of that number, the first being 1. Raises ValueError for a number below 1."""
    if number < 1:
        raise ValueError(f"contract years are numbered from 1; there is no year {number}")
    return ContractYear(number, anniversary(effective, number - 1), anniversary(effective, number))


def contract_year_on(effective: date, on: date) -> ContractYear:
    """The contract year that `on` falls in. Raises ValueError for a date before the Effective Date."""
    if on < effective:
        raise ValueError(f"{on.isoformat()} is before the Effective Date, {effective.isoformat()}")
    number = on.year - effective.year
    return contract_year(effective, number if on < anniversary(effective, number) else number + 1)


def term_ends(effective: date, years: int = 1) -> date:
    """The last day of a term of so many years: the day before the anniversary (ATSP page 1, 2.a)."""
    return anniversary(effective, years) - timedelta(days=1)


def months_remaining(on: date, until: date) -> int:
    """The months from `on` to the anniversary `until`, counted back from it, one begun counted whole (D-4).

    0 on the anniversary itself and after it.
    """
    if on >= until:
        return 0
    months = (until.year - on.year) * MONTHS_OF_A_YEAR + until.month - on.month
    return months if add_months(until, -months) <= on else months + 1
