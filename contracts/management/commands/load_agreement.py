"""Load an agreement, or a supplement to one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Max

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.management.files import add_file, refusal, text_of
from portal import clock
from portal.models import JournalEntry


class Command(BaseCommand):
    help = (
        "Load the agreement of a file, with its parties, roster and people, or what a supplement adds to one. "
        "What is there already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)
        parser.add_argument(
            "--password",
            help="for the people it makes; without one they must set their own",
        )

    def handle(self, *args: Any, file: Path, password: str | None, **options: Any) -> str:
        text = text_of(file)
        before = JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        try:
            agreement = load_agreement(
                text, name=file.name, by=None, at=clock.now(), password=password
            )
        except AgreementFileError as error:
            raise refusal(file, error) from error
        acts = JournalEntry.objects.about(agreement).filter(pk__gt=before).count()
        if not acts:
            return f"{agreement} is loaded already; nothing was changed."
        return f"{agreement} of {agreement.reseller} is loaded."
