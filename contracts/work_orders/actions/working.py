"""The work of an order itself: begun, finished, and what the cause was (ATSP 7.2, 16)."""

import datetime as dt

from contracts.verbs import Verb
from contracts.work_orders import notices
from contracts.work_orders.actions import frame
from contracts.work_orders.actions.frame import changing, record, require_text
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules import orders as rules
from contracts.work_orders.rules.orders import Outcome, Step
from portal.models import User


def start(order: WorkOrder, *, by: User, at: dt.datetime) -> WorkOrder:
    """Begin the work; whoever begins has it. Raises Refusal until it is authorized (ATSP 16, 17, 18; 7.1)."""
    _require_worker(order, by, at, "start work")
    with changing(order, at=at) as fresh:
        fresh.state = rules.moved(fresh.terms, fresh.stands, Step.START)
        fresh.started_at, fresh.engineer = at, by
        record(fresh, Verb.WORK_STARTED, by=by, at=at)
        notices.progressed(fresh, "started", f"{by.name} has started the work.", at=at)
    return fresh


def finish(order: WorkOrder, *, by: User, at: dt.datetime, text: str) -> WorkOrder:
    """The work is done: say what came of it. Returns the order. Raises Refusal."""
    _require_worker(order, by, at, "finish work")
    text = require_text(text, field="text", what="result")
    with changing(order, at=at) as fresh:
        fresh.state = rules.moved(fresh.terms, fresh.stands, Step.FINISH)
        fresh.finished_at = at
        record(fresh, Verb.WORK_FINISHED, by=by, at=at, text=text)
        notices.progressed(fresh, "finished", text, at=at)
    return fresh


def decide(
    order: WorkOrder, *, outcome: Outcome, words: str, by: User, at: dt.datetime
) -> WorkOrder:
    """Say whether a Problem in the Software is the cause, which decides who pays (ATSP 7.2, 7.3.1).

    It can be corrected until the order is settled. Returns the order. Raises Refusal.
    """
    _require_worker(order, by, at, "decide what the cause is")
    words = require_text(words, field="words", what="finding")
    with changing(order, at=at) as fresh:
        fresh.state = rules.moved(fresh.terms, fresh.stands, Step.DECIDE)
        before = fresh.outcome
        fresh.outcome, fresh.outcome_words = outcome, words
        software = outcome is Outcome.SOFTWARE
        clause = fresh.terms.software_clause if software else fresh.terms.paid_clause
        record(
            fresh,
            Verb.WORK_DECIDED,
            by=by,
            at=at,
            text=f"The cause is {outcome.label}. {words}",
            clause=clause,
            before={"outcome": before},
            after={"outcome": outcome.value},
        )
        notices.decided(fresh, by=by, at=at)
    return fresh


def _require_worker(order: WorkOrder, by: User, at: dt.datetime, act: str) -> None:
    frame.require(frame.WORKS, by, order.agreement, at, act, clause=order.terms.clause)
