"""Lists of cases in groups: by reseller, owner, severity, product or state, each under a head that counts it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F

from cases.case.rows import CaseRow
from cases.case.rules.vocabulary import State
from cases.case.selecting import LIFE, CaseQuerySet
from portal.filters import Asked
from portal.paging import so_many
from portal.prepared import given

COUNTED = 1000
"""A group is counted so far: behind that its head says "1000+"."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to group: its `words` after "grouped by", the column of a group's key, and the order of the groups."""

    words: str
    column: str
    order: tuple[Any, ...]
    key: Callable[[CaseRow], Any]
    name: Callable[[CaseRow], str]


GROUPINGS = {
    "reseller": Grouping(
        "reseller",
        "reseller_id",
        ("reseller__name", "reseller_id"),
        lambda row: row.reseller_id,
        lambda row: row.reseller,
    ),
    "owner": Grouping(
        "owner",
        "owner_id",
        (F("owner__name").asc(nulls_first=True), "owner_id"),
        lambda row: row.owner_id,
        lambda row: row.owner or "Unassigned",
    ),
    "severity": Grouping(
        "severity",
        "severity",
        ("severity",),
        lambda row: row.severity,
        lambda row: f"Severity {row.severity}",
    ),
    "product": Grouping(
        "product",
        "product_id",
        ("product__name", "product_id"),
        lambda row: row.product_id,
        lambda row: row.product,
    ),
    "state": Grouping(
        "state",
        "state",
        (LIFE,),
        lambda row: row.state,
        lambda row: State(row.state).label.capitalize(),
    ),
}
GROUPS = [(code, f"Grouped by {each.words}") for code, each in GROUPINGS.items()]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a group: its key as an anchor, its name, and how many cases it holds."""

    key: str
    name: str
    count: str


def group_in(asked: Asked) -> str:
    """The grouping in an address, "" for none. What is none is noted in `asked`."""
    return asked.one_of("group", GROUPINGS, "grouping")


def grouped(cases: CaseQuerySet, code: str) -> CaseQuerySet:
    """The cases, which have an order, by group first."""
    before = [F(each) if isinstance(each, str) else each for each in GROUPINGS[code].order]
    return cases.order_by(*before, *cases.query.order_by)


def heads(cases: CaseQuerySet, code: str, rows: Iterable[CaseRow]) -> dict[int, Head]:
    """The heads of the groups on a page, each by the case that it stands before; one statement counts them all."""
    way = GROUPINGS[code]
    first: dict[Any, CaseRow] = {}
    for row in rows:
        first.setdefault(way.key(row), row)
    counts = _counts(cases, way.column, list(first))
    return {
        row.pk: Head(f"{code}-{key}", way.name(row), so_many(count, COUNTED))
        for (key, row), count in zip(first.items(), counts, strict=True)
    }


def _counts(cases: CaseQuerySet, column: str, keys: Sequence[Any]) -> list[int]:
    """How many of the cases have each key, counted as far as COUNTED, in one statement."""
    if not keys:
        return []
    some: dict[bool, tuple[str, Sequence[Any]]] = {}
    parts, values = [], []
    for key in keys:
        if (key is None) not in some:
            wanted = {f"{column}__isnull": True} if key is None else {column: given("key")}
            counted = cases.filter(**wanted).order_by().values("pk")[:COUNTED]
            some[key is None] = counted.query.sql_with_params()
        sql, params = some[key is None]
        parts.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608  # the ORM's own
        values += [key if hasattr(value, "as_sql") else value for value in params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())
