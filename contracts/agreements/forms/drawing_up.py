"""The form that draws up an agreement: page 1 as the paper has it, the parties, their sites, who signs."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from contracts.agreements.forms.paper import (
    AgreementForm,
    day_field,
    notice_fields,
    notice_initial,
    notice_line,
    notice_rows,
    place,
    place_fields,
    site_fields,
    site_line,
    zone_field,
)
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.agreement_file import Signatory
from contracts.agreements.rules.drawing_up import (
    RESELLER_AGREEMENT,
    NewReseller,
    OptionChoice,
    Paper,
    cited,
)
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.terms import Option, Programme, Tier
from portal.lookups import LookupField
from portal.models import User

SITE_ROWS = 2
LARGEST_QUANTITY = 99


def _in_brackets(programme: Programme) -> str:
    clause = cited(programme, RESELLER_AGREEMENT)
    return f" ({clause})" if clause else ""


def _label(said: str, name: str) -> SafeString:
    """A short label where the name stands above it for the eye; a reader of screens hears both."""
    return format_html('{}<span class="visually-hidden">: {}</span>', said, name)


STEPS = ("parties", "page_1", "numbers", "sites", "signs")
SAID = 3
"""Of so many of its fields a folded step tells what stands in them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the form: whether it is open, and what stands in it, in short."""

    number: int
    is_open: bool
    said: str


def _step_of(name: str) -> str:
    """The step that a field belongs to."""
    if name == "reseller" or name.startswith("new_"):
        return "parties"
    if name.startswith(("tier", "option-", "initials-")):
        return "page_1"
    if name.startswith("site-"):
        return "sites"
    return (
        "signs"
        if name.startswith(tuple(f"{side.value}_" for side in Side))
        and not (name.startswith("reseller_agreement"))
        else "numbers"
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of page 1: a tier to choose, and its options with how many are taken."""

    tier: Tier
    chosen: bool
    options: list[tuple[Option, BoundField, BoundField]]


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
    def steps(self) -> dict[str, Step]:
        """The parts that it is filled in by: which are open, and what stands in each."""
        named = [step for step in STEPS if step != "page_1" or self.programme.tiers]
        wrong = {_step_of(name) for name in self.errors} if self.is_bound else {named[0]}
        return {
            step: Step(number, not wrong or step in wrong, self._said(step))
            for number, step in enumerate(named, start=1)
        }

    def _said(self, step: str) -> str:
        """The first of what stands in a step: a level by its name, a text as it is typed."""
        if step == "page_1":
            chosen = [column.tier.name for column in self.columns if column.chosen]
            return ", ".join(chosen)
        if step == "parties" and self.agreement is not None:
            return self.agreement.reseller.name
        texts = [
            str(self[name].value() or "").strip()
            for name, field in self.fields.items()
            if _step_of(name) == step
            and isinstance(field, forms.CharField | forms.DateField)
            and not isinstance(field, LookupField)
        ]
        return " · ".join([text for text in texts if text][:SAID])

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
