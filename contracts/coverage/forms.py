"""The acts on delegated coverage: enter a line, strike one (SCL 19.3, Ex.C)."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.coverage.actions import enter_line, strike_line
from contracts.coverage.models import DelegatedCoverage
from contracts.coverage.rules import Covered
from portal.acts import Act, Actor
from portal.fields import day
from portal.roles import Role
from portal.ui.words import day as day_words


class CoverageAct(Act[Agreement, Actor]):
    """An act on the exhibit, for the contract administrators of the provider."""

    clause = "SCL 19.3"
    needed: ClassVar[tuple[str, ...]] = ("paper", "site_id", "site_name", "description", "level")
    novalidate = True

    paper = forms.CharField(
        label="By which paper",
        required=False,
        max_length=200,
        help_text="The written instrument that both parties signed.",
    )

    @classmethod
    def is_for(cls, subject: Agreement, actor: Actor) -> bool:
        """Whether it is somebody's act."""
        return actor.user.has_role(Role.CONTRACT_ADMINISTRATOR)

    @property
    def leads_to(self) -> str:
        """The exhibit's page."""
        return reverse("agreement_coverage", args=[self.subject.reference])


class EnterForm(CoverageAct):
    """Enter a line."""

    code, label, icon = "enter", "Enter a line", "shield-check"
    submit = "Enter the line"
    done = "The line is entered; cases from now on are held against it."
    field_order = ("site_id", "site_name", "description", "level", "ends_on", "paper")

    site_id = forms.CharField(label="Site id", required=False, max_length=20)
    site_name = forms.CharField(label="End-User", required=False, max_length=120)
    description = forms.CharField(label="What is covered", required=False, max_length=160)
    level = forms.ChoiceField(label="Coverage level", widget=forms.RadioSelect, required=False)
    ends_on = day("Contract end date", error_messages={"required": "Write the contract end date."})

    def prepare(self) -> None:
        """Offer the levels of the programme."""
        terms = self.subject.programme.coverage
        levels = terms.levels if terms else ()
        self.choice("level").choices = [(level.code, level.name) for level in levels]

    def perform(self) -> None:
        """Enter it. Raises Refusal."""
        said = self.cleaned_data
        line = Covered(
            said["site_id"].strip(),
            said["site_name"].strip(),
            said["description"].strip(),
            said["level"],
            said["ends_on"],
        )
        enter_line(self.subject, line, paper=said["paper"], by=self.user, at=self.at)


class LineField(forms.ModelChoiceField):
    """A line of the exhibit by its number and last day: equal lines stand for several licenses."""

    def label_from_instance(self, obj: Any) -> str:
        """What the list says of a line."""
        return f"{obj.line}: {obj}, through {day_words(obj.ends_on)}"


class StrikeForm(CoverageAct):
    """Strike a line."""

    code, label, icon = "strike", "Strike a line", "circle-off"
    submit = "Strike the line"
    done = "The line is struck; cases reported before keep what it said."
    danger = True
    field_order = ("line", "paper")

    line = LineField(label="Line", queryset=DelegatedCoverage.objects.none(), empty_label=None)

    def prepare(self) -> None:
        """Offer the lines that stand."""
        standing: Any = DelegatedCoverage.objects.standing(self.at).filter(agreement=self.subject)
        self.choice("line").queryset = standing.select_related("agreement").order_by("line")
        self.initial["line"] = self.asked.get("line")

    def perform(self) -> None:
        """Strike it. Raises Refusal."""
        said = self.cleaned_data
        strike_line(said["line"], paper=said["paper"], by=self.user, at=self.at)


ACTS: dict[str, type[CoverageAct]] = {act.code: act for act in (EnterForm, StrikeForm)}
