"""The explanation of a due time, as a value: to show, to keep beside the deadline, to read back.

An explanation holds all it needs to speak for itself, so one that was stored years ago still says
what was true then, whatever became of the calendar. Its length is bounded however long the span.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from portal.rules.business_time import wording
from portal.rules.business_time.steps import Closed, Counted, Holiday, Omitted, SpanKind, Step

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due time and the steps that lead to it, in order of time.

    ``start``, ``due`` and ``reached`` are instants in UTC, ``zone`` is the zone whose clock the words
    use. ``amount`` is what was added, for the kinds that add time; ``count`` the weeks or months.
    ``reached`` is where elapsed time, weeks or months ended before `place`; none, if they were not placed.
    """

    kind: SpanKind
    start: datetime
    due: datetime
    zone: str
    amount: timedelta = timedelta()
    count: int = 0
    reached: datetime | None = None
    steps: tuple[Step, ...] = ()

    @property
    def counted(self) -> tuple[Counted, ...]:
        """The windows counted, but for those summed up in `omitted`."""
        return tuple(step for step in self.steps if isinstance(step, Counted))

    @property
    def holidays(self) -> tuple[Holiday, ...]:
        """The holidays skipped, but for those summed up in `omitted`."""
        return tuple(step for step in self.steps if isinstance(step, Holiday))

    @property
    def omitted(self) -> Omitted:
        """The time that the steps leave out; all zero for a span short enough to list in full."""
        found = [step for step in self.steps if isinstance(step, Omitted)]
        return found[0] if found else Omitted(0, 0, timedelta(), 0, 0)

    @property
    def closed_days(self) -> int:
        """How many dates between start and due were closed as every week, told or left out."""
        told = sum(step.days for step in self.steps if isinstance(step, Closed))
        return told + self.omitted.closed_days

    @property
    def counted_time(self) -> timedelta:
        """All time counted, told or left out: the ``amount``, when business time was added."""
        return sum((window.length for window in self.counted), self.omitted.length)

    def words(self) -> str:
        """The explanation as one plain English sentence, without a full stop."""
        return wording.sentence(self)

    def as_data(self) -> dict[str, Any]:
        """The explanation in JSON's types: instants as ISO 8601 in UTC, dates as ISO, spans in seconds."""
        data: dict[str, Any] = {
            "kind": self.kind.value,
            "start": self.start.isoformat(),
            "due": self.due.isoformat(),
            "zone": self.zone,
        }
        if self.amount:
            data["seconds"] = _seconds(self.amount)
        if self.count:
            data["count"] = self.count
        if self.reached is not None:
            data["reached"] = self.reached.isoformat()
        data["steps"] = [_step_as_data(step) for step in self.steps]
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The explanation that `as_data` wrote. Raises ValueError for anything else."""
        try:
            reached = data.get("reached")
            return cls(
                kind=SpanKind(data["kind"]),
                start=datetime.fromisoformat(data["start"]),
                due=datetime.fromisoformat(data["due"]),
                zone=str(data["zone"]),
                amount=timedelta(seconds=data.get("seconds", 0)),
                count=int(data.get("count", 0)),
                reached=None if reached is None else datetime.fromisoformat(reached),
                steps=tuple(_step_from_data(step) for step in data["steps"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"This is not an explanation of a due time: {error!r}.") from error


def _seconds(length: timedelta) -> int | float:
    """Seconds as JSON's number; a float holds every microsecond of three centuries exactly."""
    whole, rest = divmod(length, _SECOND)
    return length.total_seconds() if rest else whole


def _step_as_data(step: Step) -> dict[str, Any]:
    match step:
        case Counted(start, end):
            return {
                "step": "counted",
                "from": start.isoformat(),
                "to": end.isoformat(),
                "seconds": _seconds(step.length),
            }
        case Holiday(day, name):
            return {"step": "holiday", "date": day.isoformat(), "name": name}
        case Closed(first, last):
            return {"step": "closed", "from": first.isoformat(), "to": last.isoformat()}
        case Omitted(windows, days, length, holidays, closed_days):
            return {
                "step": "omitted",
                "windows": windows,
                "days": days,
                "seconds": _seconds(length),
                "holidays": holidays,
                "closed_days": closed_days,
            }


def _step_from_data(data: Mapping[str, Any]) -> Step:
    match data["step"]:
        case "counted":
            return Counted(datetime.fromisoformat(data["from"]), datetime.fromisoformat(data["to"]))
        case "holiday":
            return Holiday(date.fromisoformat(data["date"]), str(data["name"]))
        case "closed":
            return Closed(date.fromisoformat(data["from"]), date.fromisoformat(data["to"]))
        case "omitted":
            return Omitted(
                int(data["windows"]),
                int(data["days"]),
                timedelta(seconds=data["seconds"]),
                int(data["holidays"]),
                int(data["closed_days"]),
            )
    raise ValueError(f"unknown step {data['step']!r}")
