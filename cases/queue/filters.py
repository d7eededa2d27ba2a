"""The filters of lists of cases: one set for the engineers' queue, the list of cases and the API."""

import datetime as dt
from dataclasses import dataclass

from cases.case.rules.vocabulary import State
from cases.case.selecting import WAITING, CaseQuerySet
from portal.filters import Asked
from portal.lookups import Choice, choose
from portal.models import User

LEVELS = (1, 2, 3, 4)
SEVERITIES = [(level, f"Severity {level}") for level in LEVELS]
OPEN = "open"
STATES = (OPEN, *(state.value for state in State))
FILTERS = {
    "q": "a case number, or words of the title, the description or the reseller's name",
    "severity": "1, 2, 3 or 4",
    "state": f"one of: {', '.join(STATES)}",
    "reseller": "the reseller's id, or a part of its name",
    "mine": "1 for the cases that the caller owns",
    "unassigned": "1 for the cases that nobody owns",
    "breached": "1 for the cases with a promise past due",
    "waiting": "1 for the cases that wait for the reseller or for Engineering",
}
"""What a list of cases is filtered by, and what may stand there."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of a list of cases as they were chosen."""

    mine: bool
    unassigned: bool
    breached: bool
    waiting: bool
    severity: str
    state: str
    q: str
    reseller: Choice

    @property
    def narrows(self) -> bool:
        """Whether any is in force."""
        flags = self.mine or self.unassigned or self.breached or self.waiting
        return bool(flags or self.severity or self.state or self.q or self.reseller.typed)


def chosen_in(asked: Asked, user: User) -> Chosen:
    """The filters in an address, for its reader. What is wrong with them is noted in `asked`."""
    return Chosen(
        **{name: asked.flag(name) for name in ("mine", "unassigned", "breached", "waiting")},
        severity=asked.one_of("severity", LEVELS),
        state=asked.one_of("state", STATES),
        q=asked.text("q"),
        reseller=choose("resellers", user, asked.text("reseller")),
    )


def narrowed(cases: CaseQuerySet, chosen: Chosen, user: User, at: dt.datetime) -> CaseQuerySet:
    """The cases that fit the filters at an instant."""
    if chosen.mine:
        cases = cases.filter(owner=user)
    if chosen.unassigned:
        cases = cases.filter(owner=None)
    if chosen.breached:
        cases = cases.breached(at)
    if chosen.waiting:
        cases = cases.filter(state__in=WAITING)
    if chosen.state == OPEN:
        cases = cases.open()
    elif chosen.state:
        cases = cases.filter(state=chosen.state)
    if chosen.severity:
        cases = cases.filter(severity=int(chosen.severity))
    if chosen.reseller.typed:
        cases = cases.filter(reseller=chosen.reseller.row)
    return cases.matching(chosen.q) if chosen.q else cases
