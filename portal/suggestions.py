"""Suggestions for a text field: what was said there before, offered as one types; any other text is taken as well.

A room registers what it suggests under a code. A field shows it with `SuggestInput`; the address is that of lookups.
Without scripts the field is a plain text field.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from portal.lookups import LONGEST, MOST, Option
from portal.models import User

Finder = Callable[[User, str, str], Sequence[Option]]
"""Takes who asks, what is typed (perhaps nothing yet) and what it is `within`; returns at most `MOST` + 1 options."""
_finders: dict[str, Finder] = {}


def register_suggestions(code: str, finder: Finder) -> None:
    """Let fields suggest under that code."""
    _finders[code] = finder


def suggests(code: str) -> bool:
    """Whether anything is suggested under that code."""
    return code in _finders


def suggested(code: str, user: User, text: str, within: str = "") -> tuple[list[Option], bool]:
    """At most `MOST` suggestions for what is typed, and whether there are more. Raises KeyError for an unknown code."""
    found = list(_finders[code](user, text.replace("\0", "").strip()[:LONGEST], within))
    return found[:MOST], len(found) > MOST


class SuggestInput(forms.TextInput):
    """A text field that suggests. `beside` is the id of the field whose value the suggestions are within."""

    def __init__(self, code: str, *, beside: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.code, self.beside, self.within = code, beside, ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The field's HTML."""
        address = reverse("lookup", args=[self.code])
        if self.within:
            address = f"{address}?{urlencode({'within': self.within})}"
        context = {
            "field": super().render(name, value, attrs, renderer),
            "url": address,
            "beside": self.beside,
        }
        return render_to_string("components/suggest.html", context)
