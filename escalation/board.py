"""What the severity-1 pages show: timelines with their steps, who bears them, and the drawing of each.

A handful of statements whatever the number of timelines. Older hourly updates of a long escalation are left out unless
asked for.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cases.case.models import Case
from cases.case.rules.vocabulary import State
from contracts.programmes.rules.terms import Act, Role
from contracts.services.models.assignments import Assignment
from escalation.actions.duties import DONE_ELSEWHERE
from escalation.clocks import deadlines_of
from escalation.models import Step, Timeline
from escalation.models.timeline import KEPT
from escalation.people import ROLE_NAMES, Bearers, in_words
from escalation.rules.board import Drawn, StepFacts, StepState, Track, lane_of, standing, track
from escalation.rules.exhibit_c import StepKind
from escalation.rules.wording import after_t, length
from portal import roles
from portal.models import Channel, Deadline, Notice, User
from portal.paging import COUNTED
from portal.ui.words import absolute

UPDATES_AHEAD = dt.timedelta(hours=3)
MINE_AHEAD = dt.timedelta(hours=4)
MOST_WITHOUT = 50
MOST_MINE = 60
NEXT = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody to whom a notice went by mail: whether it waits, has gone, or could not be sent."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as a page shows it. Its due time, state and words make it a clock (``portal.ui.clock``)."""

    step: Step
    deadline: Deadline
    case: Case
    standing: StepState
    people: tuple[User, ...]
    mine: bool
    may_act: bool
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
    def elsewhere(self) -> str:
        """The place to do it, unless it is logged here."""
        return DONE_ELSEWHERE.get(Act(self.step.act), "") if self.step.act else ""

    @property
    def can_log(self) -> bool:
        """Whether the reader may log it here and now."""
        return self.is_open and self.may_act and not self.elsewhere

    @property
    def can_waive(self) -> bool:
        """Whether the reader may waive it (D-14)."""
        return self.is_open and self.may_act and self.step.if_necessary


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
        drawn = [
            Drawn(
                after=shown.due_at - self.timeline.started_at,
                lane=lane_of(
                    StepKind(shown.step.kind), Role(shown.step.role) if shown.step.role else None
                ),
                kind=StepKind(shown.step.kind),
                standing=shown.standing,
                says=f"{shown.mark} · {shown.title} · {absolute(shown.due_at, zone, self.now)}: "
                f"{shown.standing.word}",
                hotshot=shown.step.hotshot,
                commitment=shown.step.commitment,
            )
            for shown in self.steps
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
        """The steps by the mark of Exhibit C at which they stand, in its order."""
        found: dict[dt.timedelta, list[ShownStep]] = {}
        steps = self.steps if self.everything else self.listed
        for shown in sorted(steps, key=lambda shown: (shown.step.mark, shown.due_at)):
            found.setdefault(shown.step.mark, []).append(shown)
        return [(after_t(mark), steps) for mark, steps in found.items()]

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
    with_told: bool = False,
    only: Q | None = None,
) -> list[ShownTimeline]:
    """Timelines (with their cases) as the user sees them, in order; `only` some steps.

    `with_told`: with who did or waived each step, and who was told of it.
    """
    chosen = list(timelines)
    people = Bearers(chosen, now)
    steps = Step.objects.filter(timeline__in=chosen).defer("data")
    if with_told:
        steps = steps.select_related("done_by", "waived_by")
    if only is not None:
        steps = steps.filter(only)
    since = None
    if not everything:
        since = min((timeline.ended_at or now for timeline in chosen), default=now) - KEPT
        steps = steps.filter(Q(commitment=False) | Q(due_at__gte=since))
    deadlines = deadlines_of(chosen, since=since)
    told = told_of(chosen) if with_told else {}
    shown = {timeline.pk: ShownTimeline(timeline, now, [], everything) for timeline in chosen}
    for step in steps.in_order():
        one = shown[step.timeline_id]
        deadline = deadlines.get((step.timeline_id, step.code))
        if deadline is not None:
            one.steps.append(_shown(step, deadline, one.case, people, user, now, told))
    return list(shown.values())


