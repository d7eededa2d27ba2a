"""The body of a worker process: ``python -m bench._worker sweep <instant>``, or ``deliver``, or ``idle <instant>``.

It connects, does a first batch, says that it is ready and what that took, does the rest when told, and says what it
took. As fat as a Celery worker's process.
"""

import datetime as dt
import json
import os
import sys
from time import perf_counter, process_time
from typing import Any

from bench.engine import counted, peak_megabytes

IDLE = 100


def sweep(now: dt.datetime, *, first: bool) -> dict[str, Any]:
    """Sweep all that is due at an instant, with the portal's own handlers."""
    from portal.deadlines.sweep import sweep as sweep_all

    report = sweep_all(now, most_seconds=0 if first else None)
    return {"done": report.settled, "failed": report.failed, "kinds": dict(report.kinds)}


def idle(now: dt.datetime, *, first: bool) -> dict[str, Any]:
    """Sweep a hundred times when nothing is due."""
    from portal.deadlines.sweep import sweep as sweep_all

    for _ in range(1 if first else IDLE):
        sweep_all(now)
    return {"done": IDLE}


def deliver(_now: dt.datetime, *, first: bool) -> dict[str, Any]:
    """Hand what waits to the mail server."""
    from portal.notices.delivery import deliver as deliver_all

    if first:
        return {"done": deliver_all(most_batches=1).sent}
    done = 0
    while sent := deliver_all().sent:
        done += sent
    return {"done": done}


WORK = {"sweep": sweep, "idle": idle, "deliver": deliver}


def main(what: str, instant: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench._settings"
    import django

    django.setup()
    import celery.apps.worker
    import celery.concurrency.prefork  # noqa: F401
    from celery.signals import worker_process_init
    from django.db import connection

    from portal.celery import app

    app.finalize()
    worker_process_init.send(sender=None)
    connection.ensure_connection()
    now = dt.datetime.fromisoformat(instant)
    print(json.dumps(_timed(what, now, first=True)), flush=True)
    sys.stdin.readline()
    print(json.dumps(_timed(what, now, first=False)), flush=True)


def _timed(what: str, now: dt.datetime, *, first: bool) -> dict[str, Any]:
    with counted() as count:
        begun, worked = perf_counter(), process_time()
        said = WORK[what](now, first=first)
        seconds, worked = perf_counter() - begun, process_time() - worked
    return said | {
        "seconds": seconds,
        "cpu": worked,
        "statements": count(),
        "megabytes": peak_megabytes(),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
