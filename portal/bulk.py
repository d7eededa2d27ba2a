"""Writing many rows in one statement, where the ORM's own way would be most of the work.

The rows travel as one array a column, and each array as one text: driver and server both take it several times faster
than as many single values. A few rows travel as they are: to take arrays apart costs the server more than that.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

FEW = 4
_encode = DjangoJSONEncoder().encode


def aware(instant: dt.datetime) -> dt.datetime:
    """The instant, if it names its zone. Raises ValueError otherwise."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} names no zone")
    return instant


def array(values: Iterable[Any]) -> str:
    """The text of a PostgreSQL array of those values: of text, numbers, truth values, instants, UUIDs, and None.

    Raises ValueError for an instant that names no zone, and for text with a NUL.
    """
    values = list(values)
    if not values:
        return "{}"
    if values.count(values[0]) == len(values):
        return f"{{{','.join([_element(values[0])] * len(values))}}}"
    kinds = set(map(type, values))
    if all(issubclass(kind, str) for kind in kinds):
        return f"{{{_quoted(values)}}}"
    if kinds == {int}:
        return f"{{{','.join(map(str, values))}}}"
    return f"{{{','.join(map(_element, values))}}}"


def _quoted(texts: Sequence[str]) -> str:
    """The texts in quotes, parted by commas: put together and escaped in one go, which NUL makes possible."""
    together = "\0".join(texts)
    if together.count("\0") >= len(texts) > 0:
        raise ValueError("PostgreSQL keeps no text with a NUL")
    escaped = together.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\0", '","') + '"'


def _element(value: Any) -> str:
    if isinstance(value, str):
        return _quoted([value])
    if value is None:
        return "NULL"
    if isinstance(value, dt.datetime):
        return f'"{aware(value).isoformat()}"'
    return str(value)


def insert(
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    encode: Callable[[Any], str] = _encode,
    unless: str = "",
) -> list[int]:
    """Insert `rows` in their order, and return their ids; not those that are there by the constraint `unless`.

    `columns` names the columns of each row's values with their PostgreSQL types. The values of a jsonb column go as
    one JSON text, written by `encode`, and None as NULL.
    """
    rows = list(rows)
    if not rows:
        return []
    statement, values = (
        _few(columns, rows, encode) if len(rows) <= FEW else _many(columns, rows, encode)
    )
    once = f"ON CONFLICT ON CONSTRAINT {unless} DO NOTHING" if unless else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) {statement} {once} RETURNING id", values
        )
        return [pk for (pk,) in cursor.fetchall()]


def _few(
    columns: Mapping[str, str], rows: Sequence[Sequence[Any]], encode: Callable[[Any], str]
) -> tuple[str, list[Any]]:
    def plain(kind: str, value: Any) -> Any:
        if kind == "jsonb" and value is not None:
            return encode(value)
        return aware(value) if isinstance(value, dt.datetime) else value

    place = f"({', '.join(['%s'] * len(columns))})"
    kinds = list(columns.values())
    return (
        f"VALUES {', '.join([place] * len(rows))}",
        [plain(kind, value) for row in rows for kind, value in zip(kinds, row, strict=True)],
    )


def _many(
    columns: Mapping[str, str], rows: Sequence[Sequence[Any]], encode: Callable[[Any], str]
) -> tuple[str, list[Any]]:
    names = ", ".join(columns)
    read = ", ".join(
        f"nullif({name}::jsonb, 'null')" if kind == "jsonb" else name
        for name, kind in columns.items()
    )
    places = ", ".join(
        "json_array_elements(%s::json)" if kind == "jsonb" else f"unnest(%s::{kind}[])"
        for kind in columns.values()
    )
    given = zip(columns.values(), map(list, zip(*rows, strict=True)), strict=True)
    return (
        f"SELECT {read} FROM ROWS FROM ({places}) WITH ORDINALITY AS row ({names}, position) ORDER BY position",  # noqa: S608  # the names are ours
        [encode(column) if kind == "jsonb" else array(column) for kind, column in given],
    )


def update(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write those fields of many rows of one model, as they are now, in one statement.

    `fields` names the fields by their attributes ("owner_id"); none of them holds JSON.
    """
    if not rows:
        return
    meta = rows[0]._meta
    by_attribute = {field.attname: field for field in meta.concrete_fields}
    chosen = [by_attribute[name] for name in fields]
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in chosen]
        for row in rows
    ]
    with connection.cursor() as cursor:
        if len(rows) == 1:
            sets = ", ".join(f"{field.column} = %s" for field in chosen)
            cursor.execute(
                f"UPDATE {meta.db_table} SET {sets} WHERE id = %s",  # noqa: S608  # the names are ours
                [*values[0], rows[0].pk],
            )
            return
        columns = ", ".join(str(field.column) for field in chosen)
        sets = ", ".join(f"{field.column} = given.{field.column}" for field in chosen)
        places = ", ".join(f"%s::{field.db_type(connection)}[]" for field in chosen)
        cursor.execute(
            f"""
            UPDATE {meta.db_table} AS kept SET {sets}
              FROM unnest(%s::bigint[], {places}) AS given (pk, {columns})
             WHERE kept.id = given.pk
            """,  # noqa: S608  # the names are ours
            [[row.pk for row in rows], *map(list, zip(*values, strict=True))],
        )
