"""Forms for what may be refused: by an action with its clause, or because somebody changed what the form rests on."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from portal.rules.refusal import Refusal

SEEN = "seen"
"""The hidden field of what a form rests on, as its sender saw it."""

KNOWN = "known"
"""The hidden field of how far a form's sender had read; a draft does not keep it."""

REQUIRED_MARK = mark_safe('<span class="asteriskField">*</span>')
"""What crispy puts behind the label of a required field."""

T = TypeVar("T")


def fingerprint(basis: Any) -> str:
    """What a form rests on, in short, as it sends it back; empty for nothing."""
    return hashlib.sha256(repr(basis).encode()).hexdigest()[:16] if basis else ""


class RefusableForm(forms.Form):
    """A form for an act that may be refused: it shows the refusal above and at the field, and keeps what was typed.

    One that rests on something (`seen_now`) sends back what its sender saw of it. Once that is another, the form is
    refused with what there is now, and what was typed is kept (D-28).
    """

    refusal: Refusal | None = None
    field_names: ClassVar[Mapping[str, str]] = {}
    """The form's names of the fields that the action's refusals call otherwise."""
    needed: ClassVar[tuple[str, ...]] = ()
    """Fields that the form takes empty and the action refuses with its clause: marked as required ones are."""

    def __getitem__(self, name: str) -> forms.BoundField:
        """A field as pages show it: one that is needed is marked, and a browser sends it empty all the same."""
        bound = super().__getitem__(name)
        if name in self.needed and not bound.field.required and not hasattr(bound, "marked"):
            bound.marked = True  # type: ignore[attr-defined]
            bound.label = format_html("{}{}", bound.label, REQUIRED_MARK)
            if not bound.field.widget.use_fieldset:
                bound.field.widget.attrs["aria-required"] = "true"
        return bound

    @cached_property
    def helper(self) -> FormHelper:
        """How crispy lays it out: inside the page's own form element, with the fields that it has by then."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    @cached_property
    def seen(self) -> str:
        """What it rests on, as its form sends it back; a draft keeps what was seen when it was typed."""
        return self.seen_now()

    def seen_now(self) -> str:
        """The fingerprint of what it rests on as it is now; empty where it rests on nothing."""
        return ""

    def what_stands(self) -> str:
        """What there is now, in place of what the sender saw: a sentence."""
        return "Somebody changed this since you opened the page."

    @property
    def overtaken(self) -> str:
        """What there is now, where the form rests on what was seen before; else empty."""
        return "" if self.seen == self.seen_now() else self.what_stands()

    def require_seen(self) -> None:
        """Raise Refusal when what it rests on is not what the sender saw (D-28)."""
        if self.seen and self.data.get(SEEN) != self.seen:
            raise Refusal(
                self.what_stands(),
                clause="D-28",
                way_out="Look at it as it is now; send this again if it still fits.",
            )

    def choice(self, name: str) -> Any:
        """A field whose choices or queryset are known only now."""
        return self.fields[name]

    def refuse(self, refusal: Refusal) -> None:
        """Keep a refusal for the page, and mark the fields that it names."""
        self.refusal = refusal
        for each in refusal.all:
            field = self.field_names.get(each.field or "", each.field)
            if field in self.fields and field not in self.errors:
                self.add_error(field, self.at_field(each))

    def refuse_before(self, refusal: Refusal) -> None:
        """Show a refusal of what came with the form, before anything of it was done: a file that is not taken."""
        self.is_valid()
        self.refuse(refusal)

    def performed(self, act: Callable[[], T]) -> T | None:
        """The result of an act; None when the form has mistakes or the act is refused."""
        if not self.is_valid():
            return None
        try:
            return act()
        except Refusal as refusal:
            self.refuse(refusal)
            return None

    def at_field(self, refusal: Refusal) -> str:
        """The part of a refusal shown at its field; the form shows all of it above."""
        return refusal.sentence

    @property
    def kept(self) -> str:
        """The note beside a refusal that says whether the text was kept."""
        papers = any(isinstance(field, forms.FileField) for field in self.fields.values())
        again = " Choose the file again." if papers else ""
        return f"What you typed is kept.{again}"

    @property
    def status(self) -> int:
        """The status of the page that shows the form: 409 when it came back with what was typed."""
        return 409 if self.is_bound else 200
