"""The form of a saved view: its name, and who sees it."""

from typing import Any, ClassVar

from django import forms

from cases.saved import actions
from cases.saved.models import Shared
from portal.models import User
from portal.refusable import RefusableForm


class ViewForm(RefusableForm):
    """Names a view of a list. A contact's company is no team: they share it with everybody there, or nobody."""

    needed: ClassVar = ("name",)
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=actions.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    shared = forms.ChoiceField(label="Who sees it", required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        everybody = "Everybody at the provider" if user.is_provider else "Everybody at my company"
        words = {Shared.ALL: everybody}
        self.choice("shared").choices = [
            (value, words.get(Shared(value), label))
            for value, label in Shared.choices
            if user.is_provider or value != Shared.TEAM
        ]
