"""The opening hours of a week, in wall-clock time (ATSP 1.2)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Self

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Hours = tuple[time, time]
"""One opening and its closing. A closing at ``time(0)`` is 24:00, the end of that day."""

_DAY = 24 * 60 * 60 * 1_000_000
_DASHES = ("-", "–")


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """When a week is open: for each weekday, Monday first, its windows in order.

    Times are wall-clock times of whatever zone the calendar is in. A window is open from its
    opening up to, and not including, its closing. ``time(0)`` as a closing is 24:00, so a day that
    never closes is ``(time(0), time(0))``, and nobody has to write 23:59 and lose a minute a day.
    A window that runs past midnight is written as two: 22:00–24:00 and, a day on, 00:00–06:00.

    Raises ValueError, naming the weekday, for windows that overlap, are out of order or close
    before they open, for times with a zone, and for a week without any opening.
    """

    days: tuple[tuple[Hours, ...], ...]

    def __post_init__(self) -> None:
        days = tuple(tuple((opens, closes) for opens, closes in day) for day in self.days)
        if len(days) != len(WEEKDAYS):
            raise ValueError(f"A week has seven days, Monday to Sunday; {len(days)} were given.")
        for weekday, windows in zip(WEEKDAYS, days, strict=True):
            _check_day(weekday.capitalize(), windows)
        if not any(days):
            raise ValueError(
                "The week has no opening hours at all; business time would never pass."
            )
        object.__setattr__(self, "days", days)

    @classmethod
    def on(cls, days: Mapping[int, Iterable[Hours]]) -> Self:
        """The week with these windows on these weekdays (0 is Monday), closed on the others.

        Raises ValueError as the class does, and for a weekday outside 0 to 6.
        """
        if strange := [day for day in days if day not in range(7)]:
            raise ValueError(f"A weekday is 0 (Monday) to 6 (Sunday), not {strange[0]!r}.")
        return cls(tuple(tuple(days.get(weekday, ())) for weekday in range(7)))

    @classmethod
    def monday_to_friday(cls, opens: time = time(8), closes: time = time(17)) -> Self:
        """Monday to Friday from ``opens`` to ``closes``: by default the Business Day of ATSP 1.2."""
        return cls.on({weekday: [(opens, closes)] for weekday in range(5)})

    @classmethod
    def always(cls) -> Self:
        """Every day from 00:00 to 24:00."""
        return cls.on({weekday: [(time(0), time(0))] for weekday in range(7)})

    @classmethod
    def from_data(cls, data: Mapping[str, Sequence[str]]) -> Self:
        """The week written as ``{"monday": ["08:00-12:00", "13:00-17:00"], …}``.

        A weekday that is not named is closed; "24:00" is the end of the day. Raises ValueError, with
        the entry, for an unknown weekday or a window that cannot be read, and as the class does.
        """
        if unknown := [name for name in data if name not in WEEKDAYS]:
            raise ValueError(f"There is no weekday {unknown[0]!r}; write monday to sunday.")
        return cls(
            tuple(
                tuple(_read_hours(weekday, text) for text in data.get(weekday, ()))
                for weekday in WEEKDAYS
            )
        )

    def as_data(self) -> dict[str, list[str]]:
        """The week as `from_data` reads it; closed weekdays are left out."""
        return {
            weekday: [
                f"{_clock(opens)}-{_clock(closes, closing=True)}" for opens, closes in windows
            ]
            for weekday, windows in zip(WEEKDAYS, self.days, strict=True)
            if windows
        }

    @property
    def day_length(self) -> timedelta:
        """The open time of an ordinary business day: what "1 Business Day" is worth (D-7).

        The commonest length among the weekdays that open, and the longer of two as common.
        """
        lengths = Counter(_length(windows) for windows in self.days if windows)
        return max(lengths, key=lambda length: (lengths[length], length))


def _check_day(weekday: str, windows: tuple[Hours, ...]) -> None:
    end_of_last = 0
    for opens, closes in windows:
        window = f"{weekday} {_clock(opens)}–{_clock(closes, closing=True)}"
        if opens.tzinfo is not None or closes.tzinfo is not None:
            raise ValueError(f"{window}: opening hours are wall-clock times and carry no zone.")
        if _offset(opens) >= _closing_offset(closes):
            raise ValueError(
                f"{window} closes before it opens; write hours past midnight as two windows,"
                " up to 24:00 and from 00:00 of the next weekday."
            )
        if _offset(opens) < end_of_last:
            raise ValueError(f"{window} begins before the window ahead of it has closed.")
        end_of_last = _closing_offset(closes)


def _offset(at: time) -> int:
    """Microseconds from midnight."""
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _closing_offset(at: time) -> int:
    return _offset(at) or _DAY


def _length(windows: tuple[Hours, ...]) -> timedelta:
    return timedelta(
        microseconds=sum(_closing_offset(closes) - _offset(opens) for opens, closes in windows)
    )


def _clock(at: time, *, closing: bool = False) -> str:
    if closing and not _offset(at):
        return "24:00"
    return at.isoformat("auto" if at.second or at.microsecond else "minutes")


def _read_hours(weekday: str, text: str) -> Hours:
    for dash in _DASHES:
        opens, found, closes = text.partition(dash)
        if found:
            opens, closes = opens.strip(), closes.strip()
            try:
                return (
                    time.fromisoformat(opens),
                    time(0) if closes == "24:00" else time.fromisoformat(closes),
                )
            except ValueError:
                break
    raise ValueError(f'{weekday}: cannot read {text!r}; write hours like "08:00-17:00".')
