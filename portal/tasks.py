"""The tasks that beat runs. Each tick claims rows in the database; a lost, late or doubled tick does no harm."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError, close_old_connections, reset_queries

from portal import clock, housekeeping, record, sealing, search, watchdog
from portal.deadlines.sweep import sweep as sweep_due
from portal.exports.running import run_next
from portal.files.checking import check_waiting
from portal.notices.delivery import deliver as deliver_waiting

log = logging.getLogger(__name__)
Tick = Callable[[], dict[str, Any]]
SWEEP_MOST_SECONDS = 20.0
DELIVER_MOST_SECONDS = 3.0
CHECK_MOST_SECONDS = 10.0
"""After so long a tick ends and leaves the rest to the next: however much mail waits, and however slow its server,
deadlines find a free process."""


def _tick(function: Tick) -> Tick:
    """A tick on a healthy connection. While the database is away it says so in one line and leaves it to the next."""

    @functools.wraps(function)
    def ticked() -> dict[str, Any]:
        close_old_connections()
        reset_queries()
        try:
            return function()
        except (OperationalError, InterfaceError) as error:
            log.warning("%s: the database is away: %s", function.__name__, str(error).strip())
            return {"database": "away"}

    return ticked


@shared_task(name="portal.tasks.sweep")
@_tick
def sweep() -> dict[str, Any]:
    """Settle what is due now."""
    report = sweep_due(clock.now(), most_seconds=SWEEP_MOST_SECONDS)
    watchdog.beat("sweep", settled=report.settled, late=report.late, seconds=report.seconds)
    return {"settled": report.settled, "late": report.late, "failed": report.failed}


@shared_task(name="portal.tasks.deliver")
@_tick
def deliver() -> dict[str, Any]:
    """Send what waits."""
    report = deliver_waiting(most_seconds=DELIVER_MOST_SECONDS)
    watchdog.beat("deliver", sent=report.sent, server_away=report.server_away)
    return {"sent": report.sent, "put_off": report.put_off, "parked": report.parked}


@shared_task(name="portal.tasks.export")
@_tick
def export() -> dict[str, Any]:
    """Write the next file that somebody asked for."""
    return {"export": run_next(clock.now())}


@shared_task(name="portal.tasks.check_files")
@_tick
def check_files() -> dict[str, Any]:
    """Read and check the files that were sent."""
    return {"checked": check_waiting(clock.now(), most_seconds=CHECK_MOST_SECONDS)}


@shared_task(name="portal.tasks.learn")
@_tick
def learn() -> dict[str, Any]:
    """Learn the words by which search finds beginnings and corrects typing errors."""
    return {"learnt": search.learn_all()}


@shared_task(name="portal.tasks.read")
@_tick
def read() -> dict[str, Any]:
    """Read what texts mean, and what is like what."""
    return {"read": search.read_all()}


@shared_task(name="portal.tasks.seal")
@_tick
def seal() -> dict[str, Any]:
    """Seal what the journal has got since the last time."""
    return {"sealed": sealing.seal(clock.now())}


@shared_task(name="portal.tasks.check")
@_tick
def check() -> dict[str, Any]:
    """Check the record, once a night."""
    return {"found": record.check_and_alarm(clock.now())}


@shared_task(name="portal.tasks.watch")
@_tick
def watch() -> dict[str, Any]:
    """Look for lag and silence, and raise the alarm."""
    return {"lag": watchdog.watch().deadline_lag_seconds}


@shared_task(name="portal.tasks.tidy")
@_tick
def tidy() -> dict[str, Any]:
    """Throw away what is kept no longer."""
    return dict(housekeeping.tidy(clock.now()))
