"""Remind whoever is next on a work order that has rested for a while."""

import datetime as dt
from collections.abc import Sequence

from contracts.verbs import Verb
from contracts.work_orders import notices
from contracts.work_orders.actions.frame import REMINDER
from contracts.work_orders.models import WorkOrder
from portal import journal
from portal.deadlines import DeadlineKind, Due, register


def register_kinds() -> None:
    """Make the kind known to the engine."""
    register(DeadlineKind(REMINDER, "The work order waits", False, remind_of_orders))


def remind_of_orders(rows: Sequence[Due], now: dt.datetime) -> None:
    """Remind whoever is next on each order, and say so in its journal (ATSP 7.1, 16)."""
    orders = WorkOrder.objects.select_related(
        "agreement__reseller", "contact__user", "engineer"
    ).in_bulk([row.subject_id for row in rows])
    notices.remind([(orders[row.subject_id], row) for row in rows], at=now)
    journal.record_many(
        journal.entry(
            row.subject,
            Verb.WORK_REMINDED,
            by=None,
            at=now,
            public=True,
            clause=row.clause,
            text=f"Still: {orders[row.subject_id].stands.label}.",
            late=row.late,
        )
        for row in rows
    )
