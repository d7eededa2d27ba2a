"""The portal's Celery app as real worker processes of tests run it: with the kinds that tests set deadlines of.

``celery -A tests.worker_app worker`` is ``celery -A portal worker`` and these kinds, nothing else.
"""

import os
from pathlib import Path

import django

django.setup()

from celery.signals import worker_process_init  # noqa: E402

from portal import deadlines  # noqa: E402
from portal.celery import app  # noqa: E402
from tests.portal.engine import PROMISE, TIMER, promise, timer, write_down  # noqa: E402

__all__ = ["app"]

deadlines.register(timer(write_down, TIMER))
deadlines.register(promise(write_down, PROMISE))


@worker_process_init.connect
def _say_who_we_are(**_: object) -> None:
    """Leave a file named after each process of a worker's pool, so that a test can kill just that one."""
    folder = os.environ.get("TESTS_POOL_FOLDER")
    if folder:
        Path(folder, str(os.getpid())).touch()
