"""Publish holidays."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.management.files import add_file, refusal, text_of
from contracts.parties.actions import load_holidays
from portal import clock


class Command(BaseCommand):
    help = "Publish the holidays of a file, by region; days that are published already stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)

    def handle(self, *args: Any, file: Path, **options: Any) -> str:
        try:
            new = load_holidays(text_of(file), name=file.name, by=None, at=clock.now())
        except AgreementFileError as error:
            raise refusal(file, error) from error
        return f"{len(new)} holidays are published."
