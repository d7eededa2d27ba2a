"""The forms that sign an agreement and end it."""

import datetime as dt
from typing import Any

from django import forms

from contracts.agreements.forms.drawing_up import initial_of
from contracts.agreements.forms.paper import (
    AgreementForm,
    day_field,
    notice_fields,
    place_fields,
    site_fields,
)
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.agreement_file import Signatory
from contracts.programmes.rules.terms import Programme


class SignForm(AgreementForm):
    """Who signed for each side, and on which day each."""

    needed = tuple(f"{side.value}_{what}" for side in Side for what in ("signatory", "signed_on"))

    def __init__(self, *args: Any, agreement: Agreement, today: dt.date, **kwargs: Any) -> None:
        signed = {one.side: one for one in agreement.signatures.all()}
        kwargs.setdefault(
            "initial",
            {
                f"{side.value}_{name}": getattr(signed[side], attribute)
                for side in Side
                if side in signed
                for name, attribute in (
                    ("signatory", "name"),
                    ("title", "title"),
                    ("signed_on", "signed_on"),
                )
            },
        )
        super().__init__(*args, **kwargs)
        self.rests_on = initial_of(agreement)
        tier = agreement.tier_terms
        clause = tier.clause if tier else ""
        for side in Side:
            self.fields[f"{side.value}_signatory"] = forms.CharField(
                label="Name", max_length=120, required=False
            )
            self.fields[f"{side.value}_title"] = forms.CharField(
                label="Title", max_length=120, required=False
            )
            self.fields[f"{side.value}_signed_on"] = day_field("Signed on", clause, required=False)

    @property
    def sides(self) -> list[dict[str, Any]]:
        """The questions of each side."""
        return [
            {
                "side": side,
                "fields": [
                    self[f"{side.value}_{name}"] for name in ("signatory", "title", "signed_on")
                ],
            }
            for side in Side
        ]

    def signatories(self) -> dict[Side, Signatory | None]:
        """Who signed, by side. Ask only a valid form."""
        said = self.cleaned_data
        return {
            side: Signatory(
                said[f"{side.value}_signatory"].strip(),
                said[f"{side.value}_title"].strip(),
                said[f"{side.value}_signed_on"],
            )
            for side in Side
        }


class EndForm(AgreementForm):
    """From which day on an agreement is over because its Cases are expended (ATSP page 1, 2.a).

    A termination is none of its causes: it has its own acts, which ask for its ground and give back what is left.
    """

    def __init__(self, *args: Any, programme: Programme, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = day_field(
            "First day without the agreement", programme.term_clause, initial=today
        )


class SiteForm(AgreementForm):
    """A site of the reseller."""

    needed = ("name", "region", "zone")

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rests_on = dict(self.initial) if self.initial else None  # a new one rests on nothing
        self.fields |= site_fields(programme)

    @property
    def rows(self) -> list[list[Any]]:
        """The questions, in rows."""
        return [
            [self[name] for name in row]
            for row in (
                ("name", "region", "zone"),
                ("street", "city"),
                ("state", "postal_code", "country"),
            )
        ]


class NoticesForm(AgreementForm):
    """Where written notices to a party go (ATSP 20.2)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rests_on = dict(self.initial) if self.initial else None  # a new one rests on nothing
        self.fields |= notice_fields("")


class PartyForm(AgreementForm):
    """A party's new name or address, from which day on, and by which paper (ATSP 20.2)."""

    needed = ("name", "since", "reason")
    name = forms.CharField(label="Name", required=False, max_length=160)
    reason = forms.CharField(
        label="By which paper",
        required=False,
        max_length=500,
        help_text="The notice or the agreement that says so. It goes on record.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rests_on = dict(self.initial) if self.initial else None  # a new one rests on nothing
        self.fields |= place_fields("")
        self.fields["since"] = day_field(
            "From which day on",
            "",
            required=False,
            help_text="Papers dated before it keep what was true on their day.",
        )

    @property
    def rows(self) -> list[list[Any]]:
        """The questions, in rows."""
        return [
            [self[name] for name in row]
            for row in (
                ("name",),
                ("street", "city"),
                ("state", "postal_code", "country"),
                ("since", "reason"),
            )
        ]
