"""What the severity-1 pages show: timelines with their steps, who bears them, and the drawing of each.

A handful of statements whatever the number of timelines. Older hourly updates of a long escalation are left out unless
asked for.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import starmap
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from cases.case.models import Case
from cases.case.rules.vocabulary import State
from cases.case.selecting import CaseQuerySet
from cases.clocks.page.promises import next_due
from contracts.programmes.rules.terms import Role
from contracts.scope import Reach, reach_of
from contracts.services.models.assignments import Assignment
from escalation import steps
from escalation.models import Step, Timeline
from escalation.models.timeline import KEPT
from escalation.people import Bearers
from escalation.rules.board import Drawn, StepState, Track, lane_of, track
from escalation.rules.wording import after_t, length
from escalation.steps import Reading, ShownStep
from portal import roles
from portal.models import User
from portal.paging import COUNTED
from portal.prepared import Counts, Rows, Tuples, among, given
from portal.ui.words import absolute

EVER = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
"""Since when steps are read where all of them are shown."""
UPDATES_AHEAD = dt.timedelta(hours=3)
MINE_AHEAD = dt.timedelta(hours=4)
MOST_WITHOUT = 50
MOST_MINE = 60
NEXT = 3


@dataclass(frozen=True)
class ShownTimeline:
    """A timeline as a page shows it, its steps in order of due time."""

    timeline: Timeline
    now: dt.datetime
    steps: list[ShownStep] = field(default_factory=list)
    everything: bool = False

    @property
    def case(self) -> Case:
        """The case that escalates."""
        return self.timeline.case

    @property
    def elapsed(self) -> dt.timedelta:
        """Since T."""
        return self.timeline.elapsed(self.now)

    @property
    def elapsed_words(self) -> str:
        """Since T, in words."""
        return length(self.elapsed)

    @cached_property
    def missed(self) -> list[ShownStep]:
        """Duties missed and not done since."""
        return [shown for shown in self.steps if shown.standing is StepState.MISSED]

    @cached_property
    def upcoming(self) -> list[ShownStep]:
        """What is due or to come, the next in front."""
        return [
            shown for shown in self.steps if shown.standing in (StepState.DUE, StepState.TO_COME)
        ]

    @cached_property
    def next_duties(self) -> list[ShownStep]:
        """The duties that fall due next, the first of each act."""
        first: dict[str, ShownStep] = {}
        for shown in self.upcoming:
            if shown.step.is_duty:
                first.setdefault(shown.step.act, shown)
        return list(first.values())[:NEXT]

    @property
    def next_notice(self) -> ShownStep | None:
        """The notice that goes out next."""
        return next((shown for shown in self.upcoming if not shown.step.is_duty), None)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many duties were done, done late, and are missed."""
        duties = [shown.standing for shown in self.steps if shown.step.is_duty]
        return {
            "done": duties.count(StepState.DONE),
            "late": duties.count(StepState.DONE_LATE),
            "missed": duties.count(StepState.MISSED),
            "sent": sum(
                shown.standing in (StepState.SENT, StepState.SENT_LATE) for shown in self.steps
            ),
        }

    @cached_property
    def track(self) -> Track:
        """The drawing, its times in the reader's zone."""
        zone = timezone.get_current_timezone()
        start, now = self.timeline.started_at, self.now
        drawn = [
            Drawn(
                due.due_at - start,
                lane_of(step.kind, step.role),
                step.kind,
                standing,
                f"{after_t(step.mark)} · {step.title} · {absolute(due.due_at, zone, now)}: {standing.word}",
                step.hotshot,
                step.commitment,
            )
            for step, due, _, standing, *_ in self.steps
        ]
        return track(drawn, self.elapsed, running=self.timeline.is_running)

    @property
    def listed(self) -> list[ShownStep]:
        """The steps without those hourly updates that are hours away: they go without saying (D-13)."""
        until = self.now + UPDATES_AHEAD
        return [
            shown
            for shown in self.steps
            if shown.standing is not StepState.TO_COME
            or not shown.step.commitment
            or shown.due_at <= until
        ]

    @cached_property
    def marks(self) -> list[tuple[str, list[ShownStep]]]:
        """The steps that were not canceled, by the mark of Exhibit C at which they stand, in its order."""
        found: dict[dt.timedelta, list[ShownStep]] = {}
        for shown in self._in_order:
            if shown.standing is not StepState.CANCELLED:
                found.setdefault(shown.step.mark, []).append(shown)
        return [(after_t(mark), steps) for mark, steps in found.items()]

    @cached_property
    def called_off(self) -> list[ShownStep]:
        """The steps that were canceled, in the order of Exhibit C: nobody has anything to do with them (D-13)."""
        return [shown for shown in self._in_order if shown.standing is StepState.CANCELLED]

    @cached_property
    def _in_order(self) -> list[ShownStep]:
        steps = self.steps if self.everything else self.listed
        return sorted(steps, key=lambda shown: (shown.step.mark, shown.due_at))

    @property
    def says(self) -> str:
        """The drawing in a sentence, for those who do not see it."""
        counts = self.counts
        said = f"{self.elapsed_words} since T: {counts['done']} duties done, {counts['late']} done late, "
        said += f"{counts['missed']} missed, {counts['sent']} notices sent."
        following = next(iter(self.next_duties), None)
        return f"{said} Next: {following.title} at {following.mark}." if following else said


