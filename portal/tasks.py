"""What beat ticks. Each tick claims rows in the database; a lost, late or doubled tick does no harm."""

from typing import Any

from celery import shared_task
from django.db import close_old_connections

from portal import clock, watchdog
from portal.deadlines.sweep import sweep as sweep_due
from portal.notices.delivery import deliver as deliver_waiting


@shared_task(name="portal.tasks.sweep")
def sweep() -> dict[str, Any]:
    """Settle what is due now."""
    close_old_connections()
    report = sweep_due(clock.now(), most_seconds=30)
    watchdog.beat("sweep", settled=report.settled, late=report.late, seconds=report.seconds)
    return {"settled": report.settled, "late": report.late, "failed": report.failed}


@shared_task(name="portal.tasks.deliver")
def deliver() -> dict[str, Any]:
    """Send what waits."""
    close_old_connections()
    report = deliver_waiting()
    watchdog.beat("deliver", sent=report.sent, server_away=report.server_away)
    return {"sent": report.sent, "put_off": report.put_off, "parked": report.parked}


@shared_task(name="portal.tasks.watch")
def watch() -> dict[str, Any]:
    """Look for lag and silence, and raise the alarm."""
    close_old_connections()
    state = watchdog.measure(clock.now())
    watchdog.alarm_if_needed(state, at=clock.now())
    return {"lag": state.deadline_lag_seconds}
