"""The acts on an invoice or credit note: payments, credit notes set against it, a dispute (ATSP 3.2)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import Http404

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.disputes import answer_dispute, raise_dispute, settle_dispute
from contracts.billing.actions.payments import record_payment, take_back, use_credit
from contracts.billing.forms.charges import amount_field
from contracts.billing.models.charges import Charge
from contracts.billing.models.disputes import Dispute, Outcome
from contracts.billing.models.invoices import Invoice
from contracts.billing.models.payments import InvoicePayment
from portal.acts import Act, Actor
from portal.fields import day, text
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal


@dataclass(slots=True)
class Shown:
    """An invoice with what its page needs, read once; what its reader is to it."""

    agreement: Agreement
    invoice: Any
    dispute: Dispute | None
    notes: list[Invoice]
    keeps_books: bool = False
    is_administrative: bool = False


class InvoiceAct(Act[Shown, Actor]):
    """An act on an invoice, shown to who keeps the books (`keepers`) or the Administrative Contact (`payers`)."""

    keepers: ClassVar[bool] = False
    payers: ClassVar[bool] = False

    @property
    def invoice(self) -> Any:
        """The invoice."""
        return self.subject.invoice

    @property
    def open_dispute(self) -> Dispute:
        """Its dispute. Raises Refusal when there is none."""
        if self.subject.dispute is None:
            raise Refusal(
                f"{self.invoice.title} is not disputed.",
                clause=self.invoice.clause,
                way_out="The Administrative Contact disputes it on this page.",
            )
        return self.subject.dispute

    @classmethod
    def is_for(cls, subject: Shown, actor: Actor) -> bool:
        """Whether it is the reader's."""
        return cls.keepers if subject.keeps_books else cls.payers and subject.is_administrative

    @classmethod
    def require(cls, subject: Shown, actor: Actor) -> None:
        """Let everybody who reads the invoice ask: the action answers who may."""

    @property
    def leads_to(self) -> Any:
        """The invoice's page."""
        return self.invoice


class PaymentForm(InvoiceAct):
    """Money that arrived, or was paid out for a credit note."""

    code, label, icon, submit = "pay", "Record a payment", "credit-card", "Record the payment"
    done = "The payment is recorded."
    keepers = True
    amount = amount_field("Amount")
    dated_on = day("Received on")
    reference = forms.CharField(
        label="Reference",
        max_length=120,
        required=False,
        help_text="The bank's number, or the check number.",
    )

    @classmethod
    def label_on(cls, subject: Shown) -> str:
        """Which way the money goes."""
        return "Pay it out" if subject.invoice.is_credit_note else cls.label

    @classmethod
    def is_primary(cls, subject: Shown) -> bool:
        """Unless a dispute comes first."""
        return not subject.invoice.disputed

    @classmethod
    def fits(cls, subject: Shown, actor: Actor) -> bool:
        """While something is open."""
        return bool(subject.invoice.balance)

    def prepare(self) -> None:
        """Begin with all that is open, today."""
        today = self.subject.agreement.date_at(self.at)
        self.initial = {"amount": self.invoice.balance, "dated_on": today}
        if self.invoice.is_credit_note:
            self.fields["dated_on"].label = "Paid on"

    def perform(self) -> None:
        """Record it."""
        record_payment(self.invoice, **self.cleaned_data, by=self.user, at=self.at)


class CreditForm(InvoiceAct):
    """A credit note to set against an invoice, as much as fits."""

    code, label, icon = "credit", "Use a credit note", "receipt-refund"
    submit = "Set it against this"
    keepers = True
    credit_note = forms.ModelChoiceField(
        label="Credit note", queryset=Invoice.objects.none(), empty_label=None
    )

    @classmethod
    def fits(cls, subject: Shown, actor: Actor) -> bool:
        """While something is open, and a note has something left."""
        return bool(subject.invoice.balance and subject.notes)

    def prepare(self) -> None:
        """Offer the notes that have something left."""
        words = {note.pk: note.label for note in self.subject.notes}
        field = self.choice("credit_note")
        field.queryset = Invoice.objects.filter(pk__in=words)
        field.label_from_instance = lambda note: words[note.pk]

    def perform(self) -> str:
        """Set it against the invoice."""
        note = self.cleaned_data["credit_note"]
        use_credit(self.invoice, note, by=self.user, at=self.at)
        return f"{note.label} was set against {self.invoice.label}."


