"""When the monthly conference calls of a year fall due (ATSP 14.1.1, D-8).

Months are counted from the Effective Date itself, so that a clipped day does not stick: with an Effective Date of
31 January the calls are due by the end of 27 February, of 30 March, of 29 April.
"""

import datetime as dt

from contracts.agreements.rules.contract_year import add_months
from contracts.programmes.rules.terms import AccountManagement


def last_day_of(terms: AccountManagement, effective: dt.date, number: int) -> dt.date:
    """The last day on which the call of that number, from 1, is in time: the end of its month (ATSP 14.1.1, D-8)."""
    return add_months(effective, number * terms.call_every.amount) - dt.timedelta(days=1)


def number_on(terms: AccountManagement, effective: dt.date, day: dt.date) -> int:
    """The number of the call for the month of a day; 1 before the Effective Date."""
    number = 1
    while last_day_of(terms, effective, number) < day:
        number += 1
    return number


def words(terms: AccountManagement, effective: dt.date, number: int) -> str:
    """How the due day was found, as a sentence."""
    last = last_day_of(terms, effective, number)
    months = number * terms.call_every.amount
    return (
        f"A conference call every {terms.call_every.unit.value}: call {number} by the end of month {months} "
        f"after the Effective Date, {effective:%-d %b %Y}: due by the end of {last:%a %-d %b %Y}."
    )
