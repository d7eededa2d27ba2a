"""A timeline's clocks: the plan of the rules written as steps and deadlines, and settled by acts (ATSP Ex.C).

Everything here runs inside an act, or a sweep, that holds the case's lock.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from cases.clocks.setting import CASE, PROMISED
from contracts.programmes.models import programme_of
from contracts.programmes.rules.terms import Act, Escalation
from escalation.models import Step, Timeline
from escalation.rules.exhibit_c import (
    Done,
    PlannedStep,
    StepKind,
    commitment_number,
    next_commitment,
    plan,
    reminder_at,
    serves,
)
from portal import deadlines
from portal.deadlines import Setting
from portal.models import Deadline, SubjectKey, User
from portal.rules.business_time import BusinessCalendar

DUTY = "escalation.duty"
NOTICE = "escalation.notice"
KINDS = (DUTY, NOTICE)

AHEAD = 6
"""How many hourly updates are set at a time once those of the plan are settled."""

A_DAY = dt.timedelta(hours=24)


def terms_of(timeline: Timeline) -> Escalation:
    """The escalation's terms in the version under which the case was opened. Raises LookupError when it has none."""
    escalation = programme_of(timeline.programme_version_id).escalation
    if escalation is None:
        raise LookupError(f"the programme of {timeline} knows no escalation")
    return escalation


def whole_plan(
    escalation: Escalation, started_at: dt.datetime, calendar: BusinessCalendar
) -> tuple[PlannedStep, ...]:
    """Every duty and notice of the exhibit, with the hourly commitment up to the last of them, at least for a day.

    A duty put off to the next Business Day (D-14) may be days away: the hours until then are planned too, so that
    after an outage they fire in order.
    """
    day = plan(escalation, started_at, calendar, until=A_DAY)
    last = max(step.due_at for step in day) - started_at
    return day if last <= A_DAY else plan(escalation, started_at, calendar, until=last)


def set_steps(timeline: Timeline, planned: Sequence[PlannedStep], *, at: dt.datetime) -> list[Step]:
    """Write planned steps with their deadlines, in two statements."""
    return _write([(timeline, step) for step in planned], at=at)


def keep_committed(
    settled: Mapping[int, int], timelines: Mapping[int, Timeline], *, now: dt.datetime
) -> None:
    """See that hourly updates are to come on each timeline (D-13), in three statements whatever their number.

    `settled` tells the number of the latest update met or missed, by timeline. After an outage the marks that have
    passed are set too, so that each stands as missed.
    """
    longer = [
        timelines[pk] for pk, number in settled.items() if number >= timelines[pk].commitments
    ]
    planned: list[tuple[Timeline, PlannedStep]] = []
    for timeline in longer:
        terms, t = terms_of(timeline), timeline.started_at
        wanted = max(settled[timeline.pk], commitment_number(terms, t, now)) + AHEAD
        planned += [
            (timeline, next_commitment(terms, t, number))
            for number in range(timeline.commitments + 1, wanted + 1)
        ]
        timeline.commitments = wanted
    if planned:
        _write(planned, at=now)
        Timeline.objects.bulk_update(longer, ["commitments"])


def number_of(step: Step) -> int:
    """Which of the hourly updates a step is; 0 for any other."""
    return int(step.data["number"]) if step.commitment else 0


def serve(
    timeline: Timeline, act: Act, *, by: User, at: dt.datetime, now: dt.datetime, note: str = ""
) -> list[tuple[Step, Done]]:
    """Settle the open duties that an act at `at`, logged at `now`, does (D-15); return them with how each was done."""
    steps = {step.code: step for step in timeline.steps.open_duties()}
    served = [
        (steps[done.code], done) for done in serves(act, at, [step.plan for step in steps.values()])
    ]
    if not served:
        return []
    timeline.steps.filter(pk__in=[step.pk for step, _ in served]).update(
        done_at=at, done_by=by, done_note=note
    )
    key = SubjectKey(CASE, timeline.case_id)
    codes = [timeline.key(step.code) for step, _ in served]
    deadlines.meet(key, DUTY, at=at, steps=codes)
    latest = max(number_of(step) for step, _ in served)
    keep_committed({timeline.pk: latest}, {timeline.pk: timeline}, now=now)
    return served


def call_off(case_ids: Sequence[int], *, at: dt.datetime, cause: str) -> Counter[int]:
    """Cancel whatever of the escalation of cases is still to come (D-13); what was missed stays missed.

    Returns how many of each case.
    """
    to_come = Deadline.objects.about_any(CASE, case_ids).filter(kind__in=KINDS).to_come()
    counted = Counter(to_come.values_list("subject_id", flat=True))
    keys = [SubjectKey(CASE, pk) for pk in case_ids]
    deadlines.cancel_many(keys, at=at, cause=cause, kinds=KINDS)
    return counted


def call_back(case_id: int, *, ended_at: dt.datetime, cause: str) -> None:
    """Set going again what the end of a timeline cancelled (D-23)."""
    key = SubjectKey(CASE, case_id)
    deadlines.call_back(key, settled_at=ended_at, cause=cause, kinds=KINDS)


def let_go(step: Step, *, at: dt.datetime, cause: str) -> None:
    """Cancel one duty that was waived (D-14)."""
    key = SubjectKey(CASE, step.timeline.case_id)
    deadlines.cancel(key, at=at, cause=cause, kinds=[DUTY], steps=[step.timeline.key(step.code)])


def _write(planned: Sequence[tuple[Timeline, PlannedStep]], *, at: dt.datetime) -> list[Step]:
    steps = Step.objects.bulk_create([Step.planned(timeline, step) for timeline, step in planned])
    deadlines.set_deadlines(
        [
            Setting(
                SubjectKey(CASE, timeline.case_id),
                DUTY if step.kind == StepKind.DUTY else NOTICE,
                step.due_at,
                step.clause,
                timeline.key(step.code),
                step.words,
                {
                    "step": step.pk,
                    "title": step.title,
                    "act": step.act,
                    "commitment": step.commitment,
                    **({PROMISED: "The engineer updates you"} if step.commitment else {}),
                },
                reminder_at(timeline.started_at, step.due_at),
            )
            for (timeline, _), step in zip(planned, steps, strict=True)
        ],
        at=at,
    )
    return steps