def show(
    timelines: Iterable[Timeline],
    user: User,
    now: dt.datetime,
    *,
    everything: bool = False,
    in_full: bool = False,
    of: tuple[Sequence[int], Sequence[int]] | None = None,
) -> list[ShownTimeline]:
    """Timelines (with their cases) as the user sees them, in order.

    `in_full`: each step with why it is due then, who did or waived it, and who was told of it. `of`: the keys of
    those timelines whose steps are all shown, and of the steps shown of the others.
    """
    chosen = list(timelines)
    reading = Reading(user, now, Bearers(chosen, now))
    since = EVER
    if not everything:
        since = min((timeline.ended_at or now for timeline in chosen), default=now) - KEPT
    shown = {timeline.pk: ShownTimeline(timeline, now, [], everything) for timeline in chosen}
    whole, some = of or (list(shown), [])
    due = steps.due_of(chosen, since=since)
    told = steps.told_of(chosen) if in_full else {}
    for step in steps.rows_of(whole, some, since=since, in_full=in_full):
        one = shown[step.timeline_id]
        deadline = due.get((step.timeline_id, step.code))
        if deadline is not None:
            one.steps.append(steps.shown(step, deadline, one.case, reading, told))
    return list(shown.values())


class Running(NamedTuple):
    """A running timeline before it is read, with what tells whose its duties can be."""

    pk: int
    owner_id: int | None
    served: bool
    """Whether the reader is assigned to the case's agreement."""


def running(user: User, now: dt.datetime) -> list[Running]:
    """The running timelines that a provider's person may see, as far as lists count; one statement.

    Those with something to mend come first, then the longest.
    """
    rows = _running(reach_of(user)).read(user=user.pk, now=now, since=now - KEPT)
    if len(rows) < COUNTED:
        _note(user, "running", len(rows))
    return list(starmap(Running, rows))


def how_many(user: User) -> int:
    """How many severity 1 cases are at work that a provider's person may see, with a timeline of Exhibit C or without.

    On a page that has read both without a statement.
    """
    known: dict[str, int] = getattr(user, _KNOWN, {})
    if len(known) < 2:
        known = _counts(reach_of(user)).read()
    return sum(known.values())


_KNOWN = "_severity_1_at_work"
"""Where a user object, which lives as long as its request, keeps their numbers."""


def _note(user: User, name: str, number: int) -> None:
    setattr(user, _KNOWN, {**getattr(user, _KNOWN, {}), name: number})


@lru_cache(maxsize=32)
def _counts(reach: Reach) -> Counts:
    """Their numbers, which every page of a provider's person says."""
    return Counts(
        lambda: {"running": Timeline.objects.within(reach).running(), "without": _unwatched(reach)}
    )


@lru_cache(maxsize=32)
def _running(reach: Reach) -> Tuples:
    """Those that people of such a reach see."""
    assigned = Assignment.objects.filter(user=given("user"), agreement=OuterRef("case__agreement"))
    return Tuples(
        lambda: (
            Timeline.objects.within(reach)
            .running()
            .most_to_mend_first(given("now"), given("since"))
            .annotate(served=Exists(assigned))
            .values_list("pk", "case__owner_id", "served")[:COUNTED]
        )
    )


def missed(running: Sequence[Running], now: dt.datetime) -> int:
    """How many duties of those timelines are past due and not done; one statement."""
    late = Step.objects.open_duties().filter(timeline__in=_keys(running), due_at__lt=now)
    return late.recent(now - KEPT).count()


