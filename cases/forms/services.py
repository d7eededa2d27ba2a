"""Forms of bulletins and of requests for enhancement (ATSP 14.1.2, 1.5, 10.1)."""

from typing import Any

from django import forms

from cases.models import BulletinKind, Product, Release
from cases.rules.enhancement import Disposition, next_of
from contracts.forms.services import ServiceForm, text


class BulletinForm(ServiceForm):
    """A bulletin as it is drafted."""

    kind = forms.ChoiceField(label="What it is", choices=BulletinKind.choices)
    title = forms.CharField(label="Title", max_length=200)
    body = text("What its readers need to know", 10)
    products = forms.ModelMultipleChoiceField(
        label="Products",
        queryset=Product.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Contacts who hear of one of them are told.",
    )
    releases = forms.ModelMultipleChoiceField(
        label="Releases, where it is of some only",
        queryset=Release.objects.select_related("product").order_by(
            "product__name", "-published_on"
        ),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )


class InterestForm(ServiceForm):
    """Of which products a contact wants to hear."""

    products = forms.ModelMultipleChoiceField(
        label="Products",
        queryset=Product.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


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
