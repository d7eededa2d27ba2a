"""What changed between two versions of a programme, in words, by section, with the clause of each entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.programmes.rules.data import Change, diff, leaves
from contracts.programmes.rules.terms import Programme

_STEP = re.compile(r"([a-z_]+)(?:\[(.+?)\])?(?:\.|$)")
_SECTIONS = {
    "programme": "The programme itself",
    "business_day": "Business Day",
    "term": "Term",
    "tier": "Tiers",
    "option": "Options",
    "payment": "Payment",
    "work_rate": "Work by the day",
    "roster": "Contacts",
    "severity": "Severities and objectives",
    "information_clock": "Information asked for",
    "closure_reason": "Reasons for closing",
    "closing": "Closing by silence",
    "determination": "Charging",
    "escalation": "Escalation",
    "scorecard": "Scorecard",
    "glossary": "Glossary",
    "clause": "Clauses",
    "counterpart": "Clauses in the place of others",
    "region": "Regions",
}


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One changed term: the entry in words, what it said and says (None: it was or is not there), and its clause."""

    entry: str
    before: str | None
    after: str | None
    clause: str

    @property
    def is_new(self) -> bool:
        """Whether the older version does not have it."""
        return self.before is None

    @property
    def is_gone(self) -> bool:
        """Whether the newer version does not have it."""
        return self.after is None


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """The changes of one section of the file."""

    title: str
    changes: tuple[ToldChange, ...]


def changes_in_words(old: Programme, new: Programme) -> list[ChangedSection]:
    """What differs, by section in the order of the newer version; empty when nothing does."""
    known = dict(leaves(old)) | dict(leaves(new))
    sections: dict[str, list[ToldChange]] = {}
    for change in diff(old, new):
        steps = _steps(change.path)
        title = _SECTIONS.get(steps[0][0], _plain(steps[0][0]))
        sections.setdefault(title, []).append(
            ToldChange(_entry(change, steps), change.before, change.after, _clause(steps, known))
        )
    return [ChangedSection(title, tuple(changes)) for title, changes in sections.items()]


def _steps(path: str) -> list[tuple[str, str]]:
    """The steps of a path with the names of their entries: [("tier", "level-2"), ("pool", "us"), ("cases", "")]."""
    return [(key, name or "") for key, name in _STEP.findall(path.removeprefix("order of "))]


def _entry(change: Change, steps: Sequence[tuple[str, str]]) -> str:
    if change.path.startswith("order of "):
        return f"the order of {_plain(steps[-1][0])} entries"
    return ", ".join(f"{_plain(key)} {name}".strip() for key, name in steps)


def _clause(steps: Sequence[tuple[str, str]], known: dict[str, str]) -> str:
    """The clause of the nearest entry that names one; of a clause itself its id."""
    if steps[0][0] == "clause":
        return steps[0][1]
    for end in range(len(steps), 0, -1):
        path = ".".join(f"{key}[{name}]" if name else key for key, name in steps[:end])
        if f"{path}.clause" in known:
            return known[f"{path}.clause"]
    return ""


def _plain(key: str) -> str:
    return key.replace("_", " ")
