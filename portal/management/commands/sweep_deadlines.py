"""``manage.py sweep_deadlines``: the sweep without Celery."""

import datetime as dt
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal import clock, watchdog
from portal.deadlines.parked import retry_parked
from portal.deadlines.sweep import SweepReport, sweep
from portal.management.commands._loop import repeat


def instant(text: str) -> dt.datetime:
    """An instant with its offset, in UTC."""
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not an instant: {error}") from error
    if read.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} names no zone: write 2003-03-05T18:00:00+00:00")
    return read.astimezone(dt.UTC)


def in_words(report: SweepReport) -> str:
    """The report as a line; empty when nothing was due."""
    if not report.settled and not report.failed:
        return ""
    parts = [f"Settled {report.settled}"]
    if report.late:
        parts.append(f"{report.late} of them late")
    if report.failed:
        parts.append(f"{report.failed} failed")
    if report.parked:
        parts.append(f"{report.parked} set aside")
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.kinds.items()))
    return f"{', '.join(parts)} in {report.seconds:.2f} s{f' ({kinds})' if kinds else ''}."


class Command(BaseCommand):
    help = (
        "Settle the deadlines that are due, every few seconds until it is asked to end. Any number of "
        "these and of Celery workers may run at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="sweep once and end")
        parser.add_argument(
            "--at",
            type=instant,
            metavar="INSTANT",
            help="sweep once, as if it were this instant: 2003-03-05T18:00:00+00:00",
        )
        parser.add_argument(
            "--retry-parked",
            action="store_true",
            help="first make those set aside after failing pending again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at: dt.datetime | None = options["at"]
        if options["retry_parked"]:
            retried = retry_parked(at or clock.now())
            self.stdout.write(f"Made {retried} parked deadlines pending again.")

        def run() -> str:
            report = sweep(at or clock.now())
            watchdog.beat("sweep", settled=report.settled, late=report.late, seconds=report.seconds)
            return in_words(report)

        repeat(
            run,
            every=settings.SWEEP_EVERY_SECONDS,
            once=options["once"] or at is not None,
            say=self.stdout.write,
            complain=self.stderr.write,
        )
