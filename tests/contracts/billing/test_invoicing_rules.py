"""Invoicing as arithmetic: which lines go on which document, when it is due, where it stands (ATSP 3.2, Ex.D)."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.billing.rules.invoicing import (
    DocumentKind,
    Line,
    PaymentState,
    PaymentTerms,
    billable,
    days_after,
    documents,
    due_day,
    purchase_orders,
    standing,
)
from contracts.programmes.rules.programme_file import ProgrammeFileError, parse
from contracts.programmes.rules.values import Span
from tests.atsp import PROGRAMME_FILE, atsp

DAY = dt.date(2002, 9, 5)


def line(key: int, amount: str, kind: str = "work") -> Line:
    return Line(key, kind, Decimal(amount), DAY)


@pytest.mark.clause("ATSP 3.2", "ATSP Ex.D")
@pytest.mark.parametrize(
    ("name", "lines", "expected"),
    [
        ("nothing", [], []),
        ("one line", [line(1, "5.00")], [("invoice", "net", "5.00")]),
        (
            "expenses apart",
            [line(1, "5.00"), line(2, "3.00", "expenses")],
            [("invoice", "net", "5.00"), ("invoice", "on_receipt", "3.00")],
        ),
        (
            "a credit alone",
            [line(1, "5.00"), line(2, "-2.00", "credit")],
            [("invoice", "net", "5.00"), ("credit_note", "net", "-2.00")],
        ),
    ],
)
def test_lines_go_on_the_documents_that_are_called_for(
    name: str, lines: list[Line], expected: list[tuple[str, str, str]]
) -> None:
    found = documents(lines, expenses_apart=True)
    assert [(one.kind.value, one.terms.value, f"{one.total:.2f}") for one in found] == expected


def test_without_the_term_expenses_stand_with_the_rest() -> None:
    (found,) = documents([line(1, "5.00"), line(2, "3.00", "expenses")], expenses_apart=False)
    assert found.total == 8


_CENTS = st.integers(-50_000, 50_000).filter(bool)


@given(st.lists(st.tuples(_CENTS, st.booleans()), max_size=12), st.booleans())
def test_every_line_is_billed_once_and_the_sum_is_kept(
    amounts: list[tuple[int, bool]], apart: bool
) -> None:
    lines = [
        line(key, f"{Decimal(cents) / 100:.2f}", "expenses" if expenses else "work")
        for key, (cents, expenses) in enumerate(amounts, 1)
    ]
    found = documents(lines, expenses_apart=apart)
    billed = [one.key for document in found for one in document.lines]
    assert sorted(billed) == [one.key for one in lines]
    total = sum((document.total for document in found), Decimal(0))
    assert total == sum((one.amount for one in lines), Decimal(0))
    for document in found:
        assert (document.total < 0) == (document.kind is DocumentKind.CREDIT_NOTE)


@pytest.mark.clause("ATSP 3.2", "ATSP Ex.D")
def test_an_invoice_is_due_in_thirty_days_and_expenses_upon_receipt() -> None:
    payment = atsp().payment
    assert payment is not None
    net = due_day(DAY, PaymentTerms.NET, payment)
    assert (net.on, net.clause) == (dt.date(2002, 10, 5), "ATSP 3.2")
    receipt = due_day(DAY, PaymentTerms.ON_RECEIPT, payment)
    assert (receipt.on, receipt.clause) == (DAY, "ATSP Ex.D")
    assert "upon receipt" in receipt.words
    month = replace(payment, due_within=Span.parse("1 month"))
    assert due_day(dt.date(2003, 1, 31), PaymentTerms.NET, month).on == dt.date(2003, 2, 28)


@pytest.mark.parametrize(
    ("span", "before", "expected"),
    [
        ("30 days", False, "2002-10-05"),
        ("7 days", True, "2002-08-29"),
        ("2 weeks", False, "2002-09-19"),
        ("1 month", True, "2002-08-05"),
    ],
)
def test_days_are_counted_on_and_back(span: str, before: bool, expected: str) -> None:
    assert days_after(DAY, Span.parse(span), before=before).isoformat() == expected


def test_hours_are_no_days() -> None:
    with pytest.raises(ValueError, match="no number of days"):
        days_after(DAY, Span.parse("4 hours"))


def test_a_programme_whose_invoices_go_by_hours_is_refused() -> None:
    text = PROGRAMME_FILE.read_text(encoding="utf-8")
    wrong = text.replace('due_within = "30 days"', 'due_within = "30 hours"', 1)
    with pytest.raises(ProgrammeFileError, match=r"payment\.due_within is '30 hours'; invoices go"):
        parse(wrong, name="atsp.toml")


@pytest.mark.clause("ATSP 9.4", "ATSP 9.5", "ATSP 13.1")
@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        ("work", "2003-01-31", True),
        ("work", "2003-02-01", False),
        ("option", "2003-02-02", False),
        ("refund", "2003-02-01", True),
        ("credit", "2003-06-01", True),
        ("tax", "2003-06-01", True),
    ],
)
def test_what_was_incurred_before_the_end_is_billed(kind: str, day: str, expected: bool) -> None:
    assert billable(kind, dt.date.fromisoformat(day), dt.date(2003, 2, 1)) is expected


@pytest.mark.parametrize(
    ("total", "balance", "today", "expected"),
    [
        ("10", "10", "2002-10-05", PaymentState.OPEN),
        ("10", "10", "2002-10-06", PaymentState.OVERDUE),
        ("10", "0.01", "2002-10-06", PaymentState.OVERDUE),
        ("10", "0", "2002-10-06", PaymentState.PAID),
        ("0", "0", "2002-10-06", PaymentState.PAID),
        ("-10", "10", "2012-10-06", PaymentState.OPEN),
        ("-10", "0", "2002-10-06", PaymentState.PAID),
    ],
)
@pytest.mark.clause("ATSP 3.2")
def test_where_a_document_stands(
    total: str, balance: str, today: str, expected: PaymentState
) -> None:
    due = dt.date(2002, 10, 5) if Decimal(total) > 0 else None
    found = standing(Decimal(total), Decimal(balance), due, dt.date.fromisoformat(today))
    assert found is expected


def test_purchase_orders_are_named_once_in_their_order() -> None:
    assert purchase_orders(["PO-2", "", "PO-1", "PO-2"]) == "PO-2, PO-1"
    assert len(purchase_orders([f"PO-{n:09d}" for n in range(90)])) == 200
