"""Invoices as pure arithmetic: what goes on which document, when it is due, where it stands (ATSP 3.2, Ex.D, 13.1).

Days are dates in the agreement's zone. Amounts are `Decimal`, positive for what the reseller owes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from contracts.agreements.rules.contract_year import add_months
from contracts.programmes.rules.terms import Payment
from contracts.programmes.rules.values import Span, Unit
from portal.ui.words import day as day_words

# Lines that may be dated after the agreement's end and still be billed: credits, and taxes, whose
# obligation "shall survive termination or expiration" (ATSP 13.1).
AFTER_THE_END = frozenset({"credit", "refund", "tax"})
EXPENSES = "expenses"
# Work on a case goes on until the case is closed, also beyond the year in which it was opened.
OF_WORK = frozenset({"work", "time_and_materials", EXPENSES})
MOST_PURCHASE_ORDERS = 200


class DocumentKind(StrEnum):
    """What a document is: an invoice asks for money, a credit note gives it back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class PaymentTerms(StrEnum):
    """When an invoice is to be paid."""

    NET = "net"  # within the programme's span of the invoice date (ATSP 3.2)
    ON_RECEIPT = "on_receipt"  # travel and living expenses (ATSP Ex.D)


class PaymentState(StrEnum):
    """Where a document stands on a day."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"  # of a credit note: used up or paid out


@dataclass(frozen=True, slots=True)
class Line:
    """A charge as invoicing sees it."""

    key: int
    kind: str
    amount: Decimal
    incurred_on: date


@dataclass(frozen=True, slots=True)
class Document:
    """A document to issue: its kind and terms, and its lines in their order."""

    kind: DocumentKind
    terms: PaymentTerms
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The sum of its lines: below zero on a credit note."""
        return sum((line.amount for line in self.lines), Decimal(0))


def documents(lines: Iterable[Line], *, expenses_apart: bool) -> tuple[Document, ...]:
    """The documents that bill these lines: an invoice, one for expenses, a credit note, as far as there are lines.

    `expenses_apart` bills travel and living expenses separately, due upon receipt (ATSP Ex.D).
    """
    given = sorted(lines, key=lambda line: (line.incurred_on, line.key))

    def place(line: Line) -> tuple[DocumentKind, PaymentTerms]:
        if line.amount < 0:
            return (DocumentKind.CREDIT_NOTE, PaymentTerms.NET)
        apart = expenses_apart and line.kind == EXPENSES
        return (DocumentKind.INVOICE, PaymentTerms.ON_RECEIPT if apart else PaymentTerms.NET)

    order = (
        (DocumentKind.INVOICE, PaymentTerms.NET),
        (DocumentKind.INVOICE, PaymentTerms.ON_RECEIPT),
        (DocumentKind.CREDIT_NOTE, PaymentTerms.NET),
    )
    return tuple(
        Document(*kind, chosen)
        for kind in order
        if (chosen := tuple(line for line in given if place(line) == kind))
    )


def billable(kind: str, incurred_on: date, ended_on: date, *, on_case: bool = False) -> bool:
    """Whether a charge may still be invoiced: `ended_on` is the first day without the agreement (ATSP page 1, 9.4).

    What was incurred before the end is, however late: the fees survive it (ATSP 9.5). So is work `on_case`: open cases
    are served to their closure, and what the reseller authorized for one is owed (ATSP 7.2, 16, 17, 18).
    """
    return kind in AFTER_THE_END or incurred_on < ended_on or (on_case and kind in OF_WORK)


def days_after(day: date, span: Span, *, before: bool = False) -> date:
    """The date that lies a span of days, weeks or months after a day, or `before` it.

    Raises ValueError for a span in any other unit.
    """
    amount = -span.amount if before else span.amount
    match span.unit:
        case Unit.DAY:
            return day + timedelta(days=amount)
        case Unit.WEEK:
            return day + timedelta(weeks=amount)
        case Unit.MONTH:
            return add_months(day, amount)
    raise ValueError(f"{span} is no number of days, weeks or months")


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day on which a payment is in time, the clause, and the explanation in words."""

    on: date
    clause: str
    words: str


def due_day(issued_on: date, terms: PaymentTerms, payment: Payment) -> DueDay:
    """When an invoice of that date is due (ATSP 3.2); expenses upon receipt, that is on its date (ATSP Ex.D)."""
    if terms is PaymentTerms.ON_RECEIPT:
        clause = payment.expenses_clause or payment.clause
        return DueDay(issued_on, clause, f"Due upon receipt: to the end of {day_words(issued_on)}.")
    on = days_after(issued_on, payment.due_within)
    words = (
        f"{payment.due_within} from the invoice date, {day_words(issued_on)}: "
        f"to the end of {day_words(on)}, without offset."
    )
    return DueDay(on, payment.clause, words)


def standing(total: Decimal, balance: Decimal, due_on: date | None, today: date) -> PaymentState:
    """The standing of a document: `balance` is still to be paid, or to be given for a credit note."""
    if balance == 0:
        return PaymentState.PAID
    if total > 0 and due_on is not None and today > due_on:
        return PaymentState.OVERDUE
    return PaymentState.OPEN


def purchase_orders(numbers: Sequence[str]) -> str:
    """The purchase orders that a document names, each once, in order: "PO-1, PO-7"."""
    return ", ".join(dict.fromkeys(number for number in numbers if number))[:MOST_PURCHASE_ORDERS]
