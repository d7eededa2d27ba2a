"""Fields that many forms have: some lines of text, a day, an instant, an amount of money."""

from decimal import Decimal
from typing import Any

from django import forms


def text(label: str, rows: int = 4, **options: Any) -> forms.CharField:
    """A field for a text of some lines."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


def day(label: str, **options: Any) -> forms.DateField:
    """A field for a day, with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def instant(label: str, **options: Any) -> forms.DateTimeField:
    """A field for a day and a time, in the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


def amount(label: str, **options: Any) -> forms.DecimalField:
    """A field for an amount of money, not negative, in whole cents."""
    return forms.DecimalField(
        label=label, min_value=Decimal(0), max_digits=12, decimal_places=2, **options
    )
