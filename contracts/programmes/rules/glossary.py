"""The defined terms of a programme's section 1: found by name, by plain words, and each with those that it uses."""

import re
from dataclasses import dataclass

from contracts.programmes.rules.terms import GlossaryTerm

Glossary = tuple[GlossaryTerm, ...]
_LONGEST = 420


@dataclass(frozen=True, slots=True)
class Definition:
    """A defined term with the other defined terms that its meaning uses, in the glossary's order (ATSP 1)."""

    entry: GlossaryTerm
    uses: tuple[str, ...] = ()


def defined(glossary: Glossary, name: str) -> GlossaryTerm | None:
    """The term of that name, "Escalation" also for "Escalation (Escalate)"; None when the programme defines none."""
    wanted = name.casefold()
    for entry in glossary:
        if wanted in (entry.term.casefold(), _plain(entry.term).casefold()):
            return entry
    return None


def definitions(glossary: Glossary, words: str = "") -> list[Definition]:
    """The terms in order of the alphabet that hold every one of `words` in their name, meaning or clause."""
    wanted = words.casefold().split()
    names = [entry.term for entry in glossary]
    found = [
        Definition(entry, _used(entry, names))
        for entry in glossary
        if all(word in _searched(entry) for word in wanted)
    ]
    return sorted(found, key=lambda one: one.entry.term.casefold())


def in_short(meaning: str) -> str:
    """The beginning of a meaning: its first paragraph, in whole sentences, as many as a pop-over takes and one."""
    text = " ".join(meaning.partition("\n\n")[0].split())
    while len(text) > _LONGEST and ". " in text[:-1]:
        text = text[: text.rindex(". ", 0, -1) + 1]
    return text


def _plain(term: str) -> str:
    return term.partition(" (")[0]


def _searched(entry: GlossaryTerm) -> str:
    return f"{entry.term} {' '.join(entry.meaning.split())} {entry.clause}".casefold()


def _used(entry: GlossaryTerm, names: list[str]) -> tuple[str, ...]:
    """Terms named in a meaning, capitals and all; of "Technical Support" the plain "Support" is not meant."""
    text = entry.meaning.replace("\n", " ")
    used = set()
    for name in sorted(names, key=len, reverse=True):
        pattern = rf"\b{re.escape(_plain(name))}s?(?!\w)"
        text, times = re.subn(pattern, " ", text)
        if times and name != entry.term:
            used.add(name)
    return tuple(name for name in names if name in used)
