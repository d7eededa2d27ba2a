"""The steps of timelines as pages show them, read as plain values.

A timeline has some fifty, each with its deadline: as models they would be most of what the board costs.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

from django.db.models import Q

from cases.case.models import Case
from cases.clocks.setting import CASE
from contracts.programmes.rules.terms import Act, Role
from escalation.actions.duties import DONE_ELSEWHERE
from escalation.clocks import KINDS
from escalation.models import Step, Timeline
from escalation.models.timeline import StepQuerySet
from escalation.people import ROLE_NAMES, Bearers, in_words
from escalation.rules.board import StepFacts, StepState, standing
from escalation.rules.exhibit_c import StepKind
from escalation.rules.wording import after_t
from portal.models import Channel, Deadline, Notice, User
from portal.prepared import Tuples, among, given

_READ = (
    "pk",
    "timeline_id",
    "code",
    "kind",
    "title",
    "role",
    "act",
    "mark",
    "clause",
    "if_necessary",
    "commitment",
    "hotshot",
    "waived_at",
)
_READ_OF_DUE = ("due_at", "state", "set_at", "met_at", "late", "cause")
_MORE = (
    "words",
    "audience",
    "done_by__name",
    "done_note",
    "waived_by__name",
    "waived_note",
)


class StepRow(NamedTuple):
    """What a page shows of a step.

    The last six, why this time, whom it tells, and who did or waived it, only where it is shown in full.
    """

    pk: int
    timeline_id: int
    code: str
    kind: str
    title: str
    role: str
    act: str
    mark: dt.timedelta
    clause: str
    if_necessary: bool
    commitment: bool
    hotshot: bool
    waived_at: dt.datetime | None
    words: str = ""
    audience: Sequence[str] = ()
    done_by: str | None = None
    done_note: str = ""
    waived_by: str | None = None
    waived_note: str = ""

    @property
    def is_duty(self) -> bool:
        """Whether somebody must do it; otherwise the portal sends it."""
        return self.kind == StepKind.DUTY


class DueRow(NamedTuple):
    """What a page shows of a step's deadline."""

    due_at: dt.datetime
    state: str
    set_at: dt.datetime
    met_at: dt.datetime | None
    late: bool
    cause: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, when, and what is known of the people of the cases (``Bearers`` finds them when asked)."""

    user: User
    now: dt.datetime
    people: Bearers


class Told(NamedTuple):
    """Somebody to whom a notice went by mail: whether it waits, has gone, or could not be sent."""

    name: str
    state: str


class ShownStep(NamedTuple):
    """A step as a page shows it. Its due time, state and words make it a clock (``portal.ui.clock``)."""

    step: StepRow
    deadline: DueRow
    case: Case
    standing: StepState
    reading: Reading
    told: Sequence[Told] = ()

    @property
    def pk(self) -> int:
        """The step's key."""
        return self.step.pk

    @property
    def title(self) -> str:
        """What is to be done, or told."""
        return self.step.title

    @property
    def label(self) -> str:
        """What is to be done, and by whom: the name of its clock."""
        return f"{self.role}: {self.step.title}" if self.step.is_duty else self.step.title

    @property
    def mark(self) -> str:
        """The mark of Exhibit C, "T+2 h"."""
        return after_t(self.step.mark)

    @property
    def role(self) -> str:
        """Who bears the duty, or hears the notice, as Exhibit C names them."""
        if self.step.is_duty:
            return ROLE_NAMES[Role(self.step.role)]
        return in_words(Role(role) for role in self.step.audience)

    @property
    def due_at(self) -> dt.datetime:
        """When it is due."""
        return self.deadline.due_at

    @property
    def state(self) -> str:
        """The deadline's state; a waived duty is cancelled, missed or not."""
        return "cancelled" if self.standing is StepState.WAIVED else self.deadline.state

    @property
    def set_at(self) -> dt.datetime:
        """When it was set."""
        return self.deadline.set_at

    @property
    def met_at(self) -> dt.datetime | None:
        """When it was done."""
        return self.deadline.met_at

    @property
    def clause(self) -> str:
        """The clause it comes from."""
        return self.step.clause

    @property
    def words(self) -> str:
        """Why this time."""
        return self.step.words

    @property
    def late(self) -> bool:
        """Whether the portal told late; that a duty was late, its own times say."""
        return self.deadline.late and not self.step.is_duty

    @property
    def cause(self) -> str:
        """Why it was cancelled or waived."""
        return self.deadline.cause

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to do it."""
        return self.step.is_duty and self.standing.is_open

    @property
    def people(self) -> Sequence[User]:
        """Who has still to do it, by name; empty when there is nobody, or nothing to do."""
        return self.reading.people.of(Role(self.step.role), self.case) if self.is_open else ()

    @property
    def mine(self) -> bool:
        """Whether it is the reader who has still to do it."""
        user, people = self.reading.user, self.reading.people
        return self.is_open and people.bears(user, Role(self.step.role), self.case)

    @property
    def may_act(self) -> bool:
        """Whether the reader may still do or waive it."""
        user, people = self.reading.user, self.reading.people
        return self.is_open and people.may_act(user, Role(self.step.role), self.case)

    @property
    def elsewhere(self) -> str:
        """The place to do it, unless it is logged here."""
        return DONE_ELSEWHERE.get(Act(self.step.act), "") if self.step.act else ""

    @property
    def can_log(self) -> bool:
        """Whether the reader may log it here and now."""
        return self.may_act and not self.elsewhere

    @property
    def can_waive(self) -> bool:
        """Whether the reader may waive it (D-14)."""
        return self.may_act and self.step.if_necessary


def rows_of(
    timelines: Sequence[int], some: Sequence[int], *, since: dt.datetime, in_full: bool = False
) -> list[StepRow]:
    """The steps of timelines, and some others, in order; one statement. Updates due before `since` are left out."""
    read = _IN_FULL if in_full else _STEPS
    return list(starmap(StepRow, read.read(timelines=timelines, some=some, since=since)))


def due_of(timelines: Iterable[Timeline], *, since: dt.datetime) -> dict[tuple[int, str], DueRow]:
    """The deadlines of timelines by timeline and step; one statement. Updates due before `since` are left out."""
    names = {(timeline.case_id, timeline.number): timeline.pk for timeline in timelines}
    found = {}
    for case_id, step, *due in _DUE.read(cases=[case_id for case_id, _ in names], since=since):
        number, _, code = step.partition(":")
        pk = names.get((case_id, int(number)))
        if pk is not None:
            found[pk, code] = DueRow(*due)
    return found


def _selected() -> StepQuerySet:
    wanted = Q(among("timeline", "timelines")) | Q(among("pk", "some"))
    return Step.objects.filter(wanted).recent(given("since")).in_order()


_STEPS = Tuples(lambda: _selected().values_list(*_READ))
_IN_FULL = Tuples(lambda: _selected().values_list(*_READ, *_MORE))
_DUE = Tuples(
    lambda: (
        Deadline.objects.filter(among("subject_id", "cases"), subject_type=CASE, kind__in=KINDS)
        .exclude(due_at__lt=given("since"), data__commitment=True)
        .order_by("id")
        .values_list("subject_id", "step", *_READ_OF_DUE)
    )
)


def told_of(timelines: Iterable[Timeline]) -> dict[tuple[int, str], list[Told]]:
    """The recipients of each step's mail, by timeline and step; one statement."""
    names = {(one.case_id, f"escalation:{one.number}"): one.pk for one in timelines}
    rows = Notice.objects.about_any("cases.case", [case_id for case_id, _ in names]).filter(
        step__startswith="escalation:", channel=Channel.EMAIL
    )
    told: dict[tuple[int, str], list[Told]] = defaultdict(list)
    for row in rows.order_by("pk").select_related("recipient"):
        timeline, _, code = row.step.rpartition(":")
        pk = names.get((row.subject_id, timeline))
        if pk is not None:
            name = row.recipient.name if row.recipient else row.address
            told[pk, code].append(Told(name, row.state))
    return told


def shown(
    step: StepRow,
    due: DueRow,
    case: Case,
    reading: Reading,
    told: Mapping[tuple[int, str], Sequence[Told]],
) -> ShownStep:
    """A step of a case as the reader sees it."""
    waived = step.waived_at is not None
    facts = StepFacts(step.kind, due.state, due.due_at, due.met_at, due.late, waived)
    return ShownStep(
        step,
        due,
        case,
        standing(facts, reading.now),
        reading,
        told.get((step.timeline_id, step.code), ()),
    )
