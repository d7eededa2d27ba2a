"""Fields that many forms have: some lines of text, a day, an instant, an amount of money, a file."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from portal.rules import written_days

T = TypeVar("T")

YEARS = range(1970, 2101)
_PRINTED = re.compile(r"(?:US\$|\$)?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)")
TEXT_MOST = 50_000
"""Characters of a text of some lines: what is longer is a file."""


def text(label: str, rows: int = 4, **options: Any) -> forms.CharField:
    """A field for a text of some lines, at most `TEXT_MOST` characters unless `max_length` says otherwise."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, **{"max_length": TEXT_MOST, **options})


class PaperField(forms.FileField):
    """A field for a file to keep. Its help says how large it may be, before anybody sends one."""

    def __init__(self, *, help_text: str = "", **options: Any) -> None:
        most = settings.ATTACHMENT_MOST_BYTES // 2**20
        super().__init__(help_text=f"{help_text} At most {most} MB.".strip(), **options)


def in_our_years(value: dt.date) -> None:
    """Raise ValidationError for a day or an instant that is in none of the `YEARS`."""
    if value.year not in YEARS:
        raise ValidationError(
            f"The year is {value.year}: write one from {YEARS[0]} to {YEARS[-1]}.", code="year"
        )


class DayInput(forms.DateInput):
    """A day as pages write it, typed in any way that names one day; a script puts a calendar beside it (day.js)."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"data-day": "day", "autocomplete": "off", "placeholder": "17 Feb 2003"}
        super().__init__({**usual, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """What stands in the field: what was typed, or the day as pages write it."""
        return written_days.written(value) if isinstance(value, dt.date) else value


class InstantInput(DayInput):
    """A day and a time."""

    def __init__(self) -> None:
        super().__init__({"data-day": "instant", "placeholder": "17 Feb 2003 14:05"})


class BoundedDateField(forms.DateField):
    """A day of the years that agreements and their papers have: a slip of the finger there is told at once."""

    widget = DayInput
    default_validators = [in_our_years]

    def to_python(self, value: Any) -> dt.date | None:
        """The day that was written. Raises ValidationError with how to write it."""
        return super().to_python(_read(self, value, written_days.day_of))


class BoundedDateTimeField(forms.DateTimeField):
    """A day and a time of those years, in the reader's zone."""

    widget = InstantInput
    default_validators = [in_our_years]

    def to_python(self, value: Any) -> dt.datetime | None:
        """The instant that was written. Raises ValidationError with how to write it."""
        return super().to_python(_read(self, value, written_days.instant_of))


def _read(field: forms.Field, value: Any, read: Callable[[str], T]) -> T | Any:
    """What a text says by `read`; anything else, and nothing, as it is."""
    if not isinstance(value, str) or not value.strip():
        return value
    try:
        return read(value)
    except ValueError as error:
        words = field.error_messages.get("unreadable", "{}").format(error)
        raise ValidationError(words, code="invalid") from None


def day(label: str, **options: Any) -> forms.DateField:
    """A field for a day."""
    return BoundedDateField(label=label, **options)


EMPTY_MEANS_NOW = "In your time zone. Empty means now."
"""Beside the time at which something happened (D-23)."""


def instant(label: str, **options: Any) -> forms.DateTimeField:
    """A field for a day and a time, in the reader's zone."""
    return BoundedDateTimeField(label=label, **options)


class AmountField(forms.DecimalField):
    """An amount in figures, also as pages and papers print it: "US$7,452.05"."""

    def to_python(self, value: Any) -> Any:
        """The amount; commas count only where they stand between thousands, so that "1,50" is refused."""
        if isinstance(value, str):
            printed = _PRINTED.fullmatch(value.strip())
            value = printed[1].replace(",", "") if printed else value
        return super().to_python(value)


def amount(label: str, **options: Any) -> forms.DecimalField:
    """A field for an amount of money, not negative, in whole cents."""
    options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
    return AmountField(
        label=label,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        error_messages={
            "invalid": "Write an amount in figures, such as 1234.50.",
            "max_decimal_places": "Write whole cents, such as 1234.50.",
        },
        **options,
    )


def bound_texts(form: forms.BaseForm) -> None:
    """Bound the texts of a form that its model does not bound to `TEXT_MOST` characters, and tell the browser so."""
    for field in form.fields.values():
        if isinstance(field, forms.CharField) and field.max_length is None:
            field.max_length = TEXT_MOST
            field.validators.append(MaxLengthValidator(TEXT_MOST))
            field.widget.attrs.update(field.widget_attrs(field.widget))
