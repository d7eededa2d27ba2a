"""How a programme's paper differs from the house's own words, and what only some programmes know, as frozen values.

The house's rules cite the clauses of the programme they were first written for, and call people as it does. Another
programme says in its file what its own paper calls them, and which of its clauses stands in the place of which.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.programmes.rules.values import ClauseId, Code

_SEVERAL = re.compile(r"\s*,\s*")
_PREFIXED = re.compile(r"[A-Z]+ ")
_IN_BRACKETS = re.compile(r"(\s?)\(([A-Z]+[ -][^()]*?\d[^()]*)\)")
_HOUSE = {
    "technical": "Technical Contact",
    "alternate": "Alternate Technical Contact",
    "administrative": "Administrative Contact",
    "management": "Escalation management contact",
    "form": "Exhibit A",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the paper calls the contacts and the form that lists them (ATSP 1.1, 1.20, Ex.A)."""

    technical: str
    administrative: str
    form: str
    clause: ClauseId

    def of(self, standing: str) -> str:
        """The name of a standing on the roster, or of the form; the house's own where the paper has none."""
        return str(getattr(self, standing, None) or _HOUSE[standing])


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A clause that the house's rules cite, and the programme's own that stands in its place."""

    of: str
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Reporting:
    """What a report must tell, by the names of its fields (ATSP 5.2.3); the rest is not asked for."""

    asked: tuple[str, ...]
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Releases:
    """How many minor Releases are supported, the current one first (ATSP 4.3)."""

    supported: int
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class WithoutCost:
    """Through which day, "2004-09-30", support is given without cost (SCL 8.2)."""

    through: str
    clause: ClauseId

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
    """The levels of delegated coverage, and the clause that has a case held against it (SCL 8.4, Ex.C)."""

    levels: tuple[CoverageLevel, ...]
    clause: ClauseId

    def level(self, code: str) -> CoverageLevel:
        """The level of that code. Raises KeyError when there is none."""
        for level in self.levels:
            if level.code == code:
                return level
        raise KeyError(f"there is no coverage level {code!r}")


def standing_name(names: Names | None, standing: str) -> str:
    """What a programme calls a standing on the roster ("technical"), or the form that lists the contacts."""
    return names.of(standing) if names else _HOUSE[standing]


def cited(citation: str, known: frozenset[str], places: Mapping[str, str]) -> str:
    """A citation of the house ("ATSP 5.2.2, 1.1") in the clauses of a programme that has counterparts.

    What the programme has itself stays, what has a counterpart is replaced by it, and the rest is not cited.
    """
    found: list[str] = []
    prefix = ""
    waiting = ""
    for part in _SEVERAL.split(citation.strip()):
        if _PREFIXED.match(part):
            prefix = part.split(" ")[0]
        elif not part.startswith("D-") and prefix and f"{waiting}, {part}" not in places:
            part = f"{prefix} {part}"
        whole = f"{waiting}, {part}" if waiting else part
        if whole in places or whole in known:
            waiting = ""
            found.append(places.get(whole, whole))
        elif part in places or part in known:
            waiting = ""
            found.append(places.get(part, part))
        else:
            waiting = part
    return ", ".join(dict.fromkeys(found))


def worded(text: str, names: Names | None, known: frozenset[str], places: Mapping[str, str]) -> str:
    """A sentence of the house with the contacts named, and the clauses in brackets cited, as the programme does."""
    if names:
        for standing in ("technical", "administrative", "form"):
            text = text.replace(_HOUSE[standing], names.of(standing))
    if not places:
        return text

    def replaced(match: re.Match[str]) -> str:
        own = cited(match[2], known, places)
        return f"{match[1]}({own})" if own else ""

    return _IN_BRACKETS.sub(replaced, text)
