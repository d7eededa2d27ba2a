"""Who answers for a case on either side, and which other teams work on it (ATSP 5.2.2, 15.1, Ex.C)."""

import datetime as dt

from django.db.models import QuerySet

from cases.case.actions import doing, require_doer, require_text
from cases.case.contacts import technical_lines
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import State
from cases.conversation.actions import move
from cases.events import CaseAssigned, SubCaseOpened
from cases.handling import notices
from cases.resolution import proposal
from cases.resolution.notices import closing_proposed
from cases.sub_cases.deadlines import set_wanted, stop_wanted
from cases.sub_cases.models import SubCase, SubState, Team
from cases.verbs import Verb
from contracts.parties.models.parties import Contact
from contracts.parties.presence import Presence
from contracts.roster.models.entries import RosterRole
from portal import subscriptions
from portal.models import User
from portal.rules.refusal import Refusal


def take(case: Case, *, by: User, at: dt.datetime) -> Case:
    """An engineer takes a case from the queue. It answers nobody yet, so no clock stops. Returns the case."""
    require_doer(case, Deed.TAKE, by=by, at=at)
    return assign(case, to=by, by=by, at=at)


def assign(case: Case, *, to: User, by: User, at: dt.datetime, tell: bool = True) -> Case:
    """Give a case to an engineer. Returns the case. Raises Refusal when they are none, or are away (D-29).

    Whoever gives many at once tells of them together, and not of each (`tell`).
    """
    require_doer(case, Deed.TAKE, by=to, at=at)
    if to != by and Presence(at).is_away(to):
        raise Refusal(
            f"{to.name} is away: whatever falls due on the case would go to dispatch.",
            clause="D-29",
            way_out="Give it to an engineer who is there.",
            field="to",
        )
    with doing(case, Deed.ASSIGN, by=by, at=at) as fresh:
        before = fresh.owner
        fresh.owner = to
        record(
            fresh,
            Verb.CASE_ASSIGNED,
            by=by,
            at=at,
            public=True,
            text=f"{to.name} has the case.",
            before={"owner": before.pk if before else None},
            after={"owner": to.pk},
        )
        if fresh.state == State.NEW:
            move(fresh, Move.TAKE_UP, by=by, at=at)
        if to != by and tell:
            notices.assigned(fresh, to=to, by=by, at=at)
        subscriptions.publish(CaseAssigned(fresh, to, by, at))
    return fresh


STATES_BY_HAND = (
    Move.TAKE_UP,
    Move.RESUME,
    Move.WAIT_FOR_RESELLER,
    Move.WAIT_FOR_ENGINEERING,
)
"""The moves that are an act by themselves; the others are part of giving relief, closing or reopening."""


def change_state(case: Case, wanted: Move, *, by: User, at: dt.datetime) -> Case:
    """An engineer says where the case stands (ATSP 4.7). Returns the case.

    It answers nobody, and no clock stops. Raises Refusal where the state does not allow it, and for a move that is part
    of another act.
    """
    with doing(case, Deed.MOVE, by=by, at=at) as fresh:
        if wanted not in STATES_BY_HAND:
            raise Refusal(
                f"To {wanted.label} is an act of its own.",
                clause="ATSP 4.10",
                way_out="Do it on the case page.",
                field="move",
            )
        move(fresh, wanted, by=by, at=at)
    return fresh


def may_answer_for(case: Case, at: dt.datetime) -> "QuerySet[Contact]":
    """Who can take over a case: its reseller's Technical Contacts and alternates, by name, save who has it now.

    The roster counts, not the waiting time: who still waits hears of the case, and asks for nothing yet (ATSP 5.2.1).
    """
    lines = technical_lines(case, at)
    return Contact.objects.filter(pk__in=lines.values("contact")).exclude(pk=case.contact_id)


