"""Where a case stands in the list from which it was opened: the one before it, the next, and how many there are."""

from dataclasses import dataclass

from cases.queue.listing import Listing
from portal.paging import COUNTED, so_many


@dataclass(frozen=True, slots=True)
class Place:
    """A case's place in a list, from 1, of so many; None where it is not in it any more. Keys of its neighbors."""

    position: int | None
    count: str
    before: int | None
    after: int | None


def place_in(listing: Listing, pk: int) -> Place:
    """The place of the case of that key, found among the first COUNTED cases; one statement."""
    keys = list(listing.ordered.values_list("pk", flat=True)[: COUNTED + 1])
    count = so_many(len(keys))
    if pk not in keys:
        return Place(None, count, None, keys[0] if keys else None)
    here = keys.index(pk)
    return Place(
        here + 1,
        count,
        keys[here - 1] if here else None,
        keys[here + 1] if here + 1 < len(keys) else None,
    )
