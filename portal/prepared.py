"""Statements put together once in each process; done anew that takes longer than the database needs to answer.

For what a busy act asks every time in the same words, where only the values differ: a queryset with `given` in the
place of each value. And for the rows that it writes each time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.signals import post_save, pre_save
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)


class _Given(Expression):
    """The place of a value in a statement. It stands among the parameters until the value takes its place."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


def given(name: str) -> Any:
    """The place of the value of that name, in a filter of a prepared read."""
    return _Given(name)


def among(field: str, name: str, kind: str = "bigint") -> Func:
    """The condition that a row's number is one of those of that name, of which each read has as many as it likes.

    `kind` is the database's type of a field that is no number.
    """
    return Func(
        F(field),
        given(name),
        template=f"%(expressions)s::{kind}[])",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


class _Reader:
    """Makes rows of what the database answers, as a queryset does: which column is what is found out once."""

    def __init__(self, compiler: Any) -> None:
        info, select = compiler.klass_info, compiler.select
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        self.locks = compiler.query.select_for_update
        self._compiler = compiler
        self._converters = compiler.get_converters(one for one, *_ in select)
        self._model, self._own = info["model"], slice(first, last)
        self._names = [one.target.attname for one, *_ in select[self._own]]
        self._related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # of Django 6
        self._annotations = compiler.annotation_col_map.items()

    def rows(self, found: list[Any]) -> list[Any]:
        """The rows of the model, with what they are joined to and annotated with."""
        if self._converters:
            found = self._compiler.apply_converters(found, self._converters)
        return [self._row(values) for values in found]

    def _row(self, values: Sequence[Any]) -> Any:
        row = self._model.from_db(connection.alias, self._names, values[self._own])
        for related in self._related:
            related.populate(values, row)
        for name, position in self._annotations:
            setattr(row, name, values[position])
        return row


class Rows(Generic[M]):
    """Rows of a model, with what they are joined to, as the queryset selects them that `build` makes at first."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build

    @cached_property
    def _prepared(self) -> tuple["_Reader", str, Sequence[Any]]:
        rows: Any = self._build()
        if rows._fields is not None or rows._prefetch_related_lookups:
            raise TypeError("rows of a model in one statement, with neither values nor prefetches")
        compiler = rows.query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        return _Reader(compiler), sql, places

    def read(self, **values: Any) -> list[M]:
        """The rows for those values, in one statement.

        Raises TransactionManagementError for rows to lock, outside a transaction.
        """
        reader, sql, places = self._prepared
        if reader.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked within a transaction")
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(places, values))
            return reader.rows(cursor.fetchall())

    def in_bulk(self, keys: Collection[int]) -> dict[int, M]:
        """The rows of those keys by their keys, of a queryset with the condition ``among("pk", "keys")``."""
        return {row.pk: row for row in self.read(keys=list(keys))} if keys else {}


class Tuples:
    """Rows as plain values, as a queryset of `values_list` selects them: for what is read by the hundred."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build

    @cached_property
    def _prepared(self) -> tuple[Any, Mapping[int, Any], str, Sequence[Any]]:
        compiler = self._build().query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        return compiler, compiler.get_converters(one for one, *_ in compiler.select), sql, places

    def read(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for those values, in one statement."""
        compiler, converters, sql, places = self._prepared
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(places, values))
            rows = cursor.fetchall()
        return (
            [tuple(row) for row in compiler.apply_converters(rows, converters)]
            if converters
            else rows
        )


class NewRows(Generic[M]):
    """New rows of a model, written as `save` would write each, but for what the database fills in.

    Raises TypeError at the first row where a model's saving does more: by a `save` of its own, or by signals.
    """

    def __init__(self, model: type[M]) -> None:
        self._model = model

    @cached_property
    def _prepared(self) -> tuple[str, Sequence[Any]]:
        if self._model.save is not Model.save or any(
            signal.has_listeners(self._model) for signal in (pre_save, post_save)
        ):
            raise TypeError(f"saving a {self._model.__name__} does more than write its row")
        meta, quoted = self._model._meta, connection.ops.quote_name
        fields = [
            one
            for one in meta.concrete_fields
            if not (one.primary_key or one.generated or one.has_db_default())
        ]
        columns = ", ".join(quoted(str(one.column)) for one in fields)
        places = ", ".join(["%s"] * len(fields))
        table, key = quoted(meta.db_table), quoted(str(meta.pk.column))
        return f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}", fields  # noqa: S608  # our names

    def write(self, row: M) -> M:
        """Insert the row, which then knows its key, in one statement; return it."""
        sql, fields = self._prepared
        values = [one.get_db_prep_save(one.pre_save(row, True), connection) for one in fields]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            (row.pk,) = cursor.fetchone()
        row._state.adding, row._state.db = False, connection.alias
        return row


class Columns:
    """Several short columns in one statement, each of a queryset that selects a single value of its rows."""

    _column = "ARRAY({})"

    def __init__(self, build: Callable[[], Mapping[str, QuerySet[Any, Any]]]) -> None:
        self._build = build

    @cached_property
    def _prepared(self) -> tuple[list[str], str, Sequence[Any]]:
        columns = {name: rows.query.sql_with_params() for name, rows in self._build().items()}
        selected = ", ".join(self._column.format(sql) for sql, _ in columns.values())
        places = [place for _, places in columns.values() for place in places]
        return list(columns), f"SELECT {selected}", places

    def read(self, **values: Any) -> dict[str, Any]:
        """The columns by their names, for those values."""
        names, sql, places = self._prepared
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(places, values))
            return dict(zip(names, cursor.fetchone(), strict=True))


class Counts(Columns):
    """How many rows several querysets have, none counted beyond `most` if it is given, in one statement."""

    _column = "(SELECT count(*) FROM ({}) AS part)"

    def __init__(
        self, build: Callable[[], Mapping[str, QuerySet[Any, Any]]], most: int | None = None
    ) -> None:
        super().__init__(lambda: {name: _some(rows, most) for name, rows in build().items()})


def _some(rows: QuerySet[Any, Any], most: int | None) -> QuerySet[Any, Any]:
    return rows.order_by().values("pk")[:most]


def _filled(places: Sequence[Any], values: Mapping[str, Any]) -> list[Any]:
    return [values[one.name] if isinstance(one, _Given) else one for one in places]
