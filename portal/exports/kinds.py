"""What can be exported. A room registers its own when it starts."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.models import User


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of an export: `header`, how many rows there are, and the rows themselves, read a part at a time."""

    header: Sequence[str]
    total: int
    rows: Iterator[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A kind of export: `read` reads its table for a person, as they may see it at that instant (aware).

    It raises Refusal for params that mean nothing.
    """

    code: str
    read: Callable[[User, Mapping[str, str], dt.datetime], Table]


_kinds: dict[str, ExportKind] = {}


def register(kind: ExportKind) -> None:
    """Make a kind known."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> ExportKind | None:
    """The kind of that code, None for none."""
    return _kinds.get(code)
