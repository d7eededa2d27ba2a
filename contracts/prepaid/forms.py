"""Forms of prepaid cases: a transfer between pools, an extension by purchase order, and its decision."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from contracts.billing.rules.money import money_text
from contracts.prepaid.actions.extension import PurchaseOrder
from contracts.prepaid.actions.ledger import Balance
from contracts.prepaid.rules.extension import Offer
from portal.fields import PaperField, amount, day, text
from portal.refusable import RefusableForm


def _helper(*rows: tuple[str, ...]) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*(Row(*(Column(name) for name in row)) for row in rows))
    return helper


class TransferForm(RefusableForm):
    """So many cases from a pool to another, and why."""

    prefix = "transfer"

    source = forms.ChoiceField(label="From the pool")
    target = forms.ChoiceField(label="To the pool")
    cases = forms.IntegerField(label="Cases", min_value=1, max_value=100_000)
    reason = text("Reason", 2, help_text="The reseller reads it in the ledger.")

    def __init__(self, *args: Any, balances: list[Balance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("source").choices = [
            (one.pool, f"{one.name}, {one.left} left") for one in balances
        ]
        self.choice("target").choices = [(one.pool, one.name) for one in balances]
        self.initial.setdefault("target", balances[-1].pool if balances else "")
        self.helper = _helper(("source", "target", "cases"), ("reason",))


class ExtensionForm(RefusableForm):
    """The purchase order for an extension (ATSP 9.1)."""

    number = forms.CharField(label="Purchase order number", max_length=60)
    dated_on = day("Its date")
    amount = amount("The amount it covers")
    given_by = forms.CharField(label="Signed by", max_length=160)
    file = PaperField(
        label="The purchase order itself",
        required=False,
        help_text="As PDF or a picture, if you have it at hand.",
    )

    def __init__(self, *args: Any, offer: Offer, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"amount": offer.total, "dated_on": today})
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = f"At least {money_text(offer.total, offer.currency)}."
        self.helper = _helper(("number", "dated_on"), ("amount", "given_by"), ("file",))

    def order(self) -> PurchaseOrder:
        """What was typed."""
        told = self.cleaned_data
        file = told["file"]
        return PurchaseOrder(
            number=told["number"],
            given_by=told["given_by"],
            dated_on=told["dated_on"],
            amount=told["amount"],
            file=(file.name, file.read()) if file else None,
        )


class DeclineForm(RefusableForm):
    """Why an extension is declined."""

    needed = ("reason",)
    reason = text("Why it is declined", 2, required=False, help_text="The reseller reads it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(("reason",))
