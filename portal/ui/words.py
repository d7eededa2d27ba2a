"""Durations, instants, money and names in the words that a reader sees.

Pure: instants are aware, the present and the reader's zone are arguments. ``clocks.js`` says the same
words for durations, so that a page reads alike before and after its scripts run; a test compares the two.
"""

import datetime as dt
import re
from decimal import Decimal

_SYMBOLS = {"USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$"}


def span(seconds: float) -> str:
    """Say a length of time, rounded down: "under 1 min", "14 min", "2 h 05 min", "3 d 4 h", "40 days"."""
    minutes = int(abs(seconds) // 60)
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return "under 1 min"
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60:02d} min" if minutes % 60 else f"{hours} h"
    if days < 14:
        rest = hours - 24 * days
        return f"{days} d {rest} h" if rest else f"{days} d"
    return f"{days} days"


def until(due: dt.datetime, now: dt.datetime) -> str:
    """Say how far off something due is: "in 14 min", "due now" for the minute after it, "overdue by 3 min"."""
    left = (due - now).total_seconds()
    if left > 0:
        return f"in {span(left)}"
    return "due now" if left > -60 else f"overdue by {span(left)}"


def from_now(instant: dt.datetime, now: dt.datetime) -> str:
    """Say where an instant lies: "12 min ago", "just now" within a minute of the present, "in 2 h"."""
    left = (instant - now).total_seconds()
    if abs(left) < 60:
        return "just now"
    return f"in {span(left)}" if left > 0 else f"{span(left)} ago"


def kept(due: dt.datetime, done: dt.datetime) -> str:
    """Say how an act stood to its due time: "3 min early", "on time", "12 min late"."""
    early = (due - done).total_seconds()
    if early == 0:
        return "on time"
    return f"{span(early)} {'early' if early > 0 else 'late'}"


def time_of_day(time: dt.time) -> str:
    """Say a time of day: "08:00"."""
    return f"{time:%H:%M}"


def zone_name(local: dt.datetime) -> str:
    """Return the abbreviation of a local time's zone, "PST"; zones that have none give "UTC+03"."""
    name = local.tzname() or "UTC"
    return f"UTC{name.replace('-', '−')}" if name[0] in "+-" else name


def absolute(
    instant: dt.datetime, zone: dt.tzinfo, now: dt.datetime, *, seconds: bool = False
) -> str:
    """Say an instant in the reader's zone: "14:32 PST" today, else "Thu 6 Mar 14:32 PST".

    The year is added when it is not the present one.
    """
    local, today = instant.astimezone(zone), now.astimezone(zone)
    clock = local.isoformat(" ", "seconds")[11 : 19 if seconds else 16]
    if local.date() == today.date():
        return f"{clock} {zone_name(local)}"
    day = f"{local:%a} {local.day} {local:%b}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{day}{year} {clock} {zone_name(local)}"


def in_full(instant: dt.datetime, zone: dt.tzinfo) -> str:
    """Say an instant in the reader's zone, whenever it is read: "Wed 5 Mar 2003, 10:00 PST"."""
    local = instant.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {zone_name(local)}"


def day(date: dt.date) -> str:
    """Say a date: "5 Mar 2003"."""
    return f"{date.day} {date:%b %Y}"


def size(count: int) -> str:
    """A number of bytes for people, in binary units: "812 bytes", "3.4 MB", "10 GB"."""
    value, unit = float(count), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.1f}".removesuffix(".0") + f" {unit}" if value < 10 else f"{value:.0f} {unit}"


def money(amount: Decimal, currency: str = "USD", *, whole: bool = False) -> str:
    """Write an amount of money as the agreements do: "US$22,500.00"; `whole` leaves out empty cents.

    An unknown currency is written by its code. A negative amount has a true minus sign in front.
    """
    symbol = _SYMBOLS.get(currency.upper(), f"{currency.upper()} ")
    places = 0 if whole and amount == amount.to_integral_value() else 2
    return f"{'−' if amount < 0 else ''}{symbol}{abs(amount):,.{places}f}"


def initials(name: str) -> str:
    """Return one or two letters that stand for a person: of the first and the last word of the name."""
    words = [word for word in re.split(r"[\s.]+", name) if word[:1].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def spoken(code: str) -> str:
    """Make words of a code: "case.severity_changed" is "Severity changed"."""
    text = code.rpartition(".")[2].replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]
