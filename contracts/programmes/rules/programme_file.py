"""From a programme file (TOML) to a `Programme`, whole or refused with every mistake named.

`parse` reads a file as a person writes it and checks all of it. `dump`, `load`, `digest` and `diff` (from
``programme_data``) serve the versions kept in the database.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from contracts.programmes.rules.base import Base, merged
from contracts.programmes.rules.checks import findings
from contracts.programmes.rules.data import HEADING, Change, diff, digest, dump
from contracts.programmes.rules.reader import Notes, read_fields
from contracts.programmes.rules.terms import Clause, GlossaryTerm, Programme
from portal.rules.outside import load_toml

__all__ = [
    "Base",
    "Change",
    "Problem",
    "ProgrammeFileError",
    "beside",
    "diff",
    "digest",
    "dump",
    "load",
    "parse",
    "read_file",
]

_DECISION = re.compile(r"D-[1-9]\d*")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the file, the entry ("tier[2].pool[1].cases", or "line 12") and the reason."""

    file: str
    entry: str
    reason: str

    def __str__(self) -> str:
        """The mistake in one line."""
        return f"{self.file}: {self.entry} {self.reason}"


class ProgrammeFileError(ValueError):
    """A programme file is refused whole; `problems` holds every mistake found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def parse(text: str, *, name: str, base: Base | None = None) -> Programme:
    """The programme written in a TOML text; `name` is the file's, for the problems.

    A file may be based on another programme (``programme_base``), whose tables `base` gives by its code. A glossary
    entry stands for its clause too, unless the file has that clause in full. Raises ProgrammeFileError with
    all that is wrong: syntax, unknown and missing entries, types, clauses that are not there, and what does
    not fit together; each is named by where the file itself writes it.
    """
    whole = merged(_tables(text, name), base)
    if whole.problems:
        raise ProgrammeFileError(tuple(Problem(name, *problem) for problem in whole.problems))
    notes = Notes()
    parts = _read(whole.data, notes)
    prefixes = (parts.get("prefix"), parts.get("amended_by"), parts.get("part_of"))
    notes.problems += _clause_problems(whole.data, notes, prefixes)
    notes.problems += findings(parts)
    notes.problems = [(whole.place(entry), reason) for entry, reason in notes.problems]
    return _programme(parts, notes, name)


def load(data: Mapping[str, Any]) -> Programme:
    """The programme of data made by `dump`, the very same value.

    Entries must be readable, but what a file is checked for beyond that is not asked again: a published
    version stays usable when the checks grow. Raises ProgrammeFileError when it cannot be read.
    """
    notes = Notes()
    return _programme(_read(data, notes), notes, "stored programme")


def read_file(path: Path) -> Programme:
    """The programme in a file on disk, the one function here that leaves memory.

    Raises ProgrammeFileError when the file cannot be read or is not a right programme.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        problem = Problem(path.name, "file", f"cannot be read: {error.strerror}")
        raise ProgrammeFileError((problem,)) from error
    except UnicodeDecodeError as error:
        problem = Problem(path.name, f"byte {error.start}", "is not UTF-8 text")
        raise ProgrammeFileError((problem,)) from error
    return parse(text, name=path.name, base=beside(path))


def beside(path: Path) -> Base:
    """The tables of the programme files beside a file, by their codes, which are their names without the ending.

    A file is never based on itself, nor on one that is based on it: then no programme is at hand.
    """

    def tables(code: str, above: frozenset[str] = frozenset()) -> Mapping[str, Any] | None:
        other = path.with_name(f"{code}.toml")
        above |= {path.stem}
        if code in above or not re.fullmatch(r"[a-z0-9-]+", code) or not other.is_file():
            return None
        data = _tables(other.read_text(encoding="utf-8"), other.name)
        below = merged(data, lambda deeper: tables(deeper, above | {code}))
        if below.problems:
            raise ProgrammeFileError(tuple(Problem(other.name, *one) for one in below.problems))
        return below.data

    return tables


def _tables(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises ProgrammeFileError with the line when it is none."""
    try:
        return load_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeFileError((_syntax_problem(str(error), name),)) from error


def _read(data: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    """The fields of the programme that could be read, by name."""
    heading = data.get("programme", {})
    parts: dict[str, Any] = {}
    if isinstance(heading, Mapping):
        parts |= read_fields(Programme, heading, "programme", notes, chosen=HEADING.__contains__)[0]
    else:
        notes.problem("programme", "is no table; write [programme]")
    rest = {key: value for key, value in data.items() if key != "programme"}
    chosen = {item.name for item in fields(Programme)}.difference(HEADING).__contains__
    parts |= read_fields(Programme, rest, "", notes, chosen=chosen)[0]
    if "clauses" in parts and "glossary" in parts:
        parts["clauses"] = _defined(parts["glossary"], parts["clauses"]) + parts["clauses"]
    return parts


def _defined(glossary: tuple[GlossaryTerm, ...], clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The clauses that appear only in the glossary."""
    written = {clause.id for clause in clauses}
    return tuple(
        Clause(entry.clause, entry.term, entry.meaning)
        for entry in glossary
        if entry.clause not in written
    )


def _clause_problems(
    data: Mapping[str, Any], notes: Notes, prefixes: tuple[str | None, str | None, str | None]
) -> Iterator[tuple[str, str]]:
    """Entries that name a missing clause, and clauses with an id of another programme."""
    ids = dict(_clause_ids(data))
    for entry, clause in notes.references:
        if clause not in ids:
            yield entry, f"is {clause!r}, which is no clause of this file"
    prefix, amendment, whole = prefixes
    own = tuple(f"{one} " for one in (prefix, whole) if one)
    if prefix is not None:
        for clause, entry in ids.items():
            if clause == amendment:
                continue
            if not (clause.startswith(own) or _DECISION.fullmatch(clause)):
                yield (
                    entry,
                    f'is {clause!r}; an id begins with "{prefix} ", or is a decision, "D-1"',
                )


def _clause_ids(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids of all clauses that the file has, with their entries, whether or not the rest is right."""
    for section, key in (("clause", "id"), ("glossary", "clause")):
        entries = data.get(section)
        for n, entry in enumerate(entries if isinstance(entries, list) else [], 1):
            if isinstance(entry, Mapping) and isinstance(entry.get(key), str):
                yield entry[key], f"{section}[{n}].{key}"


def _programme(parts: dict[str, Any], notes: Notes, name: str) -> Programme:
    if notes.problems:
        problems = (Problem(name, entry, reason) for entry, reason in notes.problems)
        raise ProgrammeFileError(tuple(dict.fromkeys(problems)))
    return Programme(**parts)


def _syntax_problem(message: str, name: str) -> Problem:
    """A problem of the TOML itself, with its line where the parser tells it."""
    found = re.fullmatch(r"(.*) \(at (line \d+), column \d+\)", message, re.DOTALL)
    if found is None:
        return Problem(
            name, "last line", f"is not TOML: {message.removesuffix(' (at end of document)')}"
        )
    return Problem(name, found[2], f"is not TOML: {found[1]}")
