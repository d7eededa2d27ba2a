"""The questions of a product on the form that opens a case (ATSP 5.2.3): fields that depend on the chosen product."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.text import capfirst

from cases.products.models import Product, ProductQuestion
from cases.products.rules import EVERY_SEVERITY, Asked
from portal.fields import text
from portal.prepared import Rows, given
from portal.refusable import REQUIRED_MARK
from portal.rules.outside import number_in

PREFIX = "asked-"
ASKED_FOR = "asked_for"
"""Names the product whose questions a page has shown, so that none is left blank unseen."""
_QUESTIONS = Rows(
    lambda: ProductQuestion.objects.filter(product=given("product")).order_by("position", "pk")
)
_TOLD = {
    0: "It helps; nothing follows when it is blank.",
    1: "Needed of severity 1.",
    EVERY_SEVERITY: "Needed.",
}


def questions_of(product: int) -> list[Asked]:
    """What a product asks of a report, in order; one statement."""
    return [
        Asked(each.pk, each.words, each.needed_to, each.hint)
        for each in _QUESTIONS.read(product=product)
    ]


def field_for(asked: Asked) -> forms.CharField:
    """The field for a question. It is never required: what is needed and left blank is asked for on the case."""
    needed = _TOLD.get(asked.needed_to, f"Needed of severity 1 to {asked.needed_to}.")
    field = text(
        capfirst(asked.words), 2, required=False, help_text=f"{asked.hint} {needed}".strip()
    )
    field.widget.attrs["data-needed-to"] = asked.needed_to
    return field


def product_in(typed: Mapping[str, Any], initial: Mapping[str, Any]) -> int | None:
    """The product that is chosen, typed or to begin with."""
    chosen = typed.get("product") or initial.get("product")
    if isinstance(chosen, Product):
        return chosen.pk
    return number_in(str(chosen or ""))


def answers_in(cleaned: Mapping[str, Any]) -> dict[int, str]:
    """The answers of a cleaned form, by the keys of their questions."""
    return {
        int(name.removeprefix(PREFIX)): value
        for name, value in cleaned.items()
        if name.startswith(PREFIX) and value
    }


def mark(bound: BoundField, severity: Any) -> BoundField:
    """The field with the star of what is needed, where it is needed of the chosen severity."""
    needed_to = int(bound.field.widget.attrs["data-needed-to"])
    level = number_in(str(severity or "")) or EVERY_SEVERITY
    if needed_to >= level and REQUIRED_MARK not in str(bound.label):
        bound.label = format_html("{}{}", bound.label, REQUIRED_MARK)
    return bound


def elsewhere(typed: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, str]:
    """What is typed to questions of another product, which goes on with the form: nothing typed is lost."""
    return {
        name: str(value)
        for name, value in typed.items()
        if name.startswith(PREFIX) and name not in names and value
    }
