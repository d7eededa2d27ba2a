"""A programme file that is based on another: only what it changes, adds or leaves out is written down.

Under [programme], ``based_on`` names the other programme by its code and ``without`` what falls away of it
("option[ess-1]"). Beyond that:

- a table changes the entries that it names and leaves the others as they are;
- a list of entries ([[option]]) changes the one of the same name, which is its first entry (``code``, ``id``,
  ``level``), and adds one of a new name at the end;
- any other value, a list of words too, takes the place of the other's.

The result is a programme like any other, checked and fingerprinted as a whole.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, get_args, get_origin

from contracts.programmes.rules.reader import hints_of, keys_of
from contracts.programmes.rules.terms import Programme

Base = Callable[[str], Mapping[str, Any] | None]
"""Gives the tables of the programme of a code; None when there is none."""

_PATH = re.compile(r"(.+)\[([^\[\]]+)\]")


@dataclass(slots=True)
class Merged:
    """The tables of a based programme, what is wrong with how it is based, and where each entry was written."""

    data: dict[str, Any]
    problems: list[tuple[str, str]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def place(self, entry: str) -> str:
        """Where an entry of the result was written: "option[3].fee" of the result is "option[1].fee" of the file.

        One that the file does not write itself is named with the programme that it comes from.
        """
        for found in reversed(list(re.finditer(r"\]", entry))):
            head, rest = entry[: found.end()], entry[found.end() :]
            if head in self.places:
                return self.places[head] + rest
        return entry


def merged(data: Mapping[str, Any], base: Base | None) -> Merged:
    """The tables of a file put upon those of the programme that it is based on; a file based on none as it is."""
    heading = data.get("programme")
    if not isinstance(heading, Mapping) or "based_on" not in heading:
        return Merged(dict(data))
    code = heading["based_on"]
    below = base(code) if base is not None and isinstance(code, str) else None
    if below is None:
        problem = ("programme.based_on", f"is {code!r}, and no programme of that code is at hand")
        return Merged(dict(data), [problem])
    result = Merged(deepcopy(dict(below)))
    result.data["programme"] = dict(result.data.get("programme", {}))
    own = {key: value for key, value in data.items() if key != "programme"}
    named = {key: value for key, value in heading.items() if key != "without"}
    _leave_out(result, heading.get("without", []))
    _note_places(result, result.data, Programme, "", f" (of {code})")
    result.data["programme"] |= named
    _put(result, result.data, own, Programme, "", "")
    return result


def _note_places(result: Merged, data: Mapping[str, Any], cls: type, path: str, mark: str) -> None:
    """Remember for every entry of a list below which programme it was written in."""
    for key, each in _lists_of(cls).items():
        entries = data.get(key)
        for n, entry in enumerate(entries if isinstance(entries, list) else [], 1):
            here = f"{path}{key}[{n}]"
            name = entry.get(_name_of(each)) if isinstance(entry, Mapping) else None
            result.places[here] = f"{path}{key}[{name}]{mark}"


def _put(
    result: Merged,
    below: dict[str, Any],
    own: Mapping[str, Any],
    cls: type,
    path: str,
    written: str,
) -> None:
    """Put the entries of a table upon another's. `path` is its place in the result, `written` in the file."""
    lists, tables = _lists_of(cls), _tables_of(cls)
    for key, value in own.items():
        here, there = f"{path}{key}", f"{written}{key}"
        if key in lists and isinstance(value, list) and isinstance(below.get(key), list):
            _put_entries(result, below[key], value, lists[key], here, there)
        elif key in lists and isinstance(value, list):
            below[key] = value
            for n in range(1, len(value) + 1):
                result.places[f"{here}[{n}]"] = f"{there}[{n}]"
        elif key in tables and isinstance(value, Mapping) and isinstance(below.get(key), dict):
            _put(result, below[key], value, tables[key], f"{here}.", f"{there}.")
        else:
            below[key] = value


def _put_entries(
    result: Merged, below: list[Any], own: list[Any], each: type, path: str, written: str
) -> None:
    """Change the entries of the same name and add the others at the end."""
    name = _name_of(each)
    known = {entry.get(name): n for n, entry in enumerate(below) if isinstance(entry, Mapping)}
    mine: dict[Any, int] = {}
    for n, entry in enumerate(own, 1):
        there = f"{written}[{n}]"
        called = entry.get(name) if isinstance(entry, Mapping) else None
        if not isinstance(called, str | int):
            reason = "is missing; it says which entry is changed or added"
            result.problems.append((f"{there}.{name}", reason))
            continue
        if called in mine:
            reason = f"is {called!r}, which {written}[{mine[called]}] is already"
            result.problems.append((f"{there}.{name}", reason))
            continue
        mine[called] = n
        place = known.get(called)
        if place is None:
            below.append(dict(entry))
            result.places[f"{path}[{len(below)}]"] = there
            continue
        here = f"{path}[{place + 1}]"
        result.places[here] = there
        _put(result, below[place], entry, each, f"{here}.", f"{there}.")


def _leave_out(result: Merged, without: object) -> None:
    """Remove from the base programme what the file lists under `without`."""
    if not isinstance(without, list):
        result.problems.append(("programme.without", "is no list of entries"))
        return
    for n, path in enumerate(without, 1):
        entry = f"programme.without[{n}]"
        found = _PATH.fullmatch(path) if isinstance(path, str) else None
        if found is None:
            reason = f'is {path!r}; an entry that falls away is written "option[ess-1]"'
            result.problems.append((entry, reason))
            continue
        lists = _lists_of(Programme)
        entries = result.data.get(found[1])
        if found[1] not in lists or not isinstance(entries, list):
            result.problems.append((entry, f"is {path!r}; there is no list {found[1]!r} below"))
            continue
        name = _name_of(lists[found[1]])
        kept = [one for one in entries if str(one.get(name)) != found[2]]
        if len(kept) == len(entries):
            known = ", ".join(str(one.get(name)) for one in entries)
            result.problems.append((entry, f"is {path!r}; below there is {known}"))
        result.data[found[1]] = kept


def _lists_of(cls: type) -> dict[str, type]:
    """The lists of entries of a table, by key, with what each entry is."""
    hints, keys = hints_of(cls), keys_of(cls)
    return {
        keys[item.name]: get_args(hints[item.name])[0]
        for item in fields(cls)
        if get_origin(hints[item.name]) is tuple and is_dataclass(get_args(hints[item.name])[0])
    }


def _tables_of(cls: type) -> dict[str, type]:
    """The tables within a table, by key, with what each is."""
    hints, keys = hints_of(cls), keys_of(cls)
    found = {}
    for item in fields(cls):
        choices = [hints[item.name], *get_args(hints[item.name])]
        kind = next((one for one in choices if isinstance(one, type) and is_dataclass(one)), None)
        if kind is not None and get_origin(hints[item.name]) is not tuple:
            found[keys[item.name]] = kind
    return found


def _name_of(cls: type) -> str:
    """The key that names an entry of a list: its first."""
    return keys_of(cls)[fields(cls)[0].name]
