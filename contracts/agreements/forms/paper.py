"""What the forms of an agreement's paper have in common: places, sites, notices, zones, and what they rest on."""

import zoneinfo
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from django import forms
from django.forms.boundfield import BoundField

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.agreement_file import NoticeLine, PostalAddress, SiteLine
from contracts.programmes.rules.terms import Programme
from portal.fields import BoundedDateField
from portal.refusable import RefusableForm, fingerprint
from portal.rules.refusal import Refusal

T = TypeVar("T")
PLACE = (
    ("street", "Street and number", 200),
    ("city", "City", 100),
    ("state", "State or province", 60),
    ("postal_code", "Postal code", 20),
    ("country", "Country", 60),
)
NOTICE_LABELS = {
    "name": "Name",
    "attention": "To the attention of",
    "telephone": "Telephone",
    "fax": "Fax",
    "email": "E-mail",
}


@cache
def zone_names() -> list[str]:
    """The time zones to choose from, by name: those of a region and a city."""
    return sorted(
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    )


def day_field(label: str, clause: str, **options: Any) -> forms.DateField:
    """A field for a day, whose mistake names the field and the clause."""
    under = f" ({clause})" if clause else ""
    return BoundedDateField(
        label=label,
        error_messages={
            "required": f"{label}: the day is missing{under}.",
            "unreadable": f"{label}: {{}}{under}",
        },
        **options,
    )


def zone_field(**options: Any) -> forms.CharField:
    """A field for an IANA time zone, with the known ones offered."""
    return forms.CharField(
        max_length=64,
        widget=forms.TextInput(
            attrs={"list": "zones", "placeholder": "America/Los_Angeles", "autocomplete": "off"}
        ),
        **options,
    )


def site_fields(programme: Programme, prefix: str = "") -> dict[str, forms.Field]:
    """The questions about a site, none of them required by the form itself."""
    regions = [("", "Choose"), *((one.code, one.name) for one in programme.regions)]
    fields: dict[str, forms.Field] = {
        f"{prefix}name": forms.CharField(label="Name of the site", required=False, max_length=100),
        f"{prefix}region": forms.ChoiceField(label="Region", choices=regions, required=False),
        f"{prefix}zone": zone_field(label="Time zone", required=False),
    }
    return fields | place_fields(prefix)


def place_fields(prefix: str) -> dict[str, forms.Field]:
    """The questions about an address."""
    return {
        f"{prefix}{name}": forms.CharField(label=label, required=False, max_length=most)
        for name, label, most in PLACE
    }


def notice_fields(prefix: str) -> dict[str, forms.Field]:
    """The questions about where notices go (ATSP 20.2)."""
    fields: dict[str, forms.Field] = {
        f"{prefix}{name}": forms.CharField(label=label, required=False, max_length=120)
        for name, label in NOTICE_LABELS.items()
        if name != "email"
    }
    fields[f"{prefix}email"] = forms.EmailField(label=NOTICE_LABELS["email"], required=False)
    return fields | place_fields(prefix)


def site_line(said: dict[str, Any], prefix: str = "") -> SiteLine:
    """The site of a form's answers."""
    return SiteLine(
        said[f"{prefix}name"].strip(),
        said[f"{prefix}region"],
        said[f"{prefix}zone"].strip(),
        place(said, prefix),
    )


def place(said: dict[str, Any], prefix: str) -> PostalAddress:
    """The address of a form's answers."""
    return PostalAddress(**{name: said.get(f"{prefix}{name}", "").strip() for name, _, _ in PLACE})


def notice_line(said: dict[str, Any], prefix: str) -> NoticeLine | None:
    """The notice address of a form's answers; None without a name."""
    told = {name: said.get(f"{prefix}{name}", "").strip() for name in NOTICE_LABELS}
    return NoticeLine(address=place(said, prefix), **told) if told["name"] else None


def notice_initial(agreement: Agreement, side: Side, prefix: str) -> dict[str, Any]:
    """What a form about a notice address begins with."""
    found = next((one for one in agreement.notice_addresses.all() if one.side == side), None)
    if found is None:
        return {}
    told = {f"{prefix}{name}": getattr(found, name) for name in NOTICE_LABELS}
    return told | place_initial(found, prefix)


def place_initial(of: Any, prefix: str) -> dict[str, str]:
    """What a form about an address begins with."""
    return {
        f"{prefix}{name}": getattr(of, "address" if name == "street" else name)
        for name, _, _ in PLACE
    }


class AgreementForm(RefusableForm):
    """A form of an agreement's paper: what is refused names its clause at the field too.

    One that changes what is there rests on it: sent when somebody else changed that meanwhile, it is refused (D-28).
    """

    rests_on: Mapping[str, Any] | None = None
    """What was there when the form was shown, by name; None where it changes nothing."""

    def seen_now(self) -> str:
        """What there is of the paper; empty where the form changes nothing."""
        return fingerprint(
            sorted((name, str(value)) for name, value in (self.rests_on or {}).items())
        )

    def performed(self, act: Callable[[], T]) -> T | None:
        """The result of an act; None when the form has mistakes, the act is refused, or what it rests on changed."""

        def on_what_was_seen() -> T:
            self.require_seen()
            return act()

        return super().performed(on_what_was_seen)

    def at_field(self, refusal: Refusal) -> str:
        """The sentence, with its clause."""
        return f"{refusal.sentence} ({refusal.clause})" if refusal.clause else refusal.sentence


def notice_rows(form: forms.Form, prefix: str) -> list[list[BoundField]]:
    """The questions about a notice address, in rows."""
    return [
        [form[f"{prefix}{name}"] for name in row]
        for row in (
            ("name", "attention"),
            ("street", "city"),
            ("state", "postal_code", "country"),
            ("telephone", "fax", "email"),
        )
    ]
