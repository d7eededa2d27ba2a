"""Fields of forms are drawn by ``portal_fields`` as crispy's own template draws them, only faster."""

import re
from pathlib import Path
from typing import Any, ClassVar

import crispy_bootstrap5
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.forms.renderers import DjangoTemplates as DjangoRenderer
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.test.html import parse_html

from portal.templatetags.portal_fields import form_fields

OWN = Path(crispy_bootstrap5.__file__).parent / "templates"
CHOICES = [("a", "A & B"), ("b", "<B>")]


class EveryKind(forms.Form):
    """A field of each kind that the portal's forms have, with and without what may stand beside it."""

    error_css_class: ClassVar[str] = "wrong"
    required_css_class: ClassVar[str] = "needed"

    plain = forms.CharField(label="Name <of it>", max_length=20)
    helped = forms.CharField(help_text="As on the <em>paper</em>.", required=False)
    unnamed = forms.CharField(label="", required=False)
    styled = forms.CharField(widget=forms.TextInput(attrs={"class": "number form-control"}))
    long = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    amount = forms.DecimalField(min_value=1, help_text="In US$.")
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    secret = forms.CharField(widget=forms.PasswordInput)
    one = forms.ChoiceField(choices=CHOICES, initial="b")
    several = forms.MultipleChoiceField(choices=CHOICES, required=False)
    agreed = forms.BooleanField(label="I agree", help_text="To <em>all</em>.")
    maybe = forms.BooleanField(required=False)
    grouped = forms.ChoiceField(choices=[("", "<none>"), ("More", CHOICES)], required=False)
    numbered = forms.TypedChoiceField(choices=[(1, "1 Critical"), (2000, 2000)], coerce=int)
    address = forms.URLField(assume_scheme="https")
    count = forms.IntegerField(initial=0, min_value=0)
    share = forms.FloatField(
        initial=1.5, widget=forms.NumberInput(attrs={"step": 0.5, "hidden": True, "x": False})
    )
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, help_text="One of them.")
    ticks = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    file = forms.FileField(help_text="A PDF.")
    when = forms.SplitDateTimeField(required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, initial="<x>")


FORMS: dict[str, Any] = {
    "empty": lambda: EveryKind(),
    "filled in": lambda: EveryKind(initial={"plain": "<Ann>", "agreed": True, "radio": "a"}),
    "with mistakes": lambda: EveryKind({"amount": "much", "when_0": "soon", "one": "c"}),
    "prefixed": lambda: EveryKind({}, prefix="line-1"),
    "without ids": lambda: EveryKind(auto_id=False),
}


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("kind", FORMS)
def test_a_field_is_drawn_as_crispy_draws_it(kind: str, inline: bool) -> None:
    options = {"NAME": "crispy", "DIRS": [OWN], "APP_DIRS": False, "OPTIONS": {}}
    theirs = DjangoTemplates(options).get_template("bootstrap5/field.html")
    ours = get_template("bootstrap5/field.html")
    expected, drawn = FORMS[kind](), FORMS[kind]()
    for name in expected.fields:
        said = {"form_show_labels": True, "form_show_errors": True, "error_text_inline": inline}
        wanted = theirs.render({"field": expected[name], **said})
        found = ours.render({"field": drawn[name], **said})
        assert parse_html(found) == parse_html(wanted), name
        assert _words(found) == _words(wanted), name


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_is_drawn_whole_as_crispy_draws_it(kind: str) -> None:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    form = FORMS[kind]()
    if form.is_bound:
        form.add_error(None, "Not <so>.")
    wanted = render_crispy_form(form, helper)
    assert _words(form_fields(form)) == _words(wanted)


@pytest.mark.parametrize("kind", FORMS)
def test_a_widget_is_drawn_as_django_draws_it(kind: str) -> None:
    form, plain = FORMS[kind](), FORMS[kind]()
    plain.renderer = DjangoRenderer()
    for name in form.fields:
        drawn, expected = (re.sub(r"\n+", "\n", str(one[name])) for one in (form, plain))
        assert drawn == expected, name


def _words(html: str) -> str:
    """The HTML without the white space around and inside its tags, which parse_html does not see alike."""
    return re.sub(r"\s+", "", html)
