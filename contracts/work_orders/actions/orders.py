"""The life of a work order: asked for or notified, estimated, authorized, stopped, finished (ATSP 7.1, 16).

Work logs, expenses and the settlement are in ``contracts.work_orders.actions.logs``.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from contracts.agreements.models import Agreement
from contracts.billing.models.charges import Authorisation, AuthorisationKind
from contracts.billing.rules.money import money_text
from contracts.parties.models.parties import Contact, Site
from contracts.verbs import Verb
from contracts.work_orders import notices
from contracts.work_orders.actions import frame
from contracts.work_orders.actions.frame import changing, record, require_text
from contracts.work_orders.bills import hourly_rate, most_covered
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules import orders as rules
from contracts.work_orders.rules.orders import Basis, Outcome, State, Step
from portal import attachments
from portal.models import User
from portal.rules.refusal import Refusal


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The case that an order is tied to (Ex.D 1): its number and title, its contact, and the engineer who has it."""

    number: int
    title: str
    contact: Contact
    engineer: User | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it was sent: its name and its bytes."""

    name: str
    content: bytes


@transaction.atomic
def request_work(
    agreement: Agreement,
    case: CaseFacts,
    *,
    rate: str,
    problem: str,
    by: User,
    at: dt.datetime,
    site: Site | None = None,
    end_user_site: str = "",
) -> WorkOrder:
    """Ask for work by the day on a case: the reseller requires it, or an engineer proposes it (ATSP 16, 17, 18).

    On-site work names one site, the reseller's or its End-User's. Returns the order, which awaits an estimate. Raises
    Refusal for an unknown rate, a missing description or site, and for whoever may not ask.
    """
    terms = rules.terms_of(agreement.programme, rate)
    if terms.basis is not Basis.DAY:
        raise Refusal("Choose the work you want.", way_out="It is charged by the day.")
    frame.require(frame.ASKS, by, agreement, at, "ask for work", clause=terms.clause, asks=True)
    end_user_site = end_user_site.strip()
    if terms.is_on_site and (site is None) == (not end_user_site):
        raise Refusal(
            "On-site work is at one site: the reseller's, or its End-User's.",
            clause=terms.clause,
            way_out="Choose the site, or write the End-User's address.",
            field="site",
        )
    if site is not None and site.organisation_id != agreement.reseller_id:
        raise Refusal(
            "That is not a site of this reseller.", clause=terms.clause, way_out="Choose its own."
        )
    order = _new(
        agreement,
        case,
        basis=Basis.DAY,
        rate=rate,
        problem=require_text(problem, field="problem", what="description of the Problem"),
        site=site if terms.is_on_site else None,
        end_user_site=end_user_site if terms.is_on_site else "",
        state=State.REQUESTED,
        by=by,
        at=at,
    )
    record(
        order,
        Verb.WORK_PROPOSED if by.is_provider else Verb.WORK_REQUESTED,
        by=by,
        at=at,
        text=order.problem,
    )
    frame.remind(order, at=at)
    notices.requested(order, by=by, at=at)
    return order


@transaction.atomic
def notify_not_software(
    agreement: Agreement,
    case: CaseFacts,
    *,
    grounds: str,
    by: User,
    at: dt.datetime,
    hours: Decimal | None = None,
) -> WorkOrder:
    """Notify the reseller that the Problem may not be in the Software (ATSP 5.2.6, 7.1).

    Its contact and its Administrative Contact choose: proceed at their possible expense, or do not pursue. `hours` is
    what the determination may take, for an estimate. Returns the order, which awaits the instruction. Raises Refusal
    for whoever is not an engineer, a missing ground, and while another notice on the case awaits its answer.
    """
    terms = rules.terms_of(agreement.programme, "")
    frame.require(
        frame.NOTIFIES,
        by,
        agreement,
        at,
        "notify that a Problem may not be in the Software",
        clause=terms.clause,
    )
    grounds = require_text(grounds, field="grounds", what="ground")
    waiting = WorkOrder.objects.filter(case_number=case.number, state=State.NOTIFIED)
    if waiting.exists():
        raise Refusal(
            f"The reseller has been notified about case {case.number}, and has not answered yet.",
            clause=terms.clause,
            way_out="Wait for its instruction, or call its contact.",
        )
    order = _new(
        agreement,
        case,
        basis=Basis.TIME_AND_MATERIALS,
        rate="",
        problem=grounds,
        site=None,
        end_user_site="",
        state=State.NOTIFIED,
        by=by,
        at=at,
    )
    if order.engineer is None:
        order.engineer = by
    if hours is not None:
        _estimate(order, hours, Decimal(0), at=at)
    order.save()
    record(order, Verb.WORK_NOTIFIED, by=by, at=at, text=grounds)
    frame.remind(order, at=at)
    notices.notified(order, by=by, at=at)
    return order


def _new(
    agreement: Agreement,
    case: CaseFacts,
    *,
    basis: Basis,
    rate: str,
    problem: str,
    site: Site | None,
    end_user_site: str,
    state: State,
    by: User,
    at: dt.datetime,
) -> WorkOrder:
    return WorkOrder.objects.create(
        agreement=agreement,
        basis=basis,
        rate=rate,
        case_number=case.number,
        case_title=case.title,
        contact=case.contact,
        engineer=case.engineer,
        problem=problem,
        site=site,
        end_user_site=end_user_site,
        state=state,
        asked_at=at,
        asked_by=by,
    )


def estimate(
    order: WorkOrder, *, days: Decimal, expenses: Decimal, by: User, at: dt.datetime
) -> WorkOrder:
    """Say what an order by the day will come to: days × rate, plus travel and living (ATSP 16, 17, 18; Ex.D).

    A later estimate replaces it until the order is authorized. Returns the order. Raises Refusal.
    """
    frame.require(
        frame.ESTIMATES, by, order.agreement, at, "estimate work", clause=order.terms.clause
    )
    with changing(order, at=at) as fresh:
        state = rules.moved(fresh.terms, fresh.stands, Step.ESTIMATE)
        _estimate(fresh, days, expenses, at=at)
        fresh.state = state
        record(fresh, Verb.WORK_ESTIMATED, by=by, at=at, text=fresh.estimate_words)
        notices.estimated(fresh, by=by, at=at)
    return fresh


def _estimate(order: WorkOrder, quantity: Decimal, expenses: Decimal, *, at: dt.datetime) -> None:
    found = rules.estimate(order.terms, quantity, expenses, hourly=hourly_rate(order, at))
    order.estimated_quantity = found.quantity
    order.estimated_expenses = found.expenses
    order.estimated_total = found.total
    order.estimate_words = found.words


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


def start(order: WorkOrder, *, by: User, at: dt.datetime) -> WorkOrder:
    """Begin the work; whoever begins has it. Raises Refusal until it is authorized (ATSP 16, 17, 18; 7.1)."""
    _require_worker(order, by, at, "start work")
    with changing(order, at=at) as fresh:
        fresh.state = rules.moved(fresh.terms, fresh.stands, Step.START)
        fresh.started_at, fresh.engineer = at, by
        record(fresh, Verb.WORK_STARTED, by=by, at=at)
        notices.progressed(fresh, "started", f"{by.name} has started the work.", at=at)
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
