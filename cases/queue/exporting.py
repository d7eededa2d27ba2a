"""The lists of cases as files: what the list shows, row by row, in its order."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from cases.case.rows import CaseRow, rows_of
from cases.case.rules.vocabulary import State
from cases.clocks.page.promises import next_due
from cases.queue.listing import ALL, QUEUE, listing_of
from portal.exports.kinds import ExportKind, Table, register
from portal.models import User

MOST = 100_000
"""As many cases one file holds: the keys of so many fit into memory, and a spreadsheet opens them."""
AT_ONCE = 1000


def register_exports() -> None:
    """Let both lists of cases be exported."""
    register(ExportKind("cases.queue", lambda user, params, at: _read(QUEUE, user, params, at)))
    register(ExportKind("cases.cases", lambda user, params, at: _read(ALL, user, params, at)))


def _read(place: str, user: User, params: Mapping[str, str], at: dt.datetime) -> Table:
    """The list for the person, as they may see it now; to a reseller's people of the queue nothing."""
    listing = listing_of(place, params, user, at, lenient=True)
    if listing.refused:
        raise listing.refused
    cases = listing.ordered if place == ALL or user.is_provider else listing.ordered.none()
    keys = list(cases.values_list("pk", flat=True)[:MOST])
    zone = timezone.get_current_timezone_name()
    header = (
        "Case",
        "Title",
        "Severity",
        "State",
        "Reseller",
        "Contact",
        "Product",
        "Owner" if user.is_provider else "Engineer",
        f"Reported ({zone})",
        f"Closed ({zone})",
        "Next promise",
        f"Due ({zone})",
    )
    return Table(header, len(keys), _rows(keys, user))


def _rows(keys: Sequence[int], user: User) -> Iterator[Sequence[Any]]:
    for part in (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)):
        found = rows_of(part)
        yield from (_cells(found[key], user) for key in part if key in found)


def _cells(case: CaseRow, user: User) -> Sequence[Any]:
    due = next_due(case, user)
    return (
        case.pk,
        case.title,
        case.severity,
        capfirst(State(case.state).label),
        case.reseller,
        case.contact,
        case.product,
        case.owner or "",
        case.reported_at,
        case.closed_at,
        due["label"] if due else "",
        due["due_at"] if due else None,
    )