class TakePaymentBackForm(InvoiceAct):
    """Which payment is taken back, and why; the page lists them."""

    code, label, icon = "take-back", "Take a payment back", "arrow-back-up"
    submit = "Take it back"
    done = "The payment was taken back."
    keepers = danger = True
    needed = ("reason",)
    reason = forms.CharField(label="Why", max_length=120, required=False)

    def perform(self) -> None:
        """Take it back. Raises Http404 for one that is not of this invoice."""
        key = number_in(self.data.get("payment", ""))
        payments = InvoicePayment.objects.filter(invoice=self.invoice).select_related("credit_note")
        payment = payments.filter(pk=key).first() if key is not None else None
        if payment is None:
            raise Http404
        payment.invoice = self.invoice
        take_back(payment, reason=self.cleaned_data["reason"], by=self.user, at=self.at)


class DisputeForm(InvoiceAct):
    """Why an invoice is disputed."""

    code, label, icon = "dispute", "Something is wrong?", "message-2"
    submit = "Dispute the invoice"
    payers = True
    needed = ("reason",)
    intro = (
        "We answer here, and remind you of nothing until it is settled. The due date stays, since invoices are paid "
        "without offset."
    )
    reason = text(
        "What is wrong with it", required=False, help_text="Name the line and what you expected."
    )

    @property
    def cited(self) -> str:
        """The clause of the invoice."""
        return str(self.invoice.clause)

    @classmethod
    def fits(cls, subject: Shown, actor: Actor) -> bool:
        """While it is not disputed."""
        return not subject.invoice.disputed and not subject.invoice.is_credit_note

    def perform(self) -> str:
        """Raise the dispute."""
        raise_dispute(self.invoice, reason=self.cleaned_data["reason"], by=self.user, at=self.at)
        return f"{self.invoice.label} is marked as disputed; we answer here."


class LetterForm(InvoiceAct):
    """What one side writes to the other."""

    code, label, icon, submit = "answer", "Answer", "send", "Send"
    done = "Sent."
    keepers = payers = primary = True
    needed = ("body",)
    body = text("Write", required=False)

    @classmethod
    def fits(cls, subject: Shown, actor: Actor) -> bool:
        """While it is disputed."""
        return bool(subject.invoice.disputed)

    def perform(self) -> str | None:
        """Send it."""
        answer_dispute(self.open_dispute, body=self.cleaned_data["body"], by=self.user, at=self.at)
        return None


class SettleForm(LetterForm):
    """How a dispute ends: the last word, and the credit when it is upheld."""

    code, label, icon, submit = "settle", "Settle the dispute", "gavel", "Settle the dispute"
    payers = primary = False
    field_order = ("outcome", "credit", "line", "body")
    outcome = forms.ChoiceField(
        label="The dispute is",
        choices=[(one.value, one.label) for one in (Outcome.UPHELD, Outcome.REJECTED)],
        widget=forms.RadioSelect,
        initial=Outcome.UPHELD.value,
    )
    credit = amount_field("Credit, when upheld", required=False)
    line = forms.ModelChoiceField(
        label="It gives back",
        queryset=Charge.objects.none(),
        required=False,
        empty_label="of the invoice as a whole",
    )
    body = text("Why", 3, required=False)

    def prepare(self) -> None:
        """Offer the lines of the invoice."""
        field = self.choice("line")
        field.queryset = Charge.objects.filter(billed__invoice=self.invoice)
        field.label_from_instance = lambda line: line.text

    def perform(self) -> str:
        """Settle it."""
        typed = self.cleaned_data
        settled = settle_dispute(
            self.open_dispute,
            outcome=Outcome(typed["outcome"]),
            body=typed["body"],
            credit=typed["credit"],
            line=typed["line"],
            by=self.user,
            at=self.at,
        )
        return f"The dispute is settled: {settled.get_outcome_display()}."


class WithdrawForm(LetterForm):
    """The reseller takes its dispute back."""

    code, label, icon = "withdraw", "Withdraw the dispute", "arrow-back-up"
    submit = "Withdraw the dispute"
    keepers = primary = False

    def perform(self) -> str:
        """Withdraw it."""
        settle_dispute(
            self.open_dispute,
            outcome=Outcome.WITHDRAWN,
            body=self.cleaned_data["body"],
            by=self.user,
            at=self.at,
        )
        return "The dispute is withdrawn."


ACTS: dict[str, type[InvoiceAct]] = {
    act.code: act
    for act in (
        PaymentForm,
        CreditForm,
        TakePaymentBackForm,
        DisputeForm,
        LetterForm,
        SettleForm,
        WithdrawForm,
    )
}
