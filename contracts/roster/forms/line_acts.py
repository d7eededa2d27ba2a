"""The acts on a line of the roster: details, swap, role, training, invitation, code, removal (ATSP 5.2.1)."""

from dataclasses import asdict
from typing import Any, ClassVar

from django import forms

from contracts.agreements.rules.agreement_file import ContactRole
from contracts.roster.actions import changes as roster
from contracts.roster.actions import people as roster_people
from contracts.roster.actions import training as roster_training
from contracts.roster.forms.acts import (
    PersonForm,
    PlaceForm,
    Roster,
    RosterAct,
    line_of,
    place_of,
    place_value,
    waiting_words,
)
from contracts.roster.models.entries import RosterRole
from contracts.roster.models.training import TrainingKind
from contracts.roster.reading import details_of
from contracts.roster.rules import changes as rules
from contracts.roster.rules.lines import Place
from portal import locks
from portal.acts import Actor
from portal.fields import PaperField, day
from portal.roles import Role
from portal.rules.refusal import Refusal


class DetailsForm(PlaceForm):
    """Change what the form says of a contact."""

    code = "details"
    label = "Details"
    submit = "Save"

    @classmethod
    def rests_on(cls, subject: Roster) -> tuple[Any, ...]:
        """The details and the place that the form began with."""
        entry = subject.entry
        return (details_of(entry.contact), entry.pool, entry.slot) if entry else ()

    @classmethod
    def hold(cls, subject: Roster) -> None:
        """The roster, which each act on it holds."""
        locks.lock(subject.agreement)
        if subject.entry is not None:
            subject.entry.refresh_from_db()

    @classmethod
    def stands(cls, subject: Roster) -> str:
        """Whose details they are."""
        name = subject.entry.contact.name if subject.entry else "the contact"
        return f"The details of {name} were changed since you opened this page."

    def require_seen(self) -> None:
        """Raise Refusal, which says what there is now, when somebody saved other details meanwhile."""
        try:
            super().require_seen()
        except Refusal as stale:
            now = "; ".join(
                f"{self.fields[name].label}: {self.initial[name] or 'blank'}"
                for name in asdict(self.details)
                if self.text(name) != self.initial[name]
            )
            raise Refusal(
                f"{stale.sentence} Now there, in place of what you send: {now}."
                if now
                else stale.sentence,
                way_out=stale.way_out,
            ) from None

    def prepare(self) -> None:
        """Begin with the current values."""
        entry, details = self.entry, details_of(self.entry.contact)
        self.initial.update(asdict(details))
        if entry.is_technical:
            self.initial["place"] = place_value(Place(entry.pool, entry.slot))
        super().prepare()
        if not entry.is_technical:
            for name in ("place", "accept", "fee"):
                self.fields.pop(name, None)
        self.fields["email"].help_text = "They sign in with it."
        if entry.is_technical:
            waits = self.agreement.programme.roster.usable_after
            clause = self.exhibit.terms.clause
            self.fields[
                "email"
            ].help_text += f" Another address is a permanent change: they wait {waits} ({clause})."

    def perform(self) -> str:
        """Change it. A place of the site's old pool counts as not chosen when the site is of another."""
        entry = self.entry
        chosen = place_of(self.text("place")) if entry.is_technical else None
        if chosen == Place(entry.pool, entry.slot):
            chosen = None
        changed = roster.change_contact(
            self.agreement,
            entry,
            self.details,
            place=chosen,
            accepted=self.accepted,
            by=self.user,
            at=self.at,
        )
        waits = waiting_words(changed) if changed.usable_from > self.at else ""
        return f"{changed.contact.name}: saved.{waits}"


class SwapForm(PersonForm):
    """Put another contact in this one's place."""

    code = "swap"
    label = "Swap"
    icon = "replace"
    submit = "Swap the contacts"

    @property
    def intro(self) -> str:
        """Explain what a swap does."""
        name, waits = self.entry.contact.name, self.agreement.programme.roster.usable_after
        return (
            f"Somebody else takes the place of {name}, free of cost. The new contact may ask for assistance {waits} "
            f"from now; {name} leaves the roster, and without another role can no longer sign in."
        )

    @classmethod
    def fits(cls, subject: Roster, actor: Actor) -> bool:
        """The Administrative Contact hands over instead, where somebody without a slot can be put on the roster."""
        if line_of(subject).standing != RosterRole.ADMINISTRATIVE:
            return True
        return not subject.exhibit.has_other_heirs

    def perform(self) -> str:
        """Swap them."""
        old = self.entry.contact.name
        new = roster.swap_contact(
            self.agreement, self.entry, self.details, by=self.user, at=self.at
        )
        return f"{new.contact.name} takes the place of {old}.{waiting_words(new)}"


class StandingForm(RosterAct):
    """Make a Technical Contact the alternate, or the other way round."""

    code = "standing"
    label = "Role"
    icon = "arrows-exchange"
    submit = "Change the role"

    @property
    def other(self) -> RosterRole:
        """The standing that the line does not have."""
        if self.entry.standing == RosterRole.TECHNICAL:
            return RosterRole.ALTERNATE
        return RosterRole.TECHNICAL

    @property
    def intro(self) -> str:
        """Explain what happens to them."""
        return (
            f"{self.entry.contact.name} becomes {self.paper.name(self.other)} in the same slot. Both may open and "
            "manage cases, and nobody waits anew."
        )

    @classmethod
    def fits(cls, subject: Roster, actor: Actor) -> bool:
        """Only lines that take a slot have two roles to choose from, where the paper knows both."""
        return line_of(subject).is_technical and ContactRole.ALTERNATE in subject.exhibit.roles

    def perform(self) -> str:
        """Change it."""
        standing = ContactRole(self.other.value)
        entry = roster.restand_contact(
            self.agreement, self.entry, standing, by=self.user, at=self.at
        )
        return f"{entry.contact.name} is {self.paper.name(entry.standing)} now."


