"""The time-based escalation of severity 1 with a PSAM option (ATSP Ex.C; D-13, D-14, D-15).

T is the moment the case became severity 1. Every mark is computed from T, never from when an earlier step ran, so
lateness does not add up. Hours are elapsed, around the clock. All instants are aware; due times are UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cases.clocks.rules.wording import frequency
from contracts.programmes.rules.spans import due
from contracts.programmes.rules.terms import (
    Act,
    Escalation,
    EscalationDuty,
    EscalationNotice,
    Role,
    Span,
)
from portal.rules.business_time import BusinessCalendar, add_elapsed
from portal.rules.refusal import Refusal

REMINDED_BEFORE = timedelta(minutes=15)
"""So long before its mark whoever bears a duty is reminded of it; half the time where T is nearer (D-29)."""


class StepKind(StrEnum):
    """A duty is something a person must do and the portal tracks; a notice is something the portal sends."""

    DUTY = "duty"
    NOTICE = "notice"


class Ending(StrEnum):
    """What ends an escalation: everything pending is cancelled with this cause (D-13)."""

    RELIEF = "relief"
    DOWNGRADE = "downgrade"
    CLOSURE = "closure"

    @property
    def words(self) -> str:
        """The cause in a sentence, for the record of what was cancelled."""
        return {
            "relief": "Relief was given: the escalation ends.",
            "downgrade": "The case is no longer severity 1: the escalation ends.",
            "closure": "The case was closed: the escalation ends.",
        }[self.value]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One duty or notice of a timeline.

    `code` is unique within the timeline. `mark` is the time after T at which Exhibit C puts it; `due_at` the instant,
    which differs from T + mark only for "or next business day" (D-14). `opens_at` is the earliest instant at which an
    act counts for a duty (D-15). A duty has a `role` and an `act`, a notice an `audience`. `commitment` tells the
    hourly update, of which there is always a next one. `position` numbers the steps of a plan from 1, in order of due
    time.
    """

    code: str
    kind: StepKind
    title: str
    mark: timedelta
    due_at: datetime
    opens_at: datetime
    position: int
    clause: str
    words: str
    role: Role | None = None
    act: Act | None = None
    if_necessary: bool = False
    commitment: bool = False
    audience: tuple[Role, ...] = ()
    hotshot: bool = False
    data: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Done:
    """A duty that an act does. `late_by` is zero when it was in time; the act's own time is always kept."""

    code: str
    due_at: datetime
    done_at: datetime
    late_by: timedelta

    @property
    def in_time(self) -> bool:
        """Whether the act came at the due time or before it (D-8)."""
        return not self.late_by


