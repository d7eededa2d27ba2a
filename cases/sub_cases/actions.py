"""Working on a sub-case: open, in work, answered, closed (ATSP Ex.C). Opening and closing are the case's acts.

Whoever answers for a case's engineering may work on it, of either team. It stops none of the case's clocks.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from cases.case.actions import changing, require_doer, require_text
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.sub_cases import deadlines, notices
from cases.sub_cases.models import SubCase, SubCaseNote, SubState
from cases.verbs import Verb
from portal.models import User
from portal.rules.refusal import Refusal


@contextmanager
def _working(
    sub_case: SubCase, *, by: User, at: dt.datetime, states: tuple[SubState, ...], words: str
) -> Iterator[tuple[Case, SubCase]]:
    """Hold the case, and yield it with the sub-case as it is now. Raises Refusal in another state, and to others."""
    require_doer(sub_case.case, Deed.CLOSE_SUB_CASE, by=by, at=at)
    with changing(sub_case.case) as case:
        fresh = SubCase.objects.select_related("owner", "opened_by").get(pk=sub_case.pk)
        if fresh.state not in states:
            raise Refusal(
                f"The sub-case is {fresh.get_state_display()}, so it is not {words}.",
                clause="ATSP Ex.C",
                way_out="Open another one on the case where more is asked."
                if fresh.state == SubState.CLOSED
                else "Read what became of it since.",
            )
        yield case, fresh


def take_on(sub_case: SubCase, *, by: User, at: dt.datetime) -> SubCase:
    """Take a sub-case on: it is the person's, and in work. Returns it."""
    states = (SubState.OPEN, SubState.IN_WORK)
    with _working(sub_case, by=by, at=at, states=states, words="taken on") as (case, fresh):
        fresh.owner, fresh.state = by, SubState.IN_WORK
        fresh.save(update_fields=["owner", "state"])
        _record(case, fresh, Verb.CASE_SUB_CASE_MOVED, f"{by.name} works on it.", by, at)
    return fresh


def write(sub_case: SubCase, *, by: User, at: dt.datetime, body: str) -> SubCaseNote:
    """Write a line of the talk between the team and the case's engineer. Returns it."""
    body = require_text(body)
    states = (SubState.OPEN, SubState.IN_WORK, SubState.ANSWERED)
    with _working(sub_case, by=by, at=at, states=states, words="written on") as (case, fresh):
        note = SubCaseNote.objects.create(sub_case=fresh, by=by, at=at, body=body)
        notices.wrote(case, fresh, by=by, words=body, at=at)
    return note


def answer(sub_case: SubCase, *, by: User, at: dt.datetime, body: str) -> SubCase:
    """Answer what was asked; the case's engineer reads it, and closes the sub-case or asks again. Returns it."""
    body = require_text(body, field="answer", what="answer")
    states = (SubState.OPEN, SubState.IN_WORK)
    with _working(sub_case, by=by, at=at, states=states, words="answered") as (case, fresh):
        fresh.owner = fresh.owner or by
        fresh.state, fresh.answer = SubState.ANSWERED, body
        fresh.answered_at, fresh.answered_by = at, by
        fresh.save(update_fields=["owner", "state", "answer", "answered_at", "answered_by"])
        deadlines.stop_wanted(case, fresh, at=at, cause="the team answered")
        _record(case, fresh, Verb.CASE_SUB_CASE_ANSWERED, body, by, at)
        notices.answered(case, fresh, by=by, at=at)
    return fresh


def ask_again(
    sub_case: SubCase,
    *,
    by: User,
    at: dt.datetime,
    words: str,
    due_at: dt.datetime | None = None,
) -> SubCase:
    """Say what the answer left open: the sub-case is in work again, with a new time if one is given. Returns it."""
    words = require_text(words, field="words", what="question")
    with _working(sub_case, by=by, at=at, states=(SubState.ANSWERED,), words="asked again") as (
        case,
        fresh,
    ):
        SubCaseNote.objects.create(sub_case=fresh, by=by, at=at, body=words)
        fresh.state = SubState.IN_WORK if fresh.owner_id else SubState.OPEN
        fresh.due_at = due_at
        fresh.save(update_fields=["state", "due_at"])
        deadlines.set_wanted(case, fresh, at=at)
        _record(case, fresh, Verb.CASE_SUB_CASE_MOVED, f"Asked again: {words}", by, at)
        notices.asked_again(case, fresh, by=by, words=words, at=at)
    return fresh


def _record(
    case: Case, sub_case: SubCase, verb: Verb, words: str, by: User, at: dt.datetime
) -> None:
    record(
        case,
        verb,
        by=by,
        at=at,
        clause="ATSP Ex.C",
        text=f"{sub_case.get_team_display()}: {words}",
        after={"sub_case": sub_case.pk, "state": str(sub_case.state)},
    )
