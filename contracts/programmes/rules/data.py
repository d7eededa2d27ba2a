"""A programme as plain data: for the database, for its fingerprint, and to tell two versions apart."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin

from contracts.programmes.rules.reader import hints_of, keys_of
from contracts.programmes.rules.terms import Programme
from contracts.programmes.rules.values import WEEKDAYS, Span, Written

# The fields that a file keeps under [programme].
HEADING = (
    "code",
    "title",
    "form",
    "provider",
    "currency",
    "prefix",
    "based_on",
    "amended_by",
    "part_of",
    "support",
)


@dataclass(frozen=True, slots=True)
class Change:
    """A term that differs between two versions; None stands for a term that a version does not have.

    `path` names entries by what they are called: "tier[level-2].pool[us].cases".
    """

    path: str
    before: str | None
    after: str | None


def dump(programme: Programme) -> dict[str, Any]:
    """The programme as JSON-able data, in the shape of its file; ``programme_file.load`` reads it back."""
    data = _table(programme)
    return {"programme": {key: data.pop(key) for key in HEADING if key in data}, **data}


def digest(programme: Programme) -> str:
    """The SHA-256 of the programme's canonical JSON, 64 hexadecimal digits: equal terms, equal digest."""
    canonical = json.dumps(
        dump(programme), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def diff(old: Programme, new: Programme) -> list[Change]:
    """The terms that differ, in the order of the newer version, those that fell away at the end.

    Entries of a list are matched by what names them (a tier by its code), so that an entry put in
    between changes nothing else. A changed order is a change of the list itself.
    """
    before, after = dict(leaves(old)), dict(leaves(new))
    paths = [*after, *(path for path in before if path not in after)]
    return [
        Change(path, before.get(path), after.get(path))
        for path in paths
        if before.get(path) != after.get(path) and not _only_grown(path, before, after)
    ]


def _table(value: Any) -> dict[str, Any]:
    """A dataclass as a table, without the entries that it does not have."""
    kind: type = type(value)
    hints, keys = hints_of(kind), keys_of(kind)
    pairs = (
        (keys[item.name], _plain(getattr(value, item.name), hints[item.name]))
        for item in fields(value)
    )
    return {key: plain for key, plain in pairs if plain is not None and plain != []}


def _plain(value: Any, hint: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        each = get_args(hint)[0]
        return [_plain(item, each) for item in value]
    if isinstance(value, Decimal):
        money = get_origin(hint) is Annotated and Written.MONEY in get_args(hint)
        return f"{value:.2f}" if money else f"{value.normalize():f}"
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value):
        return _table(value)
    if get_origin(hint) is Annotated and Written.WEEKDAY in get_args(hint):
        return WEEKDAYS[value]
    return value


_ORDER = "order of "


def leaves(programme: Programme) -> Iterator[tuple[str, str]]:
    """Every single term with its path, and the order of every list of entries."""
    yield from _walk(dump(programme), "")


def _walk(data: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _walk(value, here)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            names = [_name(entry) for entry in value]
            yield _ORDER + here, ", ".join(names)
            for name, entry in zip(names, value, strict=True):
                yield from _walk(entry, f"{here}[{name}]")
        elif isinstance(value, list):
            yield here, ", ".join(map(str, value))
        else:
            yield here, str(value).lower() if isinstance(value, bool) else str(value)


def _name(entry: dict[str, Any]) -> str:
    """What an entry is called: its first field, by which the others of its list differ from it."""
    return str(next(iter(entry.values())))


def _only_grown(path: str, before: dict[str, str], after: dict[str, str]) -> bool:
    """Whether an order differs only by entries that came or went, which their own terms tell."""
    if not path.startswith(_ORDER):
        return False
    old, new = (side.get(path, "").split(", ") for side in (before, after))
    return [name for name in old if name in new] == [name for name in new if name in old]
