"""How a reseller performed, as an outer room tells: contracts asks, and does not know who measures (ATSP 4.2, 9.2).

A room that measures registers a source when it starts: ``performance.register(source)``.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.agreements.models.agreements import Agreement
from contracts.renewal.rules.non_renewal import Classification


@dataclass(frozen=True, slots=True)
class Performance:
    """The reviews of an agreement so far, oldest first, and the status that the reseller has by them.

    `status` is a code of the programme, None before the first review; `words` says what it rests on; `url` leads to
    the figures.
    """

    status: str | None
    since: dt.date | None
    words: str
    url: str
    classifications: tuple[Classification, ...] = ()


Source = Callable[[Sequence[Agreement], dt.datetime], dict[int, Performance]]
"""Tells of several agreements at an instant, by primary key, in a number of statements that does not grow with them."""

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let a room tell how resellers perform. Registering a source twice counts once."""
    if source not in _sources:
        _sources.append(source)


def performances(agreements: Sequence[Agreement], at: dt.datetime) -> dict[int, Performance]:
    """How the resellers of the agreements performed up to an instant; without those of whom nobody tells."""
    found: dict[int, Performance] = {}
    for source in _sources:
        found |= source(agreements, at)
    return found


def performance_of(agreement: Agreement, at: dt.datetime) -> Performance | None:
    """How the reseller of one agreement performed up to an instant; None when nobody tells."""
    return performances([agreement], at).get(agreement.pk)