def hand_over(case: Case, *, to: Contact, by: User, at: dt.datetime) -> Case:
    """Make another Technical Contact the one who answers for a case (ATSP 5.2.2). Returns the case.

    An engineer, dispatch, a Technical Contact or the Administrative Contact does it. Promises stand as they are: the
    Business Day stays that of the site where the case was reported (D-6), and the case stays charged to its region.
    Raises Refusal when the case is closed, or the contact is none to whom it may be handed.
    """
    with doing(case, Deed.HAND_OVER, by=by, at=at) as fresh:
        before, called = fresh.contact, fresh.programme.paper.name(RosterRole.TECHNICAL)
        if not may_answer_for(fresh, at).filter(pk=to.pk).exists():
            raise Refusal(
                f"{to.name} has the case already."
                if to == before
                else f"{to.name} is not a {called} of {fresh.reseller.name.rstrip('.')}.",
                clause="ATSP 5.2.2",
                way_out=f"Choose another {called} on the roster.",
                field="to",
            )
        fresh.contact = to
        asked = fresh.closing_proposed
        found = proposal.begin(fresh, asked, at=at) if asked is not None else None
        record(
            fresh,
            Verb.CASE_HANDED_OVER,
            by=by,
            at=at,
            public=True,
            clause="ATSP 5.2.2",
            text=f"{to.name} answers for the case instead of {before.name}.",
            before={"contact": before.pk},
            after={"contact": to.pk},
        )
        notices.handed_over(fresh, before, by=by, at=at)
        if asked is not None:  # whoever answers for the case now was not asked yet (D-27)
            proposal.set_clocks(fresh, found, at=at)
            closing_proposed(fresh, by=by, at=at)
    return fresh


def open_sub_case(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    team: Team,
    request: str,
    due_at: dt.datetime | None = None,
) -> Case:
    """Engage another team by a sub-case, which is not charged (ATSP Ex.C, 1.3). Returns the case.

    `due_at` is when the answer is wanted: whose it is hears of it before, and the case's engineer then.
    """
    with doing(case, Deed.SUB_CASE, by=by, at=at) as fresh:
        sub_case = SubCase.objects.create(
            case=fresh,
            team=team,
            request=require_text(request, field="request", what="request"),
            opened_by=by,
            opened_at=at,
            due_at=due_at,
        )
        set_wanted(fresh, sub_case, at=at)
        record(
            fresh,
            Verb.CASE_SUB_CASE_OPENED,
            by=by,
            at=at,
            clause="ATSP Ex.C",
            text=f"{Team(team).label} engaged.",
            after={"sub_case": sub_case.pk, "team": str(team)},
        )
        fresh.open_sub_cases += 1
        notices.sub_case_opened(fresh, sub_case, at=at)
        subscriptions.publish(SubCaseOpened(fresh, sub_case, by, at))
    return fresh


def close_sub_case(
    case: Case, sub_case: SubCase, *, by: User, at: dt.datetime, outcome: str
) -> SubCase:
    """An engineer of either team closes a sub-case with what came of it; the case goes on (ATSP Ex.C). Returns it.

    Raises Refusal without an outcome, and when it is closed already.
    """
    outcome = require_text(outcome, field="outcome", what="outcome")
    with doing(case, Deed.CLOSE_SUB_CASE, by=by, at=at) as fresh:
        closing = fresh.sub_cases.get(pk=sub_case.pk)
        if closing.closed_at is not None:
            raise Refusal(
                f"The sub-case of {closing.get_team_display()} is closed already.",
                clause="ATSP Ex.C",
                way_out="Read on the case what came of it.",
                field="sub_case",
            )
        closing.closed_at, closing.closed_by, closing.outcome = at, by, outcome
        closing.state = SubState.CLOSED
        closing.save(update_fields=["closed_at", "closed_by", "outcome", "state"])
        stop_wanted(fresh, closing, at=at, cause="the sub-case was closed")
        fresh.open_sub_cases -= 1
        record(
            fresh,
            Verb.CASE_SUB_CASE_CLOSED,
            by=by,
            at=at,
            clause="ATSP Ex.C",
            text=f"{closing.get_team_display()}: {outcome}",
            after={"sub_case": closing.pk, "team": closing.team},
        )
        notices.sub_case_closed(fresh, closing, by=by, at=at)
    return closing
