"""Notices about a work order: what happened, what the reader does next, and the page to do it on."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from contracts.billing.models.charges import Authorisation
from contracts.billing.rules.money import money_text
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.people import WorkPeople
from contracts.work_orders.rules.orders import Basis, Outcome, State
from portal.deadlines import Due
from portal.models import User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient

_PROCEED_OR_NOT = "Proceed at your possible expense, or do not pursue the Problem"
_AUTHORISE = "Authorize the fee by a purchase order or an e-mail, or decline"


def requested(order: WorkOrder, *, by: User, at: dt.datetime) -> None:
    """Work was requested: ask the provider for an estimate, and tell the reseller if an engineer proposed it."""
    told = [*_the_provider(order, by, at)]
    if by.is_provider:
        told += _the_reseller(order, at)
    _tell(
        order,
        "requested",
        told,
        f"Work order {order.number} {'proposed' if by.is_provider else 'requested'}: {order.terms.name}",
        at,
        words=order.problem,
        due="The estimate: days, and travel and living",
        by_whom="the provider",
    )


def notified(order: WorkOrder, *, by: User, at: dt.datetime) -> None:
    """The Problem may not be in the Software: its contact and the Administrative Contact choose (ATSP 5.2.6, 7.1)."""
    _tell(
        order,
        "notified",
        _the_reseller(order, at),
        f"Case {order.case_number}: the Problem may not be in the Software",
        at,
        words=f"{by.name} writes: {order.problem}",
        more=_choices(order),
        due=_PROCEED_OR_NOT,
        by_whom=f"{order.contact.name}, or the Administrative Contact",
        action="Answer in the portal",
    )


def _choices(order: WorkOrder) -> list[str]:
    """What each answer means (ATSP 7.1, 7.2, 7.3)."""
    possible = f" It may take: {order.estimate_words}" if order.estimate_words else ""
    return [
        "Proceed: we go on with Problem determination at your possible expense. You pay time and materials only if "
        f"the cause proves not to be the Software, and only until we receive your notice to stop.{possible}",
        "Do not pursue: nothing is charged. We may then elect not to pursue the Problem.",
    ]


def estimated(order: WorkOrder, *, by: User, at: dt.datetime) -> None:
    """The estimate is there: the Administrative Contact authorizes the fee (ATSP 16, 17, 18)."""
    _tell(
        order,
        f"estimated:{at.isoformat()}",
        _the_reseller(order, at),
        f"Work order {order.number}: the estimate",
        at,
        words=f"{order.terms.name}: {order.estimate_words}",
        due=_AUTHORISE,
        by_whom="the Administrative Contact",
        action="Open the work order",
    )


def authorised(order: WorkOrder, given: Authorisation, *, by: User, at: dt.datetime) -> None:
    """The fee is authorized, so the work may start; tell the reseller if the provider recorded the paper."""
    told: list[Recipient] = [*_the_provider(order, by, at)]
    if by.is_provider:
        told += _the_reseller(order, at)
    _tell(
        order,
        f"authorised:{given.pk}",
        told,
        f"Work order {order.number} is authorized",
        at,
        words=f"By {given}.",
        due="Start the work" if order.stands is State.AUTHORISED else "",
        by_whom=_engineer(order) if order.stands is State.AUTHORISED else "",
    )


def instructed(order: WorkOrder, *, by: User, at: dt.datetime) -> None:
    """The reseller instructs to proceed (ATSP 7.1 (i))."""
    _tell(
        order,
        "instructed",
        _the_provider(order, by, at),
        f"Case {order.case_number}: proceed with Problem determination",
        at,
        words=f"{by.name} instructs us to proceed at the reseller's possible expense.",
        due="Start the work",
        by_whom=_engineer(order),
    )


def declined(order: WorkOrder, *, by: User, at: dt.datetime, reason: str) -> None:
    """The order is not pursued; under section 7 the provider may elect not to pursue the Problem (ATSP 7.1 (ii))."""
    words = reason or f"{by.name} does not go on with it."
    if order.basis == Basis.TIME_AND_MATERIALS and not by.is_provider:
        words = (
            f"{by.name} does not wish the Problem pursued at the reseller's possible expense. {reason}"
            "\n\nYou may elect, at your sole discretion, not to pursue it."
        )
    told = _the_reseller(order, at) if by.is_provider else _the_provider(order, by, at)
    _tell(order, "declined", told, f"Work order {order.number} is not pursued", at, words=words)


def progressed(order: WorkOrder, step: str, words: str, *, at: dt.datetime) -> None:
    """The work has started or is finished; finished, the contract administrators settle it."""
    told: list[Recipient] = [*_the_reseller(order, at)]
    due, by_whom = "", ""
    if order.stands is State.FINISHED:
        told += _administrators(order, at)
        due, by_whom = _settling(order)
    _tell(
        order,
        step,
        told,
        f"Work order {order.number} {step}",
        at,
        words=words,
        due=due,
        by_whom=by_whom,
    )


def stopped(order: WorkOrder, *, by: User, at: dt.datetime, text: str) -> None:
    """A notice to stop was received: tell everybody at work on the order at once (ATSP 7.3.3)."""
    told: list[Recipient] = [
        *_the_provider(order, by, at),
        *_administrators(order, at),
    ]
    if by.is_provider:
        told += _the_reseller(order, at)
    _tell(
        order,
        "stopped",
        list(dict.fromkeys(told)),
        f"Stop work order {order.number}",
        at,
        words=f"{text}\n\nWork after the receipt of this notice is not charged.",
        clause=order.terms.stopped_clause,
        received_at=order.stop_received_at,
    )


def decided(order: WorkOrder, *, by: User, at: dt.datetime) -> None:
    """What the cause is, and with it who pays (ATSP 7.2, 7.3.1)."""
    software = order.outcome == Outcome.SOFTWARE
    paid = "Nothing is charged." if software else "The instructed work is charged."
    _tell(
        order,
        f"decided:{at.isoformat()}",
        [*_the_reseller(order, at), *_administrators(order, at)],
        f"Case {order.case_number}: the cause is {Outcome(order.outcome).label}",
        at,
        words=f"{order.outcome_words}\n\n{paid}",
        clause=order.terms.software_clause if software else order.terms.paid_clause,
    )


def settled(order: WorkOrder, total: Decimal, words: str, *, at: dt.datetime) -> None:
    """What is charged, with its sum."""
    _tell(
        order,
        "settled",
        _the_reseller(order, at),
        f"Work order {order.number} is settled: {money_text(total, order.terms.currency)}",
        at,
        words=words,
        clause=order.terms.paid_clause,
    )


def beyond_cover(order: WorkOrder, total: Decimal, most: Decimal, *, at: dt.datetime) -> None:
    """The work has come to more than is authorized: tell both sides, once for each amount that is covered."""
    currency = order.terms.currency
    _tell(
        order,
        f"beyond:{most}",
        [*_the_reseller(order, at), *_the_provider(order, None, at)],
        f"Work order {order.number} has come to more than is authorized",
        at,
        words=f"{money_text(total, currency)} is billable so far, and {money_text(most, currency)} is authorized.",
        due="Authorize more, or send a notice to stop",
        by_whom="the Administrative Contact",
    )


def remind(rows: Sequence[tuple[WorkOrder, Due]], *, at: dt.datetime) -> None:
    """Remind whoever is next on orders that nobody has gone on with."""
    people = WorkPeople([order for order, _ in rows], at)
    outbox.post_many([_reminder(order, row, people) for order, row in rows], at=at)


def _reminder(order: WorkOrder, row: Due, people: WorkPeople) -> NoticeDraft:
    state = order.stands
    to_reseller = state in (State.ESTIMATED, State.NOTIFIED)
    due = {
        State.REQUESTED: "The estimate",
        State.ESTIMATED: _AUTHORISE,
        State.NOTIFIED: _PROCEED_OR_NOT,
    }.get(state, "Start the work")
    return NoticeDraft(
        subject=order,
        step=f"reminder:{row.pk}",
        to=people.reseller(order) if to_reseller else people.provider(order),
        template="work_order",
        title=f"Work order {order.number} still waits: {state.label}",
        context=_about(
            order,
            words=order.estimate_words or order.problem,
            due=due,
            by_whom="the reseller" if to_reseller else _engineer(order),
        ),
        url=order.get_absolute_url(),
        clause=row.clause,
        late=row.late,
    )


def _settling(order: WorkOrder) -> tuple[str, str]:
    if order.basis == Basis.TIME_AND_MATERIALS and not order.outcome:
        return "Decide whether the Software is the cause", _engineer(order)
    return "Settle the order", "a contract administrator"


def _engineer(order: WorkOrder) -> str:
    return order.engineer.name if order.engineer else "an engineer"


def _the_provider(order: WorkOrder, by: User | None, at: dt.datetime) -> list[Recipient]:
    return WorkPeople([order], at).provider(order, but=by)


def _administrators(order: WorkOrder, at: dt.datetime) -> list[User]:
    return WorkPeople([order], at).administrators(order)


def _the_reseller(order: WorkOrder, at: dt.datetime) -> list[Recipient]:
    return WorkPeople([order], at).reseller(order)


def _about(order: WorkOrder, **more: Any) -> dict[str, Any]:
    """What the message may use: plain values only, since they are kept with the notice."""
    return {
        "order": order.number,
        "work": order.terms.name,
        "case": order.case_number,
        "case_title": order.case_title,
        "reseller": order.agreement.reseller.name,
        **{key: value for key, value in more.items() if value not in ("", None)},
    }


def _tell(
    order: WorkOrder,
    step: str,
    to: Sequence[Recipient],
    title: str,
    at: dt.datetime,
    *,
    clause: str = "",
    **context: Any,
) -> None:
    outbox.post(
        order,
        step,
        to=to,
        template="work_order",
        title=title,
        context=_about(order, **context),
        url=order.get_absolute_url(),
        clause=clause or order.terms.clause,
        at=at,
    )