def plan(
    escalation: Escalation,
    started_at: datetime,
    calendar: BusinessCalendar,
    until: timedelta = timedelta(hours=24),
) -> tuple[PlannedStep, ...]:
    """The timeline of a severity 1 that began at `started_at`, in order of due time (ATSP Ex.C; D-13, D-14).

    All duties and notices of the exhibit, and the hourly commitment at every mark up to and including `until`, those
    that the exhibit names and those between (7 h, 12 h, 13 h and on); `next_commitment` goes on from there. `calendar`
    is that of the contact who reported the case (D-6). Steps due at the same instant stand
    in the order commitment, duties, notices.
    """
    every = escalation.commitment.every.length
    steps = [
        *(_commitment(escalation, started_at, n) for n in range(1, until // every + 1)),
        *(
            _duty(duty, escalation, started_at, calendar)
            for duty in escalation.duties
            if not _is_commitment(duty, escalation)
        ),
        *(_notice(notice, escalation, started_at, calendar) for notice in escalation.notices),
    ]
    steps.sort(key=lambda step: (step.due_at, step.mark))  # stable: ties keep the order above
    return tuple(replace(step, position=position) for position, step in enumerate(steps, start=1))


def next_commitment(escalation: Escalation, started_at: datetime, n: int) -> PlannedStep:
    """The `n`-th update owed under the hourly commitment, 1 at T + 1 hour, on for ever (D-13).

    Counted from T, so that a late one delays none after it. Its position is 0: it stands outside a plan. Raises
    ValueError for n below 1.
    """
    if n < 1:
        raise ValueError(f"the commitment's marks are numbered from 1, not {n}")
    return _commitment(escalation, started_at, n)


def commitment_number(escalation: Escalation, started_at: datetime, at: datetime) -> int:
    """The number of the first commitment mark that is due at `at` or later; at least 1.

    After an outage the timeline goes on with this one, and those before it stand as missed.
    """
    return max(-((started_at - at) // escalation.commitment.every.length), 1)


def serves(act: Act, at: datetime, open_steps: Iterable[PlannedStep]) -> tuple[Done, ...]:
    """The open duties that an act at `at` does, in order of due time (ATSP Ex.C; D-15). All bounds are inclusive.

    `open_steps` are those not done, waived or cancelled; notices among them are passed over. The rule:

    - An act before a duty opens does not do it. An hourly update opens 30 minutes before its mark (D-15), any other
      duty at T: done early is done.
    - What is due by `at` and still open is done now, late if its time has passed: one update answers every
      mark that was missed, each with its own lateness.
    - Of the hourly updates, those whose window holds `at` are done. One update may so serve the initial response and
      the mark of the first hour.
    - Of the other duties of that act, those due are done; when none is due yet, the earliest one to come.
    """
    duties = sorted(
        (
            step
            for step in open_steps
            if step.kind is StepKind.DUTY and step.act is act and step.opens_at <= at
        ),
        key=lambda step: (step.due_at, step.mark),
    )
    listed = [step for step in duties if not step.commitment]
    served = [step for step in listed if step.due_at <= at] or listed[:1]
    served += [step for step in duties if step.commitment]
    served.sort(key=lambda step: (step.due_at, step.mark))
    return tuple(
        Done(step.code, step.due_at, at, max(at - step.due_at, timedelta(0))) for step in served
    )


def reminder_at(started_at: datetime, due_at: datetime) -> datetime:
    """When whoever bears a duty is reminded of it: before its mark, and after T (D-29)."""
    return due_at - min(REMINDED_BEFORE, (due_at - started_at) / 2)


def waived(step: PlannedStep, note: str) -> str:
    """The note with which a duty marked "if necessary" is waived (D-14).

    Raises Refusal when the duty cannot be waived, or the note is empty.
    """
    if not step.if_necessary:
        raise Refusal(
            f"“{step.title}” cannot be waived: the agreement requires it unconditionally.",
            clause=step.clause,
            way_out="Do it and log it here; late is recorded as late.",
        )
    if not note.strip():
        raise Refusal(
            f"Waiving “{step.title}” needs a note.",
            clause="D-14",
            way_out="Say why it is not necessary.",
            field="note",
        )
    return note.strip()


def _is_commitment(duty: EscalationDuty, escalation: Escalation) -> bool:
    """Whether the exhibit names, at this mark, the update that the commitment owes there anyway."""
    term = escalation.commitment
    return (
        duty.act is term.act
        and duty.role is term.role
        and not duty.or_next_business_opening
        and not duty.at.length % term.every.length
    )


def _in_words(mark: timedelta) -> str:
    """A mark as a code: "7h", "90m"."""
    hours, rest = divmod(mark, timedelta(hours=1))
    return f"{mark // timedelta(minutes=1)}m" if rest else f"{hours}h"


def _commitment(escalation: Escalation, started_at: datetime, n: int) -> PlannedStep:
    term = escalation.commitment
    mark = n * term.every.length
    due_at = add_elapsed(started_at, mark)
    named = next(
        (
            duty
            for duty in escalation.duties
            if duty.at.length == mark and _is_commitment(duty, escalation)
        ),
        None,
    )
    return PlannedStep(
        code=named.code if named else f"update-{_in_words(mark)}",
        kind=StepKind.DUTY,
        title=named.title if named else term.title,
        mark=mark,
        due_at=due_at,
        opens_at=due_at - term.served_by_update_within.length,
        position=0,
        clause=named.clause if named else term.clause,
        words=f"{Span(n * term.every.amount, term.every.unit)} after the case became severity {escalation.severity}: "
        f"an update is owed {frequency(term.every)} until relief, downgrade or closure (D-13). One made within the "
        f"{term.served_by_update_within} before the mark meets it (D-15).",
        role=term.role,
        act=term.act,
        commitment=True,
        data={"number": n, "every": str(term.every)},
    )


def _duty(
    duty: EscalationDuty, escalation: Escalation, started_at: datetime, calendar: BusinessCalendar
) -> PlannedStep:
    result = due(duty.at, started_at, calendar, placed=duty.or_next_business_opening)
    return PlannedStep(
        code=duty.code,
        kind=StepKind.DUTY,
        title=duty.title,
        mark=duty.at.length,
        due_at=result.at,
        opens_at=started_at,
        position=0,
        clause=duty.clause,
        words=f"{_after(duty.at, escalation)}"
        f"{', or at the next business opening (D-14)' if duty.or_next_business_opening else ''}. {result.words}",
        role=duty.role,
        act=duty.act,
        if_necessary=duty.if_necessary,
        data={"at": str(duty.at), "sum": result.data},
    )


def _notice(
    notice: EscalationNotice,
    escalation: Escalation,
    started_at: datetime,
    calendar: BusinessCalendar,
) -> PlannedStep:
    result = due(notice.at, started_at, calendar)
    return PlannedStep(
        code=notice.code,
        kind=StepKind.NOTICE,
        title=notice.title,
        mark=notice.at.length,
        due_at=result.at,
        opens_at=result.at,
        position=0,
        clause=notice.clause,
        words=f"Sent {_after(notice.at, escalation)}. {result.words}",
        audience=notice.audience,
        hotshot=notice.hotshot,
        data={"at": str(notice.at), "sum": result.data},
    )


def _after(mark: Span, escalation: Escalation) -> str:
    became = f"the case became severity {escalation.severity}"
    return f"{mark} after {became}" if mark.amount else f"when {became}"
