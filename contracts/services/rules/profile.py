"""What changed between two revisions of an account profile, line by line (ATSP 14.1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

SECTIONS = {
    "products": "Products and Releases",
    "platforms": "Platforms and operating systems",
    "topology": "Topology",
    "contacts": "People and how to reach them",
    "notes": "Notes",
}
"""The parts of an account profile, in their order on the page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: it stayed (""), was added ("+") or removed ("-")."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section that changed, with its lines as they were and are."""

    title: str
    lines: tuple[Line, ...]


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[SectionChange]:
    """The sections that differ, in the profile's order, each with all its lines."""
    return [
        SectionChange(title, tuple(_lines(before.get(name, ""), after.get(name, ""))))
        for name, title in SECTIONS.items()
        if before.get(name, "") != after.get(name, "")
    ]


def _lines(before: str, after: str) -> list[Line]:
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for what, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            found += [Line("", text) for text in old[i:j]]
            continue
        found += [Line("-", text) for text in old[i:j]]
        found += [Line("+", text) for text in new[k:m]]
    return found
