"""The form that draws up an agreement: page 1 as the paper has it, the parties, their sites, who signs."""

import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.agreement_file import NoticeLine, PostalAddress, Signatory, SiteLine
from contracts.agreements.rules.drawing_up import (
    RESELLER_AGREEMENT,
    NewReseller,
    OptionChoice,
    Paper,
    cited,
)
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.terms import Option, Programme, Tier
from portal.acts import RefusableForm, fingerprint
from portal.fields import BoundedDateField
from portal.lookups import LookupField
from portal.models import User
from portal.rules.refusal import Refusal

T = TypeVar("T")
SITE_ROWS = 2
LARGEST_QUANTITY = 99
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
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": f"{label}: the day is missing{under}.",
            "invalid": f"{label}: this is no day; write it as 2003-09-03{under}.",
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


def _in_brackets(programme: Programme) -> str:
    clause = cited(programme, RESELLER_AGREEMENT)
    return f" ({clause})" if clause else ""


def _label(said: str, name: str) -> SafeString:
    """A short label where the name stands above it for the eye; a reader of screens hears both."""
    return format_html('{}<span class="visually-hidden">: {}</span>', said, name)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of page 1: a tier to choose, and its options with how many are taken."""

    tier: Tier
    chosen: bool
    options: list[tuple[Option, BoundField, BoundField]]


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


class DrawingUpForm(AgreementForm):
    """An agreement as it is typed, under a programme's terms; of a draft when one is given."""

    def __init__(
        self,
        *args: Any,
        programme: Programme,
        agreement: Agreement | None = None,
        by: User | None = None,
        version: ProgrammeVersion | None = None,
        **kwargs: Any,
    ) -> None:
        self.programme, self.agreement = programme, agreement
        if agreement is not None:
            kwargs.setdefault("initial", initial_of(agreement))
            self.rests_on = dict(kwargs["initial"])
        super().__init__(*args, **kwargs)
        clause = programme.term_clause or programme.business_day.clause
        if agreement is None and by is not None and version is not None:
            self._ask_the_reseller(by, version)
        self._ask_page_1()
        self.fields["contract_number"] = forms.CharField(label="Contract number", max_length=40)
        if programme.needs_reseller_agreement:
            self._ask_the_reseller_agreement()
        self.fields["effective_on"] = day_field("Effective Date", clause)
        if programme.term is None:
            self.fields["ends_on"] = day_field("Last day", clause, required=False)
        self.fields["zone"] = zone_field(
            label="Time zone of the agreement's dates",
            required=False,
            help_text="The first site's when it is left empty.",
        )
        for row in range(SITE_ROWS):
            self.fields |= site_fields(programme, f"site-{row}-")
        for side in Side:
            self.fields |= notice_fields(f"{side.value}_notices-")
            self.fields[f"{side.value}_signatory"] = forms.CharField(
                label="Name", required=False, max_length=120
            )
            self.fields[f"{side.value}_title"] = forms.CharField(
                label="Title", required=False, max_length=120
            )

    def _ask_the_reseller_agreement(self) -> None:
        """Ask for the condition of support, where the programme has it (ATSP 5.1)."""
        in_place = "In place already, or negotiated at the same time"
        self.fields["reseller_agreement_number"] = forms.CharField(
            label="Reseller agreement number",
            max_length=40,
            required=False,
            help_text=f"{in_place}{_in_brackets(self.programme)}.",
        )
        self.fields["reseller_agreement_in_force"] = forms.BooleanField(
            label="The reseller agreement is in force", required=False, initial=True
        )

    def _ask_the_reseller(self, by: User, version: ProgrammeVersion) -> None:
        reseller = LookupField(
            "agreement-resellers",
            label=self.programme.customer,
            required=False,
            help_text="Type a part of the name. Empty for a new one, who is named below.",
        )
        reseller.bind(by, version.pk)
        self.fields["reseller"] = reseller
        self.fields["new_name"] = forms.CharField(
            label=f"Name of a new {self.programme.customer.lower()}", required=False, max_length=160
        )
        self.fields["new_telephone"] = forms.CharField(
            label="Telephone", required=False, max_length=40
        )
        self.fields["new_fax"] = forms.CharField(label="Fax", required=False, max_length=40)
        self.fields |= place_fields("new_")

    def _ask_page_1(self) -> None:
        if not self.programme.tiers:
            return
        self.fields["tier"] = forms.ChoiceField(
            label="Level",
            choices=[(tier.code, tier.name) for tier in self.programme.tiers],
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["tier_initials"] = forms.CharField(
            label="Initials of the level", required=False, max_length=10
        )
        for option in self.programme.options:
            self.fields[f"option-{option.code}"] = forms.IntegerField(
                label=_label("How many", option.name),
                required=False,
                min_value=0,
                max_value=LARGEST_QUANTITY,
            )
            self.fields[f"initials-{option.code}"] = forms.CharField(
                label=_label("Initials", option.name), required=False, max_length=10
            )

    @property
    def columns(self) -> list[Column]:
        """Page 1 as the paper has it: a column for each tier."""
        chosen = self["tier"].value() if self.programme.tiers else ""
        return [
            Column(
                tier,
                tier.code == chosen,
                [
                    (option, self[f"option-{option.code}"], self[f"initials-{option.code}"])
                    for option in self.programme.options
                    if option.tier == tier.code
                ],
            )
            for tier in self.programme.tiers
        ]

    @property
    def new_reseller_rows(self) -> list[list[BoundField]]:
        """The questions about a new reseller, in rows."""
        return [
            [self["new_name"]],
            self._of("new_", "street", "city"),
            self._of("new_", "state", "postal_code", "country"),
            self._of("new_", "telephone", "fax"),
        ]

    @property
    def site_rows(self) -> list[list[list[BoundField]]]:
        """The questions about each further site, in rows."""
        return [
            [
                self._of(f"site-{row}-", "name", "region", "zone"),
                self._of(f"site-{row}-", "street", "city"),
                self._of(f"site-{row}-", "state", "postal_code", "country"),
            ]
            for row in range(SITE_ROWS)
        ]

    @property
    def sides(self) -> list[dict[str, Any]]:
        """For each side: who signs, and where its notices go."""
        return [
            {
                "side": side,
                "signs": [self[f"{side.value}_signatory"], self[f"{side.value}_title"]],
                "notices": notice_rows(self, f"{side.value}_notices-"),
            }
            for side in Side
        ]

    def _of(self, prefix: str, *names: str) -> list[BoundField]:
        return [self[f"{prefix}{name}"] for name in names]

    def paper(self) -> Paper:
        """What was typed, for the action. Ask only a valid form."""
        said = self.cleaned_data
        rows = tuple(row for row in range(SITE_ROWS) if self._site_is_named(row))
        new = said.get("new_name", "").strip()
        return Paper(
            contract_number=said["contract_number"].strip(),
            effective_on=said["effective_on"],
            ends_on=said.get("ends_on"),
            tier=said.get("tier", ""),
            tier_initials=said.get("tier_initials", ""),
            options=tuple(
                OptionChoice(option.code, quantity, said[f"initials-{option.code}"])
                for option in (self.programme.options if self.programme.tiers else ())
                if (quantity := said.get(f"option-{option.code}"))
            ),
            reseller=said["reseller"].pk if said.get("reseller") else None,
            new_reseller=NewReseller(
                new, place(said, "new_"), said["new_telephone"], said["new_fax"]
            )
            if new
            else None,
            reseller_agreement_number=said.get("reseller_agreement_number", "").strip(),
            reseller_agreement_in_force=said.get("reseller_agreement_in_force", True),
            zone=said["zone"].strip(),
            sites=tuple(site_line(said, f"site-{row}-") for row in rows),
            site_rows=rows,
            provider_notices=notice_line(said, "provider_notices-"),
            reseller_notices=notice_line(said, "reseller_notices-"),
            provider_signatory=self._signatory("provider"),
            reseller_signatory=self._signatory("reseller"),
        )

    def _site_is_named(self, row: int) -> bool:
        prefix = f"site-{row}-"
        return any(
            str(value).strip()
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        )

    def _signatory(self, side: str) -> Signatory | None:
        said = self.cleaned_data
        name = said[f"{side}_signatory"].strip()
        return Signatory(name, said[f"{side}_title"].strip()) if name else None


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


def initial_of(agreement: Agreement) -> dict[str, Any]:
    """What the form of a draft begins with."""
    said: dict[str, Any] = {
        name: getattr(agreement, name)
        for name in (
            "tier",
            "tier_initials",
            "contract_number",
            "reseller_agreement_number",
            "reseller_agreement_in_force",
            "effective_on",
            "ends_on",
            "zone",
        )
    }
    for option in agreement.options.all():
        said[f"option-{option.option}"] = option.quantity
        said[f"initials-{option.option}"] = option.initials
    for side in Side:
        said |= notice_initial(agreement, side, f"{side.value}_notices-")
    for signature in agreement.signatures.all():
        said[f"{signature.side}_signatory"] = signature.name
        said[f"{signature.side}_title"] = signature.title
    return said
