"""The orders of lists of cases: what `sort` in an address may be, and how the heads of the columns lead there."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from cases.case.selecting import LIFE, CaseQuerySet
from portal.filters import Asked


@dataclass(frozen=True, slots=True)
class Order:
    """An order by a column: its `words` after "sorted by"; the columns that follow decide ties."""

    words: str
    column: Any
    ties: tuple[str, ...] = ("pk",)

    def of(self, cases: CaseQuerySet, *, descending: bool) -> CaseQuerySet:
        """The cases in this order; those without a value come last either way."""
        key = F(self.column) if isinstance(self.column, str) else self.column
        nulls = {"nulls_last": True} if self.column in NULLABLE else {}
        first = key.desc(**nulls) if descending else key.asc(**nulls)
        ties = [f"-{tie}" if descending else tie for tie in self.ties]
        return cases.order_by(first, *ties)


NULLABLE = ("next_due_at", "owner__name")
ORDERS = {
    "due": Order("next promise", "next_due_at"),
    "severity": Order("severity", "severity"),
    "case": Order("case number", "pk", ()),
    "reseller": Order("reseller", "reseller__name", ("reseller", "pk")),
    "product": Order("product", "product__name", ("product", "pk")),
    "state": Order("state", LIFE),
    "owner": Order("owner", "owner__name", ("owner", "pk")),
    "reported": Order("time of report", "reported_at"),
}
"""The orders by their names in an address; one with a minus before it goes down."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The order that an address asks for: an order's `name`, "" for the list's own, and whether it goes down."""

    name: str = ""
    descending: bool = False

    @property
    def code(self) -> str:
        """As it stands in an address."""
        return f"{'-' if self.descending else ''}{self.name}"

    @property
    def words(self) -> str:
        """What follows "sorted by", "" for the list's own order."""
        if not self.name:
            return ""
        return ORDERS[self.name].words + (", descending" if self.descending else "")

    def of(self, cases: CaseQuerySet) -> CaseQuerySet:
        """The cases in this order, which is not the list's own."""
        return ORDERS[self.name].of(cases, descending=self.descending)


def sorted_in(asked: Asked) -> Sorted:
    """The order in an address. What is no order is noted in `asked`."""
    codes = [code for name in ORDERS for code in (name, f"-{name}")]
    code = asked.one_of("sort", codes, "order")
    return Sorted(code.removeprefix("-"), code.startswith("-"))
