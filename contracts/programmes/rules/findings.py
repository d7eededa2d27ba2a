"""What a check of a programme file finds: the entry that is wrong, with the reason."""

from collections.abc import Iterator, Mapping, Sequence

Findings = Iterator[tuple[str, str]]


def unknown(what: str, value: object, known: Sequence[object] | Mapping[str, object]) -> str:
    """The reason that a value is none of the known ones."""
    return f"is {value!r}, which is no {what}; there is {', '.join(map(str, known)) or 'none'}"
