"""The acts on the roster: a contact with their place, adding one, handing over (ATSP 5.2.1)."""

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.billing.rules.money import money_text
from contracts.programmes.rules.paper import Paper
from contracts.roster.actions import changes as roster
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.roster.reading import place_words
from contracts.roster.rules import changes as rules
from contracts.roster.rules.lines import Details, Form, Place
from portal.acts import Act, Actor
from portal.lookups import LookupField
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal

FIRST_FREE = ""
_BEYOND = "beyond"


def place_value(place: Place) -> str:
    """A place as a form's choice."""
    return f"{place.pool}:{place.slot or _BEYOND}"


def place_of(value: str) -> Place | None:
    """The place of a form's choice; None for the first free slot."""
    pool, _, slot = value.rpartition(":")
    if not slot:
        return None
    return Place(pool, number_in(slot))


@dataclass(frozen=True, slots=True)
class Roster:
    """The current roster that an act changes, and the line that the act concerns, if any."""

    agreement: Agreement
    exhibit: Form
    entry: RosterEntry | None = None


class RosterAct(Act[Roster, Actor]):
    """An act on the roster; no field is required: the rules say what is wrong, with the clause."""

    icon = "pencil"
    novalidate = True

    @property
    def agreement(self) -> Agreement:
        """The agreement."""
        return self.subject.agreement

    @property
    def paper(self) -> Paper:
        """The agreement's own words."""
        return self.agreement.programme.paper

    @property
    def exhibit(self) -> Form:
        """Its current roster."""
        return self.subject.exhibit

    @property
    def entry(self) -> RosterEntry:
        """The line that the act is about."""
        return line_of(self.subject)

    @property
    def leads_to(self) -> str:
        """The roster's page."""
        return reverse("agreement_roster", args=[self.agreement.reference])

    def text(self, name: str) -> str:
        """What was typed in a field."""
        return str(self.cleaned_data.get(name) or "")


def line_of(roster: Roster) -> RosterEntry:
    """The line that an act is about. Raises LookupError when it is about none."""
    if roster.entry is None:
        raise LookupError("the act is about no line")
    return roster.entry


class PersonForm(RosterAct):
    """What Exhibit A says of a contact."""

    needed = ("name", "email", "site")
    name = forms.CharField(label="Name", required=False, max_length=500)
    email = forms.CharField(
        label="E-mail address",
        required=False,
        max_length=500,
        help_text="They sign in with it, and what we tell them goes there.",
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
    )
    telephone = forms.CharField(label="Phone number", required=False, max_length=500)
    fax = forms.CharField(label="FAX #", required=False, max_length=500)
    pager = forms.CharField(label="Pager or cell number", required=False, max_length=500)
    site = forms.ChoiceField(label="Site", required=False)

    def prepare(self) -> None:
        """Offer the reseller's sites; name the numbers as the paper does."""
        self.fields["fax"].label, self.fields["pager"].label = self.paper.fax, self.paper.pager
        regions = self.exhibit.regions
        sites = [(site, f"{site}, {regions[site]}") for site in sorted(regions)]
        self.choice("site").choices = sites if len(sites) == 1 else [("", "Choose"), *sites]

    @property
    def details(self) -> Details:
        """What was typed."""
        names = ("name", "email", "site", "telephone", "fax", "pager")
        return rules.typed(**{name: self.text(name) for name in names})


class PlaceForm(PersonForm):
    """A contact and their place; beyond the slots with the then-current fee, taken on as it is shown (ATSP 2.1)."""

    place = forms.ChoiceField(label="Place", required=False)
    accept = forms.BooleanField(required=False)
    fee = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    field_names: ClassVar = {"accepted": "accept"}
    accepted: Decimal | None = None  # the fee that was taken on, as it was shown

    def prepare(self) -> None:
        """Offer the free places, with the fee beyond the slots."""
        super().prepare()
        held = self.subject.entry
        stands = Place(held.pool, held.slot) if held is not None and held.is_technical else None
        without = self.exhibit.without([held.pk] if held else [])
        offered: list[tuple[str, str]] = []
        for pool in self.exhibit.pools:
            places = [Place(pool.code, slot) for slot in without.free(pool)]
            if self.exhibit.takes_more_than_slots:
                places.append(Place(pool.code, None))
            offered += [(place_value(place), place_words(self.exhibit, place)) for place in places]
        if stands is None:
            offered.insert(0, (FIRST_FREE, "The first free slot of the site's region"))
        self.choice("place").choices = offered
        self._offer_fee(stands)

    def _offer_fee(self, stands: Place | None) -> None:
        if self.is_bound and "accept" in self.data:
            with suppress(InvalidOperation):
                self.accepted = Decimal(self.data.get("fee", ""))
        try:
            owed = roster.addition_now(self.agreement, self.exhibit, self.at)
        except Refusal:
            owed = None
        offers = self.exhibit.takes_more_than_slots and (stands is None or stands.slot is not None)
        if owed is None or not owed.amount or not offers:
            del self.fields["accept"], self.fields["fee"]
            return
        if self.is_bound:
            sent: Any = dict(self.data.items())
            self.data = sent
            if self.accepted != owed.amount:
                sent.pop("accept", None)  # it was another amount, if any, that they took on
            sent["fee"] = str(owed.amount)
        self.initial["fee"] = str(owed.amount)
        currency = self.agreement.programme.currency
        self.fields[
            "accept"
        ].label = f"Beyond the slots: we take on the fee of {money_text(owed.amount, currency)}"
        self.fields["accept"].help_text = (
            f"The then-current fee for an additional contact ({self.exhibit.additions_clause}), charged whole "
            "when you save. A contact in a slot, and a swap, cost nothing."
        )


