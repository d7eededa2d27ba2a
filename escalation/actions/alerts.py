"""Severity 1 on which no timeline of Exhibit C runs: whoever can help hears of it at once (ATSP 4.5; D-22)."""

import datetime as dt

from cases.case.models import Case
from cases.case.rules.vocabulary import State
from contracts.parties.on_duty import OnDuty
from escalation import notices
from escalation.actions.timelines import running
from escalation.verbs import Verb
from portal import journal
from portal.models import User
from portal.notices import outbox

SEVERITY_1 = 1


def alert(case: Case, *, at: dt.datetime) -> list[User]:
    """Tell dispatch, the engineers who are there, the ESS and Customer Support Management of a case that the act holds.

    For a case that has just become severity 1, or is worked on again, at `at`. Returns who was told: nobody where a
    timeline runs, which tells by itself, or where the case is not severity 1 or not at work.
    """
    if case.severity != SEVERITY_1 or case.state in (State.RELIEVED, State.CLOSED):
        return []
    if running(case) is not None:
        return []
    duty = OnDuty([case.agreement_id], at)
    people = duty.everybody(case.agreement_id, case.agreement.provider_id)
    if case.owner is not None and case.owner not in people and duty.can_act(case.owner):
        people.insert(0, case.owner)
    outbox.post_many([notices.severity_1(case, people, at=at)], at=at)
    journal.record(
        case,
        Verb.SEVERITY_1_TOLD,
        by=None,
        at=at,
        clause=case.programme.paper.cite("ATSP 4.5"),
        text=f"No timeline of Exhibit C runs. Told at once: {', '.join(one.name for one in people)}.",
        told=[one.name for one in people],
    )
    return people
