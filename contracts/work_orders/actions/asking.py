"""A work order is asked for or notified, and estimated (ATSP 7.1, 16).

What the reseller decides is in ``authorising``, the work itself in ``working``, its logs and settlement in ``logs``.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact, Site
from contracts.verbs import Verb
from contracts.work_orders import notices
from contracts.work_orders.actions import frame
from contracts.work_orders.actions.frame import changing, record, require_text
from contracts.work_orders.bills import hourly_rate
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules import orders as rules
from contracts.work_orders.rules.orders import Basis, State, Step
from portal.models import User
from portal.rules.refusal import Refusal


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The case that an order is tied to (Ex.D 1): its number and title, its contact, and the engineer who has it."""

    number: int
    title: str
    contact: Contact
    engineer: User | None = None


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
