"""The body of a worker process: ``python -m bench._worker sweep <instant>``, or ``deliver``, or ``idle <instant>``.

It connects, says that it is ready, does the work when told, and says what it took. As fat as a Celery worker's process.
"""

import datetime as dt
import json
import os
import sys
from time import perf_counter, process_time
from typing import Any

from bench.engine import counted, peak_megabytes

IDLE = 100


def sweep(now: dt.datetime) -> dict[str, Any]:
    """Sweep all that is due at an instant, with the portal's own handlers."""
    from portal.deadlines.sweep import sweep as sweep_all

    report = sweep_all(now)
    return {"done": report.settled, "failed": report.failed, "kinds": dict(report.kinds)}


def idle(now: dt.datetime) -> dict[str, Any]:
    """Sweep a hundred times when nothing is due."""
    from portal.deadlines.sweep import sweep as sweep_all

    for _ in range(IDLE):
        sweep_all(now)
    return {"done": IDLE}


def deliver(_now: dt.datetime) -> dict[str, Any]:
    """Hand what waits to the mail server."""
    from portal.notices.delivery import deliver as deliver_all

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
    from django.db import connection

    from portal.celery import app

    app.finalize()
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    with counted() as count:
        begun, worked = perf_counter(), process_time()
        said = WORK[what](dt.datetime.fromisoformat(instant))
        seconds, worked = perf_counter() - begun, process_time() - worked
    said |= {"seconds": seconds, "cpu": worked, "statements": count()}
    said["megabytes"] = peak_megabytes()
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
