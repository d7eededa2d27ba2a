"""Show acts on a work order in the conversation of its case."""

from cases.case.models import Case
from contracts.verbs import Verb
from contracts.work_orders.events import WorkOrderChanged
from portal import journal, subscriptions
from portal.models import SubjectKey

TOO_SMALL = (Verb.WORK_LOGGED, Verb.WORK_EXPENSE_ADDED, Verb.WORK_LINE_TAKEN_BACK)
"""Verbs that only the page of the order shows."""


def subscribe() -> None:
    """Listen to work orders."""
    subscriptions.subscribe(WorkOrderChanged, work_order_changed)


def work_order_changed(event: WorkOrderChanged) -> None:
    """Write the act into the case's journal, with where the order then stands, so that its page need not ask."""
    if event.verb in TOO_SMALL:
        return
    order = event.order
    words = f"Work order {order.number}, {order.terms.name}"
    journal.record(
        SubjectKey(Case._meta.label_lower, order.case_number),
        event.verb,
        by=event.by,
        at=event.at,
        text=f"{words}: {event.text}" if event.text else f"{words}.",
        clause=event.clause,
        public=True,
        order=order.pk,
        number=order.number,
        name=order.terms.name,
        state=order.state,
    )