ADDED_AS = (
    (RosterRole.TECHNICAL.value, "opens and manages cases"),
    (RosterRole.ALTERNATE.value, "the same, stands in"),
    (RosterRole.MANAGEMENT.value, "is called day and night, takes no slot"),
)
"""As what somebody is added to the roster, and what that is."""
_KEEPER = (RosterRole.ADMINISTRATIVE.value, "keeps this page, takes no slot")


class AddForm(PlaceForm):
    """Put a contact on the roster."""

    code = "add"
    label = "Add a contact"
    icon = "user-plus"
    submit = "Add the contact"
    standing = forms.ChoiceField(
        label="Role",
        widget=forms.RadioSelect,
        choices=ADDED_AS,
        initial=RosterRole.TECHNICAL.value,
    )
    field_order = ("standing", "name", "email", "telephone", "fax", "pager", "site", "place")

    def prepare(self) -> None:
        """Name the roles as the agreement's paper does; begin with the place or the role that the address names."""
        roles = ADDED_AS if self.exhibit.administrative else (*ADDED_AS, _KEEPER)
        self.choice("standing").choices = [
            (role, f"{self.paper.name(role)}: {does}")
            for role, does in roles
            if self.paper.knows(role)
        ]
        named = self.asked.keys() & self.fields.keys()
        self.initial.update({name: self.asked[name] for name in named})
        super().prepare()

    @property
    def intro(self) -> str:
        """Explain who waits, and how long."""
        waits = self.agreement.programme.roster.usable_after
        if self.asked.get("standing") == RosterRole.ADMINISTRATIVE:
            return "They get a link by mail to set their password, and keep the roster from now on."
        return f"They get a link by mail to set their password, and may ask for assistance {waits} from now."

    def perform(self) -> str:
        """Add them."""
        entry = roster.add_contact(
            self.agreement,
            self.details,
            ContactRole(self.cleaned_data["standing"]),
            place=place_of(self.text("place")),
            accepted=self.accepted,
            by=self.user,
            at=self.at,
        )
        return f"{entry.contact.name} is on the roster.{waiting_words(entry)}"


class HandOverForm(RosterAct):
    """Make somebody of the roster the Administrative Contact."""

    code = "hand-over"
    label = "Hand the role over"
    icon = "heart-handshake"
    submit = "Hand over"
    needed = ("to",)
    to = LookupField(
        "heirs",
        label="New Administrative Contact",
        required=False,
        help_text="Somebody of the roster: type a part of the name.",
    )
    stays = forms.BooleanField(
        required=False, label="Who hands over stays as an escalation management contact"
    )

    def prepare(self) -> None:
        """Offer everybody else on the roster."""
        self.choice("to").bind(self.user, self.agreement.pk)
        if self.exhibit.has_other_heirs:
            added = "Who is not on it is added first, as an escalation management contact."
        else:
            added = "Who is not on it takes the place by a swap."
        self.fields["to"].help_text += f" {added}"
        if self.exhibit.administrative is None or not self.exhibit.has_other_heirs:
            del self.fields["stays"]

    @property
    def intro(self) -> str:
        """Explain what the person who hands over loses."""
        now = self.exhibit.administrative
        if now is None:
            return "Nobody is the Administrative Contact yet."
        if any(one.contact == now.contact and one.key != now.key for one in self.exhibit.lines):
            return f"{now.details.name} keeps their other role."
        return f"{now.details.name} has no other role: unless they stay, their sign-in ends with the hand-over."

    def perform(self) -> str:
        """Hand over."""
        chosen = self.cleaned_data["to"]
        to = next((one for one in self.exhibit.lines if chosen and one.contact == chosen.pk), None)
        if to is None:
            raise Refusal(
                "Nobody is chosen.",
                clause=self.exhibit.keeper_clause,
                way_out="Choose the new Administrative Contact.",
                field="to",
            )
        new = roster.hand_over(
            self.agreement,
            self.agreement.roster.get(pk=to.key),
            stays=bool(self.cleaned_data.get("stays")),
            by=self.user,
            at=self.at,
        )
        return f"{new.contact.name} is the Administrative Contact now."


def waiting_words(entry: RosterEntry) -> str:
    """From when a contact may ask, to follow a sentence."""
    if not entry.is_technical:
        return ""
    return f" They may ask for assistance from {rules.moment(entry.usable_from, entry.contact.site.zone)}."
