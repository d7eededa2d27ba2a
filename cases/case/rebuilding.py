"""Whether cases are what their journals tell: row, clocks and charge made again, and compared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cases.case.models import Case
from cases.case.rules.rebuilding import (
    FIRST_RESPONSE,
    INFORMATION,
    STATUS_UPDATE,
    Rebuilt,
    Told,
    rebuilt,
)
from cases.verbs import Verb
from contracts.parties.calendars import CalendarBook
from portal import telling
from portal.models import Deadline, DeadlineState, JournalEntry

KINDS = (FIRST_RESPONSE, STATUS_UPDATE, INFORMATION)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a case is not what its journal tells."""

    case: int
    what: str
    told: object
    held: object

    def __str__(self) -> str:
        return f"case {self.case}, {self.what}: the journal tells {self.told}, there is {self.held}"


def differences_of(cases: Iterable[Case]) -> Iterator[Difference]:
    """What differs on those cases; a case opened before journals told rows is passed over.

    A few statements for all of them.
    """
    held = {case.pk: case for case in cases}
    label = Case._meta.label_lower
    entries: dict[int, list[Told]] = {pk: [] for pk in held}
    rows = JournalEntry.objects.about_any(label, list(held)).as_written()
    for pk, verb, at, changed, data in rows.values_list(
        "subject_id", "verb", "at", "changed", "data"
    ):
        entries[pk].append(Told(verb, at, changed or {}, data))
    running = _running(list(held))
    book = CalendarBook()
    for pk, case in held.items():
        if entries[pk] and entries[pk][0].verb == Verb.CASE_OPENED and entries[pk][0].changed:
            calendar = book.of(case.site, case.programme)
            found = rebuilt(entries[pk], case.programme, calendar)
            yield from _differences(case, found, running.get(pk, {}))


def _differences(case: Case, found: Rebuilt, running: dict[str, object]) -> Iterator[Difference]:
    for column, (told, held) in telling.differences(case, found.row).items():
        yield Difference(case.pk, column, told, held)
    for kind in KINDS:
        told, held = found.clocks.get(kind), running.get(kind)
        if told != held:
            yield Difference(case.pk, kind, told, held)
    if found.charge != case.charge:
        yield Difference(case.pk, "what it is charged", found.charge, case.charge)


def _running(cases: list[int]) -> dict[int, dict[str, object]]:
    """When what runs on the cases is due, by kind: a first response until it is made, the rest while to come."""
    found: dict[int, dict[str, object]] = {}
    rows = Deadline.objects.about_any(Case._meta.label_lower, cases).filter(kind__in=KINDS)
    for row in rows.soonest_first():
        to_come = row.state in (DeadlineState.PENDING, DeadlineState.PARKED)
        if to_come or (row.kind == FIRST_RESPONSE and row.unfinished):
            found.setdefault(row.subject_id, {})[row.kind] = row.due_at
    return found


def differences() -> Iterator[Difference]:
    """What differs on any case, looked through in the order of their numbers."""
    last = 0
    everything = Case.objects.select_related("site", "agreement").order_by("pk")
    while batch := list(everything.filter(pk__gt=last)[:BATCH]):
        yield from differences_of(batch)
        last = batch[-1].pk
