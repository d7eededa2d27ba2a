"""The watchdog: how far the machinery lags, as figures for metrics and health, and as an alarm when it is too far."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Min

from portal import alarms, clock
from portal.models import Deadline, DeadlineState, Heartbeat, Notice, NoticeState, SubjectKey

PORTAL = SubjectKey("portal.watchdog", 0)


@dataclass(frozen=True, slots=True)
class MachineryState:
    """Lags in real seconds; None where a part never ran."""

    deadline_lag_seconds: float
    outbox_lag_seconds: float
    parked_deadlines: int
    parked_notices: int
    since_sweep_seconds: float | None
    since_delivery_seconds: float | None

    @property
    def healthy(self) -> bool:
        """Whether what is due is settled and sent, within a minute."""
        limit = settings.DEADLINE_LATE_AFTER_SECONDS
        return (
            self.deadline_lag_seconds < limit
            and self.since_sweep_seconds is not None
            and self.since_sweep_seconds < limit
        )


def beat(name: str, **figures: Any) -> None:
    """Note that a part of the machinery has just run."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.wall(), "figures": figures})


def measure(now: dt.datetime) -> MachineryState:
    """The machinery's state at domain instant `now`, from indexes only: its cost does not grow with what is pending."""
    oldest_due = Deadline.objects.due(now).values_list("fires_at", flat=True).first()
    wall = clock.wall()
    outbox = Notice.objects.filter(state=NoticeState.WAITING).aggregate(oldest=Min("next_try_at"))[
        "oldest"
    ]
    beats = {beat.name: beat.at for beat in Heartbeat.objects.all()}
    lag = (now - oldest_due).total_seconds() / clock.speed() if oldest_due else 0.0
    return MachineryState(
        deadline_lag_seconds=max(lag, 0.0),
        outbox_lag_seconds=max((wall - outbox).total_seconds(), 0.0) if outbox else 0.0,
        parked_deadlines=_count(Deadline.objects.filter(state=DeadlineState.PARKED)),
        parked_notices=_count(Notice.objects.filter(state=NoticeState.PARKED)),
        since_sweep_seconds=_since(beats.get("sweep"), wall),
        since_delivery_seconds=_since(beats.get("deliver"), wall),
    )


def alarm_if_needed(state: MachineryState, *, at: dt.datetime) -> bool:
    """Raise an alarm, once an hour of domain time, when deadlines lag by more than the late limit."""
    if state.deadline_lag_seconds <= settings.DEADLINE_LATE_AFTER_SECONDS:
        return False
    alarms.raise_alarm(
        PORTAL,
        f"lag-{at:%Y%m%d%H}",
        f"Deadlines lag by {state.deadline_lag_seconds:.0f} s: workers are down or overloaded.",
        at=at,
    )
    return True


def _since(then: dt.datetime | None, wall: dt.datetime) -> float | None:
    return None if then is None else max((wall - then).total_seconds(), 0.0)


def _count(rows: Any) -> int:
    return int(rows.aggregate(n=Count("pk"))["n"])
