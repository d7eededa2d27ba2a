"""Handlers for the duties and notices of an escalation. The sweep calls them in its own transaction.

Each takes any number of rows with the same number of statements.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cases.case.selecting import give_parties
from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import Staff
from contracts.programmes.rules.terms import Act, Role
from escalation import notices
from escalation.clocks import DUTY, NOTICE, keep_committed, number_of
from escalation.models import Step, Timeline
from escalation.people import Bearers, in_words
from escalation.rules.wording import after_t, length
from escalation.verbs import Verb
from portal import alarms, journal
from portal.deadlines import DeadlineKind, Due, register
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft
from portal.prepared import Rows, among

log = logging.getLogger(__name__)


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(
        DeadlineKind(
            DUTY, "Duty of Exhibit C", True, duties_missed, in_runs=True, remind=duties_near
        )
    )
    register(DeadlineKind(NOTICE, "Notice of Exhibit C", False, marks_reached))


def marks_reached(rows: Sequence[Due], now: dt.datetime) -> None:
    """The time of notices has come: tell their audiences, each person once; nobody to tell is an alarm (ATSP Ex.C)."""
    due = _steps(rows)
    timelines = _timelines(due)
    people = Bearers(timelines.values(), now)
    duties = _open_duties(timelines, {role for step, _ in due for role in step.audience})
    record = _Record()
    for step, row in due:
        told = notices.mark_reached(step, row, people, duties)
        if told:
            record.drafts += told
            record.entries.append(_told(step, row, told, now))
        missing = _unheard(step, told, people)
        if missing:
            silent = f"“{step.title}” was due to {in_words(missing)}, and there is nobody to tell"
            record.nobody(step, row, silent, now)
    record.write(now)


def duties_near(rows: Sequence[Due], now: dt.datetime) -> None:
    """Duties are due soon: remind whoever bears them at this moment; else dispatch, with an alarm (D-29)."""
    due = _steps(rows)
    people = Bearers(_timelines(due).values(), now)
    record = _Record()
    for step, row in due:
        role = Role(step.role)
        record.drafts.append(notices.near(step, people))
        if people.is_vacant(role, step.timeline.case):
            silent = (
                f"“{step.title}” is due soon, and nobody bears it: there is no {in_words([role])}"
            )
            record.nobody(step, row, silent, now, soon=True)
    record.write(now)


def duties_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """Duties were not done in time: journal it, tell their bearers and Customer Support Management, go on (D-13).

    A missed duty stays to be done. An hourly update missed is followed by the next, for ever; those set here are due
    after all duties of the plan, so what follows each other on a case is taken in one run.
    """
    due = _steps(rows)
    timelines = _timelines(due)
    people = Bearers(timelines.values(), now)
    record = _Record()
    settled: dict[int, int] = {}
    for step, row in due:
        role = Role(step.role)
        record.drafts.append(notices.missed(step, row, people))
        record.entries.append(_missed(step, row, now))
        if people.is_vacant(role, step.timeline.case):
            silent = (
                f"“{step.title}” was missed, and nobody bears it: there is no {in_words([role])}"
            )
            record.nobody(step, row, silent, now)
        if step.commitment:
            pk = step.timeline_id
            settled[pk] = max(number_of(step), settled.get(pk, 0))
    keep_committed(settled, timelines, now=now)
    record.write(now)


@dataclass(slots=True)
class _Record:
    """What a handler writes at its end: notices, entries, and alarms whose people are looked up once."""

    drafts: list[NoticeDraft] = field(default_factory=list)
    entries: list[journal.Entry] = field(default_factory=list)
    alarms: list[tuple[NoticeDraft, Agreement]] = field(default_factory=list)

    def nobody(
        self, step: Step, row: Due, silent: str, now: dt.datetime, *, soon: bool = False
    ) -> None:
        """Alarm dispatch that a step finds nobody, or will (`soon`): never silence."""
        text = f"Case {step.timeline.case.number}: {silent}."
        log.error("%s", text)
        code = f"{step.code}:soon" if soon else step.code
        self.alarms.append(
            (notices.nobody(step.timeline, code, text), step.timeline.case.agreement)
        )
        self.entries.append(
            journal.entry(
                row.subject,
                Verb.ESCALATION_NOBODY_TO_TELL,
                by=None,
                at=now,
                clause=step.clause,
                text=f"{silent}. Dispatch stands in, and is alarmed.",
                step=row.step,
                late=row.late,
            )
        )

    def write(self, now: dt.datetime) -> None:
        """Write it all, in the sweep's transaction."""
        if self.alarms:
            told = Staff(*alarms.AUDIENCE, at=now)
            self.drafts += [
                replace(alarm, to=told.of(agreement)) for alarm, agreement in self.alarms
            ]
        outbox.post_many(self.drafts, at=now)
        journal.record_many(self.entries)


