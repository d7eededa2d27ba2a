"""Which order holds where words and meaning each have their own."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

_SMOOTH = 60
"""How little the first places count before the later ones; the customary value."""

Key = TypeVar("Key", bound=Hashable)


def fuse(*orders: Sequence[Key], most: int | None = None) -> list[Key]:
    """Several orders of the same things as one, by reciprocal rank: what stands high in more of them comes first.

    What is in one order only takes part with that place; an empty order changes nothing. Where two weigh the same, the
    one that comes first in the earlier order does. `most` keeps so many.
    """
    weight: dict[Key, float] = {}
    for order in orders:
        for place, key in enumerate(dict.fromkeys(order)):
            weight[key] = weight.get(key, 0.0) + 1 / (_SMOOTH + place)
    return sorted(weight, key=lambda key: -weight[key])[:most]
