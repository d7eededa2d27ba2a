"""Find the stretches of time in which nobody who shares a duty is present (ATSP 14.2).

Pure: people are named by any hashable key, times are aware instants; a stretch runs from its start up to, not at, its
end.
"""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From an instant up to another."""

    start: dt.datetime
    end: dt.datetime

    def holds(self, at: dt.datetime) -> bool:
        """Whether an instant lies in it."""
        return self.start <= at < self.end

    def meets(self, other: "Stretch") -> bool:
        """Whether the two have an instant in common."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nobody is there: `away` are those assigned who are absent, empty when nobody is assigned."""

    stretch: Stretch
    away: tuple[Hashable, ...]


def gaps(
    assigned: Iterable[tuple[Hashable, Stretch]],
    absences: Mapping[Hashable, Sequence[Stretch]],
    window: Stretch,
) -> list[Gap]:
    """The gaps within the window, in order; neighbors with the same people away are one.

    `assigned` holds each person with the time they are assigned for, `absences` when a person is away.
    """
    people = [(who, time) for who, time in assigned if time.meets(window)]
    found: list[Gap] = []
    for piece in _pieces(people, absences, window):
        serving = dict.fromkeys(who for who, time in people if time.holds(piece.start))
        away = tuple(
            who for who in serving if any(a.holds(piece.start) for a in absences.get(who, ()))
        )
        if len(away) < len(serving):
            continue
        last = found[-1] if found else None
        if last is not None and last.away == away and last.stretch.end == piece.start:
            found[-1] = Gap(Stretch(last.stretch.start, piece.end), away)
        else:
            found.append(Gap(piece, away))
    return found


def _pieces(
    people: Sequence[tuple[Hashable, Stretch]],
    absences: Mapping[Hashable, Sequence[Stretch]],
    window: Stretch,
) -> list[Stretch]:
    """The window cut wherever somebody comes or goes, so that within a piece nothing changes."""
    times = [time for _, time in people]
    times += [absence for who in {who for who, _ in people} for absence in absences.get(who, ())]
    cuts = {window.start, window.end}
    cuts |= {at for time in times for at in (time.start, time.end) if window.holds(at)}
    ordered = sorted(cuts)
    return [Stretch(start, end) for start, end in pairwise(ordered)]
