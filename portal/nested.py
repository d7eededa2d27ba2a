"""Rows inside a row: read with it in one statement, where a join would repeat it or take the database long to plan."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Field, JSONField, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

M = TypeVar("M", bound=Model)


def nested(rows: QuerySet[Any]) -> ArraySubquery:
    """The rows that a queryset selects about the outer row, for an annotation; `rows_in` makes rows of it.

    With what the queryset annotates, where that is a text or a number.
    """
    names = [field.attname for field in rows.model._meta.concrete_fields]
    columns = {name: name for name in [*names, *rows.query.annotations]}
    as_text = {  # its reader wants the text, as the database has it
        field.attname: Cast(field.attname, TextField())
        for field in rows.model._meta.concrete_fields
        if isinstance(field, JSONField)
    }
    return ArraySubquery(rows.values_list(JSONObject(**(columns | as_text))))


def rows_in(model: type[M], found: Iterable[Mapping[str, Any]]) -> list[M]:
    """The rows of a model that `nested` read into an annotation."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    rows = []
    for values in found:
        row = model.from_db(
            connection.alias, names, [_value(field, values[field.attname]) for field in fields]
        )
        for name in values.keys() - set(names):
            setattr(row, name, values[name])
        rows.append(row)
    return rows


def _value(field: "Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, JSONField):
        return field.from_db_value(value, Value(None), connection)
    return field.to_python(value)
