"""How a programme's paper differs from the house's own words, and what only some programmes know, as frozen values.

The house's rules cite the clauses of the programme they were first written for, and call people as it does. Another
programme says in its file what its own paper calls them, and which of its clauses stands in the place of which.
"""

from dataclasses import dataclass
from datetime import date

from contracts.programmes.rules.values import ClauseId, Code


@dataclass(frozen=True, slots=True)
class Names:
    """What the paper calls the contacts and the form that lists them (ATSP 1.1, 1.20, Ex.A), and the form's columns.

    `alternate` and `management` are None where the paper knows no such contact.
    """

    technical: str
    administrative: str
    form: str
    clause: ClauseId
    alternate: str | None = None
    management: str | None = None
    form_title: str | None = (
        None  # as it is printed; the form's own name where the paper has no other
    )
    contact_code: str = "Contact Code"
    fax: str = "FAX #"
    pager: str = "Pager/Cell #"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A clause that the code cites, and the programme's own clause that replaces it."""

    of: str
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Reporting:
    """What a report must tell, by the names of its fields (ATSP 5.2.3); the rest is not asked for."""

    asked: tuple[str, ...]
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class SupportedSoftware:
    """The programs that are supported, where the paper names them (BL 1.3, SCL 1.12); others are flagged."""

    names: tuple[str, ...]
    clause: ClauseId

    def has(self, product: str) -> bool:
        """Whether a product is one of them: its name begins with the program's, whatever the case."""
        said = product.strip().casefold()
        return any(
            said == name or said.startswith(f"{name} ") for name in map(str.casefold, self.names)
        )


@dataclass(frozen=True, slots=True)
class Releases:
    """How many minor Releases are supported, the current one first (ATSP 4.3)."""

    supported: int
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class WithoutCost:
    """Through which day, "2004-09-30", support is given without cost (SCL 8.2), and what is said when it is over."""

    through: str
    clause: ClauseId
    over: str = "support without cost is over"

    @property
    def day(self) -> date:
        """The last day."""
        return date.fromisoformat(self.through)


@dataclass(frozen=True, slots=True)
class CoverageLevel:
    """A level of coverage that an End-User's own support agreement has (SCL Ex.C)."""

    code: Code
    name: str
    updates: bool  # the End-User is entitled to Updates
    round_the_clock: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """The levels of delegated coverage, and the clause that has a case held against it (SCL 8.4, Ex.C).

    `outlasts_clause` obliges the provider to support each End-User through its own last day, also after the agreement
    expired (SCL 8.4). `amendment_clause` says by which paper a line comes and goes once it is signed (SCL 19.3).
    """

    levels: tuple[CoverageLevel, ...]
    clause: ClauseId
    outlasts_clause: ClauseId | None = None
    amendment_clause: ClauseId | None = None

    def level(self, code: str) -> CoverageLevel:
        """The level of that code. Raises KeyError when there is none."""
        for level in self.levels:
            if level.code == code:
                return level
        raise KeyError(f"there is no coverage level {code!r}")
