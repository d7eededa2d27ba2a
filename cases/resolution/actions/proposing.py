"""Closing with the contact: a proposal to close and its answer, also of a duplicate (ATSP 1.3, 4.10; D-27)."""

import datetime as dt
from collections.abc import Callable

from cases import notices
from cases.case.actions import doing, require_text
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules import lifecycle
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move, allowed_moves
from cases.case.rules.vocabulary import Channel, Side, State
from cases.clocks import setting as clocks
from cases.conversation.actions import move, resume_unless_awaited, write_to_contact
from cases.conversation.models import MessageKind
from cases.conversation.notices import reseller_wrote
from cases.enhancements.actions import link_case
from cases.enhancements.models import Enhancement
from cases.resolution import proposal
from cases.resolution.actions.closing import agreed, apply_closure, back_to_work, closure_facts
from cases.resolution.actions.findings import name_original
from cases.resolution.notices import closing_proposed
from cases.verbs import Verb
from portal import deadlines
from portal.models import User


def propose_closing(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    reason: str,
    body: str,
    enhancement: Enhancement | None = None,
) -> Case:
    """An engineer proposes to the contact that the case closes for one reason of 4.10 (D-27). Returns the case.

    The contact answers (`answer_closing`). Without an answer the case closes after the programme's time in the case's
    Business Day, with its reminders; what silence cannot close waits for the answer. `enhancement` is the request that
    the case became (ATSP 4.10.7). Raises Refusal for a reason that does not hold.
    """

    def prepare(fresh: Case) -> str:
        if enhancement is not None:
            link_case(enhancement, fresh, by=by, at=at)
        return reason

    return _propose(case, Deed.PROPOSE_CLOSING, prepare, by=by, at=at, body=body)


def close_as_duplicate(case: Case, original: Case, *, by: User, at: dt.datetime, body: str) -> Case:
    """An engineer names the case's original, gives the case back, and proposes to close it (ATSP 1.3, D-27).

    Returns the case. Raises Refusal for an original that cannot be one.
    """

    def prepare(fresh: Case) -> str:
        name_original(fresh, original, by=by, at=at)
        return lifecycle.answering_reason(fresh.programme).code

    return _propose(case, Deed.DUPLICATE, prepare, by=by, at=at, body=body)


def _propose(
    case: Case,
    deed: Deed,
    prepare: Callable[[Case], str],
    *,
    by: User,
    at: dt.datetime,
    body: str,
) -> Case:
    """Write to the contact, and let the proposal wait for the reason that `prepare` returns."""
    body = require_text(body)

    def wait(fresh: Case) -> None:
        code = prepare(fresh)
        if Move.WAIT_FOR_RESELLER in allowed_moves(State(fresh.state), Side.PROVIDER):
            move(fresh, Move.WAIT_FOR_RESELLER, by=by, at=at)
        chosen = lifecycle.closure(fresh.programme, code, closure_facts(fresh, agreed=True))
        fresh.closing_proposed_at = at
        fresh.closing_proposed_for = chosen.code
        found = proposal.begin(fresh, chosen, at=at)
        record(
            fresh,
            Verb.CASE_CLOSING_PROPOSED,
            by=by,
            at=at,
            public=True,
            clause=proposal.CLAUSE,
            text=f"{fresh.closes_as(chosen)} ({chosen.clause}). "
            + (found.rule if found else proposal.why_not_by_silence(fresh, chosen)),
            after={"reason": chosen.code, "closes_at": fresh.closing_due_at},
        )
        proposal.set_clocks(fresh, found, at=at)
        closing_proposed(fresh, by=by, at=at, body=body)

    return write_to_contact(
        case,
        deed,
        kind=MessageKind.REPLY,
        verb=Verb.CASE_REPLIED,
        by=by,
        at=at,
        body=body,
        channel=Channel.WEB,
        tell=False,
        also=wait,
    )


def answer_closing(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    agree: bool,
    words: str = "",
    channel: Channel = Channel.WEB,
) -> Case:
    """The contact agrees that the case closes, or declines with what is still open: back to work (D-27).

    A relief that stood is taken back by declining. A duplicate that is declined has no original any more; its charge
    stands until an engineer determines what it is instead (ATSP 2.3). Returns the case. Raises Refusal when no closing
    is proposed, for declining without words, and where the reason does not hold any more.
    """
    with doing(case, Deed.ANSWER_CLOSING, by=by, at=at) as fresh:
        words = words.strip()
        if agree:
            chosen = lifecycle.closure(
                fresh.programme, fresh.closing_proposed_for, closure_facts(fresh, agreed=True)
            )
            text = f"{by.name} agreed by {Channel(channel).label}. {words}".strip()
            agreed(fresh, chosen, by=by, at=at, text=text)
            clocks.settle_overdue(fresh, at=at)
            apply_closure([(fresh, chosen)], by=by, at=at)
            return fresh
        words = require_text(words, field="words", what="answer to what is still open")
        before = {"reason": fresh.closing_proposed_for, "duplicate_of": fresh.duplicate_of_id}
        told = words
        if fresh.duplicate_of_id is not None:
            told = f"{words}\nIt is no duplicate of case {fresh.duplicate_of_id}."
            fresh.duplicate_of = None
        proposal.clear(fresh)
        record(
            fresh,
            Verb.CASE_CLOSING_DECLINED,
            by=by,
            at=at,
            public=True,
            clause=proposal.CLAUSE,
            text=told,
            before=before,
        )
        deadlines.cancel(fresh, at=at, cause="the contact declined", kinds=proposal.CLOCKS)
        back_to_work(fresh, by=by, at=at, reason=words, text="")
        reseller_wrote(fresh, by=by, at=at, body=words)
    return fresh


def withdraw_closing(case: Case, *, by: User, at: dt.datetime, reason: str) -> Case:
    """An engineer takes a proposal to close back, and the contact is told why (D-27). Returns the case."""
    reason = require_text(reason, field="reason", what="reason")
    with doing(case, Deed.WITHDRAW_CLOSING, by=by, at=at) as fresh:
        proposal.off(fresh, by=by, at=at, cause=f"{by.name} withdrew it: {reason}")
        resume_unless_awaited(fresh, by=by, at=at)
        notices.word(
            fresh,
            "closing-withdrawn",
            title=f"Case {fresh.number} goes on",
            words=f"{by.name} withdrew the proposal to close it: {reason}",
            by=by,
            at=at,
            clause=proposal.CLAUSE,
        )
    return fresh
