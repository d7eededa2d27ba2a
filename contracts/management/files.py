"""What the commands that load a file have in common."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError


def add_file(parser: ArgumentParser) -> None:
    """Add the argument that names the file."""
    parser.add_argument("file", type=Path, help="the TOML file")


def text_of(path: Path) -> str:
    """The file's text. Raises CommandError, in one line, when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: byte {error.start} is not UTF-8 text") from error


def refusal(path: Path, problems: object) -> CommandError:
    """The error that a file is refused whole, with every problem on a line of its own."""
    return CommandError(f"{path.name} is refused; nothing was loaded.\n{problems}")
