"""What notices are about: each room says how the inbox names its subjects, who still sees them, and what they ask."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.models import SubjectKey, User


@dataclass(frozen=True, slots=True)
class Named:
    """A subject as its reader sees it now: its name and page, and what it asks of them, by when, under which clause."""

    title: str
    url: str
    asks: str = ""
    asks_by: dt.datetime | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A room's word on subjects of one model.

    `name` reads those of the ids that the reader sees, in a number of statements that does not grow with theirs;
    `waiting` selects the ids of those that wait for the reader.
    """

    name: Callable[[User, Collection[int]], Mapping[int, Named]]
    waiting: Callable[[User], Any] | None = None


_sources: dict[str, Source] = {}


def register(subject_type: str, source: Source) -> None:
    """Say how subjects of a model ("cases.case") are named."""
    _sources[subject_type] = source


def is_known(subject_type: str) -> bool:
    """Whether a room says who sees subjects of that model."""
    return subject_type in _sources


def named(user: User, subjects: Iterable[SubjectKey]) -> dict[SubjectKey, Named]:
    """The subjects that the reader sees and that have names, a few statements a model."""
    ids: dict[str, set[int]] = defaultdict(set)
    for key in subjects:
        if key.subject_type in _sources:
            ids[key.subject_type].add(key.subject_id)
    return {
        SubjectKey(subject_type, pk): said
        for subject_type, keys in ids.items()
        for pk, said in _sources[subject_type].name(user, keys).items()
    }


def waiting_for(user: User) -> list[tuple[str, Any]]:
    """Of each model that can wait for somebody the ids that wait for them, as a selection."""
    return [(name, one.waiting(user)) for name, one in _sources.items() if one.waiting is not None]
