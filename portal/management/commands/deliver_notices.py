"""``manage.py deliver_notices``: the delivery of mail without Celery."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal import watchdog
from portal.management.commands._loop import repeat
from portal.notices.delivery import DeliveryReport, deliver, give_up_parked, retry_parked


def in_words(report: DeliveryReport) -> str:
    """The report as a line; empty when nothing was tried."""
    parts = []
    if report.sent:
        parts.append(f"sent {report.sent}")
    if report.put_off:
        parts.append(f"put off {report.put_off}")
    if report.parked:
        parts.append(f"{report.parked} could not be sent")
    if report.server_away:
        parts.append("the mail server is away")
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}." if words else ""


class Command(BaseCommand):
    help = (
        "Send the e-mail that waits, every few seconds until it is asked to end. Any number of these "
        "and of Celery workers may run at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver once and end")
        parser.add_argument(
            "--retry-parked",
            action="store_true",
            help="first try again those that could not be sent",
        )
        parser.add_argument(
            "--give-up-parked",
            action="store_true",
            help="first give up those that could not be sent: they count as failed no more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["give_up_parked"]:
            self.stdout.write(f"Gave up {give_up_parked()} parked notices.")
        if options["retry_parked"]:
            self.stdout.write(f"Made {retry_parked()} parked notices wait again.")

        def run() -> str:
            report = deliver()
            watchdog.beat("deliver", sent=report.sent, server_away=report.server_away)
            return in_words(report)

        repeat(
            run,
            every=settings.DELIVER_EVERY_SECONDS,
            once=options["once"],
            say=self.stdout.write,
            complain=self.stderr.write,
        )
