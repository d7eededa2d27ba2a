"""Cases as a row of a list shows them, read as plain values.

A page has 25 of them. Each refers to a reseller, a contact, a product and an engineer: as models they would be 125
objects, made for a name each.
"""

import datetime as dt
from collections.abc import Iterable
from itertools import starmap
from typing import Any, NamedTuple

from cases.case.addresses import page_of
from cases.case.models import Case
from contracts.programmes.models import programme_of
from contracts.programmes.rules.terms import Severity
from portal.prepared import Tuples, among

READ = (
    "pk",
    "title",
    "severity",
    "awaits_call_for",
    "proposed_severity",
    "state",
    "reported_at",
    "closed_at",
    "next_due_at",
    "next_due_kind",
    "information_asked_at",
    "information_due_at",
    "answer_in_writing",
    "programme_version_id",
    "reseller__name",
    "contact__name",
    "product__name",
    "owner__name",
    "owner__roles",
    "reseller_id",
    "product_id",
    "owner_id",
)
"""What is read of a case for its row (`CaseQuerySet.with_information_due`), in the order of the row's values."""


class CaseRow(NamedTuple):
    """What a list shows of a case; `owner` and `owner_roles` are None while nobody has taken it."""

    pk: int
    title: str
    severity: int
    awaits_call_for: int | None
    proposed_severity: int | None
    state: str
    reported_at: dt.datetime
    closed_at: dt.datetime | None
    next_due_at: dt.datetime | None
    next_due_kind: str
    information_asked_at: dt.datetime | None
    information_due_at: dt.datetime | None
    answer_in_writing: bool
    programme_version_id: int
    reseller: str
    contact: str
    product: str
    owner: str | None
    owner_roles: list[str] | None
    reseller_id: int
    product_id: int
    owner_id: int | None

    @property
    def address(self) -> str:
        """The case page."""
        return page_of(self.pk)

    @property
    def severity_terms(self) -> Severity:
        """Its severity as its programme defines it (ATSP 4.3)."""
        return programme_of(self.programme_version_id).severity(self.severity)

    @property
    def face(self) -> dict[str, Any] | None:
        """Its engineer, as the component `person` takes one."""
        if self.owner is None:
            return None
        return {"name": self.owner, "is_provider": bool(self.owner_roles)}


_ROWS = Tuples(
    lambda: Case.objects.filter(among("pk", "keys")).with_information_due().values_list(*READ)
)


def rows_of(keys: Iterable[int]) -> dict[int, CaseRow]:
    """The rows of the cases of those keys, in one statement."""
    return {row.pk: row for row in starmap(CaseRow, _ROWS.read(keys=list(keys)))}
