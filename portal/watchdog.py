"""The watchdog: how far the machinery lags, as figures for metrics and health, and as an alarm when it is too far."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.db.models.functions import Now

from portal import alarms, clock, database_clock
from portal.models import (
    Channel,
    Deadline,
    DeadlineState,
    Heartbeat,
    JournalEntry,
    Notice,
    NoticeState,
    SubjectKey,
)
from portal.notices.delivery import MAIL_SERVER_AWAY, bring_back

AHEAD_MOST = SKEW_MOST = 30.0
"""Seconds by which a row may lie in the future, and clocks differ: time servers keep them within one."""
COUNTED = 1000
PORTAL = SubjectKey("portal.watchdog", 0)
MAIL_WAITS_TOO_LONG = 10
"""How many times the limit of a late deadline a mail may wait before it is an alarm: mail servers have short breaks."""


@dataclass(frozen=True, slots=True)
class MachineryState:
    """Lags in real seconds by the database's clock; None where a part never ran, or ran at an instant still to come.

    `ahead_seconds` is how far the newest row lies in the future, `skew_seconds` how far this machine's clock is ahead.
    """

    deadline_lag_seconds: float
    outbox_lag_seconds: float
    parked_deadlines: int
    parked_notices: int
    since_sweep_seconds: float | None
    since_delivery_seconds: float | None
    mail_server_away: bool
    put_off_notices: int = 0
    ahead_seconds: float = 0.0
    skew_seconds: float = 0.0

    @property
    def engine_healthy(self) -> bool:
        """Whether what is due is settled within a minute."""
        limit = settings.DEADLINE_LATE_AFTER_SECONDS
        return (
            self.deadline_lag_seconds < limit
            and self.since_sweep_seconds is not None
            and self.since_sweep_seconds < limit
        )

    @property
    def mail_healthy(self) -> bool:
        """Whether the mail server was there when last asked, and what is written is sent within a minute, all of it."""
        limit = settings.DEADLINE_LATE_AFTER_SECONDS
        waits = self.mail_server_away or self.outbox_lag_seconds >= limit
        return not waits and not self.parked_notices

    @property
    def clocks_healthy(self) -> bool:
        """Whether no row lies in the future, and this machine's clock and the database's agree."""
        return self.ahead_seconds < AHEAD_MOST and abs(self.skew_seconds) < SKEW_MOST

    @property
    def healthy(self) -> bool:
        """Whether what is due is settled and sent, within a minute, and clocks can be believed."""
        return self.engine_healthy and self.mail_healthy and self.clocks_healthy


def beat(name: str, **figures: Any) -> None:
    """Note, in one statement, that a part of the machinery has just run."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=Now(), figures=figures)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "figures"],
    )


def domain_now() -> dt.datetime:
    """The present instant of the domain by the database's clock: what the lag of deadlines is measured at."""
    return clock.at(database_clock.read())


def measure(now: dt.datetime) -> MachineryState:
    """The machinery's state at domain instant `now`, from indexes only: its cost does not grow with what is pending."""
    real, machine = database_clock.read(), clock.wall()
    oldest_due = Deadline.objects.due(now).values_list("fires_at", flat=True).first()
    waiting = Notice.objects.filter(channel=Channel.EMAIL, state=NoticeState.WAITING)
    oldest_mail = waiting.aggregate(oldest=Min("written_at"))["oldest"]
    beats = {beat.name: beat.at for beat in Heartbeat.objects.all()}
    lag = (now - oldest_due).total_seconds() / clock.speed() if oldest_due else 0.0
    return MachineryState(
        deadline_lag_seconds=max(lag, 0.0),
        outbox_lag_seconds=_since(oldest_mail, real) or 0.0,
        parked_deadlines=_count(Deadline.objects.filter(state=DeadlineState.PARKED)),
        parked_notices=_count(Notice.objects.filter(state=NoticeState.PARKED)),
        since_sweep_seconds=_since(beats.get("sweep"), real),
        since_delivery_seconds=_since(beats.get("deliver"), real),
        mail_server_away=MAIL_SERVER_AWAY in beats,
        put_off_notices=waiting.filter(next_try_at__gt=Now()).values("pk")[:COUNTED].count(),
        ahead_seconds=_ahead(beats, real),
        skew_seconds=(machine - real).total_seconds(),
    )


def _ahead(beats: dict[str, dt.datetime], real: dt.datetime) -> float:
    """How far the newest rows lie in the future: of the journal, of the outbox, of the machinery itself."""
    newest = [
        JournalEntry.objects.order_by("-pk").values_list("recorded_at", flat=True).first(),
        Notice.objects.order_by("-pk").values_list("written_at", flat=True).first(),
        *(at for name, at in beats.items() if name != MAIL_SERVER_AWAY),
    ]
    return max(((at - real).total_seconds() for at in newest if at is not None), default=0.0)


def watch() -> MachineryState:
    """Look for lag, silence and wrong clocks, raise the alarm, and note that somebody looked."""
    now = domain_now()
    state = measure(now)
    alarm_if_needed(state, at=now)
    beat("watch")  # lies in the future when the database's clock is set back before the next look
    return state


def alarm_if_needed(state: MachineryState, *, at: dt.datetime) -> bool:
    """Raise an alarm, once an hour of domain time each, when deadlines lag or mail waits too long; tell whether."""
    limit = settings.DEADLINE_LATE_AFTER_SECONDS
    hour = f"{at:%Y%m%d%H}"
    lagging = state.deadline_lag_seconds > limit
    if lagging:
        alarms.raise_alarm(
            PORTAL,
            f"lag-{hour}",
            f"Deadlines lag by {state.deadline_lag_seconds:.0f} s: workers are down or overloaded.",
            at=at,
        )
    waiting = state.outbox_lag_seconds > limit * MAIL_WAITS_TOO_LONG
    if waiting:
        alarms.raise_alarm(
            PORTAL,
            f"mail-{hour}",
            f"Mail has waited for {state.outbox_lag_seconds / 60:.0f} min: the mail server is away or refuses it.",
            at=at,
            channels=(Channel.INBOX,),
        )
    return _alarm_of_clocks(state, hour, at) or lagging or waiting


def _alarm_of_clocks(state: MachineryState, hour: str, at: dt.datetime) -> bool:
    """Raise the alarm when a clock cannot be believed, and bring back the mail that waits for the future."""
    if state.ahead_seconds >= AHEAD_MOST:
        back = bring_back()
        alarms.raise_alarm(
            PORTAL,
            f"future-{hour}",
            f"Rows lie {state.ahead_seconds / 60:.0f} min in the future: the database's clock was set back. "
            f"{back} notices that waited for then go now; check the clock.",
            at=at,
        )
    if abs(state.skew_seconds) >= SKEW_MOST:
        alarms.raise_alarm(
            PORTAL,
            f"skew-{hour}",
            f"This machine's clock is {state.skew_seconds:+.0f} s off the database's: deadlines fire by it. "
            "Set both by the same time server.",
            at=at,
        )
    return not state.clocks_healthy


def _since(then: dt.datetime | None, real: dt.datetime) -> float | None:
    """Seconds since an instant; None also for one in the future, which says nothing."""
    if then is None or (then - real).total_seconds() >= AHEAD_MOST:
        return None
    return max((real - then).total_seconds(), 0.0)


def _count(rows: Any) -> int:
    return int(rows.aggregate(n=Count("pk"))["n"])
