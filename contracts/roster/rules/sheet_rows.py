"""What the rows of a completed Exhibit A would do, and what is wrong in each (ATSP 5.2.1, Ex.A)."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from contracts.agreements.rules.agreement_file import ContactRole
from contracts.programmes.rules.paper import HOUSE, Paper
from contracts.roster.rules.lines import Details, Line, Place
from contracts.roster.rules.table import title_of
from portal.rules.refusal import Refusal


class Effect(StrEnum):
    """What a row does."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row: the column, and the refusal with its clause."""

    column: str
    refusal: Refusal
    title: str  # of the column, on the paper


@dataclass(slots=True)
class Row:
    """A row of the form as it would be done; `number` is its row in the file, None for a line that is not in it."""

    number: int | None
    effect: Effect
    standing: ContactRole | None = None
    details: Details = field(default_factory=lambda: Details("", "", ""))
    place: Place | None = None
    line: Line | None = None
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    waits: bool = False
    faults: list[Fault] = field(default_factory=list)
    paper: Paper = HOUSE

    @property
    def role(self) -> str:
        """The role in the form's words."""
        return self.paper.name(self.standing.value) if self.standing else ""

    def fault(self, column: str, refusal: Refusal) -> None:
        """Put down what is wrong in a column of it."""
        self.faults.append(Fault(column, refusal, title_of(self.paper, column)))

    def at_fault(self, *columns: str) -> bool:
        """Whether something is wrong in one of these columns."""
        return any(fault.column in columns for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a completed form would do."""

    rows: tuple[Row, ...]
    additions: int

    @property
    def faults(self) -> int:
        """How much is wrong in all rows."""
        return sum(len(row.faults) for row in self.rows)

    @property
    def does_something(self) -> bool:
        """Whether anything would change."""
        return any(row.effect is not Effect.UNCHANGED for row in self.rows)

    def count(self, effect: Effect) -> int:
        """How many rows do that."""
        return sum(row.effect is effect for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """Names what would be done, so that exactly what was shown is confirmed."""
        said = "\n".join(
            repr(
                (
                    row.effect,
                    row.standing,
                    row.details,
                    row.place,
                    row.line and row.line.key,
                    row.waits,
                )
            )
            for row in self.rows
        )
        return hashlib.sha256(f"{said}\n{self.additions}".encode()).hexdigest()[:32]
