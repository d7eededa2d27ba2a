"""The saved views above a list, each with how many cases it holds: two statements for all of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from cases.case.models import Case
from cases.case.selecting import CaseQuerySet
from cases.queue.filters import FLAGS, LOOKUPS, Chosen, kept, narrowed
from cases.queue.listing import QUEUE, Listing
from cases.saved.actions import start_of
from cases.saved.models import SavedView
from contracts.scope import Reach, reach_of
from portal.lookups import Choice, lookup_of
from portal.models import User
from portal.paging import so_many
from portal.prepared import Counts, given
from portal.rules.refusal import Refusal

SHOWN = 8
"""As many views stand above a list; the others are a click away."""
COUNTED = 100


@dataclass(frozen=True, slots=True)
class ShownView:
    """A view above its list: where it leads, and how many cases it holds ("99+"); "" where that is not counted."""

    pk: int
    name: str
    url: str
    count: str
    is_current: bool
    is_own: bool
    is_start: bool
    owner: str
    shared: str


def shown_views(
    place: str, user: User, at: dt.datetime, current: str = "", most: int | None = SHOWN
) -> list[ShownView]:
    """The views of a list that the user sees, in their order; `current` is the key of the one that is open."""
    rows = list(
        SavedView.objects.visible_to(user)
        .filter(place=place)
        .in_order(user)
        .select_related("owner")
        .only("name", "query", "shared", "owner__name")[:most]
    )
    counts = _counts(place, rows[:SHOWN], user, at)
    start = start_of(place, user)
    return [
        ShownView(
            row.pk,
            row.name,
            url_of(row, place),
            so_many(counts[row.pk], COUNTED).replace("100+", "99+") if row.pk in counts else "",
            str(row.pk) == current,
            row.owner_id == user.pk,
            row.pk == start,
            row.owner.name,
            row.get_shared_display() if row.shared else "",
        )
        for row in rows
    ]


def url_of(view: SavedView, place: str) -> str:
    """The address of a view."""
    address = f"{view.query}&" if view.query else ""
    return f"{reverse(place)}?{address}view={view.pk}"


def _counts(place: str, rows: Iterable[SavedView], user: User, at: dt.datetime) -> dict[int, int]:
    """How many cases each holds, none counted beyond COUNTED; a search for words is not counted, it costs too much."""
    counted = [row for row in rows if "q" not in dict(parse_qsl(row.query))]
    if not counted:
        return {}
    queries = tuple(row.query for row in counted)
    found = _prepared(place, reach_of(user), tuple(user.roles), queries).read(user=user.pk, at=at)
    return {row.pk: found[str(n)] for n, row in enumerate(counted)}


@lru_cache(maxsize=256)
def _prepared(place: str, reach: Reach, roles: tuple[str, ...], queries: tuple[str, ...]) -> Counts:
    """The counts of some views for people of a reach and some roles, put together once."""
    cases: CaseQuerySet = Case.objects.within(reach)
    if place == QUEUE:
        cases = cases.open()
    reader: Any = User(roles=list(roles))

    def of(query: str) -> CaseQuerySet:
        return narrowed(cases, _chosen(dict(parse_qsl(query))), reader, given("at"), given("user"))

    return Counts(lambda: {str(n): of(query) for n, query in enumerate(queries)}, COUNTED)


def _chosen(params: dict[str, str]) -> Chosen:
    """The filters of a saved query, which were looked up when it was saved."""

    def choice(name: str) -> Choice:
        lookup, typed = lookup_of(LOOKUPS[name]), params.get(name, "")
        if lookup is None:
            raise LookupError(f"nothing is chosen from for {name!r}")
        return Choice(lookup, typed, row=int(typed) if typed.isdecimal() else None)

    flags: dict[str, Any] = {name: params.get(name, "") not in ("", "0") for name in FLAGS}
    choices: dict[str, Any] = {name: choice(name) for name in LOOKUPS}
    words = ("severity", "state", "release", "region", "waits_for", "q")
    texts: dict[str, Any] = {name: params.get(name, "") for name in words}
    return Chosen(**flags, **choices, **texts)


def query_of(listing: Listing) -> str:
    """The filters by their keys, the order and the groups of a list, as an address has them.

    Raises Refusal for a list with something wrong in its address.
    """
    if listing.refused:
        raise listing.refused
    for error in listing.chosen.errors.values():
        raise Refusal(error, way_out="Choose one, then save the view.")
    params: dict[str, str] = kept(listing.params)
    for name in LOOKUPS:
        if name in params:
            params[name] = getattr(listing.chosen, name).value
    more = {"sort": listing.order.code, "group": listing.group}
    return urlencode(params | {name: value for name, value in more.items() if value})
