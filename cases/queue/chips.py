"""The filters in force as words, each with the address of the list without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.text import capfirst

from cases.case.rules.vocabulary import State
from cases.queue.filters import LOOKUPS, OPEN, PROVIDER, Chosen
from cases.queue.grouping import GROUPINGS
from cases.queue.sorting import Sorted

IN_THE_BAR = ("mine", "unassigned", "breached", "waiting", "q")
"""Those that the bar shows as chosen already, where a click takes them off."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words, and the address without it."""

    words: str
    url: str


def chips_of(
    params: Mapping[str, str], chosen: Chosen, order: Sorted, group: str, *, to_provider: bool
) -> list[Chip]:
    """What narrows and orders a list, in words, but for what its bar shows anyway."""
    said = {name: _words(name, chosen, to_provider=to_provider) for name in chosen.in_force}
    if group:
        said["group"] = f"Grouped by {GROUPINGS[group].words}"
    if order.name:
        said["sort"] = f"Sorted by {order.words}"
    return [
        Chip(words, without(params, name)) for name, words in said.items() if name not in IN_THE_BAR
    ]


def without(params: Mapping[str, str], *names: str) -> str:
    """The address of a list without some of what stands in it, nor the page that it was at."""
    gone = {*names, "page"}
    left = {name: value for name, value in params.items() if name not in gone and value}
    return f"?{urlencode(left)}" if left else "?view=all"


def _words(name: str, chosen: Chosen, *, to_provider: bool) -> str:
    if name in LOOKUPS:
        noun = {"owner": "Owner" if to_provider else "Engineer"}.get(name, capfirst(name))
        return f"{noun}: {getattr(chosen, name).text}"
    value = getattr(chosen, name)
    if name == "state":
        return "Open" if value == OPEN else capfirst(State(value).label)
    if name == "waits_for":
        theirs = "the reseller" if to_provider else "your company"
        return f"Waits for {'us' if value == PROVIDER else theirs}"
    if name == "watched":
        return "Watched by me"
    if name == "team":
        return "My team’s"
    return f"{capfirst(name)} {value}"
