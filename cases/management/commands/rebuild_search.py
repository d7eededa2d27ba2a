"""Write the words by which cases are found anew, learn them, and read anew what means something else now: after
restoring or repairing data by hand."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cases.meaning.learning import forget_outdated, learn_meaning
from cases.search.learning import learn_words
from cases.search.rebuilding import rebuild


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many at once."""
        parser.add_argument("--workers", type=int, default=1, help="connections that write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild case by case; the portal may go on meanwhile."""
        rebuild(options["workers"], self.stdout.write)
        read = learn_words(anew=True)
        self.stdout.write(f"The words of {read:,} cases are learnt.")
        forget_outdated()
        learn_meaning(None)
        self.stdout.write("What cases and articles mean is read.")
