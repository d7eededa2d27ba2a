"""A programme's paper: its names for the contacts and their form, and its clause for each one that the code cites.

The house's rules name a clause by its id in the ATSP agreement, as a key. A sentence is made with the paper that it
stands under, and nothing is replaced in a finished one:
``f"Only a {paper.technical} opens a case{paper.cited['ATSP 5.2.2']}."``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.programmes.rules.paper_terms import Names

_SEVERAL = re.compile(r"\s*,\s*")
_PREFIXED = re.compile(r"[A-Z]+ ")


@dataclass(frozen=True)
class Paper:
    """The words and the clauses of a programme, for who makes a sentence.

    `alternate` and `management` are "" where it knows no such contact. `places` are its own clauses by the house's that
    they stand for; without any the house's are its own. `known` are the ids of all its clauses.
    """

    technical: str = "Technical Contact"
    alternate: str = "Alternate Technical Contact"
    administrative: str = "Administrative Contact"
    management: str = "Escalation management contact"
    form: str = "Exhibit A"
    form_title: str = "Reseller Contact Information Form"
    contact_code: str = "Legato Contact Code"
    fax: str = "FAX #"
    pager: str = "Pager/Cell #"
    known: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)

    def name(self, role: str) -> str:
        """What it calls a role on the roster ("technical"), or the form that lists the contacts ("form")."""
        return str(getattr(self, role))

    def knows(self, role: str) -> bool:
        """Whether it has contacts of that role."""
        return bool(self.name(role))

    def term(self, name: str) -> str:
        """What it calls what the house calls `name` ("Technical Contact"); the same word where it has no other."""
        own = {
            getattr(HOUSE, role): getattr(self, role)
            for role in ("technical", "administrative", "form")
        }
        return own.get(name, name)

    def cite(self, citation: str) -> str:
        """A citation of the house ("ATSP 5.2.2, 1.1") in its own clauses; what has no counterpart is left out."""
        if not self.places:
            return citation
        found: list[str] = []
        prefix = waiting = ""
        for part in _SEVERAL.split(citation.strip()):
            if _PREFIXED.match(part):
                prefix = part.split(" ")[0]
            elif not part.startswith("D-") and prefix and f"{waiting}, {part}" not in self.places:
                part = f"{prefix} {part}"
            whole = f"{waiting}, {part}" if waiting else part
            one = next((each for each in (whole, part) if self._has(each)), None)
            waiting = part if one is None else ""
            if one is not None:
                found.append(self.places.get(one, one))
        return ", ".join(dict.fromkeys(found))

    @property
    def cited(self) -> "Brackets":
        """Citations in brackets, for the end of a sentence: ``paper.cited['ATSP 5.2.2']``."""
        return Brackets(self)

    def _has(self, clause: str) -> bool:
        return clause in self.places or clause in self.known


@dataclass(frozen=True, slots=True)
class Brackets:
    """The citations of a paper as they end a sentence: " (BL 3.1.3)"; empty where it has no such clause."""

    paper: Paper

    def __getitem__(self, citation: str) -> str:
        own = self.paper.cite(citation)
        return f" ({own})" if own else ""


HOUSE = Paper()
"""The default paper: the ATSP agreement's own words and clauses."""


def paper_of(names: Names | None, known: frozenset[str], places: Mapping[str, str]) -> Paper:
    """The paper of a programme with those names, clauses and counterparts."""
    if names is None:
        return Paper(known=known, places=places)
    return Paper(
        technical=names.technical,
        alternate=names.alternate or "",
        administrative=names.administrative,
        management=names.management or "",
        form=names.form,
        form_title=names.form_title or names.form,
        contact_code=names.contact_code,
        fax=names.fax,
        pager=names.pager,
        known=known,
        places=places,
    )
