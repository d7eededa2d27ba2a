"""What an act changed of a row, told in the journal, so that the row can be made again from its entries.

Whoever holds a row to change it calls `hold` when it is read; each entry then takes `untold`, which is what changed
since the entry before, and `rebuilt` puts them together again. Pure but for the names of a model's columns.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from django.db import models

_TOLD = "_told"
Values = dict[str, Any]


class UntoldError(RuntimeError):
    """An act changed columns that none of its entries tells: it would be missing when the row is made again."""


@cache
def _columns(model: type[models.Model], untold: Collection[str]) -> tuple[str, ...]:
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not field.generated and not field.primary_key and field.attname not in untold
    )


def columns_of(row: models.Model) -> tuple[str, ...]:
    """The columns that the journal tells of a row: all but its key, what is computed, and the model's `UNTOLD`."""
    return _columns(type(row), getattr(row, "UNTOLD", frozenset()))


def hold(row: models.Model) -> None:
    """Remember a row as it was read: what changes from now on is to be told."""
    setattr(row, _TOLD, {name: getattr(row, name) for name in _read(row)})


def hold_new(row: models.Model) -> None:
    """Say that nothing of a new row is told yet."""
    setattr(row, _TOLD, {})


def untold(row: models.Model) -> Values | None:
    """What changed since the row was held, or since this was asked last, as JSON keeps it; None for nothing.

    None for a row that nobody holds too: its entries tell what happened to it, and change nothing of it.
    """
    told: Values | None = getattr(row, _TOLD, None)
    if told is None:
        return None
    missing = object()
    new = {
        name: value
        for name in _read(row)
        if (value := getattr(row, name)) != told.get(name, missing)
    }
    told.update(new)
    return {name: in_json(value) for name, value in new.items()} or None


def require_told(row: models.Model) -> None:
    """Raise UntoldError when something changed since the last entry."""
    left = untold(row)
    if left:
        raise UntoldError(f"no entry of {row!r} tells of {', '.join(sorted(left))}")


def rebuilt(changes: Iterable[Mapping[str, Any] | None]) -> Values:
    """The row that the entries' changes make, by column, in the order in which they were written."""
    row: Values = {}
    for change in changes:
        row.update(change or {})
    return row


def differences(row: models.Model, told: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where the row differs from what the journal makes of it: by column, what it tells and what the row holds.

    A column that no entry tells is younger than the row, and has its default until one does.
    """
    held = {name: in_json(getattr(row, name)) for name in columns_of(row)}
    untold = {name: _default(row, name) for name in held.keys() - told.keys()}
    made = {**untold, **told}
    return {name: (made[name], value) for name, value in held.items() if made[name] != value}


def _default(row: models.Model, name: str) -> Any:
    field = next(each for each in row._meta.concrete_fields if each.attname == name)
    return in_json(field.get_default())


def in_json(value: Any) -> Any:
    """A column's value as JSON keeps it: an instant by its text in UTC, to the microsecond."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value


def _read(row: models.Model) -> list[str]:
    """The columns to tell that were read: one left out of the statement cannot have been changed."""
    return [name for name in columns_of(row) if name in row.__dict__]
