"""Due times in words: calm, plain English, in the wall-clock time of the zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from portal.rules.business_time.steps import Closed, Counted, Holiday, Omitted, SpanKind, Step
from portal.rules.business_time.wall_clock import zone_named

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from portal.rules.business_time.explanation import Explanation

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECOND = timedelta(seconds=1)


def length(span: timedelta) -> str:
    """A span that is not negative: "9 h", "1 h 30 min", "45 s", "0.25 s"; "0 min" for none."""
    seconds, rest = divmod(span, _SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest.microseconds:06}".rstrip("0") if rest else ""
    parts = (
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes else "",
        f"{seconds}{fraction} s" if seconds or rest else "",
    )
    return " ".join(part for part in parts if part) or "0 min"


def day(on: date) -> str:
    """A date without its year: "Thu 3 Jul"."""
    return f"{_WEEKDAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}"


def clock(at: time) -> str:
    """A time of day as people read it: "16:30", "16:30:05". What is finer is in the data, not in the words."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def sentence(told: Explanation) -> str:
    """`Explanation.words`."""
    zone = zone_named(told.zone)
    due = told.due.astimezone(zone)
    steps = _steps(told.steps, zone)

    def moment(at: datetime) -> str:
        local = at.astimezone(zone)
        return _moment(local, with_year=local.year != due.year)

    match told.kind:
        case SpanKind.BUSINESS:
            how = f"{length(told.amount)} of business time from {moment(told.start)}: {steps}"
        case SpanKind.ELAPSED:
            ends = told.due if told.reached is None else told.reached
            local = ends.astimezone(zone)
            wall = local.replace(tzinfo=None) - told.start.astimezone(zone).replace(tzinfo=None)
            change = "" if wall == told.amount else " (the clocks change in between)"
            how = f"{length(told.amount)}, day and night, from {moment(told.start)}{change}"
            if told.reached is not None:
                how += f" is {moment(ends)}" + _place(ends == told.due, ", ", steps)
        case SpanKind.OPENING:
            how = moment(told.start) + _place(told.start == told.due, " is ", steps)
        case _:
            reached = told.due if told.reached is None else told.reached
            clipped = told.kind is SpanKind.MONTHS and (
                reached.astimezone(zone).day < told.start.astimezone(zone).day
            )
            how = (
                f"{_count(told.count, told.kind.value.removesuffix('s'))} on from"
                f" {moment(told.start)} is {moment(reached)}"
                + (" (the month's last day)" if clipped else "")
                + ("" if told.reached is None else _place(reached == told.due, ", ", steps))
            )
    return f"{how}: due {_moment(due, with_year=True)} {told.zone}"


def _moment(local: datetime, *, with_year: bool) -> str:
    year = f" {local.year}" if with_year else ""
    again = " (the second time)" if local.fold else ""
    return f"{day(local)}{year} {clock(local.time())}{again}"


def _place(stays: bool, joined_by: str, steps: str) -> str:
    if stays:
        return f"{joined_by}within business hours"
    return (
        f"{joined_by}outside business hours{', ' if steps else ''}{steps},"
        " moved to the next opening"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _steps(steps: tuple[Step, ...], zone: ZoneInfo) -> str:
    """The steps joined by commas; windows of one date are combined."""

    def date_of(step: Step) -> date | int:
        # Steps of other sorts stand alone: each is its own group.
        return step.start.astimezone(zone).date() if isinstance(step, Counted) else id(step)

    parts = []
    for _, together in groupby(steps, key=date_of):
        group = list(together)
        match group[0]:
            case Counted():
                parts.append(_counted([step for step in group if isinstance(step, Counted)], zone))
            case Holiday(on, name):
                parts.append(f"{day(on)} is a holiday" + (f" ({name})" if name else ""))
            case Closed(first, last):
                parts.append(_closed(first, last))
            case omitted:
                parts.append(_omitted(omitted))
    return ", ".join(parts)


def _counted(windows: list[Counted], zone: ZoneInfo) -> str:
    hours, changes = [], False
    for start, end in windows:
        opens, closes = start.astimezone(zone), end.astimezone(zone)
        changes |= opens.utcoffset() != closes.utcoffset()
        at_midnight = closes.time() == time(0) and closes.date() > opens.date()
        hours.append(f"{clock(opens.time())}–{'24:00' if at_midnight else clock(closes.time())}")
    # As long as the clock times beside it say: what is finer is in the data, and adds up over the days.
    total = sum((_whole(end) - _whole(start) for start, end in windows), timedelta())
    note = "; the clocks change" if changes else ""
    on = windows[0].start.astimezone(zone)
    return f"{length(total)} on {day(on)} ({', '.join(hours)}{note})"


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _closed(first: date, last: date) -> str:
    days = (last - first).days
    if not days:
        return f"{_WEEKDAYS[first.weekday()]} closed"
    if days < len(_WEEKDAYS):
        return f"{_WEEKDAYS[first.weekday()]}–{_WEEKDAYS[last.weekday()]} closed"
    return f"{day(first)} – {day(last)} closed"


def _omitted(left_out: Omitted) -> str:
    also = [
        _count(left_out.holidays, "holiday") if left_out.holidays else "",
        f"{_count(left_out.closed_days, 'closed day')}" if left_out.closed_days else "",
    ]
    between = " and ".join(part for part in also if part)
    if not left_out.windows:
        return f"… {between} …"
    noun = "more business day" if left_out.windows == left_out.days else "more opening"
    return (
        f"… {_count(left_out.windows, noun)} ({length(left_out.length)}"
        + (f"; {between} between them" if between else "")
        + ") …"
    )
