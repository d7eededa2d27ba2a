"""Forms about charges: options, fees, what to invoice. They read what was typed; actions judge it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import FeeCode
from contracts.billing.rules.option_taking import Wish
from portal.fields import AmountField, day, text
from portal.refusable import RefusableForm

MOST_CENTS = Decimal("999999999.99")


def amount_field(label: str, **options: Any) -> forms.DecimalField:
    """A field for an amount in whole cents; whether it is one that fits, the action says."""
    options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
    return AmountField(
        label=label,
        max_digits=11,
        decimal_places=2,
        error_messages={
            "invalid": "Write an amount in figures, such as 1234.50.",
            "max_decimal_places": "Write whole cents, such as 1234.50.",
        },
        **options,
    )


class OptionForm(RefusableForm):
    """Which option, how many, from when. The column is the action's to refuse, in the words of page 1."""

    option = forms.CharField(label="Option", max_length=60)
    quantity = forms.IntegerField(label="How many", initial=1)
    taken_on = day("From")

    def __init__(self, *args: Any, agreement: Agreement, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [one for one in agreement.programme.options if one.tier == agreement.tier]
        self.fields["option"].widget = forms.Select(choices=[(o.code, o.name) for o in offered])
        self.fields["quantity"].widget.attrs |= {"min": 1, "inputmode": "numeric"}
        self.fields["taken_on"].initial = min(max(today, agreement.effective_on), agreement.ends_on)
        self.fields["taken_on"].widget.attrs |= {
            "data-min": agreement.effective_on.isoformat(),
            "data-max": agreement.ends_on.isoformat(),
        }

    def wish(self) -> Wish:
        """What is asked for, of a form that is valid."""
        data = self.cleaned_data
        return Wish(data["option"], data["quantity"], data["taken_on"])


class TakeOptionForm(OptionForm):
    """The same with who asked for it and on which purchase order, to be saved."""

    needed = ("asked_by",)
    asked_by = forms.CharField(
        label="Asked for by",
        max_length=120,
        required=False,
        help_text="Only the reseller can exercise an option.",
    )
    purchase_order = forms.CharField(
        label="Purchase order",
        max_length=60,
        required=False,
        help_text="Its number, if the option goes on one.",
    )


class FeeForm(RefusableForm):
    """A then-current standard fee from a day on."""

    code = forms.ChoiceField(
        label="Fee", choices=[(code.value, capfirst(code.label)) for code in FeeCode]
    )
    amount = amount_field("Amount")
    starts_on = day("From", help_text="A past price never changes.")


class IssueForm(RefusableForm):
    """Which lines to invoice, and the purchase order to name."""

    charges = forms.TypedMultipleChoiceField(coerce=int, required=False)
    purchase_order = forms.CharField(
        label="Purchase order to name",
        max_length=60,
        required=False,
        help_text="Beside those that authorized the lines.",
    )

    def __init__(self, *args: Any, keys: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("charges").choices = [(key, str(key)) for key in keys]


class TaxForm(RefusableForm):
    """A tax on top of the fees."""

    text = forms.CharField(
        label="Which tax", max_length=200, help_text="Such as: Sales tax of California, 7.75 %."
    )
    amount = amount_field("Amount")


class TakeBackForm(RefusableForm):
    """Why a line is taken back; the reseller reads it."""

    reason = text(
        "Why",
        3,
        required=False,
        max_length=500,
        help_text="The reseller reads it beside the amount.",
    )
