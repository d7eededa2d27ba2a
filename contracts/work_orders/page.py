"""What a page shows of a work order, and the navigation entry of work orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from contracts.billing.models.charges import Authorisation
from contracts.billing.rules.money import money_text
from contracts.work_orders.bills import bill_of
from contracts.work_orders.models import WorkExpense, WorkLog, WorkOrder
from contracts.work_orders.rules.billing import Bill, Line
from contracts.work_orders.rules.orders import Basis, State, beyond, counted, covered
from portal.models import Attachment
from portal.rules.refusal import Refusal

STATES = {
    State.REQUESTED: ("hourglass", "info"),
    State.ESTIMATED: ("signature", "warning"),
    State.NOTIFIED: ("help-circle", "warning"),
    State.AUTHORISED: ("circle-check", "accent"),
    State.UNDER_WAY: ("progress", "accent"),
    State.STOPPED: ("hand-stop", "danger"),
    State.FINISHED: ("checks", "info"),
    State.SETTLED: ("receipt-2", "success"),
    State.DECLINED: ("circle-off", "quiet"),
}
"""Icon and tone of each state."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the bill with what it is about: a stretch of work, or an expense with its receipts."""

    line: Line
    about: WorkLog | WorkExpense
    key: str
    counted: str
    receipts: tuple[Attachment, ...] = ()


class WorkPage:
    """An order as its page shows it: the bill line by line, what is covered, and who is next.

    `reader_decides`: the page is read by one of the reseller's people who answer it.
    """

    def __init__(
        self,
        order: WorkOrder,
        authorisations: Sequence[Authorisation],
        *,
        reader_decides: bool = False,
    ) -> None:
        self.reader_decides = reader_decides
        self.order = order
        self.authorisations = authorisations
        self.terms = order.terms
        self.state = order.stands
        self.icon, self.tone = STATES[self.state]
        self.refusal: Refusal | None = None
        self.logs = {one.pk: one for one in order.logs.standing().select_related("worker")}
        self.costs = {one.pk: one for one in order.expenses.standing()}

    @cached_property
    def bill(self) -> Bill | None:
        """The bill as it stands; None, with `refusal` set, while a rate is missing."""
        try:
            return bill_of(self.order, list(self.logs.values()), list(self.costs.values()))
        except Refusal as refusal:
            self.refusal = refusal
            return None

    @cached_property
    def work(self) -> list[Row]:
        """The lines of the work."""
        lines = self.bill.work if self.bill else ()
        return [
            Row(one, self.logs[one.key], f"work-{one.key}", counted(one.quantity, self.terms.unit))
            for one in lines
        ]

    @cached_property
    def expenses(self) -> list[Row]:
        """The lines of the expenses, each with its receipts."""
        if self.bill is None or not self.costs:
            return []
        kept: dict[int, list[Attachment]] = {}
        for receipt in Attachment.objects.about_all(self.costs.values()):
            kept.setdefault(receipt.subject_id, []).append(receipt)
        return [
            Row(one, self.costs[one.key], f"expense-{one.key}", "", tuple(kept.get(one.key, ())))
            for one in self.bill.expenses
        ]

    @property
    def most(self) -> Decimal | None:
        """The most that is authorized; None when there is no limit."""
        if self.order.basis == Basis.TIME_AND_MATERIALS or not self.authorisations:
            return None
        return covered(one.amount for one in self.authorisations)

    @property
    def cover_words(self) -> str:
        """How much of what is authorized is billable so far: "US$2,500.00 of US$7,000.00 authorized"."""
        billable = self.bill.total if self.bill else Decimal(0)
        currency = self.terms.currency
        most = money_text(self.most or Decimal(0), currency)
        return f"{money_text(billable, currency)} of {most} authorized"

    @property
    def beyond(self) -> Decimal:
        """How much is billable above what is authorized."""
        return beyond(self.bill.total, self.most) if self.bill else Decimal(0)

    @property
    def estimate_beyond(self) -> Decimal:
        """How much the estimate lies above what is authorized."""
        return beyond(self.order.estimated_total or Decimal(0), self.most)

    @property
    def next_words(self) -> str:
        """What happens next, and who does it."""
        decided = self.order.basis == Basis.DAY or self.order.outcome
        return {
            State.REQUESTED: "The provider estimates the work.",
            State.ESTIMATED: "You authorize the fee, by a purchase order or an e-mail."
            if self.reader_decides
            else "The Administrative Contact authorizes the fee, by a purchase order or an e-mail.",
            State.NOTIFIED: "You answer: proceed at your possible expense, or do not pursue the Problem."
            if self.reader_decides
            else "The reseller answers: proceed at its possible expense, or do not pursue the Problem.",
            State.AUTHORISED: "An engineer starts the work.",
            State.UNDER_WAY: "The engineer works, and logs what was done.",
            State.STOPPED: "A contract administrator settles what is billable."
            if decided
            else "The engineer decides whether the Software is the cause.",
            State.FINISHED: "A contract administrator settles what is billable."
            if decided
            else "The engineer decides whether the Software is the cause.",
            State.SETTLED: "Nothing: the order is settled.",
            State.DECLINED: "Nothing: the order is not pursued.",
        }[self.state]
