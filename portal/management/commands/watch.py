"""``manage.py watch``: the watchdog without Celery."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import watchdog
from portal.management.commands._loop import repeat
from portal.watchdog import MachineryState

EVERY_SECONDS = 15.0


def in_words(state: MachineryState) -> str:
    """The state as a line."""
    return (
        f"Deadlines lag {state.deadline_lag_seconds:.0f} s (last sweep {_ago(state.since_sweep_seconds)}, "
        f"{state.parked_deadlines} set aside); mail waits {state.outbox_lag_seconds:.0f} s "
        f"(last delivery {_ago(state.since_delivery_seconds)}, {state.parked_notices} could not be sent"
        f"{', the mail server is away' if state.mail_server_away else ''}"
        f"{f', {state.put_off_notices} put off' if state.put_off_notices else ''})."
        f"{'' if state.clocks_healthy else ' A clock is wrong.'}"
    )


def _ago(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.0f} s ago"


class Command(BaseCommand):
    help = "Say how far the machinery lags, and raise the alarm when that is too far."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        def run() -> str:
            return in_words(watchdog.watch())

        repeat(
            run,
            every=EVERY_SECONDS,
            once=options["once"],
            say=self.stdout.write,
            complain=self.stderr.write,
        )
