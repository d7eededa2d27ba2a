"""Forms of bulletins (ATSP 14.1.2)."""

from django import forms

from cases.bulletins.models import BulletinKind
from cases.products.models import Product, Release
from contracts.services.forms import ServiceForm, text


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
