"""The face of a deadline: what a clock shows, decided from the server's instants.

The state comes from the record and the instants; the reader's zone changes the wording only, so a fresh
case can never look breached to somebody elsewhere.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.ui import words

SOON = dt.timedelta(hours=2)
"""How long before it is due a clock turns to "soon": the same for all, so that of two the nearer is never calmer."""

ICONS = {
    "calm": "clock",
    "soon": "hourglass-high",
    "overdue": "alert-triangle",
    "met": "circle-check",
    "missed": "clock-x",
    "done": "check",
    "cancelled": "circle-minus",
    "superseded": "replace",
    "parked": "hand-stop",
}


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What a clock shows.

    `running` tells that the words change with time: the page's script then counts on, from `due` and with
    the same rules. `soon` is how long before `due` the tone turns from calm to soon.
    """

    due: dt.datetime
    state: str
    tone: str
    relative: str
    absolute: str
    label: str
    clause: str
    explanation: str
    note: str
    soon: dt.timedelta
    running: bool

    @property
    def icon(self) -> str:
        """The icon's name for the tone."""
        return ICONS[self.tone]

    @property
    def soon_seconds(self) -> int:
        """`soon` in seconds."""
        return int(self.soon.total_seconds())


def read(thing: Any, name: str, default: Any = None) -> Any:
    """Return an attribute of an object, or an entry of a mapping; `default` where it is missing or None."""
    value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
    return default if value is None else value


def tone_of(due: dt.datetime, now: dt.datetime, soon: dt.timedelta) -> str:
    """Return the tone of a pending deadline. At its very instant it is not overdue (D-8)."""
    if now > due:
        return "overdue"
    return "soon" if due - now < soon else "calm"


def _settled(
    state: str, due: dt.datetime, done: dt.datetime | None, now: dt.datetime, *, awaited: bool
) -> tuple[str, str]:
    """Return tone and words of a deadline that is no longer pending; `awaited` where its act is still to be done."""
    if state == "met":
        return "met", f"met {words.kept(due, done)}" if done else "met"
    if state == "missed":
        if done is not None:
            return "missed", f"missed by {words.span((done - due).total_seconds())}"
        late = f", {words.span((now - due).total_seconds())} late so far" if awaited else ""
        return "missed", f"missed{late}"
    if state == "fired":
        return "done", "done"
    if state == "cancelled":
        return state, "canceled"
    return (state if state in ICONS else "done"), words.spoken(state).lower()


def face(
    deadline: Any, now: dt.datetime, zone: dt.tzinfo, *, label: str = "", explanation: str = ""
) -> ClockFace:
    """Return the face of a deadline, in the words of the reader's `zone`.

    `deadline` is an object or mapping with `due_at` and `state`, and as it has them `set_at`, `met_at`,
    `unfinished`, `label`, `clause`, `words`, `late`, `cause`. All instants are aware.
    """
    due: dt.datetime = read(deadline, "due_at")
    state = str(read(deadline, "state", "pending"))
    done = read(deadline, "met_at")
    awaited = done is None and read(deadline, "unfinished", default=True)
    if state == "pending":
        tone, relative = tone_of(due, now, SOON), words.until(due, now)
    else:
        tone, relative = _settled(state, due, done, now, awaited=awaited)
    note = str(read(deadline, "cause", ""))
    if read(deadline, "late", default=False) and not note:
        note = "acted on late"
    return ClockFace(
        due=due,
        state=state,
        tone=tone,
        relative=relative,
        absolute=words.absolute(due, zone, now),
        label=label or str(read(deadline, "label", "")) or _kind(deadline),
        clause=str(read(deadline, "clause", "")),
        explanation=explanation
        or str(read(deadline, "explanation", "") or read(deadline, "words", "")),
        note=note,
        soon=SOON,
        running=state == "pending" or (state == "missed" and awaited),
    )


def _kind(deadline: Any) -> str:
    """Return words for a deadline that nobody labelled."""
    return words.spoken(str(read(deadline, "step", "")) or str(read(deadline, "kind", "")))
