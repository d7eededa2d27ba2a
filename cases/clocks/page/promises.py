"""A case's promises as a reader sees them: each deadline with the words it is known by on their side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Window

from cases.case.models import Case
from cases.case.rows import CaseRow
from cases.case.selecting import CaseQuerySet
from cases.clocks.setting import (
    FIRST_RESPONSE,
    INFORMATION,
    MISSED,
    PROMISED,
    TO_CONTACT,
    next_due_for,
)
from cases.notices import ANSWERS_IN_WRITING, TO_PROVIDER, TO_RESELLER
from portal.deadlines.kinds import kind_of
from portal.models import Deadline, DeadlineState, SubjectKey, User
from portal.nested import nested, rows_in
from portal.prepared import Rows, among

KINDS = tuple(TO_PROVIDER)
SHOWN = 34
"""How many clocks a case page shows: the four that can run at the most, and those that ended lately."""
_UNFINISHED = Rows(
    lambda: (
        Deadline.objects.filter(among("subject_id", "cases"), subject_type=Case._meta.label_lower)
        .unfinished()
        .filter(TO_CONTACT | Q(kind=INFORMATION))
        .soonest_first()
    )
)


@dataclass(frozen=True, slots=True)
class Promised:
    """A deadline with its label."""

    deadline: Deadline
    label: str


@dataclass(frozen=True, slots=True)
class CasePromises:
    """A case's unfinished promises of the provider, the soonest first, and the information it waits for."""

    promises: list[Promised]
    information: Deadline | None


def label_of(kind: str, user: User, *, in_writing: bool = False) -> str:
    """The words for a kind of promise on the user's side; `in_writing` where the contact wants that first (D-30)."""
    if in_writing and kind == FIRST_RESPONSE:
        return "First response, in writing" if user.is_provider else ANSWERS_IN_WRITING
    labels = TO_PROVIDER if user.is_provider else TO_RESELLER
    return labels.get(kind) or kind_of(kind).title


def with_promises(cases: Iterable[Case | CaseRow], user: User) -> dict[int, CasePromises]:
    """The unfinished promises of each case, by the case's key; one statement for all of them."""
    in_writing = {case.pk: case.answer_in_writing for case in cases}
    rows = _UNFINISHED.read(cases=list(in_writing))
    by_case: dict[int, list[Deadline]] = {}
    for row in rows:
        by_case.setdefault(row.subject_id, []).append(row)
    return {
        key: _promises(by_case.get(key, []), user, in_writing=wanted)
        for key, wanted in in_writing.items()
    }


def next_due(case: Case | CaseRow, user: User) -> dict[str, Any] | None:
    """The case's next promise for a list, as the user may know it."""
    due_at, kind, words = next_due_for(case, user)
    if due_at is None:
        return None
    return {
        "due_at": due_at,
        "state": DeadlineState.PENDING,
        "label": words or label_of(kind, user, in_writing=case.answer_in_writing),
        "set_at": case.reported_at,
    }


def information_clock(case: CaseRow, user: User) -> dict[str, Any] | None:
    """The information clock that runs on a case, for a list: it acts by itself (ATSP 4.9.1, 4.10.8)."""
    if case.information_due_at is None:
        return None
    return {
        "due_at": case.information_due_at,
        "state": DeadlineState.PENDING,
        "label": label_of(INFORMATION, user),
        "set_at": case.information_asked_at,
    }


@dataclass(frozen=True, slots=True)
class CaseClocks:
    """A case's clocks: those that run, the soonest first; what became of others, the latest first; and of how many."""

    running: list[Promised]
    settled: list[Promised]
    count: int

    @property
    def earlier(self) -> int:
        """How many that ended are not among the settled ones."""
        return self.count - len(self.settled)


def with_clocks(cases: CaseQuerySet) -> CaseQuerySet:
    """The cases with what runs on them and the latest that does not, which `clocks_of` makes its values of.

    Each has the number of all: a case left alone misses an update a day.
    """
    case: Any = OuterRef("pk")
    rows = (
        Deadline.objects.about(SubjectKey(Case._meta.label_lower, case))
        .filter(kind__in=KINDS)
        .exclude(state=DeadlineState.SUPERSEDED)
        .annotate(so_many=Window(Count("pk")))
        .order_by("-unfinished", "-due_at", "-pk")[:SHOWN]
    )
    return cases.annotate(clocks=nested(rows))


def clocks_of(case: Any, user: User) -> CaseClocks:
    """The clocks of a case that was read `with_clocks`."""
    rows: list[Any] = rows_in(Deadline, case.clocks)
    told = [(row, _promised(row, user, in_writing=case.answer_in_writing)) for row in rows]
    running = [promised for row, promised in told if row.unfinished]
    settled = [promised for row, promised in told if not row.unfinished]
    count = rows[0].so_many - len(running) if rows else 0
    return CaseClocks(running[::-1], settled, count)


def _promises(rows: Sequence[Deadline], user: User, *, in_writing: bool) -> CasePromises:
    return CasePromises(
        [_promised(row, user, in_writing=in_writing) for row in rows if row.kind != INFORMATION],
        next((row for row in rows if row.kind == INFORMATION), None),
    )


def _promised(row: Deadline, user: User, *, in_writing: bool) -> Promised:
    promised = "" if user.is_provider else row.data.get(PROMISED, "")
    label = promised or label_of(row.kind, user, in_writing=in_writing)
    missed = int(row.data.get(MISSED, 0)) if row.state == DeadlineState.PENDING else 0
    after = f", after {missed} missed in a row" if missed > 1 else ""
    return Promised(row, f"{label}{after}")
