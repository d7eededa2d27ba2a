"""Whose case it is, and which other teams work on it (ATSP 15.1, Ex.C)."""

import datetime as dt

from cases import notices
from cases.actions.communication import move
from cases.actions.frame import ENGINEERS, changing, require_engineer, require_intake, said
from cases.events import SubCaseOpened
from cases.models import Case, SubCase, Team
from cases.record import record
from cases.rules.lifecycle import Move
from cases.rules.vocabulary import State
from portal import subscriptions
from portal.models import User


def take(case: Case, *, by: User, at: dt.datetime) -> Case:
    """An engineer takes a case from the queue. It answers nobody yet, so no clock stops. Returns the case."""
    require_engineer(by, case, "take a case", "ATSP 4.1")
    return assign(case, to=by, by=by, at=at)


def assign(case: Case, *, to: User, by: User, at: dt.datetime) -> Case:
    """Give a case to an engineer. Returns the case. Raises Refusal when they are none."""
    require_intake(by, case, "assign a case", "ATSP 4.1")
    if to != by or not to.has_role(*ENGINEERS):
        require_engineer(to, case, "own a case", "ATSP 4.1")
    with changing(case) as fresh:
        before = fresh.owner
        fresh.owner = to
        record(
            fresh,
            "case.assigned",
            by=by,
            at=at,
            public=True,
            text=f"{to.name} has the case.",
            before={"owner": before.pk if before else None},
            after={"owner": to.pk},
        )
        if fresh.state == State.NEW:
            move(fresh, Move.TAKE_UP, by=by, at=at)
        if to != by:
            notices.assigned(fresh, to=to, by=by, at=at)
    return fresh


def open_sub_case(case: Case, *, by: User, at: dt.datetime, team: Team, request: str) -> Case:
    """Engage another team by a sub-case, which is not charged (ATSP Ex.C, 1.3). Returns the case."""
    require_engineer(by, case, "open a sub-case", "ATSP Ex.C")
    with changing(case) as fresh:
        sub_case = SubCase.objects.create(
            case=fresh,
            team=team,
            request=said(request, field="request", what="request"),
            opened_by=by,
            opened_at=at,
        )
        record(
            fresh,
            "case.sub_case_opened",
            by=by,
            at=at,
            clause="ATSP Ex.C",
            text=f"{Team(team).label} engaged.",
            after={"sub_case": sub_case.pk, "team": str(team)},
        )
        notices.sub_case_opened(fresh, sub_case, at=at)
        subscriptions.publish(SubCaseOpened(fresh, sub_case, by, at))
    return fresh
