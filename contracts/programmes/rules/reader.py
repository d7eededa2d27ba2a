"""Reading tables of a programme file into the frozen values of `terms`, guided by their annotations.

The dataclasses are the schema: a field's name is its key, its type says what may stand there, and its
`Written` mark how it is written. Problems are noted, never raised, so that one reading finds them all.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from contracts.programmes.rules.values import WEEKDAYS, Span, Written

# A list of entries is written as one table for each: [[tier]], [[tier]].
TABLES = {
    "regions": "region",
    "tiers": "tier",
    "pools": "pool",
    "options": "option",
    "severities": "severity",
    "information_clocks": "information_clock",
    "limitations": "limitation",
    "closure_reasons": "closure_reason",
    "determinations": "determination",
    "work_rates": "work_rate",
    "duties": "duty",
    "notices": "notice",
    "measures": "measure",
    "statuses": "status",
    "percentages": "percentage",
    "levels": "level",
    "grounds": "ground",
    "deliveries": "delivery",
    "transfers": "transfer",
    "counterparts": "counterpart",
    "clauses": "clause",
    # of an agreement file
    "sites": "site",
    "signatures": "signature",
    "contacts": "contact",
    "assignments": "assignment",
    "people": "person",
    "trainings": "training",
    "coverages": "coverage",
}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,2})?")
_CENTS = re.compile(r"\d{1,9}\.\d{2}")


class UnreadableError(Exception):
    """A value does not fit its term; the message is the reason."""


@dataclass(slots=True)
class Notes:
    """What a reading finds beside the values: problems by entry, and the clauses that entries name."""

    problems: list[tuple[str, str]] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)

    def problem(self, entry: str, reason: str) -> None:
        """Note that the entry is wrong, and why."""
        self.problems.append((entry, reason))


@cache
def keys_of(cls: type) -> dict[str, str]:
    """The key of each field of a dataclass in a file: the field's name, "tier" for a list of tiers."""
    hints = hints_of(cls)
    return {
        item.name: TABLES.get(item.name, item.name)
        if is_dataclass(_entries(hints[item.name]))
        else item.name
        for item in fields(cls)
    }


def read_table(cls: type, data: object, path: str, notes: Notes) -> Any | None:
    """The value of a dataclass read from a table, or None when something in it was noted as wrong."""
    if not isinstance(data, Mapping):
        notes.problem(path, f"is {_kind(data)}, where a table belongs")
        return None
    parts, complete = read_fields(cls, data, path, notes)
    return cls(**parts) if complete else None


def read_fields(
    cls: type,
    data: Mapping[str, object],
    path: str,
    notes: Notes,
    *,
    chosen: Callable[[str], bool] = lambda name: True,
) -> tuple[dict[str, Any], bool]:
    """The fields that could be read from a table, by name, and whether nothing in it was wrong.

    `chosen` tells by its name whether a field of the class belongs in this table.
    """
    keys, hints = keys_of(cls), hints_of(cls)
    known = {keys[item.name]: item for item in fields(cls) if chosen(item.name)}
    complete, meant = _unknown_keys(data, list(known), path, notes)
    parts: dict[str, Any] = {}
    for key, item in known.items():
        entry = f"{path}.{key}" if path else key
        hint = hints[item.name]
        if key in data:
            before = len(notes.problems)
            value = _read(hint, data[key], entry, notes)
            if data[key] == [] and item.default is MISSING:
                notes.problem(entry, "is empty")
            if len(notes.problems) == before:
                parts[item.name] = value
            else:
                complete = False
        elif item.default is not MISSING:
            parts[item.name] = item.default
        elif _optional(hint):
            parts[item.name] = None
        else:
            complete = False
            if key not in meant:
                notes.problem(entry, "is missing")
    return parts, complete


def _unknown_keys(
    data: Mapping[str, object], known: Sequence[str], path: str, notes: Notes
) -> tuple[bool, list[str]]:
    """Note the keys that no field has; whether there are none, and the keys that were meant, it seems."""
    strangers = [key for key in data if key not in known]
    meant: list[str] = []
    for key in strangers:
        near = get_close_matches(key, [name for name in known if name not in data], 1)
        hint = f"; {near[0]!r} is meant, it seems" if near else ""
        notes.problem(f"{path}.{key}" if path else key, f"is no known entry{hint}")
        meant += near
    return not strangers, meant


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """The annotations of a dataclass's fields, with their `Written` marks."""
    return get_type_hints(cls, include_extras=True)


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)


def _entries(hint: Any) -> Any | None:
    """What the entries of a list are, when the hint is ``tuple[X, ...]``."""
    return get_args(hint)[0] if get_origin(hint) is tuple else None


def _read(hint: Any, data: object, path: str, notes: Notes) -> Any:
    """The value of that type read from the data; what is wrong is noted under the path."""
    if _optional(hint):
        hint = next(part for part in get_args(hint) if part is not NoneType)
    each = _entries(hint)
    if each is not None:
        return _read_list(each, data, path, notes)
    if is_dataclass(hint) and hint is not Span:
        return read_table(hint, data, path, notes)  # type: ignore[arg-type]
    written = None
    if get_origin(hint) is Annotated:
        hint, written = get_args(hint)
    try:
        value = _plain(hint, written, data)
    except UnreadableError as unreadable:
        notes.problem(path, str(unreadable))
        return None
    if written is Written.CLAUSE:
        notes.references.append((path, value))
    return value


