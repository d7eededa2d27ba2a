"""What a reseller's home shows, in a fixed number of statements."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Model, Window

from cases.bulletins.models import BulletinReader
from cases.case.models import Case
from cases.case.rows import READ, CaseRow
from cases.case.selecting import CaseQuerySet
from cases.clocks.page.promises import CasePromises, Promised, with_promises
from cases.clocks.page.waits import Wait, most_urgent_first, waiting, waits_of
from cases.presence.pulse import Person, people_on
from contracts.scope import reach_of
from portal.models import User
from portal.prepared import Rows, Tuples, given

SHOWN = 12
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
SHOWN_BULLETINS = 4


def _open() -> CaseQuerySet:
    """The open cases that a reseller's person sees."""
    return Case.objects.of_own().open()


_NEXT = Tuples(
    lambda: (
        _open()
        .most_urgent_first()
        .with_information_due()
        .annotate(so_many=Window(Count("pk")))
        .values_list(*READ, "so_many")[:SHOWN]
    )
)
"""The first of them, each with the number of all."""
_STUCK = Rows(lambda: waiting(_open())[:SHOWN])
_BULLETINS = Rows(
    lambda: BulletinReader.objects.told_lately(given("user")).only(
        "read_at", "bulletin__title", "bulletin__kind", "bulletin__published_at"
    )[:SHOWN_BULLETINS]
)


@dataclass
class OpenCases:
    """A reseller's open cases: those whose promises fall due `first`, how many there are, and those `stuck`.

    `people` are the colleagues who have which of them open.
    """

    user: User
    first: list[CaseRow]
    count: int
    stuck: list[Case] = field(default_factory=list)
    people: dict[int, list[Person]] = field(default_factory=dict)

    @cached_property
    def _promises(self) -> dict[int, CasePromises]:
        return with_promises([*self.first, *self.stuck], self.user)

    @property
    def lines(self) -> list[tuple[CaseRow, list[Promised]]]:
        """The first cases, each with its promises, in the order of the times that are shown; without one last."""
        lines = [(case, self._promises[case.pk].promises) for case in self.first]
        return sorted(
            lines, key=lambda line: [each.deadline.due_at for each in line[1][:1]] or [_LAST]
        )

    @property
    def waits(self) -> list[Wait]:
        """What the reseller has to do, the most urgent first."""
        return most_urgent_first(
            [
                wait
                for case in self.stuck
                for wait in waits_of(case, self._promises[case.pk].information)
            ]
        )

    @property
    def seen(self) -> list[Any]:
        """All that a page shows of them, as values that `repr` tells apart."""
        lines = [
            (case, [_values(each.deadline) for each in promises[:1]])
            for case, promises in self.lines
        ]
        waits = [
            (each.kind, _values(each.case), each.deadline and _values(each.deadline))
            for each in self.waits
        ]
        return [self.count, lines, waits, self.people]


def _values(row: Model) -> list[tuple[str, Any]]:
    """What was read of a row."""
    known = vars(row)
    names = [field.attname for field in row._meta.concrete_fields]
    return [(name, known[name]) for name in names if name in known]


def open_cases(user: User) -> OpenCases:
    """The open cases of a reseller's person; four statements."""
    own = list(reach_of(user).own)
    rows = _NEXT.read(own=own)
    count = rows[0][-1] if rows else 0
    first = [CaseRow(*row[:-1]) for row in rows]
    there = people_on([case.pk for case in first], of=user)
    return OpenCases(user, first, count, _STUCK.read(own=own), there)


def bulletins(user: User) -> list[Any]:
    """The latest bulletins that were sent to a reseller's person, with whether they have read them; one statement."""
    return _BULLETINS.read(user=user.pk)
