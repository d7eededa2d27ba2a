"""A choice among many by what is typed.

A room registers what is chosen from as a `Lookup`. A form's `LookupField` or a list's filter shows it as one search
field. With scripts it offers matches as one types; without, what was typed is sent and resolved here: one match is
chosen, several are shown to choose from, none is an error at the field.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from portal.models import User
from portal.rules.telephone import digits_of

MOST = 10
"""The most matches that are offered: of more, one types more."""
LONGEST = 120
Rows = Callable[[User, str], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is chosen from: the `rows` that a user may choose, in order, and the `fields` whose text is searched.

    `rows` takes the user and what it is chosen `within` (a key from the address, or ""). `noun` and `nouns` name the
    rows in sentences; `note` tells rows of one name apart. `fields` are the rows' own. `numbers` are those of them that
    hold a telephone number's digits, which are found in any spelling. `keyed` are rows that people know by their key,
    as a case by its number.
    """

    code: str
    noun: str
    nouns: str
    rows: Rows
    fields: tuple[str, ...]
    shown: Callable[[Any], str] = str
    note: Callable[[Any], str] = lambda row: ""
    numbers: tuple[str, ...] = ()
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A match as it is offered."""

    value: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of what was typed: the `row`, or `options` to choose from (`more` when they are not all)."""

    lookup: Lookup
    typed: str = ""
    within: str = ""
    row: Any = None
    options: tuple[Option, ...] = ()
    more: bool = False

    @property
    def text(self) -> str:
        """What the search field shows."""
        return self.lookup.shown(self.row) if self.row is not None else self.typed

    @property
    def value(self) -> str:
        """The key of the chosen row, "" for none."""
        return str(self.row.pk) if self.row is not None else ""

    @property
    def url(self) -> str:
        """Where the matches for what is being typed are asked for."""
        address = reverse("lookup", args=[self.lookup.code])
        return f"{address}?{urlencode({'within': self.within})}" if self.within else address

    @property
    def filter_attrs(self) -> dict[str, str]:
        """The attributes of its search field where it narrows a list."""
        attrs = {"id": self.lookup.code, "placeholder": f"All {self.lookup.nouns}"}
        if self.error:
            attrs |= {"aria-invalid": "true", "aria-describedby": f"{self.lookup.code}-error"}
        return attrs

    @property
    def error(self) -> str:
        """Why nothing is chosen though something was typed, "" otherwise."""
        if self.row is not None or not self.typed:
            return ""
        if not self.options:
            return f"No {self.lookup.noun} matches “{self.typed}”."
        if self.more:
            return f"Many {self.lookup.nouns} match “{self.typed}”: choose one, or type more of the name."
        return f"Several {self.lookup.nouns} match “{self.typed}”: choose one."


_lookups: dict[str, Lookup] = {}


def register_lookup(lookup: Lookup) -> None:
    """Add what is chosen from."""
    _lookups[lookup.code] = lookup


def lookup_of(code: str) -> Lookup | None:
    """The lookup of that code, None when there is none."""
    return _lookups.get(code)


def matches(lookup: Lookup, user: User, text: str, within: str = "") -> tuple[list[Option], bool]:
    """At most MOST matches for a text as options, and whether there are more; one query, none for no text."""
    text = _clean(text)
    found = list(_found(lookup, user, text, within)[: MOST + 1]) if text else []
    return [option_of(lookup, row) for row in found[:MOST]], len(found) > MOST


def option_of(lookup: Lookup, row: Any) -> Option:
    """A row as it is offered."""
    return Option(str(row.pk), lookup.shown(row), lookup.note(row))


def choose(code: str, user: User, typed: str, within: str = "") -> Choice:
    """Resolve what was typed, or the key of what was chosen; at most two queries."""
    lookup, typed = _lookups[code], _clean(typed)
    if not typed:
        return Choice(lookup, within=within)
    if _is_key(typed):
        row = lookup.rows(user, within).filter(pk=int(typed)).first()
        if row is not None:
            return Choice(lookup, typed, within, row)
    found = list(_found(lookup, user, typed, within)[: MOST + 1])
    exact = [row for row in found if typed.casefold() in _words(lookup, row)]
    if len(found) > MOST and not exact:
        exact = list(lookup.rows(user, within).filter(_any(lookup, "iexact", typed))[:2])
    for rows in (exact, found):
        if len(rows) == 1:
            return Choice(lookup, typed, within, rows[0])
    options = tuple(option_of(lookup, row) for row in found[:MOST])
    return Choice(lookup, typed, within, None, options, len(found) > MOST)


def _found(lookup: Lookup, user: User, text: str, within: str) -> QuerySet[Any]:
    wanted, digits = _any(lookup, "icontains", text), digits_of(text)
    for name in lookup.numbers if digits else ():
        wanted |= Q(**{f"{name}__contains": digits})
    if lookup.keyed and _is_key(text):
        wanted |= Q(pk=int(text))
    return lookup.rows(user, within).filter(wanted)


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _words(lookup: Lookup, row: Any) -> set[str]:
    return {str(getattr(row, name)).casefold() for name in lookup.fields}


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST]


def _any(lookup: Lookup, how: str, text: str) -> Q:
    wanted = Q()
    for name in lookup.fields:
        wanted |= Q(**{f"{name}__{how}": text})
    return wanted


class LookupInput(forms.Widget):
    """A search field that offers matches; what could not be resolved comes back with the matches to choose from."""

    choice: Choice

    def format_value(self, value: Any) -> str:
        """What the search field shows."""
        return self.choice.text or ("" if value is None else str(value))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The field's HTML."""
        context = {
            "choice": self.choice,
            "name": name,
            "text": self.format_value(value),
            "attrs": self.build_attrs(self.attrs, attrs),
        }
        return render_to_string("components/lookup.html", context)


class LookupField(forms.Field):
    """A field for one row of a lookup; its form calls `bind` with who chooses, and within what."""

    widget = LookupInput

    def __init__(self, code: str, **options: Any) -> None:
        super().__init__(**options)
        self.code = code

    def bind(self, user: User, within: Any = "", chosen: Any = None) -> None:
        """Say who chooses, within what, and what is chosen to begin with."""
        self.user, self.within = user, str(within)
        self.widget.choice = Choice(_lookups[self.code], within=self.within, row=chosen)

    def to_python(self, value: Any) -> Any:
        """The row. Raises ValidationError for none and for several."""
        choice = choose(self.code, self.user, str(value or ""), self.within)
        self.widget.choice = choice
        if choice.error:
            raise forms.ValidationError(choice.error, code="lookup")
        return choice.row