class TrainingForm(RosterAct):
    """Report a training or certification, with its evidence."""

    code = "training"
    label = "Training"
    icon = "school"
    submit = "Report the training"
    needed = ("completed_on",)
    kind = forms.ChoiceField(
        label="What was completed",
        widget=forms.RadioSelect,
        choices=[
            (TrainingKind.TRAINED.value, "Technical training"),
            (TrainingKind.CERTIFIED.value, "Certification"),
        ],
        initial=TrainingKind.TRAINED.value,
    )
    completed_on = day("On", required=False)
    evidence = forms.CharField(
        label="Evidence",
        required=False,
        max_length=500,
        help_text="The course, or the certificate's number.",
    )
    file = PaperField(
        label="Certificate", required=False, help_text="PDF, picture or text, if you have one."
    )

    @property
    def intro(self) -> str:
        """Explain who confirms it."""
        if self.user.is_provider:
            return "Training that you record here is confirmed at once."
        return "The provider confirms it; it counts from then on."

    @classmethod
    def fits(cls, subject: Roster, actor: Actor) -> bool:
        """Technical Contacts and alternates are trained."""
        return line_of(subject).is_technical

    def perform(self) -> str:
        """Report it."""
        file = self.cleaned_data.get("file")
        training = roster_training.report_training(
            self.agreement,
            self.entry,
            TrainingKind(self.cleaned_data["kind"]),
            completed_on=self.cleaned_data.get("completed_on"),
            evidence=self.text("evidence"),
            file=(file.name, file.read()) if file else None,
            by=self.user,
            at=self.at,
        )
        what = f"{training.get_kind_display().capitalize()} of {training.contact.name}"
        return f"{what}: on record." if training.confirmed else f"{what}: reported."


class InviteForm(RosterAct):
    """Send the link to set a password once more."""

    code = "invite"
    label = "Invitation"
    icon = "mail-forward"
    submit = "Send a new link"

    @property
    def intro(self) -> str:
        """Explain what the link does."""
        contact = self.entry.contact
        return (
            f"{contact.name} has not set a password yet. A new link goes to {contact.email}; it works once, and "
            "for three days."
        )

    @classmethod
    def fits(cls, subject: Roster, actor: Actor) -> bool:
        """Those who have no password yet."""
        user = line_of(subject).contact.user
        return user is not None and not user.has_usable_password()

    def perform(self) -> str:
        """Send it."""
        roster_people.invite(self.agreement, self.entry, by=self.user, at=self.at)
        return f"A new link is on its way to {self.entry.contact.email}."


class CodeForm(RosterAct):
    """Give a contact the provider's code."""

    code = "code"
    label = "Contact code"
    icon = "id"
    submit = "Save the code"
    field_names: ClassVar = {"code": "contact_code"}
    contact_code = forms.CharField(
        required=False, max_length=200, help_text="The provider's use only."
    )

    def prepare(self) -> None:
        """Begin with the code on record."""
        self.fields["contact_code"].label = self.paper.contact_code
        self.initial["contact_code"] = self.entry.contact.code

    @classmethod
    def fits(cls, subject: Roster, actor: Actor) -> bool:
        """It is the provider's to set."""
        return actor.user.has_role(Role.CONTRACT_ADMINISTRATOR)

    def perform(self) -> str:
        """Set it."""
        code = self.text("contact_code")
        roster_people.set_code(self.agreement, self.entry, code, by=self.user, at=self.at)
        return f"{self.entry.contact.name}: contact code {code.strip() or 'taken back'}."


class RemoveForm(RosterAct):
    """Take a line off the roster."""

    code = "remove"
    label = "Remove"
    icon = "user-off"
    submit = "Remove from the roster"
    danger = True

    @property
    def intro(self) -> str:
        """Explain what ends."""
        entry = self.entry
        others = [
            one
            for one in self.exhibit.lines
            if one.contact == entry.contact_id and one.key != entry.pk
        ]
        what = f"{entry.contact.name} is no longer {self.paper.name(entry.standing)}"
        if others:
            roles = " and ".join(self.paper.name(one.standing.value) for one in others)
            return f"{what}, and stays {roles}. The history stays."
        return f"{what}. Their sign-in ends at once; what they wrote and the history stay."

    @property
    def warning(self) -> str:
        """Warn about what the roster lacks afterwards."""
        short = rules.missing(self.exhibit.without([self.entry.pk]))
        if not short or short == rules.missing(self.exhibit):
            return ""
        within = self.agreement.programme.roster.due_within
        return f"The roster then lacks {' and '.join(short)}: complete it within {within}."

    @classmethod
    def fits(cls, subject: Roster, actor: Actor) -> bool:
        """The Administrative Contact hands over instead."""
        return line_of(subject).standing != RosterRole.ADMINISTRATIVE

    def perform(self) -> str:
        """Take it off."""
        roster.remove_contact(self.agreement, self.entry, by=self.user, at=self.at)
        return f"{self.entry.contact.name} is off the roster as {self.paper.name(self.entry.standing)}."


LINE_ACTS: dict[str, type[RosterAct]] = {
    form.code: form
    for form in (
        DetailsForm,
        SwapForm,
        StandingForm,
        TrainingForm,
        InviteForm,
        CodeForm,
        RemoveForm,
    )
}
"""The acts on a line, in the order of their tabs."""
