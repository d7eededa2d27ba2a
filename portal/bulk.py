"""Writing many rows in one statement, where the ORM's own way would be most of the work.

The rows travel as one array a column, and each array as one text: driver and server both take it several times faster
than as many single values.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

_encode = DjangoJSONEncoder().encode


def as_json(value: Any) -> str | None:
    """The text of a value for a jsonb column, as a JSONField of ours would write it."""
    return None if value is None else _encode(value)


def aware(instant: dt.datetime) -> dt.datetime:
    """The instant, if it names its zone. Raises ValueError otherwise."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} names no zone")
    return instant


def array(values: Iterable[Any]) -> str:
    """The text of a PostgreSQL array of those values: of text, numbers, truth values, instants, UUIDs, and None.

    Raises ValueError for an instant that names no zone.
    """
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Any) -> str:
    if isinstance(value, str):
        if "\\" in value or '"' in value:
            value = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{value}"'
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
    unless: str = "",
) -> list[int]:
    """Insert `rows` in their order, and return the ids of those written.

    `columns` names the columns of each row's values with their PostgreSQL types; a jsonb value comes as its text.
    A row that would violate the constraint `unless` is left out.
    """
    arrays = [array(column) for column in zip(*rows, strict=True)]
    if not arrays:
        return []
    names = ", ".join(columns)
    given = ", ".join(
        f"{name}::jsonb" if kind == "jsonb" else name for name, kind in columns.items()
    )
    places = ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in columns.values())
    conflict = f"ON CONFLICT ON CONSTRAINT {unless} DO NOTHING" if unless else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} ({names})
            SELECT {given} FROM unnest({places}) WITH ORDINALITY AS row ({names}, position)
             ORDER BY position
            {conflict}
            RETURNING id
            """,  # noqa: S608  # the names are ours
            arrays,
        )
        return [pk for (pk,) in cursor.fetchall()]


def update(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write those fields of many rows of one model, as they are now, in one statement.

    `fields` names the fields by their attributes ("owner_id"); none of them holds JSON.
    """
    if not rows:
        return
    meta = rows[0]._meta
    by_attribute = {field.attname: field for field in meta.concrete_fields}
    chosen = [by_attribute[name] for name in fields]
    columns = ", ".join(str(field.column) for field in chosen)
    sets = ", ".join(f"{field.column} = given.{field.column}" for field in chosen)
    places = ", ".join(f"%s::{field.db_type(connection)}[]" for field in chosen)
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
        for field in chosen
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {meta.db_table} AS kept SET {sets}
              FROM unnest(%s::bigint[], {places}) AS given (pk, {columns})
             WHERE kept.id = given.pk
            """,  # noqa: S608  # the names are ours
            [[row.pk for row in rows], *values],
        )
