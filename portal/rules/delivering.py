"""When a notice reaches somebody: at once, after their quiet hours, in their next digest, or not at all.

Pure: instants are aware, the present is an argument. What the agreement or a duty owes is never dropped and never
waits; nor does anything about a severity 1.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from enum import StrEnum

A_DAY = dt.timedelta(days=1)
AN_HOUR = dt.timedelta(hours=1)


class Mail(StrEnum):
    """How somebody wants a kind of notice by e-mail."""

    AT_ONCE = "now"
    DIGEST = "digest"
    NONE = "none"


class Way(StrEnum):
    """What becomes of a notice."""

    NOW = "now"
    QUIET = "quiet"
    DIGEST = "digest"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a kind of notice: how by e-mail, and whether in the inbox."""

    mail: Mail = Mail.AT_ONCE
    inbox: bool = True


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of every day in which no e-mail comes that can wait, from `start` to before `end`, in a zone.

    They may cross midnight; equal ends mean the whole day.
    """

    start: dt.time
    end: dt.time
    zone: str

    def cover(self, now: dt.datetime) -> bool:
        """Whether an instant is in them."""
        here = now.astimezone(zoneinfo.ZoneInfo(self.zone)).time()
        if self.start < self.end:
            return self.start <= here < self.end
        return here >= self.start or here < self.end


def way_of_mail(
    wish: Wish,
    *,
    owed: bool,
    urgent: bool,
    on_duty: bool,
    quiet: QuietHours | None,
    now: dt.datetime,
) -> Way:
    """What becomes of a notice by e-mail. `urgent` is one about a severity 1; people on duty have no quiet hours.

    A kind that somebody does not want stays away even when it is urgent: that is their choice of what is not owed.
    """
    if owed:
        return Way.NOW
    if wish.mail is Mail.NONE:
        return Way.DROP
    if urgent:
        return Way.NOW
    if wish.mail is Mail.DIGEST:
        return Way.DIGEST
    if quiet is not None and not on_duty and quiet.cover(now):
        return Way.QUIET
    return Way.NOW


def next_at(time: dt.time, zone: str, now: dt.datetime) -> dt.datetime:
    """The next instant after `now` at which the clocks of a zone show a time of day, in UTC: once every day.

    Where clocks skip it, it is as much later as they skip; where they show it twice, it is the first.
    """
    there = zoneinfo.ZoneInfo(zone)
    today = now.astimezone(there).date()
    for day in (today - A_DAY, today, today + A_DAY, today + 2 * A_DAY):
        instant = dt.datetime.combine(day, time, tzinfo=there).astimezone(dt.UTC)
        if instant > now:
            return instant
    raise AssertionError("a day has an end")


def next_hour(now: dt.datetime) -> dt.datetime:
    """The next full hour of UTC after an instant."""
    whole = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    return whole + AN_HOUR
