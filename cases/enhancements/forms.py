"""Forms of requests for enhancement (ATSP 1.5, 10.1, 14.1.4)."""

from typing import Any

from django import forms

from cases.enhancements.rules import Disposition, next_of
from cases.products.models import Product
from contracts.services.forms import ServiceForm, text


class EnhancementForm(ServiceForm):
    """A request for enhancement as it is submitted."""

    product = forms.ModelChoiceField(
        label="Product", queryset=Product.objects.all(), empty_label="Choose a product"
    )
    title = forms.CharField(label="What is asked for, in a line", max_length=200)
    request = text("What it should do, and what for", 8)
    case = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DisposeForm(ServiceForm):
    """What becomes of a request."""

    state = forms.ChoiceField(label="It is now")
    disposition = text(
        "Disposition", 4, help_text="What was decided, and why. Those who voted are told."
    )
    release = forms.CharField(
        label="Release", required=False, max_length=20, help_text="The Release that brings it."
    )
    title = forms.CharField(label="Title", max_length=200)
    summary = text(
        "Summary for all resellers", 5, help_text="Name nobody who asked: every reseller reads it."
    )

    def __init__(self, *args: Any, standing: Disposition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("state").choices = [
            (each.value, each.label.capitalize()) for each in next_of(standing)
        ]


class LinkCaseForm(ServiceForm):
    """Which case asks for it."""

    case = forms.IntegerField(label="Case number", min_value=1)
