"""Celery: workers and beat. Beat only ticks; the database holds what is due (see ``portal.deadlines``)."""

import gc
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_process_init
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    # A tick is not worth redelivering, the next one does the same work: so none is acknowledged. A worker that still
    # had one to acknowledge when Redis went away ended for good, as kombu put it back by the connection it had closed.
    task_queues=[Queue("celery", no_ack=True)],
    task_publish_retry=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 3},
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
)
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Celery would set up logging of its own; ours is configured by the settings."""


@worker_process_init.connect
def _keep_what_is_loaded(**_: object) -> None:
    """Take the code and its tables out of what Python looks through for garbage: there is none in them.

    Otherwise it looks through them all each time that a batch makes many objects.
    """
    gc.collect()
    gc.freeze()


@app.on_after_finalize.connect
def _tick(sender: Celery, **_: object) -> None:
    """Let beat tick the engine and the outbox; an unread tick expires before the next, so none pile up."""
    from django.conf import settings

    ticks = {
        "portal.tasks.sweep": settings.SWEEP_EVERY_SECONDS,
        "portal.tasks.deliver": settings.DELIVER_EVERY_SECONDS,
        "portal.tasks.export": 2.0,
        "portal.tasks.check_files": settings.CHECK_FILES_EVERY_SECONDS,
        "portal.tasks.watch": 15.0,
        "portal.tasks.learn": 20.0,
        "portal.tasks.read": 3.0,
        "portal.tasks.seal": 3600.0,
        "portal.tasks.tidy": 3600.0,
    }
    for name, every in ticks.items():
        sender.add_periodic_task(every, sender.signature(name), name=name, expires=every)
    night = crontab(hour="3", minute="17")
    sender.add_periodic_task(
        night, sender.signature("portal.tasks.check"), name="portal.tasks.check"
    )
