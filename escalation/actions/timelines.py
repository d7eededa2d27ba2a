"""A timeline begins when a case becomes severity 1, and ends with relief, downgrade or closure (ATSP 14.3, Ex.C)."""

import datetime as dt
from collections.abc import Sequence

from cases.case.models import Case
from cases.case.rules.vocabulary import State
from cases.clocks.rules.wording import frequency
from cases.clocks.setting import CASE
from contracts.programmes.rules.terms import Act, Escalation
from escalation import clocks
from escalation.models import Step, Timeline
from escalation.rules.exhibit_c import Done, Ending, PlannedStep
from escalation.rules.wording import after_t, length
from escalation.verbs import Verb
from portal import bulk, journal
from portal.models import SubjectKey, User


def escalation_of(case: Case, at: dt.datetime) -> Escalation | None:
    """The terms by which the case escalates: its programme's, where the agreement has the option (ATSP 6.4, 14.3)."""
    terms = case.programme.escalation
    if terms is None:
        return None
    agreement = case.agreement
    return terms if agreement.has_option(terms.option, on=agreement.date_at(at)) else None


def running(case: Case) -> Timeline | None:
    """The case's timeline that nothing has ended, if there is one."""
    return Timeline.objects.running().filter(case=case).first()


def plan_of(case: Case, at: dt.datetime) -> tuple[PlannedStep, ...]:
    """What the escalation of a case that is severity 1 from `at` consists of; empty where nothing escalates.

    Whether one runs already is not asked.
    """
    terms = case.programme.escalation
    if terms is None or case.severity != terms.severity or escalation_of(case, at) is None:
        return ()
    if case.state in (State.RELIEVED, State.CLOSED):
        return ()
    return clocks.whole_plan(terms, at, case.calendar)


def start(case: Case, *, by: User | None, at: dt.datetime) -> Timeline | None:
    """Begin the escalation of a case that the caller holds, with T at `at`; every duty and notice is set at once.

    None when nothing is to escalate: another severity, no PSAM option (then ATSP 6.1-6.3 hold), relief stands given,
    the case is closed, or a timeline runs already. T is where the case's severity begins to count, so a call logged
    later makes marks that are late from the first, and fire at the next sweep.
    """
    terms, planned = case.programme.escalation, plan_of(case, at)
    if terms is None or not planned or running(case) is not None:
        return None
    timeline = Timeline.objects.create(
        case=case,
        number=case.timelines.count() + 1,
        programme_version_id=case.programme_version_id,
        started_at=at,
        commitments=sum(step.commitment for step in planned),
    )
    clocks.set_steps(timeline, planned, at=at)
    journal.record(
        case,
        Verb.ESCALATION_STARTED,
        by=by,
        at=at,
        public=True,
        clause="ATSP 14.3, ATSP Ex.C",
        text=f"The severity 1 escalation runs: an update is owed {frequency(terms.commitment.every)} "
        "until relief, downgrade or closure.",
        after={"timeline": timeline.number, "started_at": at},
    )
    return timeline


def end(cases: Sequence[Case], ending: Ending, *, by: User | None, at: dt.datetime) -> None:
    """End the timelines that run on cases: what is to come is cancelled, with the cause (D-13).

    What was missed stays missed. The number of statements does not grow with the cases.
    """
    ended = list(Timeline.objects.running().filter(case__in=[case.pk for case in cases]))
    if not ended:
        return
    cancelled = clocks.call_off([one.case_id for one in ended], at=at, cause=ending.words)
    for timeline in ended:
        timeline.ended_at = max(at, timeline.started_at)
        timeline.ending = ending
        timeline.ended_cause = ending.words[:200]
    bulk.update(ended, ["ended_at", "ending", "ended_cause"])
    journal.record_many(
        journal.entry(
            SubjectKey(CASE, timeline.case_id),
            Verb.ESCALATION_ENDED,
            by=by,
            at=at,
            public=True,
            clause="D-13",
            text=f"{ending.words} It ran for {length(timeline.elapsed(at))}.",
            before={"timeline": timeline.number},
            after={"ending": ending.value, "cancelled": cancelled[timeline.case_id]},
        )
        for timeline in ended
    )


def resume(case: Case, *, by: User | None, at: dt.datetime) -> Timeline | None:
    """Let the timeline that a downgrade or a closure ended last run on, with its own T: that is taken back (D-23).

    None when there is none, or another runs. What has fallen due in between is late.
    """
    timeline = case.timelines.order_by("number").last()
    if timeline is None or timeline.ending not in (Ending.DOWNGRADE, Ending.CLOSURE):
        return None
    ended_at, cause = timeline.ended_at, timeline.ended_cause
    timeline.ended_at, timeline.ending, timeline.ended_cause = None, "", ""
    timeline.save(update_fields=["ended_at", "ending", "ended_cause"])
    clocks.call_back(case.pk, ended_at=ended_at, cause=cause)
    journal.record(
        case,
        Verb.ESCALATION_RESUMED,
        by=by,
        at=at,
        public=True,
        clause="D-23",
        text=f"The severity 1 escalation runs on, at {after_t(at - timeline.started_at)}: its end is taken back.",
        before={"ended_at": ended_at},
        after={"timeline": timeline.number},
    )
    return timeline


def served(
    case: Case, act: Act, *, by: User, at: dt.datetime, note: str = ""
) -> Sequence[tuple[Step, Done]]:
    """An act at `at` does the open duties that await it, whoever's they are (D-15); journalled when it did any."""
    timeline = running(case)
    if timeline is None or at < timeline.started_at:
        return ()
    done = clocks.serve(timeline, act, by=by, at=at, now=at, note=note)
    if done:
        write_done(case, done, by=by, at=at)
    return done


def write_done(case: Case, done: Sequence[tuple[Step, Done]], *, by: User, at: dt.datetime) -> None:
    """Journal that duties were done by an act that is no entry of escalation's own, each with its own lateness."""
    journal.record(
        case,
        Verb.ESCALATION_DUTY_DONE,
        by=by,
        at=at,
        clause=done[0][0].clause,
        text="; ".join(f"{step.title}, {_how(step, how)}" for step, how in done) + ".",
        steps=[step.code for step, _ in done],
    )


def done_in_words(done: Sequence[tuple[Step, Done]]) -> str:
    """The marks that an act served: "T+2 h, 12 min late; T+4 h"."""
    return "; ".join(_how(step, how) for step, how in done)


def _how(step: Step, how: Done) -> str:
    return (
        after_t(step.mark) if how.in_time else f"{after_t(step.mark)}, {length(how.late_by)} late"
    )
