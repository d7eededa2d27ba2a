"""Keeping views: saving, renaming, sharing, ordering, deleting, and the one that a list starts with."""

from collections.abc import Mapping

from django.db import transaction

from cases.saved.models import SavedView, Shared, home_of
from contracts.scope import reach_of
from portal import locks, preferences
from portal.models import User
from portal.rules.refusal import Refusal

MOST = 30
LONGEST = 40
LONGEST_QUERY = 500
START = "start"
"""The preference that holds the view with which each list starts, by the list."""


def save(place: str, query: str, *, name: str, shared: str, by: User) -> SavedView:
    """Keep the query of a list under a name; one's own view of that name is replaced. Returns the view.

    Raises Refusal for no name or one too long, and for one view too many.
    """
    if len(query) > LONGEST_QUERY:
        raise Refusal(
            "The filters are too long to keep.", way_out="Search for fewer words, then save."
        )
    name, shared = _named(name), _shared(shared, by)
    with transaction.atomic():
        locks.lock(by)
        mine = SavedView.objects.filter(owner=by, place=place)
        if not mine.filter(name=name).exists() and mine.count() >= MOST:
            raise Refusal(
                f"You have {MOST} views of this list.", way_out="Delete one that you do not use."
            )
        last = mine.order_by("-position").values_list("position", flat=True).first() or 0
        reach = reach_of(by)
        values = {"query": query, "shared": shared, "roles": list(by.roles)}
        view, _ = SavedView.objects.update_or_create(
            owner=by,
            place=place,
            name=name,
            defaults=values,
            create_defaults=values
            | {
                "of_provider": by.is_provider,
                "organisation_id": home_of(reach),
                "position": last + 1,
            },
        )
    return view


def change(view: SavedView, *, name: str, shared: str, by: User) -> SavedView:
    """Give one's view another name, or share it with others. Returns the view. Raises Refusal."""
    _require_own(view, by)
    view.name, view.shared, view.roles = _named(name), _shared(shared, by), list(by.roles)
    taken = SavedView.objects.filter(owner=by, place=view.place, name=view.name)
    if taken.exclude(pk=view.pk).exists():
        raise Refusal(
            f"You have a view “{view.name}” already.", way_out="Choose another name.", field="name"
        )
    view.save(update_fields=["name", "shared", "roles"])
    return view


def move(view: SavedView, *, up: bool, by: User) -> None:
    """Move one's view a place up or down among one's own; at the end it stays. Raises Refusal."""
    _require_own(view, by)
    with transaction.atomic():
        locks.lock(by)
        mine = list(SavedView.objects.filter(owner=by, place=view.place).in_order(by))
        here = next(n for n, each in enumerate(mine) if each.pk == view.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(mine):
            return
        mine[here], mine[there] = mine[there], mine[here]
        for position, each in enumerate(mine, 1):
            each.position = position
        SavedView.objects.bulk_update(mine, ["position"])


def delete(view: SavedView, *, by: User) -> None:
    """Delete one's view; who starts with it starts with the whole list from now on. Raises Refusal."""
    _require_own(view, by)
    view.delete()


def start_with(view: SavedView | None, place: str, *, by: User) -> None:
    """Let a list start with a view that the person may see; None for the whole list."""
    starts: Mapping[str, int] = by.preferences.get(START, {})
    others = {each: pk for each, pk in starts.items() if each != place}
    preferences.keep(by, START, others | ({place: view.pk} if view else {}))


def start_of(place: str, user: User) -> int | None:
    """The key of the view with which a list starts."""
    found: int | None = user.preferences.get(START, {}).get(place)
    return found


def _require_own(view: SavedView, by: User) -> None:
    if view.owner_id != by.pk:
        raise Refusal(
            "Somebody else shares this view: you may not change it.",
            way_out="Open it and save it under a name of your own.",
        )


def _named(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise Refusal("The view has no name.", way_out="Give it one.", field="name")
    if len(name) > LONGEST:
        raise Refusal(
            f"The name has {len(name)} characters; the most is {LONGEST}.",
            way_out="Choose a shorter one.",
            field="name",
        )
    return name


def _shared(shared: str, by: User) -> str:
    if shared not in Shared.values:
        raise Refusal("With whom it is shared is unclear.", way_out="Choose one of the list.")
    if shared == Shared.TEAM and not by.is_provider:
        return Shared.ALL.value
    return shared
