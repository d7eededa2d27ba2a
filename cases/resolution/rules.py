"""Whether a case is charged (ATSP 1.3, 2.3; D-3): provisionally when opened, settled by what it turned out to be."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.programmes.rules.terms import Determination, Programme

CHARGE_CLAUSE = "ATSP 2.3"
ONE_PROBLEM_CLAUSE = "ATSP 1.3"


class Charge(StrEnum):
    """What a case takes from its pool."""

    PROVISIONAL = "provisional"  # takes a case until determined
    CHARGED = "charged"
    GIVEN_BACK = "given_back"
    NEVER = "never"  # a sub-case takes none, nor a case of a programme that counts none

    @property
    def counts(self) -> bool:
        """Whether it takes one case from the pool."""
        return self in (Charge.PROVISIONAL, Charge.CHARGED)

    @property
    def label(self) -> str:
        """The charge as a reader wants it: "given back"."""
        return {"provisional": "charged provisionally", "never": "not charged"}.get(
            self.value, self.value.replace("_", " ")
        )


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """The charge with its clause and a sentence. `change` is what the pool gains (+1), loses (-1), or neither (0)."""

    charge: Charge
    change: int
    clause: str
    words: str


def on_opening(programme: Programme) -> Charge:
    """What a case takes when it is opened: one case provisionally (ATSP 2.3), nothing where no cases are counted."""
    return Charge.PROVISIONAL if programme.tiers else Charge.NEVER


def case_charge(
    programme: Programme,
    determination: str | None,
    *,
    before: Charge | None = None,
    sub_case: bool = False,
) -> ChargeResult:
    """What a case takes from the quota (ATSP 2.3, D-3), told for a case whose charge was `before` (None: being opened).

    `determination` is a code of the programme, None while it is not determined. A sub-case is never charged; a later
    determination settles anew, and may charge a case that was given back. A reopened case keeps its
    charge: pass its determination as it stands, and nothing changes (ATSP 1.3). Raises KeyError for a code that the
    programme does not have.
    """
    charge, clause, words = _decide(programme, determination, sub_case)
    counted = before.counts if before is not None else False
    change = int(counted) - int(charge.counts)
    return ChargeResult(charge, change, clause, words)


def _decide(
    programme: Programme, determination: str | None, sub_case: bool
) -> tuple[Charge, str, str]:
    if sub_case:
        return Charge.NEVER, ONE_PROBLEM_CLAUSE, "A sub-case of the same Problem takes no case."
    if determination is None:
        return (
            Charge.PROVISIONAL,
            CHARGE_CLAUSE,
            "Takes one case provisionally, until it is determined what the Problem is.",
        )
    term = programme.determination(determination)
    return (Charge.CHARGED if term.charged else Charge.GIVEN_BACK), term.clause, _settled(term)


def _settled(term: Determination) -> str:
    if term.charged:
        return f"Determined as “{term.name}”: one case is charged."
    return f"Determined as “{term.name}”: not charged, the case is given back."
