"""``manage.py person_left EMAIL``: somebody works for the provider no longer, or (``--back``) again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.services.actions.leaving import come_back, leave
from portal import clock
from portal.models import User
from portal.rules.refusal import Refusal


class Command(BaseCommand):
    """Disables an account, and tells at once whoever takes over."""

    help = "Disable the account of somebody who left; whoever takes over is told what they owe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, and the way back."""
        parser.add_argument("email")
        parser.add_argument("--back", action="store_true", help="they work here again")

    def handle(self, *args: Any, email: str, back: bool, **options: Any) -> None:
        """Do it. Raises CommandError with the refusal, or when nobody has the address."""
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the address {email}.")
        try:
            done = (come_back if back else leave)(user, by=None, at=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{done.name}: {'works here again' if back else 'has left'}.")
