"""Forms about money: options, fees, invoices, payments, disputes. They read what was typed; actions judge it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from contracts.agreements.models import Agreement
from contracts.billing.models.charges import FeeCode
from contracts.billing.models.disputes import Outcome
from contracts.billing.models.invoices import Invoice
from contracts.billing.rules.option_taking import Wish

MOST_CENTS = Decimal("999999999.99")


def _amount(label: str, **options: Any) -> forms.DecimalField:
    """A field for an amount in whole cents; whether it is one that fits, the action says."""
    options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
    return forms.DecimalField(
        label=label,
        max_digits=11,
        decimal_places=2,
        error_messages={
            "invalid": "Write an amount in figures, such as 1234.50.",
            "max_decimal_places": "Write whole cents, such as 1234.50.",
        },
        **options,
    )


def _day(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        widget=widget,
        error_messages={"invalid": "Write a day of the calendar, such as 2003-01-15."},
        **options,
    )


class OptionForm(forms.Form):
    """Which option, how many, from when. The column is the action's to refuse, in the words of page 1."""

    option = forms.CharField(label="Option", max_length=60)
    quantity = forms.IntegerField(label="How many", initial=1)
    taken_on = _day("From")

    def __init__(self, *args: Any, agreement: Agreement, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [one for one in agreement.programme.options if one.tier == agreement.tier]
        self.fields["option"].widget = forms.Select(choices=[(o.code, o.name) for o in offered])
        self.fields["quantity"].widget.attrs |= {"min": 1, "inputmode": "numeric"}
        day = min(max(today, agreement.effective_on), agreement.ends_on)
        self.fields["taken_on"].initial = day
        self.fields["taken_on"].widget.attrs |= {
            "min": agreement.effective_on.isoformat(),
            "max": agreement.ends_on.isoformat(),
        }

    def wish(self) -> Wish:
        """What is asked for, of a form that is valid."""
        data = self.cleaned_data
        return Wish(data["option"], data["quantity"], data["taken_on"])


class TakeOptionForm(OptionForm):
    """The same with who asked for it and on which purchase order, to be saved."""

    asked_by = forms.CharField(
        label="Asked for by",
        max_length=120,
        required=False,
        help_text="It is the reseller who exercises an option.",
    )
    purchase_order = forms.CharField(
        label="Purchase order",
        max_length=60,
        required=False,
        help_text="Its number, if the option goes on one.",
    )


class FeeForm(forms.Form):
    """A then-current standard fee from a day on."""

    code = forms.ChoiceField(label="Fee", choices=FeeCode.choices)
    amount = _amount("Amount")
    starts_on = _day("From", help_text="A past price never changes.")


class IssueForm(forms.Form):
    """Which lines to invoice, and the purchase order to name."""

    charges = forms.TypedMultipleChoiceField(coerce=int, required=False)
    purchase_order = forms.CharField(
        label="Purchase order to name",
        max_length=60,
        required=False,
        help_text="Beside those that authorised the lines.",
    )

    def __init__(self, *args: Any, keys: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["charges"].choices = [(key, str(key)) for key in keys]  # type: ignore[attr-defined]


class TaxForm(forms.Form):
    """A tax on top of the fees."""

    text = forms.CharField(
        label="Which tax", max_length=200, help_text="Such as: Sales tax of California, 7.75 %."
    )
    amount = _amount("Amount")


class PaymentForm(forms.Form):
    """Money that arrived, or was paid out for a credit note."""

    amount = _amount("Amount")
    dated_on = _day("Received on")
    reference = forms.CharField(
        label="Reference",
        max_length=120,
        required=False,
        help_text="The bank's, or the cheque's number.",
    )


class CreditForm(forms.Form):
    """A credit note to set against an invoice, as much as fits."""

    credit_note = forms.ModelChoiceField(
        label="Credit note", queryset=Invoice.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, notes: list[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["credit_note"]
        field.queryset = Invoice.objects.filter(pk__in=[note.pk for note in notes])
        words = {note.pk: note.label for note in notes}
        field.label_from_instance = lambda note: words[note.pk]


class ReasonForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(label="Why", max_length=120, required=False)


class TakeBackForm(forms.Form):
    """Why a line is taken back; the reseller reads it."""

    reason = forms.CharField(
        label="Why",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text="The reseller reads it beside the amount.",
    )


class DisputeForm(forms.Form):
    """Why an invoice is disputed."""

    reason = forms.CharField(
        label="What is wrong with it",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Name the line and what you expected.",
    )


class LetterForm(forms.Form):
    """What one side writes to the other."""

    body = forms.CharField(label="Write", required=False, widget=forms.Textarea(attrs={"rows": 4}))


class SettleForm(forms.Form):
    """How a dispute ends: the last word, and the credit when it is upheld."""

    outcome = forms.ChoiceField(
        label="The dispute is",
        choices=[(one.value, one.label) for one in (Outcome.UPHELD, Outcome.REJECTED)],
        widget=forms.RadioSelect,
    )
    credit = _amount("Credit, when upheld", required=False)
    body = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def add_refusal(form: forms.Form, refusal: Any) -> None:
    """Put each refusal at its field, so that the eye is led there; the whole one stands above the form."""
    for each in refusal.all:
        if each.field in form.fields:
            form.add_error(each.field, each.sentence)