def with_duties(
    wanted: Sequence[Running], running: Sequence[Running], user: User, now: dt.datetime
) -> tuple[list[ShownTimeline], list[ShownStep]]:
    """The wanted ones of the running timelines as the user sees them, and the user's own duties on all that run.

    The duties: first what is due and can still be kept, then what was missed, then the next hours.
    """
    due = _DUTIES.read(**_may_be_of(user, running), since=now - KEPT, until=now + MINE_AHEAD)
    found: dict[int, int] = dict(due)
    whole = _keys(wanted)
    shown = _read([*whole, *found.values()], user, now, of=(whole, list(found)))
    mine = [step for one in shown for step in one.steps if step.pk in found and step.mine]
    urgency = [StepState.DUE, StepState.MISSED, StepState.TO_COME]
    mine.sort(key=lambda step: (urgency.index(step.standing), step.due_at, step.pk))
    return shown[: len(wanted)], mine


def those(wanted: Sequence[Running], user: User, now: dt.datetime) -> list[ShownTimeline]:
    """The wanted ones of the running timelines as the user sees them."""
    return _read(_keys(wanted), user, now)


def _read(
    keys: Iterable[int],
    user: User,
    now: dt.datetime,
    of: tuple[Sequence[int], Sequence[int]] | None = None,
) -> list[ShownTimeline]:
    once = list(dict.fromkeys(keys))
    timelines = _SHOWN.in_bulk(once)
    return show([timelines[key].with_parties() for key in once], user, now, of=of)


_SHOWN = Rows(lambda: Timeline.objects.for_board().filter(among("pk", "keys")).order_by())


def _keys(running: Iterable[Running]) -> list[int]:
    return [one.pk for one in running]


def _may_be_of(user: User, running: Sequence[Running]) -> dict[str, Any]:
    """The duties that can be the user's: of their roles, of cases theirs or nobody's, of agreements that they serve."""
    owners: set[int | None] = {user.pk}
    if user.has_role(roles.Role.DISPATCH, roles.Role.CSE):
        owners.add(None)
    held = [role for role in user.roles if role in set(Role) and role != Role.CSE]
    return {
        "held": held,
        "running": _keys(running) if held else [],
        "theirs": [one.pk for one in running if one.owner_id in owners],
        "served": [one.pk for one in running if one.served],
    }


_DUTIES = Tuples(
    lambda: (
        Step.objects.open_duties()
        .recent(given("since"))
        .filter(
            Q(among("role", "held", "text"), among("timeline", "running"))
            | Q(among("timeline", "theirs"), role=Role.CSE)
            | Q(among("timeline", "served"), role=Role.PSAM),
            due_at__lte=given("until"),
        )
        .order_by("due_at", "pk")
        .values_list("pk", "timeline_id")[:MOST_MINE]
    )
)


@dataclass(frozen=True)
class Unwatched:
    """A severity 1 case at work on which no timeline runs, with its next promise as the reader may know it."""

    case: Case
    due: dict[str, Any] | None


def without_exhibit_c(user: User) -> list[Unwatched]:
    """Severity 1 cases at work on which no timeline runs, the next promise to break first: their agreements have no
    PSAM option (ATSP 6.1-6.3).

    Their keys are read first: joined at once with what a row shows, whole tables would be read for a handful of cases.
    """
    keys = [pk for (pk,) in _without(reach_of(user)).read()]
    if len(keys) < MOST_WITHOUT:
        _note(user, "without", len(keys))
    found = Case.objects.for_list().in_bulk(keys)
    return [Unwatched(found[key], next_due(found[key], user)) for key in keys]


def overdue(unwatched: Iterable[Unwatched], now: dt.datetime) -> int:
    """How many of those cases have a promise past due."""
    return sum(one.due is not None and one.due["due_at"] < now for one in unwatched)


@lru_cache(maxsize=32)
def _without(reach: Reach) -> Tuples:
    """Those that people of such a reach see."""
    return Tuples(
        lambda: (
            _unwatched(reach)
            .order_by(F("next_due_at").asc(nulls_last=True), "severity_since", "pk")
            .values_list("pk")[:MOST_WITHOUT]
        )
    )


def _unwatched(reach: Reach) -> CaseQuerySet:
    escalating = Timeline.objects.running().filter(case=OuterRef("pk"))
    at_work = Case.objects.within(reach).open().filter(severity=1).exclude(state=State.RELIEVED)
    unwatched: CaseQuerySet = at_work.exclude(Exists(escalating))
    return unwatched