_STEPS = Rows(lambda: Step.objects.filter(among("pk", "keys")).order_by())
_TIMELINES = Rows(
    lambda: (
        Timeline.objects.select_related("case__agreement")
        .only(
            "number",
            "programme_version_id",
            "started_at",
            "commitments",
            "case__title",
            "case__severity",
            "case__business_impact",
            "case__region",
            "case__last_communication_at",
            "case__reseller_id",
            "case__contact_id",
            "case__owner_id",
            "case__agreement__zone",
            "case__agreement__provider_id",
        )
        .filter(among("pk", "keys"))
        .order_by()
    )
)


def _steps(rows: Sequence[Due]) -> list[tuple[Step, Due]]:
    """The rows' steps in the rows' order, with the facts of their cases; five statements, since a case has many."""
    steps = _STEPS.in_bulk([row.data["step"] for row in rows])
    timelines = _TIMELINES.in_bulk({step.timeline_id for step in steps.values()})
    give_parties([timeline.case for timeline in timelines.values()])
    for step in steps.values():
        step.timeline = timelines[step.timeline_id]
    return [(steps[row.data["step"]], row) for row in rows]


def _timelines(due: Sequence[tuple[Step, Due]]) -> dict[int, Timeline]:
    return {step.timeline_id: step.timeline for step, _ in due}


def _open_duties(
    timelines: Collection[int], roles: Collection[str]
) -> dict[int, list[dict[str, Any]]]:
    """What people in those roles have still to do on the timelines, without the hourly updates; one statement."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Step.objects.open_duties().filter(
        timeline__in=timelines, role__in=roles, commitment=False
    )
    for duty in rows.in_order().values("timeline_id", "role", "title", "due_at"):
        found[duty["timeline_id"]].append(dict(duty))
    return found


def _unheard(step: Step, told: Sequence[NoticeDraft], people: Bearers) -> list[Role]:
    """Those of the audience of whom nobody can be told, so that dispatch hears in their stead."""
    case = step.timeline.case
    contact_told = any(draft.template == "escalation_commitment" for draft in told)
    return [
        role
        for role in map(Role, step.audience)
        if people.is_vacant(role, case) or (role is Role.TECHNICAL_CONTACT and not contact_told)
    ]


def _told(step: Step, row: Due, told: Sequence[NoticeDraft], now: dt.datetime) -> journal.Entry:
    names = [person.name or person.email for draft in told for person in draft.to]
    late = f" Sent {length(now - row.due_at)} late." if row.late else ""
    return journal.entry(
        row.subject,
        Verb.ESCALATION_HOTSHOT_SENT if step.hotshot else Verb.ESCALATION_NOTICE_SENT,
        by=None,
        at=now,
        clause=step.clause,
        text=f"{after_t(step.mark)}, {step.title}: {', '.join(names)}.{late}",
        step=row.step,
        due_at=row.due_at,
        late=row.late,
        told=names,
    )


def _missed(step: Step, row: Due, now: dt.datetime) -> journal.Entry:
    return journal.entry(
        row.subject,
        Verb.ESCALATION_DUTY_MISSED,
        by=None,
        at=now,
        public=step.act == Act.CONTACT_UPDATE,  # what was owed to the contact, the contact may read
        clause=step.clause,
        text=f"{after_t(step.mark)}: {step.title}.",
        step=row.step,
        role=step.role,
        due_at=row.due_at,
        late=row.late,
    )
