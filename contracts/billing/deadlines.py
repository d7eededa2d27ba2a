"""Handlers for an invoice's reminder and due date. The sweep calls them in its own transaction."""

import datetime as dt
from collections.abc import Sequence

from contracts.billing import notices
from contracts.billing.actions.invoices import DUE, REMINDER
from contracts.billing.models.invoices import Invoice
from contracts.verbs import Verb
from portal import journal
from portal.deadlines import DeadlineKind, Due, register
from portal.notices import outbox


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(DeadlineKind(DUE, "Payment of an invoice", True, payment_missed))
    register(DeadlineKind(REMINDER, "Reminder of an invoice", False, remind))


def payment_missed(rows: Sequence[Due], now: dt.datetime) -> None:
    """An invoice was not paid in time (ATSP 3.2): journal it, tell both sides; of a disputed one only the provider."""
    invoices = _invoices(rows)
    readers = _readers(invoices, now)
    outbox.post_many(
        [
            notices.overdue(
                invoices[row.subject_id],
                row,
                readers,
                to_reseller=not invoices[row.subject_id].disputed,  # type: ignore[attr-defined]
            )
            for row in rows
        ],
        at=now,
    )
    journal.record_many(
        journal.entry(
            row.subject,
            Verb.INVOICE_OVERDUE,
            by=None,
            at=now,
            public=True,
            clause=row.clause,
            text="It was not paid in time"
            + (
                "; it is disputed, and nobody at the reseller is reminded."
                if invoices[row.subject_id].disputed  # type: ignore[attr-defined]
                else "."
            ),
            due_at=row.due_at,
            late=row.late,
        )
        for row in rows
    )


def remind(rows: Sequence[Due], now: dt.datetime) -> None:
    """An invoice falls due soon: remind the payer, unless it is settled or disputed meanwhile."""
    invoices = _invoices(rows)
    readers = _readers(invoices, now)
    wanted = [
        row
        for row in rows
        if invoices[row.subject_id].balance and not invoices[row.subject_id].disputed  # type: ignore[attr-defined]
    ]
    outbox.post_many(
        [notices.reminder(invoices[row.subject_id], row, readers) for row in wanted], at=now
    )
    journal.record_many(
        journal.entry(
            row.subject,
            Verb.INVOICE_REMINDED,
            by=None,
            at=now,
            public=True,
            clause=row.clause,
            text="The payer was reminded.",
            late=row.late,
        )
        for row in wanted
    )


def _invoices(rows: Sequence[Due]) -> dict[int, Invoice]:
    """The invoices the rows are about, with balance and dispute, in one statement."""
    found = Invoice.objects.for_pages().order_by()
    return {one.pk: one for one in found.filter(pk__in=[row.subject_id for row in rows])}


def _readers(invoices: dict[int, Invoice], now: dt.datetime) -> notices.Readers:
    return notices.Readers((one.agreement.reseller_id for one in invoices.values()), now)
