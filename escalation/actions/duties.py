"""Doing the duties of Exhibit C that no other act of the portal does, reading the notes, and waiving (D-14)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from cases.case.models import Case
from cases.clocks.setting import refresh_next_due
from contracts.parties.people import require_serving
from contracts.programmes.rules.terms import Act, Role
from escalation import clocks, notices
from escalation.actions.timelines import done_in_words, write_done
from escalation.models import Step, Timeline
from escalation.on_page import escalation_on, forget
from escalation.people import ROLE_NAMES, Bearers
from escalation.rules import exhibit_c
from escalation.rules.wording import after_t
from escalation.verbs import Verb
from portal import alarms, journal, locks
from portal.models import User
from portal.notices import outbox
from portal.rules.refusal import Refusal

CLAUSE = "ATSP Ex.C"

DONE_ELSEWHERE = {
    Act.CONTACT_UPDATE: "Reply to the contact, or log the call with them, on the case page.",
    Act.READ_NOTES: "Open the case page: that is reading the notes.",
    Act.ENGAGE_PSE: "Open the sub-case for the PSE team on the case page.",
    Act.ENGAGE_ENGINEERING: "Open the sub-case for Engineering on the case page.",
}
"""Acts that the portal knows by themselves: a duty is done by doing it, not by ticking a box."""

WITH_THE_RESELLER = (Act.CALL_RESELLER_MANAGEMENT, Act.INFORM_RESELLER_MANAGEMENT)
"""Acts that the reseller took part in: that they took place is no secret, what was noted is."""


@contextmanager
def _escalating(case: Case) -> Iterator[Timeline]:
    """Hold the case's lock and yield its running timeline. Raises Refusal when none runs."""
    with transaction.atomic():
        locks.lock(case)
        timeline = Timeline.objects.with_case().running().filter(case=case).first()
        if timeline is None:
            raise Refusal(
                f"No severity 1 escalation is running on case {case.number}.",
                clause="D-13",
                way_out="Write an internal note on the case instead; what you typed is kept.",
            )
        yield timeline
        refresh_next_due([case.pk])


def log_act(
    case: Case, *, by: User, at: dt.datetime, logged_at: dt.datetime, act: Act, note: str
) -> Timeline:
    """Log an act of the escalation that took place at `at`: a call to the reseller's management, sales informed.

    It does the open duties that await it at the act's own time (D-15), and is kept when none does. Updates and
    information are passed on by the portal to those whom they are for. Returns the timeline.

    Raises Refusal when the act is done elsewhere in the portal, is not the person's, lies in the future or before T,
    has no note, or no escalation runs.
    """
    _logged_here(act)
    _at_a_possible_time(at, logged_at)
    words = _noted(note)
    with _escalating(case) as timeline:
        role = _bearer_of(timeline, act)
        people = Bearers([timeline], logged_at)
        _may(by, role, timeline.case, people, f"log “{act_in_words(act)}”")
        if at < timeline.started_at:
            raise Refusal(
                "The time is before the escalation began.",
                clause=CLAUSE,
                way_out="Give the time at which it took place; what happened earlier is a note on the case.",
                field="at",
            )
        done = clocks.serve(timeline, act, by=by, at=at, now=logged_at, note=words)
        public = act in WITH_THE_RESELLER
        served = f" ({done_in_words(done)})" if done else ""
        journal.record(
            timeline.case,
            Verb.ESCALATION_ACT_LOGGED,
            by=by,
            at=at,
            public=public,
            clause=CLAUSE,
            text=f"{act_in_words(act)}." if public else f"{act_in_words(act)}{served}: {words}",
            act=act.value,
            note=words,
            steps=[step.code for step, _ in done],
            served=served,
        )
        _pass_on(timeline, act, people, by=by, at=at, logged_at=logged_at, note=words)
    return timeline


def case_read(case: Case, *, by: User, at: dt.datetime) -> bool:
    """The PSAM opened the case page, which does the reading of the notes when it is open to be done (ATSP Ex.C).

    Returns whether it did a duty, and writes only then. Asks nothing but what the page asks anyway where it did none.
    """
    found = escalation_on(case) if by.is_provider else None
    if found is None or found.notes_open_at is None or found.notes_open_at > at:
        return False
    forget(case)
    with transaction.atomic():
        locks.lock(case)
        timeline = Timeline.objects.with_case().running().filter(case=case).first()
        if timeline is None:
            return False
        role = _bearer_of(timeline, Act.READ_NOTES)
        if not Bearers([timeline], at).stands_for(by, role, timeline.case):
            return False
        done = clocks.serve(timeline, Act.READ_NOTES, by=by, at=at, now=at)
        if done:
            write_done(timeline.case, done, by=by, at=at)
            refresh_next_due([case.pk])
        return bool(done)


