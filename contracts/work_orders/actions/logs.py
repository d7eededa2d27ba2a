"""What is logged on a work order, its signed copy, and its settlement (ATSP 7.2, 7.3, 16, 17, 18, Ex.D)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from contracts.billing.actions.charges import add_charge
from contracts.billing.models.charges import Authorisation, Charge, ChargeKind
from contracts.billing.rules.money import money_text, round_cents
from contracts.verbs import Verb
from contracts.work_orders import notices
from contracts.work_orders.actions import frame
from contracts.work_orders.actions.authorising import Paper
from contracts.work_orders.actions.frame import changing, record, require_text
from contracts.work_orders.bills import bill_of, most_covered
from contracts.work_orders.models import ExpenseKind, WorkExpense, WorkLog, WorkOrder
from contracts.work_orders.rules import orders as rules
from contracts.work_orders.rules.billing import Line, check_stretch, quantity_of, settlement
from contracts.work_orders.rules.orders import Basis, Step, counted
from portal import attachments
from portal.models import User
from portal.rules.refusal import Refusal

RECEIPT = "receipt"
SIGNED_COPY = "signed_copy"


def log_work(
    order: WorkOrder,
    *,
    began_at: dt.datetime,
    ended_at: dt.datetime,
    text: str,
    by: User,
    at: dt.datetime,
    days: Decimal | None = None,
) -> WorkLog:
    """Log a stretch of one's own work: from when to when, what, and for work by the day whether a half or a whole one.

    Work under section 7 may be logged whether or not it is instructed; it is then not billable (ATSP 7.3.2). Returns
    the log. Raises Refusal, for work by the day also before it is authorized (ATSP 16, 17, 18).
    """
    frame.require(frame.WORKS, by, order.agreement, at, "log work", clause=order.terms.paid_clause)
    text = require_text(text, field="text", what="description of the work")
    with changing(order, at=at) as fresh:
        terms = fresh.terms
        rules.moved(terms, fresh.stands, Step.LOG_WORK)
        others = fresh.logs.standing().filter(worker=by).values_list("began_at", "ended_at")
        check_stretch(
            terms,
            began_at,
            ended_at,
            now=at,
            others=list(others),
            authorised_at=fresh.authorised_at,
        )
        quantity = quantity_of(terms, began_at, ended_at, days)
        log = WorkLog.objects.create(
            order=fresh,
            worker=by,
            began_at=began_at,
            ended_at=ended_at,
            quantity=quantity,
            text=text,
            logged_at=at,
            logged_by=by,
        )
        record(
            fresh, Verb.WORK_LOGGED, by=by, at=at, text=f"{counted(quantity, terms.unit)}: {text}"
        )
        _warn_beyond_cover(fresh, at=at)
    return log


def add_expense(
    order: WorkOrder,
    *,
    kind: ExpenseKind,
    incurred_at: dt.datetime,
    amount: Decimal,
    text: str,
    receipt: Paper | None,
    by: User,
    at: dt.datetime,
) -> WorkExpense:
    """Record travel and living, or another related expense, with its receipt (ATSP 17, 18, 7.2; Ex.D).

    It is owed like work done at the instant at which it was incurred (ATSP 7.3.2, 7.3.3). Returns the expense. Raises
    Refusal where the agreement charges no expenses (ATSP 16), and without a receipt.
    """
    frame.require(
        frame.EXPENDS, by, order.agreement, at, "record expenses", clause=order.terms.paid_clause
    )
    terms = order.terms
    if terms.expenses_clause is None or amount <= 0:
        raise rules.no_expenses(terms, field="amount")
    if receipt is None:
        raise Refusal(
            "An expense needs a receipt.",
            clause=terms.expenses_clause,
            way_out="Attach it: a scan or a picture will do.",
            field="receipt",
        )
    text = require_text(text, field="text", what="description of the expense")
    with changing(order, at=at) as fresh:
        rules.moved(terms, fresh.stands, Step.ADD_EXPENSE)
        if incurred_at > at:
            raise Refusal(
                "That time is still to come.",
                clause=terms.expenses_clause,
                way_out="Record an expense once it is incurred.",
                field="incurred_at",
            )
        expense = WorkExpense.objects.create(
            order=fresh,
            kind=kind,
            incurred_at=incurred_at,
            amount=round_cents(amount),
            text=text,
            logged_at=at,
            logged_by=by,
        )
        attachments.attach(
            expense,
            RECEIPT,
            name=receipt.name,
            content=receipt.content,
            by=by,
            at=at,
            field="receipt",
        )
        record(
            fresh,
            Verb.WORK_EXPENSE_ADDED,
            by=by,
            at=at,
            text=f"{text}: {money_text(expense.amount, terms.currency)}",
            clause=terms.expenses_clause,
        )
        _warn_beyond_cover(fresh, at=at)
    return expense


def take_back(line: WorkLog | WorkExpense, *, by: User, at: dt.datetime) -> None:
    """Take back a line that was logged by mistake; it stays in the record. Raises Refusal once the order is settled."""
    order = line.order
    frame.require(
        frame.EXPENDS, by, order.agreement, at, "take back a line", clause=order.terms.paid_clause
    )
    with changing(order, at=at) as fresh:
        rules.moved(fresh.terms, fresh.stands, Step.LOG_WORK)
        line.refresh_from_db()
        if line.taken_back_at is not None:
            return
        line.taken_back_at, line.taken_back_by = at, by
        line.save(update_fields=["taken_back_at", "taken_back_by"])
        record(fresh, Verb.WORK_LINE_TAKEN_BACK, by=by, at=at, text=line.text)


def add_signed_copy(order: WorkOrder, *, paper: Paper, by: User, at: dt.datetime) -> None:
    """Keep the signed exhibit with the order (ATSP Ex.D). Raises Refusal for work that no exhibit governs."""
    terms = order.terms
    frame.require(
        frame.SIGNS, by, order.agreement, at, "attach the signed copy", clause=terms.clause
    )
    if terms.exhibit is None:
        raise Refusal(
            "No exhibit is signed for this work.",
            clause=terms.clause,
            way_out="Nothing is missing.",
        )
    with changing(order, at=at) as fresh:
        kept = attachments.attach(
            fresh, SIGNED_COPY, name=paper.name, content=paper.content, by=by, at=at, field="paper"
        )
        record(fresh, Verb.WORK_SIGNED, by=by, at=at, text=kept.name, clause=terms.exhibit)


def settle(
    order: WorkOrder, *, by: User, at: dt.datetime, up_to_cover: bool = False
) -> list[Charge]:
    """Charge what is billable: the work, and expenses as a line of their own (ATSP 7.2, 16, 17, 18; Ex.D).

    With `up_to_cover` never more than is authorized. Each is dated on the last day of what it bills, and can be
    invoiced however long after the agreement's year that is. Returns the charges, none when nothing is billable. Raises
    Refusal while the cause is not known (ATSP 7.2), and when more is billable than is authorized.
    """
    frame.require(
        frame.SETTLES,
        by,
        order.agreement,
        at,
        "settle a work order",
        clause=order.terms.paid_clause,
    )
    with changing(order, at=at) as fresh:
        terms, outcome = fresh.terms, fresh.facts.outcome
        state = rules.moved(terms, fresh.stands, Step.SETTLE, outcome=outcome)
        logs, costs = list(fresh.logs.standing()), list(fresh.expenses.standing())
        bill = bill_of(fresh, logs, costs)
        found = settlement(terms, bill, most_covered(fresh), up_to_cover=up_to_cover)
        worked = _last_day(fresh, bill.work, {one.pk: one.began_at for one in logs})
        spent = _last_day(fresh, bill.expenses, {one.pk: one.incurred_at for one in costs})
        by_hour = terms.basis is Basis.TIME_AND_MATERIALS
        charges = [
            _charge(fresh, kind, amount, words, clause, incurred_on=on, by=by, at=at)
            for kind, amount, words, clause, on in (
                (
                    ChargeKind.TIME_AND_MATERIALS if by_hour else ChargeKind.WORK,
                    found.work,
                    found.work_words,
                    terms.paid_clause,
                    worked,
                ),
                (
                    ChargeKind.EXPENSES,
                    found.expenses,
                    found.expenses_words,
                    terms.expenses_clause or terms.paid_clause,
                    spent,
                ),
            )
            if amount
        ]
        fresh.charges.add(*charges)
        fresh.state, fresh.settled_at = state, at
        words = found.work_words + (f" Expenses: {found.expenses_words}" if found.expenses else "")
        record(fresh, Verb.WORK_SETTLED, by=by, at=at, text=words, clause=terms.paid_clause)
        notices.settled(fresh, found.total, words, at=at)
    return charges


def _charge(
    order: WorkOrder,
    kind: ChargeKind,
    amount: Decimal,
    words: str,
    clause: str,
    *,
    incurred_on: dt.date | None,
    by: User,
    at: dt.datetime,
) -> Charge:
    name = "Travel and living" if kind is ChargeKind.EXPENSES else order.terms.name
    return add_charge(
        order.agreement,
        kind=kind,
        text=f"{name}, work order {order.number}, case {order.case_number}",
        words=words,
        amount=amount,
        clause=clause,
        reference=str(order.case_number),
        incurred_on=incurred_on,
        authorisation=_the_authorisation(order),
        by=by,
        at=at,
    )


def _last_day(
    order: WorkOrder, lines: Sequence[Line], instants: Mapping[int, dt.datetime]
) -> dt.date | None:
    """The agreement's date of the last line that is owed, by the instant of each; None when nothing is."""
    owed = [instants[line.key] for line in lines if line.is_billable]
    return order.agreement.date_at(max(owed)) if owed else None


def _the_authorisation(order: WorkOrder) -> Authorisation | None:
    """The first of the order's authorizations, which the invoice names."""
    return order.authorisations.order_by("received_at", "pk").first()


def _warn_beyond_cover(order: WorkOrder, *, at: dt.datetime) -> None:
    """Tell both sides, once for each amount that is covered, when the work has come to more than that."""
    most = most_covered(order)
    if most is None:
        return
    total = bill_of(order).total
    if rules.beyond(total, most):
        notices.beyond_cover(order, total, most, at=at)
