"""The acts on bulletins (ATSP 14.1.2)."""

from django import forms

from cases.bulletins.actions import CLAUSE, choose_products, draft_bulletin
from cases.bulletins.models import Bulletin, BulletinKind
from cases.products.models import Product, Release
from contracts.parties.models.parties import Contact
from portal.acts import Act, Actor
from portal.fields import text


class BulletinForm(Act[Bulletin | None, Actor]):
    """A bulletin as it is drafted: a new one, or a draft changed."""

    code, label, icon, submit = "draft", "Draft a bulletin", "check", "Keep the draft"
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

    def prepare(self) -> None:
        """Begin with the draft."""
        if self.subject is not None:
            self.initial = {name: getattr(self.subject, name) for name in ("kind", "title", "body")}
            self.initial["products"] = self.subject.products.all()
            self.initial["releases"] = self.subject.releases.all()

    def perform(self) -> str:
        """Keep it."""
        typed = dict(self.cleaned_data)
        kind = BulletinKind(typed.pop("kind"))
        self.draft = draft_bulletin(self.subject, kind=kind, by=self.user, at=self.at, **typed)
        return "The draft is saved. Publish it when it is ready."

    @property
    def leads_to(self) -> Bulletin:
        """The draft."""
        return self.draft


class InterestForm(Act[Contact, Actor]):
    """Of which products a contact wants to hear."""

    code, label, icon, clause = "interests", "My products", "check", CLAUSE
    submit = "Keep my choice"
    intro = "With none chosen you hear of the products your company has cases on, and of all while it has none."
    done = "Your choice is saved."
    leads_to = "bulletins"
    products = forms.ModelMultipleChoiceField(
        label="Products",
        queryset=Product.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self) -> None:
        """Begin with what was chosen."""
        self.initial["products"] = [one.product_id for one in self.subject.interests.all()]

    def perform(self) -> None:
        """Keep the choice."""
        choose_products(self.subject, self.cleaned_data["products"], by=self.user, at=self.at)
