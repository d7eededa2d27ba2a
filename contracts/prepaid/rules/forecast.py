"""The day on which a pool of prepaid cases runs out, if it goes on as of late. Pure; dates are the agreement's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from portal.ui.words import day as day_words

WINDOW_DAYS = 90
LEAST_CASES = 5
LEAST_DAYS = 14


class Outlook(StrEnum):
    """What can be said."""

    SPENT = "spent"
    TOO_FEW = "too_few"
    NOT_WITHIN_THE_YEAR = "not_within_the_year"
    RUNS_OUT = "runs_out"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of a pool. `on` is the day with the last case, set when it runs out within the year.

    `words` say how it was computed.
    """

    outlook: Outlook
    words: str
    on: date | None = None


def window_begins(effective: date, today: date) -> date:
    """The first day that a forecast looks at: 90 days with today, or all since the Effective Date if they are fewer."""
    return max(effective, today - timedelta(days=WINDOW_DAYS - 1))


def forecast(left: int, used: int, effective: date, today: date, ends: date) -> Forecast:
    """When `left` cases run out after `used` went in the window up to today, given back ones deducted.

    It is linear: the window's cases a day, from tomorrow on. Fewer than 5 cases, or fewer than 14 days of agreement,
    say nothing. `ends` is the last day of the year.
    """
    if left <= 0:
        return Forecast(Outlook.SPENT, "No case is left.")
    days = (today - window_begins(effective, today)).days + 1
    seen = (
        f"{used} {'case' if used == 1 else 'cases'} used in {days} {'day' if days == 1 else 'days'}"
    )
    if days < LEAST_DAYS or used < LEAST_CASES:
        return Forecast(
            Outlook.TOO_FEW,
            f"Too few cases to say: {seen}; a forecast takes at least {LEAST_CASES} in {LEAST_DAYS}.",
        )
    to_last = -(-left * days // used)
    how = f"{seen}, {float(Fraction(used, days)):.2f} a day: {left} left last {to_last} days"
    on = today + timedelta(days=to_last) if to_last < (date.max - today).days else None
    if on is None or on > ends:
        return Forecast(Outlook.NOT_WITHIN_THE_YEAR, f"{how}, beyond {day_words(ends)}.")
    return Forecast(Outlook.RUNS_OUT, f"{how}, until {day_words(on)}.", on)
