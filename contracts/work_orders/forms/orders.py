"""The acts of working on an order and settling it; and which of all acts a user is shown."""

from decimal import Decimal

from django import forms

from contracts.roster.permissions import Participant
from contracts.work_orders.actions import frame, working
from contracts.work_orders.actions import logs as work_logs
from contracts.work_orders.forms.agreeing import (
    AuthoriseForm,
    DeclineForm,
    EstimateForm,
    ProceedForm,
    SignForm,
    StopForm,
)
from contracts.work_orders.forms.frame import WorkAct, paper_of
from contracts.work_orders.models import ExpenseKind, WorkOrder
from contracts.work_orders.rules.orders import Basis, Outcome, Step
from portal.fields import PaperField, amount, instant, text
from portal.rules.refusal import Refusal


class StartForm(WorkAct):
    """Begin the work."""

    code, step, party = "start", Step.START, frame.WORKS
    label, icon = "Start the work", "player-play"
    done = "the work has started, and the order is yours."
    primary = True

    def perform(self) -> None:
        """Start."""
        working.start(self.order, by=self.user, at=self.at)


class LogWorkForm(WorkAct):
    """A stretch of one's own work."""

    code, step, party = "log", Step.LOG_WORK, frame.WORKS
    label, icon, submit = "Log work", "clock-play", "Log the work"
    done = "the work is logged."
    began_at = instant("From")
    ended_at = instant("To", help_text="One line for each day.")
    days = forms.ChoiceField(
        label="Counts as", choices=[("1", "a whole day"), ("0.5", "half a day")]
    )
    text = text("What was done", 3)

    @property
    def intro(self) -> str:
        """Explain what happens to work that nobody instructed."""
        facts = self.order.facts
        if self.order.basis == Basis.TIME_AND_MATERIALS and facts.authorised_at is None:
            return "Work that the reseller has not instructed may be logged; it is not billable (7.3.2)."
        return ""

    def prepare(self) -> None:
        """Count hours by the time they took."""
        if self.order.basis == Basis.TIME_AND_MATERIALS:
            del self.fields["days"]

    def perform(self) -> None:
        """Log it."""
        fields = self.cleaned_data
        work_logs.log_work(
            self.order,
            began_at=fields["began_at"],
            ended_at=fields["ended_at"],
            days=Decimal(fields["days"]) if "days" in fields else None,
            text=fields["text"],
            by=self.user,
            at=self.at,
        )


class ExpenseForm(WorkAct):
    """An expense with its receipt."""

    code, step, party = "expense", Step.ADD_EXPENSE, frame.EXPENDS
    label, icon, submit = "Add an expense", "receipt", "Add it"
    done = "the expense is added."
    kind = forms.ChoiceField(label="For", choices=ExpenseKind.choices)
    incurred_at = instant("Incurred", help_text="When it was booked or bought.")
    amount = amount("Amount")
    text = forms.CharField(label="What", max_length=200)
    receipt = PaperField(label="Receipt", required=False, help_text="PDF, picture or text.")

    @classmethod
    def fits(cls, subject: WorkOrder, actor: Participant) -> bool:
        """Only where expenses are charged (ATSP 16 has none)."""
        return subject.terms.expenses_clause is not None and super().fits(subject, actor)

    @property
    def cited(self) -> str:
        """The clause of the expenses."""
        return self.order.terms.expenses_clause or super().cited

    def perform(self) -> None:
        """Add it."""
        fields = self.cleaned_data
        work_logs.add_expense(
            self.order,
            kind=ExpenseKind(fields["kind"]),
            incurred_at=fields["incurred_at"],
            amount=fields["amount"],
            text=fields["text"],
            receipt=paper_of(fields["receipt"]),
            by=self.user,
            at=self.at,
        )


class FinishForm(WorkAct):
    """The work is done."""

    code, step, party = "finish", Step.FINISH, frame.WORKS
    label, icon, submit = "Finish", "circle-check", "The work is done"
    done = "the work is finished."
    text = text("What came of it", 3)

    def perform(self) -> None:
        """Finish."""
        working.finish(self.order, by=self.user, at=self.at, text=self.cleaned_data["text"])


class DecideForm(WorkAct):
    """What the cause proved to be (ATSP 7.2, 7.3.1)."""

    code, step, party = "decide", Step.DECIDE, frame.WORKS
    label, icon, submit = "Decide the cause", "scale", "Decide"
    done = "the cause is decided."
    outcome = forms.ChoiceField(
        label="The cause is",
        choices=[
            (Outcome.SOFTWARE.value, "a Problem in the Software: nothing is charged (7.3.1)"),
            (
                Outcome.NOT_SOFTWARE.value,
                "not a Problem in the Software: the instructed work is charged (7.2)",
            ),
        ],
        widget=forms.RadioSelect,
    )
    words = text("What was found", 3)

    def prepare(self) -> None:
        """Begin with what was decided before."""
        self.fields["outcome"].initial = self.order.outcome
        self.fields["words"].initial = self.order.outcome_words

    @property
    def cited(self) -> str:
        """The clause of the decision."""
        return self.order.terms.paid_clause

    def perform(self) -> None:
        """Decide."""
        working.decide(
            self.order,
            outcome=Outcome(self.cleaned_data["outcome"]),
            words=self.cleaned_data["words"],
            by=self.user,
            at=self.at,
        )


class SettleForm(WorkAct):
    """Charge what is billable."""

    code, step, party = "settle", Step.SETTLE, frame.SETTLES
    label, icon, submit = "Settle", "receipt-2", "Charge it"
    done = "settled."
    primary = True
    up_to_cover = forms.BooleanField(label="Charge no more than what is authorized", required=False)

    @property
    def intro(self) -> str:
        """Explain what is charged."""
        return (
            "The billable work is charged; expenses are a separate line, due upon receipt."
            if self.order.terms.is_on_site
            else "The billable work is charged."
        )

    @property
    def cited(self) -> str:
        """The clause of the charge."""
        return self.order.terms.paid_clause

    def perform(self) -> None:
        """Settle."""
        work_logs.settle(
            self.order, by=self.user, at=self.at, up_to_cover=self.cleaned_data["up_to_cover"]
        )


class TakeBackForm(WorkAct):
    """Take back a line logged by mistake; the page has a button beside each line."""

    code, step, party = "take-back", Step.LOG_WORK, frame.EXPENDS
    label, icon = "Take back", "arrow-back-up"
    done = "the line is taken back; it stays in the record."
    line = forms.RegexField(r"^(work|expense)-\d{1,18}$", widget=forms.HiddenInput)

    def perform(self) -> None:
        """Take it back. Raises Refusal for a line that is not of this order."""
        what, _, key = self.cleaned_data["line"].partition("-")
        lines = self.order.logs if what == "work" else self.order.expenses
        line = lines.filter(pk=int(key)).first()
        if line is None:
            raise Refusal(
                "That line does not belong to this order.", way_out="Choose a line of the bill."
            )
        work_logs.take_back(line, by=self.user, at=self.at)


SHOWN: tuple[type[WorkAct], ...] = (
    EstimateForm,
    ProceedForm,
    AuthoriseForm,
    StartForm,
    LogWorkForm,
    ExpenseForm,
    DecideForm,
    FinishForm,
    SettleForm,
    StopForm,
    DeclineForm,
    SignForm,
)
"""The acts in the order of the page."""

_ALL: tuple[type[WorkAct], ...] = (*SHOWN, TakeBackForm)
ACTS: dict[str, type[WorkAct]] = {form.code: form for form in _ALL}
