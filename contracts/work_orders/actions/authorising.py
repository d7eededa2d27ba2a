"""What the reseller decides of a work order: authorize, instruct, decline, stop (ATSP 7.1, 7.3.3, 16)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from contracts.billing.models.charges import Authorisation, AuthorisationKind
from contracts.billing.rules.money import money_text
from contracts.verbs import Verb
from contracts.work_orders import notices
from contracts.work_orders.actions import frame
from contracts.work_orders.actions.frame import changing, record, require_text
from contracts.work_orders.bills import most_covered
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules import orders as rules
from contracts.work_orders.rules.orders import Step
from portal import attachments
from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it was sent: its name and its bytes."""

    name: str
    content: bytes


def authorise(
    order: WorkOrder,
    *,
    kind: AuthorisationKind,
    by: User,
    at: dt.datetime,
    dated_on: dt.date,
    number: str = "",
    given_by: str = "",
    amount: Decimal | None = None,
    text: str = "",
    paper: Paper | None = None,
) -> WorkOrder:
    """Take on the fee by a purchase order, or by an e-mail with the intention to pay (ATSP 16, 17; Ex.D 1).

    The Administrative Contact does it, or a contract administrator for a paper that arrived another way. `amount` is
    the most it covers, None when it names none. A further one adds to what is covered. Returns the order. Raises
    Refusal when it is neither of the two.
    """
    clause = order.terms.clause
    frame.require(frame.AUTHORISES, by, order.agreement, at, "authorize work", clause=clause)
    number, text, given_by = number.strip(), text.strip(), given_by.strip() or by.name
    if kind is AuthorisationKind.PURCHASE_ORDER and not number:
        raise Refusal(
            "A purchase order needs a number.", clause=clause, way_out="Write it.", field="number"
        )
    if kind is AuthorisationKind.EMAIL and not text:
        if paper is None:
            raise Refusal(
                "The e-mail with the authorization to proceed is missing.",
                clause=clause,
                way_out="Paste its words, or attach it.",
                field="text",
            )
        text = f"As attached: {paper.name}"
    if amount is not None and amount <= 0:
        raise Refusal(
            "An authorization must cover more than zero.",
            clause=clause,
            way_out="Write the most it covers, or leave it empty when it names none.",
            field="amount",
        )
    if dated_on > order.agreement.date_at(at):
        raise Refusal(
            f"{day_words(dated_on)} is still to come.",
            clause=clause,
            way_out="Type its date as the paper has it.",
            field="dated_on",
        )
    with changing(order, at=at) as fresh:
        fresh.state = rules.moved(fresh.terms, fresh.stands, Step.AUTHORISE)
        given = Authorisation.objects.create(
            agreement=fresh.agreement,
            kind=kind,
            number=number,
            given_by=given_by,
            dated_on=dated_on,
            amount=amount,
            text=text,
            received_at=at,
            received_by=by,
        )
        if paper is not None:
            attachments.attach(
                given, kind.value, name=paper.name, content=paper.content, by=by, at=at
            )
        fresh.authorisations.add(given)
        first = fresh.authorised_at is None
        if first:
            fresh.authorised_at, fresh.authorised_by = at, by
        most = most_covered(fresh)
        record(
            fresh,
            Verb.WORK_AUTHORISED if first else Verb.WORK_AUTHORISED_FURTHER,
            by=by,
            at=at,
            text=_authorised_words(fresh, given, most),
            authorisation=given.pk,
        )
        notices.authorised(fresh, given, by=by, at=at)
    return fresh


def _authorised_words(order: WorkOrder, given: Authorisation, most: Decimal | None) -> str:
    currency = order.terms.currency
    words = f"By {given}"
    if given.amount is not None:
        words += f", up to {money_text(given.amount, currency)}"
    short = rules.beyond(order.estimated_total or Decimal(0), most)
    if short:
        words += f". The estimate is {money_text(short, currency)} above what is authorized"
    return f"{words}."


def instruct(order: WorkOrder, *, by: User, at: dt.datetime) -> WorkOrder:
    """The reseller instructs to proceed with the determination at its possible expense (ATSP 7.1 (i)). Returns it.

    From then on the work is billable by time and materials, if the cause proves not to be the Software (ATSP 7.2).
    """
    clause = order.terms.clause
    frame.require(frame.INSTRUCTS, by, order.agreement, at, "instruct us to proceed", clause=clause)
    with changing(order, at=at) as fresh:
        fresh.state = rules.moved(fresh.terms, fresh.stands, Step.INSTRUCT)
        fresh.authorised_at, fresh.authorised_by = at, by
        record(
            fresh,
            Verb.WORK_INSTRUCTED,
            by=by,
            at=at,
            text="Proceed with Problem determination at the reseller's possible expense.",
        )
        notices.instructed(fresh, by=by, at=at)
    return fresh


def decline(order: WorkOrder, *, by: User, at: dt.datetime, reason: str = "") -> WorkOrder:
    """Do not go on with an order that is not authorized; under 7.1 (ii), do not pursue the Problem at one's expense.

    The provider may then elect not to pursue it, without liability. Returns the order. Raises Refusal.
    """
    frame.require(
        frame.DECLINES, by, order.agreement, at, "decline this order", clause=order.terms.clause
    )
    with changing(order, at=at) as fresh:
        fresh.state = rules.moved(fresh.terms, fresh.stands, Step.DECLINE)
        fresh.declined_at = at
        record(
            fresh,
            Verb.WORK_WITHDRAWN if by.is_provider else Verb.WORK_DECLINED,
            by=by,
            at=at,
            text=reason.strip(),
        )
        notices.declined(fresh, by=by, at=at, reason=reason.strip())
    return fresh


def stop(
    order: WorkOrder,
    *,
    by: User,
    at: dt.datetime,
    received_at: dt.datetime | None = None,
    text: str,
) -> WorkOrder:
    """The reseller's notice that it no longer wishes the work at its expense, effective on receipt (ATSP 7.3.3).

    In the portal it is received as it is sent; a notice that came another way is put on record with the instant at
    which it was received. Work from then on is not billable. Returns the order. Raises Refusal.
    """
    clause = order.terms.stopped_clause
    frame.require(frame.STOPS, by, order.agreement, at, "stop work", clause=clause)
    received_at = received_at if by.is_provider and received_at is not None else at
    if received_at > at:
        raise Refusal(
            "A notice cannot be received after it is put on record.",
            clause=clause,
            way_out="Correct the time of receipt.",
            field="received_at",
        )
    text = require_text(text, field="text", what="notice")
    with changing(order, at=at) as fresh:
        state = rules.moved(fresh.terms, fresh.stands, Step.STOP)
        if fresh.authorised_at is not None and received_at < fresh.authorised_at:
            raise Refusal(
                "That is before the work was authorized.",
                clause=clause,
                way_out="Correct the time of receipt.",
                field="received_at",
            )
        fresh.state, fresh.stop_received_at = state, received_at
        record(
            fresh,
            Verb.WORK_STOPPED,
            by=by,
            at=at,
            text=text,
            clause=clause,
            received_at=received_at,
        )
        notices.stopped(fresh, by=by, at=at, text=text)
    return fresh
