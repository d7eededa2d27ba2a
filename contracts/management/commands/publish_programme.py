"""Publish a programme's terms."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from contracts.management.files import add_file, refusal, text_of
from contracts.programmes.actions import publish_programme
from contracts.programmes.rules.programme_file import ProgrammeFileError
from portal import clock


class Command(BaseCommand):
    help = "Publish the terms of a programme file; unchanged terms keep their version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_file(parser)

    def handle(self, *args: Any, file: Path, **options: Any) -> str:
        at = clock.now()
        try:
            version = publish_programme(text_of(file), name=file.name, by=None, at=at)
        except ProgrammeFileError as error:
            raise refusal(file, error) from error
        if version.published_at == at:
            return f"{version} is published."
        return f"{version} holds these terms already."
