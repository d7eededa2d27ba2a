"""What the command palette and the search page look through: each room registers its sources when it starts.

A source finds rows of one kind for a reader, at most so many, and never what the reader may not see.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from portal.models import User
from portal.navigation import navigation_for

LONGEST = 400
MOST = 5
"""So many of a kind are offered beside the others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: the `text`, by whom and when, at most how many, and the path of the page they are `at`."""

    user: User
    text: str
    now: dt.datetime
    most: int = MOST
    at: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A row as it is offered: where it leads, and a note that tells rows of one name apart."""

    title: str
    url: str
    note: str = ""
    icon: str = "point"


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of things that are found. `only_in_palette` are pages and acts, which no results page lists."""

    code: str
    title: str
    position: int
    find: Callable[[Asked], list[Hit]]
    only_in_palette: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What a source found."""

    code: str
    title: str
    hits: list[Hit]


_sources: dict[str, Source] = {}
_learners: list[Callable[[], int]] = []
_readers: list[Callable[[], int]] = []


def register_learning(learn: Callable[[], int]) -> None:
    """Let a room learn from what was written, every few seconds beside the acts: `learn` says from how much it did."""
    if learn not in _learners:
        _learners.append(learn)


def learn_all() -> int:
    """Let every room learn; return from how many rows it was."""
    return sum(learn() for learn in _learners)


def register_reading(understand: Callable[[], int]) -> None:
    """Let a room find out what its texts mean: with a model, which takes seconds, so in a tick of its own."""
    if understand not in _readers:
        _readers.append(understand)


def read_all() -> int:
    """Let every room read its texts; return how many rows it wrote."""
    return sum(understand() for understand in _readers)


def register_source(source: Source) -> None:
    """Add a kind of things that are found."""
    _sources[source.code] = source


def found(asked: Asked, *, palette: bool, without: Collection[str] = ()) -> list[Group]:
    """What each source finds, in the order of the sources; nothing for no text but what a palette begins with.

    Sources of the codes in `without` are not asked.
    """
    groups = []
    asked_of = (one for one in _sources.values() if one.code not in without)
    for source in sorted(asked_of, key=lambda each: each.position):
        if (palette or not source.only_in_palette) and (asked.text or source.only_in_palette):
            hits = source.find(asked)[: asked.most]
            if hits:
                groups.append(Group(source.code, source.title, hits))
    return groups


def _pages(asked: Asked) -> list[Hit]:
    wanted = asked.text.casefold()
    entries = navigation_for(asked.user, asked.at)
    return [
        Hit(each.label, each.url, "", each.icon)
        for each in entries
        if any(word.startswith(wanted) for word in each.label.casefold().split()) or not wanted
    ]


register_source(Source("pages", "Pages", 90, _pages, only_in_palette=True))
