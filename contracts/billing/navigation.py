"""Where the pages of money stand, and how their verbs read."""

from typing import Any

from contracts.billing.models.invoices import MONEY_READERS, Invoice
from contracts.billing.permissions import may_read_money
from contracts.frame import Tab, register_tab
from contracts.parties.people import register_subject
from portal.navigation import Entry, register_entry

VERBS = (
    ("agreement.option_taken", "took an option", "circle-plus"),
    ("invoice.issued", "issued it", "file-invoice"),
    ("invoice.paid", "recorded a payment", "credit-card"),
    ("invoice.credit_used", "used a credit note", "receipt-refund"),
    ("invoice.refunded", "recorded what was paid out", "receipt-refund"),
    ("invoice.payment_taken_back", "took a payment back", "arrow-back-up"),
    ("invoice.reminded", "reminded the payer", "bell"),
    ("invoice.overdue", "marked it overdue", "alert-triangle"),
    ("invoice.disputed", "disputed it", "message-2"),
    ("invoice.dispute_answered", "wrote about the dispute", "message"),
    ("invoice.dispute_upheld", "upheld the dispute", "circle-check"),
    ("invoice.dispute_rejected", "rejected the dispute", "circle-x"),
    ("invoice.dispute_withdrawn", "withdrew the dispute", "arrow-back-up"),
    ("fee.set", "set a standard fee", "currency-dollar"),
)


def register_money_pages() -> None:
    """Add the sides of the agreement and the list of all invoices, and say whose alarms about invoices are."""
    register_entry(Entry("Invoices", "file-invoice", "invoices", 65, _keeps_books))
    register_tab(Tab("agreement_options", "Options", "circle-plus", 55, may_read_money))
    register_tab(Tab("agreement_money", "Money", "receipt", 60, may_read_money))
    register_subject("contracts.invoice", Invoice.objects.all(), "agreement__provider")


def _keeps_books(user: Any) -> bool:
    return bool(user.is_provider and user.has_role(*MONEY_READERS))
