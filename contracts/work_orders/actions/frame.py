"""Shared by every act on a work order: the lock, who may act, the record of it, and the reminder of who is next."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.parties.calendars import calendar_of
from contracts.parties.people import require_serving
from contracts.programmes.rules import spans
from contracts.programmes.rules.paper import Paper
from contracts.programmes.rules.terms import Span, Unit
from contracts.roster import permissions as standings
from contracts.roster.permissions import Permissions
from contracts.verbs import Verb
from contracts.work_orders.events import WorkOrderChanged
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules.orders import State
from portal import deadlines, journal, locks, subscriptions
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

WORKERS = (Role.CSE, Role.ESS, Role.PSE, Role.ENGINEERING, Role.SUPPORT_MANAGEMENT)
KEEPERS = (*WORKERS, Role.CONTRACT_ADMINISTRATOR)
RECEIVERS = (*KEEPERS, Role.DISPATCH)


@dataclass(frozen=True, slots=True)
class Party:
    """Who does an act: holders of the provider's roles, and contacts of the reseller by their standing."""

    provider: tuple[Role, ...] = ()
    technical: bool = False
    administrative: bool = False

    def admits(self, user: User, standing: Permissions) -> bool:
        """Whether the user is one of them; a reseller's person by their standing at it."""
        if user.is_provider:
            return user.has_role(*self.provider)
        return (self.technical and standing.is_technical) or (
            self.administrative and standing.is_administrative
        )

    def way_out(self, paper: Paper) -> str:
        """Who may, for a refusal under that paper."""
        if self.technical:
            return f"The reseller's {paper.technical}s and its {paper.administrative} may."
        if self.administrative:
            return f"The reseller's {paper.administrative} may."
        return "It is the provider's: write on the case what you need."


ASKS = Party(WORKERS, technical=True, administrative=True)
NOTIFIES = Party(WORKERS)
ESTIMATES = Party(KEEPERS)
AUTHORISES = Party((Role.CONTRACT_ADMINISTRATOR,), administrative=True)
INSTRUCTS = Party(technical=True, administrative=True)
DECLINES = Party(KEEPERS, technical=True, administrative=True)
WORKS = Party(WORKERS)
EXPENDS = Party(KEEPERS)
STOPS = Party(RECEIVERS, technical=True, administrative=True)
SIGNS = Party(KEEPERS, administrative=True)
SETTLES = Party((Role.CONTRACT_ADMINISTRATOR,))

REMINDER = "contracts.work_waits"
REMIND_AFTER = {
    State.REQUESTED: Span(2, Unit.BUSINESS_DAY),
    State.ESTIMATED: Span(5, Unit.BUSINESS_DAY),
    State.NOTIFIED: Span(2, Unit.BUSINESS_DAY),
    State.AUTHORISED: Span(5, Unit.BUSINESS_DAY),
}
"""After how long the portal reminds whoever is next. The agreement names no time; the provider's own practice does."""


@contextmanager
def changing(order: WorkOrder, *, at: dt.datetime) -> Iterator[WorkOrder]:
    """Hold the order's lock in a transaction and yield it as it is now; then save it, and see to its reminder."""
    with transaction.atomic():
        locks.lock(order)
        fresh = WorkOrder.objects.select_related(
            "agreement__reseller",
            "contact__site",
            "contact__user",
            "engineer",
            "site",
        ).get(pk=order.pk)
        before = fresh.state
        yield fresh
        fresh.save()
        if fresh.state != before:
            remind(fresh, at=at)


def remind(order: WorkOrder, *, at: dt.datetime) -> None:
    """Set the reminder of the state that the order has come to; the one of the state before is put aside."""
    deadlines.supersede(order, at=at, cause=f"The order is {order.state}.", kinds=[REMINDER])
    span = REMIND_AFTER.get(order.stands)
    if span is None:
        return
    due = spans.due(span, at, calendar_of(order.contact.site, order.agreement.programme))
    deadlines.set_deadline(
        order,
        REMINDER,
        due_at=due.at,
        clause=order.terms.clause,
        at=at,
        step=order.state,
        words=due.words,
        data={"state": order.state},
    )


def record(
    order: WorkOrder,
    verb: Verb,
    *,
    by: User | None,
    at: dt.datetime,
    text: str = "",
    clause: str = "",
    **data: Any,
) -> None:
    """Leave the act in the order's journal, for both sides to read, and tell the rooms that listen."""
    clause = clause or order.terms.clause
    journal.record(order, verb, by=by, at=at, text=text, clause=clause, public=True, **data)
    subscriptions.publish(WorkOrderChanged(order, verb, text, clause, by, at))


def require(
    party: Party,
    by: User,
    agreement: Agreement,
    at: dt.datetime,
    act: str,
    *,
    clause: str,
    asks: bool = False,
) -> None:
    """Let a user act who belongs to the party, at the agreement's reseller or at the provider.

    `asks` is for what asks for assistance, which a contact who is new on the roster may not yet (ATSP 5.2.1). Raises
    Refusal otherwise; it names who may.
    """
    if by.is_provider and party.provider:
        require_role(by, *party.provider, act=act, clause=clause)
        require_serving(by, agreement.provider_id, act)
        return
    standing = standings.permissions_of(by, at)
    paper = agreement.programme.paper
    own = standing.organisation is not None and standing.organisation.pk == agreement.reseller_id
    if own and party.admits(by, standing):
        if asks and standing.is_waiting and not standing.is_administrative:
            raise Refusal(
                f"{by.name} is new on the roster and may not ask for assistance yet.",
                clause=paper.cite("ATSP 5.2.1"),
                way_out=f"The {paper.administrative}, or a {paper.technical} past the waiting time, may do it now.",
            )
        return
    raise Refusal(f"You may not {act}.", clause=paper.cite(clause), way_out=party.way_out(paper))


def require_text(text: str, *, field: str, what: str) -> str:
    """The text without surrounding space. Raises Refusal naming the field when nothing is left."""
    text = text.strip()
    if not text:
        raise Refusal(f"The {what} is empty.", way_out="Write it, then send again.", field=field)
    return text
