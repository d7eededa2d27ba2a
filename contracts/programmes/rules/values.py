"""The values that terms are made of, and how each is written in a programme file.

A field of ``contracts.programmes.rules.terms`` says by its annotation how it is written: ``fee: Money`` is text with
its cents, ``clause: ClauseId`` must exist among the programme's clauses. To a type checker each is its
plain type (`Decimal`, `str`, `int`).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum, StrEnum, auto
from typing import Annotated


class Written(Enum):
    """How a value is written in a programme file, beyond its type."""

    CODE = auto()  # lower-case words joined by hyphens
    CLAUSE = auto()  # the id of a clause, which must be among the programme's clauses
    PROSE = auto()  # lines may be broken freely; a blank line separates paragraphs
    MONEY = auto()  # text with its cents: "24000.00"
    POINTS = auto()  # text with at most two decimals: "1.5"
    WEEKDAY = auto()  # "Monday"
    TIME = auto()  # "08:00"; "24:00" is the end of the day
    MARK = auto()  # a span that may be nothing: "0 minutes" is the very beginning


Code = Annotated[str, Written.CODE]
ClauseId = Annotated[str, Written.CLAUSE]
Prose = Annotated[str, Written.PROSE]
Money = Annotated[Decimal, Written.MONEY]
Points = Annotated[Decimal, Written.POINTS]
Weekday = Annotated[int, Written.WEEKDAY]
TimeOfDay = Annotated[str, Written.TIME]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Unit(StrEnum):
    """A unit of time as the agreement uses it; business units run in the Business Day (D-7)."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"  # 24 elapsed hours (D-8)
    WEEK = "week"  # the same wall-clock time seven days on (D-8)
    MONTH = "month"  # a calendar month, clipped to the month's last day (D-8)
    BUSINESS_MINUTE = "business minute"
    BUSINESS_HOUR = "business hour"
    BUSINESS_DAY = "business day"  # the length of the Business Day in business hours (D-7)

    @property
    def is_business(self) -> bool:
        """Whether the unit is counted in business time."""
        return self.value.startswith("business ")

    @property
    def is_elapsed(self) -> bool:
        """Whether the unit is a fixed length of elapsed time: minutes, hours, days (D-8)."""
        return self in _ELAPSED


_ELAPSED = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(hours=24),
}
_SPAN = re.compile(r"(\d{1,6}) ((?:business )?[a-z]+?)s?")


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of time as a term states it: ``Span(1, Unit.BUSINESS_DAY)``."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        """The span in words: "1 business day", "30 minutes"."""
        return f"{self.amount} {self.unit.value}{'' if self.amount == 1 else 's'}"

    @classmethod
    def parse(cls, text: str) -> "Span":
        """The span written as words: "1 business day", "30 minutes".

        Raises ValueError when the text is not a whole number and a unit.
        """
        found = _SPAN.fullmatch(text)
        if found is None or found[2] not in set(Unit):
            units = ", ".join(unit.value for unit in Unit)
            raise ValueError(
                f"{text!r} is not a span of time; write a whole number and one of: {units}"
            )
        return cls(int(found[1]), Unit(found[2]))

    @property
    def length(self) -> timedelta:
        """The fixed length of a span of minutes, hours or days (D-8).

        Raises ValueError for weeks, months and business units, whose length depends on where they begin.
        """
        if self.unit not in _ELAPSED:
            raise ValueError(f"{self} has no fixed length: it depends on when it begins")
        return self.amount * _ELAPSED[self.unit]
