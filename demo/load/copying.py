"""Copying rows inside PostgreSQL: an INSERT … SELECT of every column of a model, with those that differ named.

The copies' source is ``t``, a row of the mould; the copy it belongs to is ``c``, a row of a table of the schema SCHEMA.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from demo.load.graph import Model
from portal.models import User

SCHEMA = "make_load"


def run(statement: str, parameters: Any = None) -> int:
    """Run a statement; return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def rows(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    """Run a query; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def check_constraints() -> None:
    """Check now what would wait for the end of the transaction.

    An index cannot be changed while something waits, and a trigger that catches errors walks over all that waits.
    """
    if connection.in_atomic_block:
        run("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def table(model: Model) -> str:
    """The name of its table."""
    return model._meta.db_table


def highest(model: Model) -> int:
    """The highest key in its table, 0 when it is empty."""
    return int(model._base_manager.aggregate(high=models.Max("pk"))["high"] or 0)


@dataclass(slots=True)
class Keys:
    """New keys for old ones, as SQL expressions. A key without one stays as it is."""

    known: dict[Model, dict[int, str]] = field(default_factory=dict)
    by_default: dict[Model, str] = field(default_factory=dict)

    def number(self, model: Model, lists: Iterable[list[int]], copy: str = "c.r") -> None:
        """Give the n-th copy of every list of keys its own stretch of keys beyond those that are there."""
        lists = list(lists)
        stride = max(map(len, lists), default=0)
        base = highest(model) + 1 - stride
        for keys in lists:
            for position, key in enumerate(keys):
                self.known.setdefault(model, {})[key] = f"{base + position} + {copy} * {stride}"

    def expression(self, model: Model, column: str) -> str:
        """The new key for an old one in a column, in SQL."""
        known = self.known.get(model, {})
        otherwise = self.by_default.get(model)
        if otherwise is not None:
            return f"CASE WHEN {column} IS NULL THEN NULL ELSE {otherwise} END"
        if not known:
            return column
        cases = " ".join(f"WHEN {old} THEN {new}" for old, new in known.items())
        return f"CASE {column} {cases} ELSE {column} END"

    def subject(self, kinds: Iterable[Model]) -> str:
        """The new `subject_id` of a row about one of these models."""
        arms = " ".join(
            f"WHEN '{model._meta.label_lower}' THEN {self.expression(model, 't.subject_id')}"
            for model in kinds
            if model in self.known
        )
        return f"CASE t.subject_type {arms} ELSE t.subject_id END" if arms else "t.subject_id"


@dataclass(slots=True)
class Copy:
    """How to copy the rows of one model: from which mould, and which columns to change."""

    model: Model
    source: str
    keys: Keys
    columns: Mapping[str, str] = field(default_factory=dict)
    shift: str = ""
    own_key: bool = False
    joins: str = ""
    where: str = "true"
    order: str = "c.id, t.id"
    suffix: str = ""

    def statement(self) -> str:
        """The INSERT."""
        names, expressions = [], []
        for column in self.model._meta.concrete_fields:
            expression = self._expression(column)
            if expression is not None:
                names.append(f'"{column.column}"')
                expressions.append(expression)
        return (
            f"INSERT INTO {table(self.model)} ({', '.join(names)}) "
            f"SELECT {', '.join(expressions)} FROM {self.source} {self.joins} "
            f"WHERE {self.where} ORDER BY {self.order} {self.suffix}"
        )

    def _expression(self, column: "models.Field[Any, Any]") -> str | None:
        """What goes into a column; None where the database gives the value."""
        name = column.column
        if column.name in self.columns:
            return self.columns[column.name]
        if column.primary_key:
            return self.keys.expression(self.model, "t.id") if self.own_key else None
        if column.generated or column.has_db_default():
            return None
        if isinstance(column, models.ForeignKey):
            return self.keys.expression(column.related_model, f't."{name}"')
        if self.shift and isinstance(column, models.DateTimeField):
            return f't."{name}" + {self.shift}'
        if isinstance(column, models.UUIDField):
            return "gen_random_uuid()"
        return f't."{name}"'


def recipient(keys: Keys) -> dict[str, str]:
    """The columns of a notice that follow its recipient `u`, whom RECIPIENT joins."""
    return {
        "recipient": keys.expression(User, "t.recipient_id"),
        "recipient_key": "CASE WHEN u.id IS NULL THEN t.recipient_key ELSE 'user:' || u.id END",
        "address": "coalesce(u.email, t.address)",
        "state": "'sent'",
    }


def recipient_join(keys: Keys) -> str:
    """The join of a notice's new recipient."""
    return f"LEFT JOIN portal_user u ON u.id = {keys.expression(User, 't.recipient_id')}"
