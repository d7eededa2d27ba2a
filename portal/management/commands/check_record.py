"""``manage.py check_record``: whether the journal is as it was sealed, and rows are what it tells."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock, record, sealing


class Command(BaseCommand):
    """Says that the record holds together, or what does not, and then ends with an error."""

    help = "Check the journal's seals, and every case against its journal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to seal first."""
        parser.add_argument("--seal", action="store_true", help="seal what is new first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and print what was found. Raises CommandError when something does not hold."""
        if options["seal"]:
            self.stdout.write(f"Sealed {sealing.seal(clock.now())} entries.")
        found = 0
        for name, words in record.findings():
            found += 1
            self.stderr.write(f"{name}: {words}")
        if found:
            raise CommandError(f"{found} things in the record do not hold together.")
        self.stdout.write("The record holds together.")
