"""Make a load to measure with: copies of the demonstration's resellers and cases, as many as you want."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cases.case.models import Case
from demo.load.making import Load, make
from portal import clock


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much."""
        parser.add_argument("--cases", type=int, default=10_000)
        parser.add_argument("--resellers", type=int, default=100)
        parser.add_argument("--articles", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=20020903)
        parser.add_argument("--workers", type=int, default=2, help="processes of PostgreSQL to use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demonstration, then the copies. Raises CommandError on a database that has cases."""
        if Case.objects.exists():
            raise CommandError("There are cases in this database: a load is made in an empty one.")
        started = time.monotonic()

        def say(words: str) -> None:
            self.stdout.write(f"{time.monotonic() - started:6.0f} s  {words}")
            self.stdout.flush()

        call_command("demo_data", stdout=self.stdout, stderr=self.stderr)
        load = Load(
            options["cases"],
            options["resellers"],
            options["articles"],
            options["seed"],
            options["workers"],
        )
        make(load, clock.now(), say)
        say(f"{Case.objects.count():,} cases. All accounts have the demonstration's password.")
