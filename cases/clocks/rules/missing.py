"""What follows a missed promise: who hears of it and when, until it is made up for (ATSP 4.6; D-22).

A status update that is missed is followed by the next one, a period after it. `number` counts those missed in a row,
from 1. All instants are aware; those returned are in UTC.
"""

from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.rules.business_time import from_wall_clock, in_utc, zone_named

MORNING = time(8)
HOUR = timedelta(hours=1)


class Heard(StrEnum):
    """Who hears of a missed status update."""

    OWNER = "owner"
    """The owner at once; dispatch, where there is none."""
    BOTH = "both"
    """The owner and Customer Support Management at once."""
    MORNING = "morning"
    """Both, by the digest of their next morning."""
    LATER = "later"
    """Nobody now: of those that an outage left to be found at once, the last one tells."""


def heard_by(number: int, *, alarming: bool, overtaken: bool) -> Heard:
    """Who hears that so many status updates in a row were missed.

    `alarming` is severity 1 that Exhibit C does not watch: it is never quieter than with it. `overtaken` says that the
    next update has been missed too by now.
    """
    if number == 1 and not alarming:
        return Heard.OWNER
    if number <= 2:
        return Heard.BOTH
    if overtaken:
        return Heard.LATER
    return Heard.BOTH if alarming else Heard.MORNING


def next_morning(at: datetime, zone: str) -> datetime:
    """The first 08:00 in an IANA zone that comes after an instant."""
    today = in_utc(at).astimezone(zone_named(zone)).date()
    mornings = (
        from_wall_clock(datetime.combine(today + timedelta(days=days), MORNING), zone)
        for days in range(3)
    )
    return next(morning for morning in mornings if morning > at)


def next_alarm(due_at: datetime, at: datetime) -> datetime:
    """The first full hour since a promise was missed that comes after an instant, however late that is."""
    return due_at + HOUR * ((at - due_at) // HOUR + 1)


def in_a_row(number: int) -> str:
    """How many in a row, for the end of a sentence: "", ", the 2nd in a row"."""
    if number < 2:
        return ""
    ending = (
        "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f", the {number}{ending} in a row"
