"""Pages of long lists, whose length is counted only as far as anybody pages."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

COUNTED = 2000


class CountedSoFar(Paginator):
    """Counts up to COUNTED rows and no more: what lies behind is reached by searching, not by paging."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or COUNTED when there are more."""
        rows: Any = self.object_list
        return rows.order_by().values("pk")[: COUNTED + 1].count()

    @property
    def has_more(self) -> bool:
        """Whether rows lie behind the last page."""
        return self.count > COUNTED


def page_of(rows: QuerySet[Any], number: str | None, size: int) -> Page[Any]:
    """The page of that number, the nearest one when there is no such page."""
    return CountedSoFar(rows, size).get_page(number)