def _read_list(each: Any, data: object, path: str, notes: Notes) -> tuple[Any, ...]:
    if not isinstance(data, list):
        what = f"[[{path}]] tables belong" if is_dataclass(each) else "a list belongs"
        notes.problem(path, f"is {_kind(data)}, where {what}")
        return ()
    values = [_read(each, item, f"{path}[{n}]", notes) for n, item in enumerate(data, 1)]
    if is_dataclass(each):
        _note_doubles(fields(each)[0].name, data, path, notes)
    return tuple(values)


def _note_doubles(name: str, data: list[object], path: str, notes: Notes) -> None:
    """Report entries that repeat the first field, their name, of an earlier entry."""
    first: dict[object, int] = {}
    for n, item in enumerate(data, 1):
        value = item.get(name) if isinstance(item, Mapping) else None
        if not isinstance(value, str | int):
            continue
        if value in first:
            reason = f"is {value!r}, which {path}[{first[value]}] is already"
            notes.problem(f"{path}[{n}].{name}", reason)
        else:
            first[value] = n


def _plain(hint: Any, written: Written | None, data: object) -> Any:
    """A single value. Raises UnreadableError."""
    if written is Written.WEEKDAY:
        return WEEKDAYS.index(_one_of(WEEKDAYS, data))
    if hint is Decimal:
        return _decimal(written, data)
    if hint is Span:
        return _span(written, data)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(_one_of([choice.value for choice in hint], data))
    if hint is bool:
        if not isinstance(data, bool):
            raise UnreadableError(f"is {_kind(data)}, where true or false belongs")
        return data
    if hint is int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise UnreadableError(f"is {_kind(data)}, where a whole number belongs")
        if data < 0:
            raise UnreadableError(f"is {data}, below zero")
        return data
    if hint is datetime:
        if not isinstance(data, datetime) or data.tzinfo is None:
            raise UnreadableError(
                f"is {_kind(data)}; an instant is written 2002-09-03T08:00:00-07:00, without quotes"
            )
        return data
    if hint is date:
        if not isinstance(data, date) or isinstance(data, datetime):
            raise UnreadableError(f"is {_kind(data)}; a date is written 2002-09-03, without quotes")
        return data
    return _text(written, data)


def _text(written: Written | None, data: object) -> str:
    if not isinstance(data, str):
        raise UnreadableError(f"is {_kind(data)}, where text belongs")
    if written is Written.PROSE:
        paragraphs = re.split(r"\n[ \t]*\n", data.strip())
        text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    else:
        text = data
    if not text.strip():
        raise UnreadableError("is empty")
    if text != text.strip() or (written is not Written.PROSE and "\n" in text):
        raise UnreadableError(f"is {text!r}, with spaces or line breaks to spare")
    if written is Written.CODE and not _CODE.fullmatch(text):
        raise UnreadableError(
            f"is {text!r}; a code is lower-case words and numbers joined by hyphens"
        )
    if written is Written.TIME:
        _check_time(text)
    return text


def _check_time(text: str) -> None:
    if text == "24:00":
        return
    try:
        if not re.fullmatch(r"\d\d:\d\d", text):
            raise ValueError
        time.fromisoformat(text)
    except ValueError:
        raise UnreadableError(f'is {text!r}; a time of day is written "08:00"') from None


def _decimal(written: Written | None, data: object) -> Decimal:
    money = written is Written.MONEY
    form, example = (_CENTS, '"24000.00"') if money else (_DECIMAL, '"1.5"')
    what = "money is written as text with its cents" if money else "points are written as text"
    if not isinstance(data, str):
        raise UnreadableError(f"is {_kind(data)}; {what}, {example}")
    if not form.fullmatch(data):
        limit = "" if money else " with at most two decimals"
        raise UnreadableError(f"is {data!r}; {what}{limit}, {example}")
    return Decimal(data)


def _span(written: Written | None, data: object) -> Span:
    if not isinstance(data, str):
        raise UnreadableError(f'is {_kind(data)}; a span of time is written "30 minutes"')
    try:
        span = Span.parse(data)
    except ValueError as error:
        raise UnreadableError(f"is no span: {error}") from None
    if span.amount == 0 and written is not Written.MARK:
        raise UnreadableError("is nothing; a span is at least 1")
    return span


def _one_of(choices: Sequence[str], data: object) -> str:
    if isinstance(data, str) and data in choices:
        return data
    near = get_close_matches(data, choices, 1) if isinstance(data, str) else []
    hint = (
        f"{near[0]!r} is meant, it seems" if near else f"one of {', '.join(choices)} belongs there"
    )
    raise UnreadableError(f"is {data!r}; {hint}")


def _kind(data: object) -> str:
    """What a value of the file is, in words."""
    match data:
        case bool():
            return "true" if data else "false"
        case str():
            return f"the text {data!r}"
        case int() | float():
            return f"the number {data}"
        case list():
            return "a list"
        case Mapping():
            return "a table"
        case _:
            return f"a {type(data).__name__}"
