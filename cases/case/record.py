"""The journal of a case, which cites the clauses of the programme that the case is under."""

from typing import Any

from cases.case.models import Case
from cases.verbs import Verb
from portal import journal
from portal.models import JournalEntry


def record(case: Case, verb: Verb, *, clause: str = "", **details: Any) -> JournalEntry:
    """Write an entry about a case. `clause` is as the house's rules cite it (`Paper.cite`)."""
    return journal.record(case, verb, clause=case.programme.paper.cite(clause), **details)