def running(user: User, now: dt.datetime) -> list[int]:
    """The keys of the running timelines that the user may see, as far as lists count; one statement.

    Those with something to mend come first, then the longest.
    """
    seen = Timeline.objects.visible_to(user).running().most_to_mend_first(now)
    return list(seen.values_list("pk", flat=True)[:COUNTED])


def missed(running: Sequence[int], now: dt.datetime) -> int:
    """How many duties of those timelines are past due and not done; one statement."""
    late = Step.objects.open_duties().filter(timeline__in=running, due_at__lt=now)
    return late.recent(now).count()


def with_duties(
    wanted: Sequence[int], running: Sequence[int], user: User, now: dt.datetime
) -> tuple[list[ShownTimeline], list[ShownStep]]:
    """The wanted ones of the running timelines as the user sees them, and the user's own duties on all that run.

    The duties: first what is due and can still be kept, then what was missed, then the next hours.
    """
    steps = Step.objects.open_duties().recent(now).filter(_may_be_of(user), timeline__in=running)
    due = steps.filter(due_at__lte=now + MINE_AHEAD).order_by("due_at", "pk")
    found = dict(due.values_list("pk", "timeline_id")[:MOST_MINE])
    keys = list(dict.fromkeys([*wanted, *found.values()]))
    timelines = Timeline.objects.with_case().in_bulk(keys)
    shown = show(
        [timelines[key] for key in keys],
        user,
        now,
        only=Q(timeline__in=wanted) | Q(pk__in=list(found)),
    )
    mine = [step for one in shown for step in one.steps if step.mine and step.pk in found]
    urgency = [StepState.DUE, StepState.MISSED, StepState.TO_COME]
    mine.sort(key=lambda step: (urgency.index(step.standing), step.due_at, step.pk))
    return shown[: len(wanted)], mine


def _may_be_of(user: User) -> Q:
    """The duties that can be the user's: of their roles, of cases theirs or nobody's, of agreements that they serve."""
    held = [Role(role) for role in user.roles if role in set(Role)]
    own = Q(role__in=[role for role in held if role is not Role.CSE])
    own |= Q(role=Role.CSE, timeline__case__owner=user)
    if user.has_role(roles.Role.DISPATCH, roles.Role.CSE):
        own |= Q(role=Role.CSE, timeline__case__owner=None)
    served = Assignment.objects.filter(user=user).values("agreement")
    return own | Q(role=Role.PSAM, timeline__case__agreement__in=served)


def without_exhibit_c(user: User) -> list[Case]:
    """Severity-1 cases at work on which no timeline runs: their agreements have no PSAM option (ATSP 6.1-6.3).

    Their keys are read first: joined at once with what a row shows, whole tables would be read for a handful of cases.
    """
    escalating = Timeline.objects.running().filter(case=OuterRef("pk"))
    cases = Case.objects.visible_to(user).filter(severity=1)
    at_work = cases.exclude(state__in=[State.CLOSED, State.RELIEVED]).exclude(Exists(escalating))
    keys = list(
        at_work.order_by("severity_since", "pk").values_list("pk", flat=True)[:MOST_WITHOUT]
    )
    found = Case.objects.for_list().in_bulk(keys)
    return [found[key] for key in keys]


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


def _shown(
    step: Step,
    deadline: Deadline,
    case: Case,
    people: Bearers,
    user: User,
    now: dt.datetime,
    told: Mapping[tuple[int, str], Sequence[Told]],
) -> ShownStep:
    facts = StepFacts(
        kind=StepKind(step.kind),
        state=deadline.state,
        due_at=deadline.due_at,
        met_at=deadline.met_at,
        late=deadline.late,
        waived=step.waived_at is not None,
    )
    stands = standing(facts, now)
    open_duty = step.is_duty and stands.is_open
    role = Role(step.role) if step.role else None
    return ShownStep(
        step=step,
        deadline=deadline,
        case=case,
        standing=stands,
        people=tuple(people.of(role, case)) if role and open_duty else (),
        mine=bool(role and open_duty and people.bears(user, role, case)),
        may_act=bool(role and open_duty and people.may_act(user, role, case)),
        told=told.get((step.timeline_id, step.code), ()),
    )
