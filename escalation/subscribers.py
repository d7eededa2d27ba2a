"""Subscribe escalation to cases (``cases.events``), in the transaction of the act."""

import datetime as dt

from cases.case.models import Case
from cases.clocks.setting import note_next_due
from cases.conversation import rules as communication
from cases.conversation.rules import Way
from cases.events import (
    CaseAssigned,
    CaseOpened,
    CaseRead,
    CaseReopened,
    CasesClosed,
    ContactUpdated,
    ReliefFailed,
    ReliefGiven,
    SeveritiesChanged,
    SubCaseOpened,
)
from cases.sub_cases.models import Team
from contracts.programmes.rules.terms import Act, Role
from contracts.services.standing_in import message
from escalation import actions
from escalation.actions import alerts
from escalation.actions.timelines import running
from escalation.rules.exhibit_c import Ending
from escalation.taken_over import next_duties, owed
from portal.models import User
from portal.notices import outbox
from portal.subscriptions import subscribe

ENGAGED = {Team.PSE: Act.ENGAGE_PSE, Team.ENGINEERING: Act.ENGAGE_ENGINEERING}


def subscribe_all() -> None:
    """Listen from now on."""
    subscribe(CaseOpened, opened)
    subscribe(SeveritiesChanged, severity_changed)
    subscribe(ContactUpdated, contact_updated)
    subscribe(CaseAssigned, assigned)
    subscribe(SubCaseOpened, sub_case_opened)
    subscribe(ReliefGiven, relief_given)
    subscribe(ReliefFailed, relief_failed)
    subscribe(CasesClosed, closed)
    subscribe(CaseReopened, reopened)
    subscribe(CaseRead, read)


def opened(event: CaseOpened) -> None:
    """A case reported as severity 1 by telephone escalates from its report (ATSP 4.5, D-9)."""
    started = actions.start(event.case, by=event.by, at=event.at)
    if started is None:
        alerts.alert(event.case, at=event.at)
    elif note_next_due([event.case]):
        event.case.save(update_fields=["next_due_at", "next_due_kind"])


def severity_changed(event: SeveritiesChanged) -> None:
    """Raised to severity 1: a timeline begins, or the one that a downgrade ended runs on, or whoever can help is told.

    Lowered: the running one ends (D-13).
    """
    lowered = []
    for case, _ in event.changes:
        terms = case.programme.escalation
        if case.severity == alerts.SEVERITY_1:
            if event.taken_back and actions.resume(case, by=event.by, at=event.at):
                continue
            _begin(case, by=event.by, at=event.at)
        elif terms is not None:
            lowered.append(case)
    actions.end(lowered, Ending.DOWNGRADE, by=event.by, at=event.at)


def contact_updated(event: ContactUpdated) -> None:
    """The CSE updated the contact, at the time of the act itself (D-15)."""
    actions.served(event.case, Act.CONTACT_UPDATE, by=event.by, at=event.at)


def assigned(event: CaseAssigned) -> None:
    """Whoever is given a case whose escalation runs hears what they owe from now on (D-29)."""
    terms = event.case.programme.escalation
    if event.to == event.by or terms is None or event.case.severity != terms.severity:
        return
    timeline = running(event.case)
    if timeline is None:
        return
    mine = next_duties({timeline.pk: timeline}, event.at)[timeline.pk].get(Role.CSE, [])
    if mine:
        draft = message(
            event.case,
            f"case:{event.at.isoformat()}",
            f"Case {event.case.number} is yours",
            [owed(step, event.case, event.to) for step in mine],
            stands_in=False,
            at=event.at,
        )
        outbox.post_many([draft], at=event.at)


def sub_case_opened(event: SubCaseOpened) -> None:
    """The PSE team, or Engineering, is engaged by its sub-case (ATSP Ex.C)."""
    actions.served(event.case, ENGAGED[Team(event.sub_case.team)], by=event.by, at=event.at)


def relief_given(event: ReliefGiven) -> None:
    """Relief ends the timeline (D-13). It reaches the contact too, so it first does the update that was due."""
    if communication.effect(Way.WRITING, event.by.roles).restarts_status:
        actions.served(event.case, Act.CONTACT_UPDATE, by=event.by, at=event.at)
    actions.end([event.case], Ending.RELIEF, by=event.by, at=event.at)


def relief_failed(event: ReliefFailed) -> None:
    """The case is worked on again: if still severity 1, start a new escalation now."""
    _begin(event.case, by=event.by, at=event.at)


def closed(event: CasesClosed) -> None:
    """Closure ends the timeline (D-13)."""
    actions.end(event.cases, Ending.CLOSURE, by=event.by, at=event.at)


def reopened(event: CaseReopened) -> None:
    """The case is open again: if still severity 1, start a new escalation now."""
    _begin(event.case, by=event.by, at=event.at)


def read(event: CaseRead) -> None:
    """Somebody opened the case page: the PSAM has read the notes (ATSP Ex.C)."""
    actions.case_read(event.case, by=event.by, at=event.at)


def _begin(case: Case, *, by: User | None, at: dt.datetime) -> None:
    """Begin the escalation of a case; where its agreement has none, tell whoever can help (ATSP 4.5)."""
    if actions.start(case, by=by, at=at) is None:
        alerts.alert(case, at=at)
