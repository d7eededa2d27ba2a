"""The watchdog: how far the machinery lags, as figures for metrics and health, and as an alarm when it is too far."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Min

from portal import alarms, clock
from portal.models import (
    Channel,
    Deadline,
    DeadlineState,
    Heartbeat,
    Notice,
    NoticeState,
    SubjectKey,
)
from portal.notices.delivery import MAIL_SERVER_AWAY

PORTAL = SubjectKey("portal.watchdog", 0)
MAIL_WAITS_TOO_LONG = 10
"""How many times the limit of a late deadline a mail may wait before it is an alarm: mail servers have short breaks."""


@dataclass(frozen=True, slots=True)
class MachineryState:
    """Lags in real seconds; None where a part never ran."""

    deadline_lag_seconds: float
    outbox_lag_seconds: float
    parked_deadlines: int
    parked_notices: int
    since_sweep_seconds: float | None
    since_delivery_seconds: float | None
    mail_server_away: bool

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
        """Whether the mail server was there when last asked, and what is written is sent within a minute."""
        limit = settings.DEADLINE_LATE_AFTER_SECONDS
        return not self.mail_server_away and self.outbox_lag_seconds < limit

    @property
    def healthy(self) -> bool:
        """Whether what is due is settled and sent, within a minute."""
        return self.engine_healthy and self.mail_healthy


def beat(name: str, **figures: Any) -> None:
    """Note, in one statement, that a part of the machinery has just run."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=clock.wall(), figures=figures)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "figures"],
    )


def measure(now: dt.datetime) -> MachineryState:
    """The machinery's state at domain instant `now`, from indexes only: its cost does not grow with what is pending."""
    wall = clock.wall()
    oldest_due = Deadline.objects.due(now).values_list("fires_at", flat=True).first()
    waiting = Notice.objects.filter(channel=Channel.EMAIL, state=NoticeState.WAITING)
    oldest_mail = waiting.aggregate(oldest=Min("written_at"))["oldest"]
    beats = {beat.name: beat.at for beat in Heartbeat.objects.all()}
    lag = (now - oldest_due).total_seconds() / clock.speed() if oldest_due else 0.0
    return MachineryState(
        deadline_lag_seconds=max(lag, 0.0),
        outbox_lag_seconds=_since(oldest_mail, wall) or 0.0,
        parked_deadlines=_count(Deadline.objects.filter(state=DeadlineState.PARKED)),
        parked_notices=_count(Notice.objects.filter(state=NoticeState.PARKED)),
        since_sweep_seconds=_since(beats.get("sweep"), wall),
        since_delivery_seconds=_since(beats.get("deliver"), wall),
        mail_server_away=MAIL_SERVER_AWAY in beats,
    )


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
    return lagging or waiting


def _since(then: dt.datetime | None, wall: dt.datetime) -> float | None:
    return None if then is None else max((wall - then).total_seconds(), 0.0)


def _count(rows: Any) -> int:
    return int(rows.aggregate(n=Count("pk"))["n"])
