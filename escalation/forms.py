"""The acts of the escalation page: logging what was done, and waiving a duty (ATSP Ex.C, D-14)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.urls import reverse

from cases.case.models import Case
from contracts.programmes.rules.terms import Act as Duty
from escalation import actions
from escalation.actions.duties import act_in_words
from escalation.models import Step
from portal.acts import Act, Actor
from portal.fields import EMPTY_MEANS_NOW, instant, text


@dataclass(frozen=True, slots=True)
class Loggable:
    """A case, and what may be logged on its escalation."""

    case: Case
    acts: Sequence[Duty]


class LogForm(Act[Loggable, Actor]):
    """An act of Exhibit C that took place: which, when in the reader's zone, and what came of it."""

    code, label, icon, submit = "log", "Log what you did", "clipboard-check", "Log it"
    act = forms.ChoiceField(label="What was done")
    note = text(
        "With whom, and what came of it",
        required=False,  # the act itself refuses an empty one, with the clause
    )
    at = instant(  # type: ignore[assignment]  # a field, not an attribute
        "When it took place",
        required=False,
        help_text=EMPTY_MEANS_NOW,
    )

    def prepare(self) -> None:
        """Offer what may be logged, and begin with what the address names."""
        self.choice("act").choices = [(act.value, act_in_words(act)) for act in self.subject.acts]
        self.initial["act"] = self.asked.get("act", "")

    def perform(self) -> str:
        """Log it, as of when it took place; now when that was not said."""
        act, now = Duty(self.cleaned_data["act"]), self.actor.at
        actions.log_act(
            self.subject.case,
            by=self.user,
            at=self.cleaned_data["at"] or now,
            logged_at=now,
            act=act,
            note=self.cleaned_data["note"],
        )
        return f"Logged: {act_in_words(act)}."

    @property
    def leads_to(self) -> str:
        """The escalation's page."""
        return reverse("escalation", args=[self.subject.case.pk])


class WaiveForm(Act[Step, Actor]):
    """Why a duty is not necessary (D-14)."""

    code, label, icon, submit = "waive", "Waive a duty", "circle-minus", "Waive it"
    clause = "D-14"
    note = text("Why it is not necessary", 3, required=False)

    @property
    def intro(self) -> str:
        """Which duty."""
        return f"“{self.subject.title}”"

    def perform(self) -> str:
        """Waive it."""
        note = self.cleaned_data["note"]
        actions.waive(self.subject, by=self.user, at=self.at, note=note)
        return f"Waived: {self.subject.title}."

    @property
    def leads_to(self) -> str:
        """The escalation's page."""
        return reverse("escalation", args=[self.subject.timeline.case_id])
