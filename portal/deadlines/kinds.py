"""The kinds of deadlines. Each app registers its own when it starts, with the handler the sweep calls."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from portal.deadlines.due import Due

Handler = Callable[[Sequence[Due], dt.datetime], None]
"""Does what the due deadlines of one kind ask, in the sweep's transaction: journal, notices, further deadlines.

It gets them in the order of their due times with the sweep's domain time, and holds the subjects' locks. It must use a
number of statements that does not grow with theirs, lock no other subject (that would wait), and let its errors out.
It does not settle the deadlines: the engine has already marked them.
"""


@dataclass(frozen=True, slots=True)
class DeadlineKind:
    """A kind of deadline: a promise that a person keeps, or a timer that acts by itself.

    `in_runs` says that its handler takes several rows of one subject at once, each due after the other: it changes none
    of them, and sets nothing that falls due between them. `remind` gets promises that are still unfinished at the time
    that their setting named before they are due; they stay pending. It may only tell of them.
    """

    code: str
    title: str
    promise: bool
    handle: Handler
    in_runs: bool = False
    remind: Handler | None = None


_kinds: dict[str, DeadlineKind] = {}


def register(kind: DeadlineKind) -> None:
    """Make a kind known. Raises ValueError when another kind has its code."""
    known = _kinds.setdefault(kind.code, kind)
    if known != kind:
        raise ValueError(f"deadline kind {kind.code!r} is registered twice")


def kind_of(code: str) -> DeadlineKind:
    """The kind of that code. Raises LookupError when no app registered it."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"no deadline kind {code!r} is registered") from None


def in_runs(code: str) -> bool:
    """Whether rows of that kind go together that follow each other on a subject; of a kind unknown they do not."""
    kind = _kinds.get(code)
    return kind is not None and kind.in_runs


def by_lateness(rows: Sequence[Due]) -> Iterator[tuple[bool, list[Due]]]:
    """The rows that fire late and those in time, each in their order, the late ones first; an empty part is left out.

    For handlers that act on many rows at once: it keeps rows in time from being reported as late.
    """
    for late in (True, False):
        part = [row for row in rows if row.late is late]
        if part:
            yield late, part
