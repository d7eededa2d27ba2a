"""What a severity would bring, before anybody saves it: the clocks that would start, move, stay and end.

The promises come from the code that makes the deadlines (`cases.clocks.setting`) and, for Exhibit C, from the room that
makes those; nothing is computed here a second time. What is told of now holds for a save at that instant.
"""

import copy
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.clocks import setting as clocks
from cases.clocks.page.promises import label_of
from cases.severity import rules as severity
from cases.severity.rules import SeverityState
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.programmes.rules.terms import Severity
from portal.deadlines import Setting
from portal.models import Deadline, DeadlineState, User
from portal.rules.business_time import BusinessCalendar

MARKS = 3
"""So many marks of Exhibit C are told; of the others their number."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """A clock that would run. `promised` tells what an outer room promises to the contact."""

    kind: str
    title: str
    due_at: dt.datetime
    clause: str
    words: str
    promised: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A clock beside what there is of it now: `was` is its present due time, `due_at` None where it ends."""

    kind: str
    title: str
    due_at: dt.datetime | None
    clause: str
    words: str
    was: dt.datetime | None = None

    @property
    def change(self) -> str:
        """What becomes of it: "new", "earlier", "later", "stays" or "ends"."""
        if self.due_at is None:
            return "ends"
        if self.was is None:
            return "new"
        if self.due_at == self.was:
            return "stays"
        return "earlier" if self.due_at < self.was else "later"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a severity would bring. `awaits` is the severity that would begin only at the telephone call (D-9).

    `called` tells that the times count from a call made now. `marks` are those of Exhibit C, soonest first; `more` is
    how many of them are not told. `lost` says what else would change, as a sentence.
    """

    term: Severity
    lines: list[Line]
    marks: list[Foretold]
    awaits: Severity | None = None
    called: bool = False
    ends_marks: int = 0
    lost: str = ""

    @property
    def first_marks(self) -> list[Foretold]:
        """The marks that are told."""
        return self.marks[:MARKS]

    @property
    def more(self) -> int:
        """How many marks follow those that are told."""
        return len(self.marks[MARKS:])

    def to(self, user: User) -> "Preview":
        """As a user may know it: a reseller reads of Exhibit C what is promised to them."""
        if user.is_provider:
            return self
        return replace(self, marks=[mark for mark in self.marks if mark.promised], ends_marks=0)


Source = Callable[[Case, dt.datetime], list[Foretold]]
_sources: dict[Source, tuple[str, ...]] = {}


def register_source(source: Source, kinds: Collection[str]) -> None:
    """Let an outer room tell what it would set on a case as it is given, and the kinds of its deadlines."""
    _sources[source] = tuple(kinds)


def of_report(
    agreement: Agreement,
    contact: Contact,
    requested: int,
    *,
    channel: Channel,
    calendar: BusinessCalendar,
    at: dt.datetime,
    user: User,
    logged_at: dt.datetime | None = None,
    lacks: bool = False,
) -> Preview:
    """What a report of that severity at `at` would start (ATSP 4.5, 4.6, 4.9.1); `lacks`, where it leaves blanks.

    By another way than the telephone, a severity that must be called in is shown as it would run from a call now, and
    `awaits` names it: until the call it is the next lower one (D-9). Raises Refusal for an unknown severity.
    """
    programme = agreement.programme
    assigned = severity.on_report(programme, requested, channel)
    awaits = assigned.standing.awaits_call
    case = Case(
        agreement=agreement,
        provider_id=agreement.provider_id,
        programme_version_id=agreement.programme_version_id,
        contact=contact,
        site=contact.site,
        reported_at=at,
        severity_since=at,
    )
    case.calendar = calendar
    case.standing = assigned.standing if awaits is None else SeverityState(awaits)
    settings = clocks.settings_of_report(case, clocks.objectives_of_report(case), at=at)
    if lacks:
        settings += clocks.information_of_report(case, at=logged_at or at)
    settings.sort(key=lambda each: each.due_at)
    return Preview(
        term=case.severity_terms,
        lines=[_line(each, user) for each in settings if each.kind in _SHOWN],
        marks=_marks(case, at),
        awaits=programme.severity(assigned.standing.level) if awaits is not None else None,
        called=awaits is not None,
    )


def of_change(case: Case, to: int, *, at: dt.datetime, user: User) -> Preview:
    """What would become of the clocks of a case, were it of severity `to` from `at` (D-11, D-20, D-21).

    Two statements. Raises KeyError for a severity that the programme does not have.
    """
    before = case.severity
    changed = copy.copy(case)
    changed.standing = SeverityState(to)
    changed.severity_since = at
    rows = list(
        Deadline.objects.about(case)
        .filter(Q(unfinished=True) | Q(state=DeadlineState.PENDING))
        .order_by("due_at", "pk")
    )
    now = {row.kind: row for row in rows if row.unfinished}
    kinds = [kind for each in _sources.values() for kind in each]
    lost, lines = "", []
    if to == before:
        lines = [_kept(row, user) for row in rows if row.kind in _SHOWN and row.unfinished]
        return Preview(case.severity_terms, lines, [])
    if to < before:
        lost = clocks.end_rarer_updates(changed, at=at)
    change = clocks.change_of(
        changed,
        before,
        now.get(clocks.FIRST_RESPONSE),
        changed.calendar,
        at,
        asks=clocks.INFORMATION in now,
    )
    brought = {setting.kind: setting for setting in change.settings}
    for kind in _SHOWN:
        row, setting = now.get(kind), brought.get(kind)
        if setting is not None:
            lines.append(_line(setting, user, row))
        elif row is not None and kind in change.kinds:
            lines.append(
                Line(kind, label_of(kind, user), None, row.clause, row.words, was=row.due_at)
            )
        elif row is not None:
            lines.append(_kept(row, user))
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return Preview(
        term=changed.severity_terms,
        lines=sorted(lines, key=lambda line: line.due_at or far),
        marks=_marks(changed, at),
        ends_marks=0
        if to < before
        else sum(row.kind in kinds and row.state == DeadlineState.PENDING for row in rows),
        called=changed.severity_terms.by_telephone_only,
        lost=lost,
    )


_SHOWN = (clocks.FIRST_RESPONSE, clocks.STATUS_UPDATE, clocks.INFORMATION)
"""The clocks that are told; a warning of one is not told beside it."""


def _marks(case: Case, at: dt.datetime) -> list[Foretold]:
    found = [mark for source in _sources for mark in source(case, at)]
    return sorted(found, key=lambda mark: mark.due_at)


def _line(setting: Setting, user: User, row: Deadline | None = None) -> Line:
    return Line(
        setting.kind,
        label_of(setting.kind, user),
        setting.due_at,
        setting.clause,
        setting.words,
        was=row.due_at if row else None,
    )


def _kept(row: Deadline, user: User) -> Line:
    return Line(
        row.kind, label_of(row.kind, user), row.due_at, row.clause, row.words, was=row.due_at
    )


def severities_to(case: Case, levels: Sequence[int] = ()) -> list[int]:
    """The severities to tell of: those asked for that the programme has, else all but the present one."""
    known = [term.level for term in case.programme.severities]
    return [level for level in levels if level in known] or [
        level for level in known if level != case.severity
    ]
