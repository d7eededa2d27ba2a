"""What the two sides agree on a work order: estimate, authorization, instruction, notice to stop, the signed copy."""

from decimal import Decimal
from typing import ClassVar

from django import forms

from contracts.billing.models.charges import AuthorisationKind
from contracts.roster.permissions import Participant
from contracts.work_orders.actions import asking, authorising, frame
from contracts.work_orders.actions import logs as work_logs
from contracts.work_orders.forms.frame import WorkAct, paper_of
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules.orders import Basis, Step
from portal.fields import PaperField, amount, day, instant, text


class EstimateForm(WorkAct):
    """Days, and travel and living."""

    code, step, party = "estimate", Step.ESTIMATE, frame.ESTIMATES
    label, icon, submit = "Estimate", "scale", "Send the estimate"
    done = "the estimate is sent."
    primary = True
    field_names: ClassVar = {"quantity": "days"}
    days = forms.DecimalField(
        label="Days",
        min_value=Decimal("0.5"),
        max_digits=4,
        decimal_places=1,
        help_text="Whole and half days.",
    )
    expenses = amount("Travel and living, about", required=False)

    def prepare(self) -> None:
        """Ask for expenses only where they are charged (ATSP 16, 17)."""
        if self.order.terms.expenses_clause is None:
            del self.fields["expenses"]
        elif self.order.estimated_quantity is not None:
            self.fields["expenses"].initial = self.order.estimated_expenses
        self.fields["days"].initial = self.order.estimated_quantity

    def perform(self) -> None:
        """Estimate."""
        asking.estimate(
            self.order,
            days=self.cleaned_data["days"],
            expenses=self.cleaned_data.get("expenses") or Decimal(0),
            by=self.user,
            at=self.at,
        )


class AuthoriseForm(WorkAct):
    """A purchase order, or the e-mail itself."""

    code, step, party = "authorise", Step.AUTHORISE, frame.AUTHORISES
    label, icon, submit = "Authorize the fee", "signature", "Authorize"
    done = "authorized."
    primary = True
    kind = forms.ChoiceField(
        label="By", choices=AuthorisationKind.choices, widget=forms.RadioSelect
    )
    number = forms.CharField(label="Purchase order number", max_length=60, required=False)
    text = text(
        "The e-mail, word for word", 3, required=False, help_text="Or attach it below as it came."
    )
    given_by = forms.CharField(label="Given by", max_length=160)
    dated_on = day("Dated")
    amount = amount(
        "The most it covers", required=False, help_text="Empty when it names no amount."
    )
    paper = PaperField(
        label="The paper",
        required=False,
        help_text="PDF, picture or plain text of the purchase order or the e-mail.",
    )

    @classmethod
    def label_on(cls, subject: WorkOrder) -> str:
        """The fee at first, more of it later."""
        return cls.label if subject.authorised_at is None else "Authorize more"

    @classmethod
    def is_primary(cls, subject: WorkOrder) -> bool:
        """Only while nothing is authorized."""
        return subject.authorised_at is None

    @property
    def intro(self) -> str:
        """Explain what authorizing takes on."""
        if self.order.authorised_at is not None:
            return "A further authorization adds to what is covered."
        return f"No work starts without it. The estimate: {self.order.estimate_words}"

    def prepare(self) -> None:
        """Begin with the purchase order, today, and the name of whoever gives it."""
        self.fields["kind"].initial = AuthorisationKind.PURCHASE_ORDER
        self.fields["dated_on"].initial = self.order.agreement.date_at(self.at)
        if not self.user.is_provider:
            self.fields["given_by"].initial = self.user.name

    def perform(self) -> None:
        """Authorise."""
        fields = self.cleaned_data
        authorising.authorise(
            self.order,
            kind=AuthorisationKind(fields["kind"]),
            number=fields["number"],
            given_by=fields["given_by"],
            dated_on=fields["dated_on"],
            amount=fields["amount"],
            text=fields["text"],
            paper=paper_of(fields["paper"]),
            by=self.user,
            at=self.at,
        )


class ProceedForm(WorkAct):
    """Instruct the provider to proceed (ATSP 7.1 (i))."""

    code, step, party = "proceed", Step.INSTRUCT, frame.INSTRUCTS
    label, icon, submit = "Proceed at our possible expense", "player-play", "Proceed"
    done = "the engineer proceeds."
    primary = True

    @property
    def intro(self) -> str:
        """Explain what it may cost, and how it ends."""
        estimate = f" It may take {self.order.estimate_words}" if self.order.estimate_words else ""
        return (
            "You pay time and materials only if the cause proves not to be the Software (7.2, 7.3.1), and only until "
            f"we receive your notice to stop (7.3.3).{estimate}"
        )

    def perform(self) -> None:
        """Instruct."""
        authorising.instruct(self.order, by=self.user, at=self.at)


class DeclineForm(WorkAct):
    """Do not go on with it."""

    code, step, party = "decline", Step.DECLINE, frame.DECLINES
    label, icon = "Do not pursue", "hand-stop"
    done = "it is not pursued."
    reason = text("Reason", 2, required=False)

    @property
    def intro(self) -> str:
        """Explain what follows."""
        if self.order.basis == Basis.TIME_AND_MATERIALS:
            return "Nothing is charged. We may then elect not to pursue the Problem (7.1 (ii))."
        return "Nothing is charged, and the order ends here."

    def perform(self) -> None:
        """Decline."""
        authorising.decline(
            self.order, by=self.user, at=self.at, reason=self.cleaned_data["reason"]
        )


class StopForm(WorkAct):
    """A notice to stop, effective on receipt (ATSP 7.3.3)."""

    code, step, party = "stop", Step.STOP, frame.STOPS
    label, icon, submit = "Stop the work", "hand-stop", "Stop"
    done = "the notice is received: work from now on is not charged."
    received_at = instant(
        "Received", required=False, help_text="When the notice reached us, if it came another way."
    )
    text = text("Notice", 2)

    @property
    def cited(self) -> str:
        """The clause of the notice."""
        return self.order.terms.stopped_clause

    @property
    def intro(self) -> str:
        """From when it holds."""
        return "Effective as soon as it is received: work after that is not charged."

    def prepare(self) -> None:
        """Only the provider records when a notice was received; in the portal that is at once."""
        if not self.user.is_provider:
            del self.fields["received_at"]
        else:
            self.fields["text"].label = "What the notice says, and how it came"

    def perform(self) -> None:
        """Stop."""
        authorising.stop(
            self.order,
            by=self.user,
            at=self.at,
            received_at=self.cleaned_data.get("received_at"),
            text=self.cleaned_data["text"],
        )


class SignForm(WorkAct):
    """The signed copy of the exhibit."""

    code, party = "sign", frame.SIGNS
    label, icon, submit = "Attach the signed Exhibit D", "paperclip", "Attach"
    done = "the signed copy is attached."
    paper = PaperField(label="Signed copy", help_text="PDF or picture.")

    @classmethod
    def fits(cls, subject: WorkOrder, actor: Participant) -> bool:
        """For on-site work, at any time after it is asked for (ATSP Ex.D)."""
        return subject.terms.exhibit is not None

    @property
    def cited(self) -> str:
        """The exhibit."""
        return self.order.terms.exhibit or super().cited

    def perform(self) -> None:
        """Attach it."""
        paper = paper_of(self.cleaned_data["paper"])
        if paper is not None:
            work_logs.add_signed_copy(self.order, paper=paper, by=self.user, at=self.at)
