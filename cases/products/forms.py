"""The acts on a product (ATSP 1.13, 4.8, 5.2.3)."""

from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms

from cases.products.actions import MOST, RELEASE, REPORTING, keep_product, publish_release
from cases.products.models import Product, ProductQuestion
from cases.products.rules import EVERY_SEVERITY, Asked
from portal.acts import Act, Actor
from portal.fields import day, text

MORE = 3
"""So many empty lines for new questions a page has."""
NEEDED = [
    (0, "helps"),
    (1, "at severity 1"),
    (2, "at severity 1 and 2"),
    (EVERY_SEVERITY, "always"),
]


class KeepProductForm(Act[Product, Actor]):
    """What a report on the product tells, and where it is supported: all questions on one page."""

    code, label, icon, clause = "keep", "What a report tells", "list-check", REPORTING
    submit = "Save"
    done = "Saved. The next report asks it."
    novalidate = True

    def prepare(self) -> None:
        """Begin with what is kept, and some empty lines."""
        self.questions = list(self.subject.questions.all()) if not self.is_bound else []
        shown = len(self.questions) + MORE
        if self.is_bound:
            shown = sum(1 for name in self.data if str(name).startswith("words-"))
        self.count = max(1, min(shown, MOST))
        for place in range(self.count):
            kept = self.questions[place] if place < len(self.questions) else None
            self._add_line(place, kept)
        self.fields["platforms"] = text(
            "Platforms it is supported on, one a line",
            4,
            required=False,
            initial=self.subject.platforms,
            help_text="As “Solaris 8” or “Solaris”. A report from another one is told so (ATSP 4.8).",
        )

    def _add_line(self, place: int, kept: ProductQuestion | None) -> None:
        number = place + 1
        self.fields[f"key-{number}"] = forms.IntegerField(
            required=False, widget=forms.HiddenInput, initial=kept.pk if kept else None
        )
        self.fields[f"words-{number}"] = forms.CharField(
            label=f"Question {number}",
            required=False,
            max_length=120,
            initial=kept.words if kept else "",
        )
        self.fields[f"hint-{number}"] = forms.CharField(
            label="How one gets it",
            required=False,
            max_length=300,
            initial=kept.hint if kept else "",
        )
        self.fields[f"needed-{number}"] = forms.TypedChoiceField(
            label="Needed",
            coerce=int,
            choices=NEEDED,
            initial=kept.needed_to if kept else 0,
            required=False,
        )

    @classmethod
    def rests_on(cls, subject: Product) -> tuple[Any, ...]:
        """The questions and platforms as they stand."""
        asked = subject.questions.values_list("pk", "position", "words", "hint", "needed_to")
        return (subject.platforms, *asked)

    @classmethod
    def stands(cls, subject: Product) -> str:
        """That they are others by now."""
        return f"What a report on {subject} tells was changed since you opened this page."

    @cached_property
    def helper(self) -> FormHelper:
        """Each question on a line of its own."""
        helper = super().helper
        lines = (
            Div(
                f"key-{number}",
                *(Div(f"{name}-{number}", css_class=name) for name in ("words", "hint", "needed")),
                css_class="question-line",
            )
            for number in range(1, self.count + 1)
        )
        helper.layout = Layout(*lines, "platforms")
        return helper

    def perform(self) -> None:
        """Keep the lines that ask something, in their order."""
        told = self.cleaned_data
        asked = [
            Asked(
                told[f"key-{number}"] or 0,
                told[f"words-{number}"].strip(),
                told[f"needed-{number}"] or 0,
                told[f"hint-{number}"].strip(),
            )
            for number in range(1, self.count + 1)
            if told[f"words-{number}"].strip()
        ]
        keep_product(
            self.subject, asked=asked, platforms=told["platforms"], by=self.user, at=self.at
        )


class PublishReleaseForm(Act[Product, Actor]):
    """Note a Release that is published."""

    code, label, icon, clause = "release", "Note a published Release", "rocket", RELEASE
    submit = "Note it"
    done = "Noted. Support goes by it from its day on."
    number = forms.CharField(
        label="Release", max_length=20, help_text="As X.yy.z, for instance 6.1.2."
    )
    published_on = day("Published on")

    def perform(self) -> None:
        """Note it."""
        publish_release(
            self.subject,
            number=self.cleaned_data["number"],
            published_on=self.cleaned_data["published_on"],
            by=self.user,
            at=self.at,
        )


ACTS = {act.code: act for act in (KeepProductForm, PublishReleaseForm)}
