"""Pages of long lists, whose length is counted only as far as anybody pages."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

COUNTED = 2000


class CountedSoFar(Paginator):
    """Counts up to COUNTED rows and no more: what lies behind is reached by searching, not by paging."""

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: COUNTED + 1].count())

    @cached_property
    def count(self) -> int:
        """How many rows there are, or COUNTED when there are more."""
        return min(self._found, COUNTED)

    @property
    def what(self) -> str:
        """What the rows are, in the words that follow their number."""
        return "cases and more" if self._found > COUNTED else "cases"


def page_of(rows: QuerySet[Any], number: str | None, size: int) -> Page[Any]:
    """The page of that number, the nearest one when there is no such page."""
    return CountedSoFar(rows, size).get_page(number)