def waive(step: Step, *, by: User, at: dt.datetime, note: str) -> Step:
    """Waive a duty that is to be done only "if necessary", with a note (D-14). Returns the step.

    Raises Refusal when it is unconditional, not the person's, settled already, or the note is empty.
    """
    with _escalating(step.timeline.case) as timeline:
        fresh = Step.objects.get(pk=step.pk)
        fresh.timeline = timeline
        if step.timeline_id != timeline.pk or fresh.done_at or fresh.waived_at:
            raise Refusal(
                f"“{fresh.title}” is settled already.",
                clause="D-14",
                way_out="Nothing is left to do about it.",
            )
        words = exhibit_c.waived(fresh.plan, note)
        people = Bearers([timeline], at)
        _may(by, Role(fresh.role), timeline.case, people, f"waive “{fresh.title}”", clause="D-14")
        fresh.waived_at, fresh.waived_by, fresh.waived_note = at, by, words
        fresh.save(update_fields=["waived_at", "waived_by", "waived_note"])
        clocks.let_go(fresh, at=at, cause=f"Waived by {by.name}: {words}")
        journal.record(
            timeline.case,
            Verb.ESCALATION_WAIVED,
            by=by,
            at=at,
            clause="D-14",
            text=f"{after_t(fresh.mark)}: {fresh.title}: {words}",
            step=fresh.code,
        )
    return fresh


def act_in_words(act: Act) -> str:
    """An act as a reader wants it: "Call the reseller's management"."""
    return {
        Act.CONTACT_UPDATE: "Update the technical contact",
        Act.READ_NOTES: "Read the case notes",
        Act.STATUS_FROM_CSE: "Get status from the CSE",
        Act.CALL_RESELLER_MANAGEMENT: "Call the reseller's management",
        Act.UPDATE_PSAM: "Update the PSAM",
        Act.INFORM_SALES: "Inform sales",
        Act.STATUS_FROM_MANAGEMENT: "Get an update from Customer Support Management",
        Act.INFORM_RESELLER_MANAGEMENT: "Inform the reseller's management",
        Act.ENGAGE_PSE: "Engage the PSE team",
        Act.INFORM_DIRECTOR: "Inform the Director of WW Premium Support",
        Act.ENGAGE_ENGINEERING: "Engage Engineering",
    }[act]


def _logged_here(act: Act) -> None:
    if act in DONE_ELSEWHERE:
        raise Refusal(
            f"“{act_in_words(act)}” is recorded when you do it; it cannot be logged here.",
            clause=CLAUSE,
            way_out=DONE_ELSEWHERE[act],
        )


def _at_a_possible_time(at: dt.datetime, logged_at: dt.datetime) -> None:
    if at > logged_at:
        raise Refusal(
            "The time is in the future.",
            clause=CLAUSE,
            way_out="Give the time at which it took place.",
            field="at",
        )


def _noted(note: str) -> str:
    if not note.strip():
        raise Refusal(
            "The note is empty.",
            clause=CLAUSE,
            way_out="Say with whom you spoke and what came of it.",
            field="note",
        )
    return note.strip()


def _bearer_of(timeline: Timeline, act: Act) -> Role:
    """The bearer of an act's duty by the timeline's own terms. Raises Refusal when the programme has no such duty."""
    for duty in clocks.terms_of(timeline).duties:
        if duty.act is act:
            return duty.role
    raise Refusal(
        f"The escalation of this programme has no duty “{act_in_words(act)}”.",
        clause=CLAUSE,
        way_out="Write an internal note on the case instead.",
    )


def _may(
    by: User, role: Role, case: Case, people: Bearers, doing: str, clause: str = CLAUSE
) -> None:
    require_serving(by, case.provider_id, doing)
    if not people.may_act(by, role, case):
        bearers = ", ".join(person.name for person in people.of(role, case)) or "nobody at present"
        raise Refusal(
            f"You may not {doing}: that is for the {ROLE_NAMES[role]}.",
            clause=clause,
            way_out=f"Ask them to do it: {bearers}.",
        )


def _pass_on(
    timeline: Timeline,
    act: Act,
    people: Bearers,
    *,
    by: User,
    at: dt.datetime,
    logged_at: dt.datetime,
    note: str,
) -> None:
    """Send the words on to those whom the act informs; nobody there is an alarm."""
    role = notices.PASSED_ON.get(act)
    if role is None:
        return
    to = people.of(role, timeline.case)
    vacant = people.is_vacant(role, timeline.case)
    name = f"escalation-word:{timeline.key(act.value)}:{by.pk}:{logged_at.isoformat()}"
    if to:
        draft = notices.passed_on(timeline, act, name, to, by=by, note=note)
        outbox.post_many([draft], at=logged_at)
    if not vacant:
        return
    alarms.raise_alarm(
        timeline.case,
        name,
        f"Case {timeline.case.number}: {by.name} logged “{act_in_words(act)}”, and nobody is {ROLE_NAMES[role]}.",
        at=logged_at,
        url=notices.page_of(timeline.case),
    )
