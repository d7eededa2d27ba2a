"""What comes from outside and is not trusted: characters that cannot be stored, and texts that nest without end."""

import json
import re
import tomllib
from typing import Any

from portal.rules.limits import KB, size

REPLACEMENT = "\ufffd"
DEPTH_MOST = 50
NUMBER_MOST_DIGITS = 18
"""More digits are no key of any row: PostgreSQL's largest has nineteen."""
TOML_MOST_BYTES = 500 * KB
TOML_MOST_KEYS = 10_000
_CANNOT_BE_STORED = re.compile("[\x00\ud800-\udfff]")
_OPENS, _CLOSES = "[{", "]}"


def storable(text: str) -> str:
    """The text with the mark for an unknown character in place of each that PostgreSQL does not store.

    Those are NUL, and halves of a surrogate pair that stand alone.
    """
    return _CANNOT_BE_STORED.sub(REPLACEMENT, text)


def is_storable(text: str) -> bool:
    """Whether PostgreSQL stores the text as it is."""
    return _CANNOT_BE_STORED.search(text) is None


def number_in(text: str) -> int | None:
    """The whole number that a text writes, as keys and positions are: decimal digits, at most 18; None for another."""
    return int(text) if text.isdecimal() and len(text) <= NUMBER_MOST_DIGITS else None


def load_json(text: str, *, most_depth: int = DEPTH_MOST) -> Any:
    """The value of a JSON text, its texts made storable. Raises ValueError for what is none, or nests too deep."""
    if depth_of(text) > most_depth:
        raise ValueError(f"it nests deeper than {most_depth} levels")
    return _made_storable(json.loads(text, parse_constant=_no_constant))


def load_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises tomllib.TOMLDecodeError for what is none, what is too large or nests too deep, and for a number that nobody
    reads.
    """
    if len(text) > TOML_MOST_BYTES or text.count("=") > TOML_MOST_KEYS:
        raise tomllib.TOMLDecodeError(
            f"it is too large: write at most {size(TOML_MOST_BYTES)} and {TOML_MOST_KEYS:,} values"
        )
    if (
        depth_of(text) > DEPTH_MOST
        or max(map(_dots_of_a_key, text.splitlines()), default=0) > DEPTH_MOST
    ):
        raise tomllib.TOMLDecodeError(f"it nests deeper than {DEPTH_MOST} levels")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise tomllib.TOMLDecodeError(str(error)) from error


def depth_of(text: str) -> int:
    """How deep brackets and braces nest at most. Those within quoted text count too: it is a bound from above."""
    depth = deepest = 0
    for sign in re.findall(r"[\[\]{}]", text):
        if sign in _OPENS:
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(depth - 1, 0)
    return deepest


def _dots_of_a_key(line: str) -> int:
    return line.partition("=")[0].count(".") if line.lstrip()[:1] not in ("#", '"', "'") else 0


def _made_storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_made_storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(key): _made_storable(each) for key, each in value.items()}
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
