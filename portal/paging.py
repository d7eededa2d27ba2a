"""Page long lists, and count them only as far as somebody pages."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

COUNTED = 2000
Shown = Callable[[list[int]], Mapping[int, Any]]
"""Reads what a page shows of the rows of some keys, in one statement: a queryset's `in_bulk`, or a reader of values."""


class CountedSoFar(Paginator):
    """Counts up to COUNTED rows and no more: what lies behind is reached by searching, not by paging.

    `what` names the rows in the plural ("cases"). With `shown`, a page's keys are read first and then `shown` reads the
    rows of those keys, so that no more than a page of wide rows is ever joined and sorted. `known` is how many
    there are, where somebody counted them already, up to COUNTED + 1.
    """

    def __init__(
        self,
        rows: QuerySet[Any],
        size: int,
        what: str = "",
        shown: Shown | None = None,
        known: int | None = None,
    ) -> None:
        super().__init__(rows, size)
        self.rows = rows
        self.named = what
        self.shown = shown
        self.known = known

    @cached_property
    def _found(self) -> int:
        if self.known is not None:
            return self.known
        return self.rows.order_by().values("pk")[: COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        """How many rows there are, or COUNTED when there are more."""
        return min(self._found, COUNTED)

    @property
    def what(self) -> str:
        """What the rows are, in the words that follow their number."""
        return f"{self.named} and more".strip() if self._found > COUNTED else self.named

    def page(self, number: int | str) -> Page[Any]:
        """The page of that number. Raises InvalidPage."""
        page = super().page(number)
        if self.shown is None:
            return page
        keys = list(page.object_list.values_list("pk", flat=True))  # type: ignore[attr-defined]
        rows = self.shown(keys)
        page.object_list = [rows[key] for key in keys if key in rows]
        return page


class Listed(Paginator):
    """Pages of rows that were read already; `what` names them in the plural."""

    def __init__(self, rows: Sequence[Any], size: int, what: str = "") -> None:
        super().__init__(rows, size)
        self.what = what


def part_of(rows: Sequence[Any], number: str | None, size: int, what: str = "") -> Page[Any]:
    """The page of that number of rows that were read already, the nearest one when there is no such page."""
    return Listed(rows, size, what).get_page(number)


def page_of(
    rows: QuerySet[Any],
    number: str | None,
    size: int,
    what: str = "",
    *,
    shown: Shown | None = None,
    known: int | None = None,
) -> Page[Any]:
    """The page of that number, the nearest one when there is no such page (see `CountedSoFar`)."""
    return CountedSoFar(rows, size, what, shown, known).get_page(number)


def so_many(number: int, most: int = COUNTED) -> str:
    """A number that was counted so far as a page says it: "1999", "2000+"."""
    return f"{most}+" if number >= most else str(number)
