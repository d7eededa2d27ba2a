"""Forms of the escalation page."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from contracts.programmes.rules.terms import Act
from escalation.actions.duties import act_in_words


class LogForm(forms.Form):
    """An act of Exhibit C that took place: which, when in the reader's zone, and what came of it."""

    act = forms.ChoiceField(label="What was done")
    note = forms.CharField(
        label="With whom, and what came of it",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,  # the act itself refuses an empty one, with the clause
    )
    at = forms.DateTimeField(
        label="When it took place",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In your time zone. Leave it empty for now.",
    )

    def __init__(self, *args: Any, acts: Iterable[Act], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["act"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [(act.value, act_in_words(act)) for act in acts]
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def took_place(self, now: dt.datetime) -> dt.datetime:
        """When it took place; now when it was not said."""
        at: dt.datetime | None = self.cleaned_data["at"]
        return at or now


class WaiveForm(forms.Form):
    """Why a duty is not necessary (D-14)."""

    note = forms.CharField(
        label="Why it is not necessary", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
