"""Reading many rows a few at a time, so that memory does not grow with them.

A queryset's own `iterator` would not do it: the settings do without server-side cursors, since a pool that hands out
connections by transaction may stand in front of the database, and without one the driver fetches every row at once.
"""

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
AT_ONCE = 1000


def by_key(rows: QuerySet[M], size: int = AT_ONCE) -> Iterator[M]:
    """The rows in the order of their keys; a statement for each `size` of them."""
    rows, last = rows.order_by("pk"), 0
    while part := list(rows.filter(pk__gt=last)[:size]):
        yield from part
        last = part[-1].pk


def in_order(rows: QuerySet[M], shown: QuerySet[M], size: int = AT_ONCE) -> Iterator[M]:
    """The rows in their own order, as `shown` selects them: their keys at once, and `size` of them a statement."""
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), size):
        part = keys[start : start + size]
        found = shown.in_bulk(part)
        yield from (found[key] for key in part if key in found)
