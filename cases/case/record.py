"""The journal of a case, which cites the clauses of the programme that the case is under."""

from collections.abc import Iterable
from typing import Any

from cases.case.models import Case
from cases.verbs import Verb
from portal import journal, telling


def record(case: Case, verb: Verb, *, clause: str = "", **details: Any) -> None:
    """Write an entry about a case, with what changed of its row since the one before.

    `clause` is as the house's rules cite it (`Paper.cite`).
    """
    record_many([(case, {"clause": clause, **details})], verb)


def record_many(entries: Iterable[tuple[Case, dict[str, Any]]], verb: Verb, **shared: Any) -> None:
    """Write an entry about each case with its own details and the shared ones, in one statement (see `record`)."""
    journal.record_many(
        journal.entry(
            case,
            verb,
            changed=telling.untold(case),
            **shared | details | {"clause": case.programme.paper.cite(details.get("clause", ""))},
        )
        for case, details in entries
    )
