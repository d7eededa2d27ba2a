"""The journal of a case, which cites the clauses of the programme that the case is under."""

from collections.abc import Iterable
from typing import Any

from cases.case.models import Case
from cases.events import Happening, WatchedHappened
from cases.verbs import Verb
from portal import journal, subscriptions, telling


def record(case: Case, verb: Verb, *, clause: str = "", **details: Any) -> None:
    """Write an entry about a case, with what changed of its row since the one before.

    `clause` is as the house's rules cite it (`Paper.cite`).
    """
    record_many([(case, {"clause": clause, **details})], verb)


def record_many(entries: Iterable[tuple[Case, dict[str, Any]]], verb: Verb, **shared: Any) -> None:
    """Write an entry about each case with its own details and the shared ones, in one statement (see `record`)."""
    entries = list(entries)
    journal.record_many(
        journal.entry(
            case,
            verb,
            changed=telling.untold(case),
            **shared | details | {"clause": case.programme.paper.cite(details.get("clause", ""))},
        )
        for case, details in entries
    )
    _let_watchers_know(
        [Happening(case, verb, **_told(shared | more)) for case, more in entries if case.watchers]
    )


def gather(case: Case) -> None:
    """Keep what happens to a case in one act together, so that who watches it is told once (`tell_gathered`)."""
    case.__dict__[_GATHERED] = []


def tell_gathered(case: Case) -> None:
    """Tell who watches the case of what happened to it since `gather`."""
    gathered: list[Happening] = case.__dict__.pop(_GATHERED, [])
    if gathered:
        subscriptions.publish(WatchedHappened(gathered))


_GATHERED = "_gathered"
_TOLD = ("by", "at", "public", "text")


def _told(details: dict[str, Any]) -> dict[str, Any]:
    return {name: details[name] for name in _TOLD if name in details}


def _let_watchers_know(happened: list[Happening]) -> None:
    at_once: list[Happening] = []
    for one in happened:
        gathered = one.case.__dict__.get(_GATHERED)
        (at_once if gathered is None else gathered).append(one)
    if at_once:
        subscriptions.publish(WatchedHappened(at_once))
