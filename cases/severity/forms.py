"""Changing the severity of a case (ATSP 4.3, 4.5, 4.9; D-9)."""

from django import forms
from django.utils.text import capfirst

from cases.case.forms.act import ActForm, Group, text
from cases.case.models import Case
from cases.case.rules.vocabulary import Side
from cases.severity import actions
from cases.severity.rules import DowngradeGround
from portal.models import User


class ConfirmCallForm(ActForm):
    """Dispatch confirms the telephone call that makes the case severity 1."""

    code, label, icon, clause = "confirm-call", "Confirm the telephone call", "phone", "ATSP 4.5"
    group = Group.SEVERITY
    said = "the call is confirmed; the severity-1 clocks run from now."
    intro = "The case becomes severity 1, and its clocks start now (D-9)."
    intake = True
    caller = forms.CharField(label="Who called", max_length=120)

    def prepare(self) -> None:
        """Suggest the contact as the caller."""
        self.fields["caller"].initial = self.case.contact.name

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While the case is not severity 1."""
        return case.is_open and case.severity != 1

    def perform(self) -> Case:
        """Confirm it: severity 1 from now."""
        return actions.confirm_call(
            self.case, by=self.user, at=self.at, caller=self.cleaned_data["caller"]
        )


class ConfirmSeverityForm(ActForm):
    """The provider confirms the severity in force."""

    code, label, icon, clause = "confirm-severity", "Confirm the severity", "check", "ATSP 4.3"
    group = Group.SEVERITY
    said = "the severity is confirmed."
    intro = "Says that the severity the reseller assigned is the one in force. No clock changes."
    engineers = True

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While it is not confirmed."""
        return case.is_open and not case.severity_confirmed and case.proposed_severity is None

    def perform(self) -> Case:
        """Confirm it."""
        return actions.confirm_severity(self.case, by=self.user, at=self.at)


class ProposeSeverityForm(ActForm):
    """Either side proposes another severity."""

    code, label, icon, clause = "propose", "Propose another severity", "arrows-exchange", "ATSP 4.3"
    group = Group.SEVERITY
    said = "proposed; until it is answered nothing changes."
    engineers = contacts = True
    to = forms.TypedChoiceField(label="Severity", coerce=int)
    reason = text("Reason", 3)

    def prepare(self) -> None:
        """Offer the other severities in the agreement's words."""
        self.choice("to").choices = [
            (term.level, f"{term.level} {term.name}")
            for term in self.case.programme.severities
            if term.level != self.case.severity
        ]

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While no proposal waits for an answer."""
        return case.is_open and case.proposed_severity is None

    def perform(self) -> Case:
        """Propose it."""
        return actions.propose_severity(
            self.case,
            by=self.user,
            at=self.at,
            to=self.cleaned_data["to"],
            reason=self.cleaned_data["reason"],
        )


class AnswerSeverityForm(ActForm):
    """The other side answers a proposed severity."""

    code, label, icon, clause = "answer", "Answer the proposed severity", "check", "ATSP 4.3"
    group = Group.SEVERITY
    said = "answered."
    engineers = contacts = True
    agree = forms.TypedChoiceField(
        label="Your answer",
        choices=[("yes", "Agree"), ("no", "Decline")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While the other side's proposal waits."""
        side = Side.PROVIDER if user.is_provider else Side.RESELLER
        return case.is_open and case.proposed_by_side == side.other

    def perform(self) -> Case:
        """Answer."""
        return actions.answer_severity(
            self.case, by=self.user, at=self.at, agree=self.cleaned_data["agree"]
        )


class DowngradeForm(ActForm):
    """The provider alone lowers the severity."""

    code, label, icon, clause = "downgrade", "Downgrade", "arrow-down", "ATSP 4.9"
    group = Group.SEVERITY
    said = "the severity is lowered; the contact is told."
    engineers = True
    to = forms.TypedChoiceField(label="Severity", coerce=int)
    ground = forms.ChoiceField(
        label="Ground",
        choices=[(ground.value, capfirst(ground.label)) for ground in DowngradeGround],
        widget=forms.RadioSelect,
    )
    reason = text("Reason", 3)

    def prepare(self) -> None:
        """Offer the lower severities."""
        self.choice("to").choices = [
            (term.level, f"{term.level} {term.name}")
            for term in self.case.programme.severities
            if term.level > self.case.severity
        ]

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While there is a lower severity."""
        return case.is_open and any(
            term.level > case.severity for term in case.programme.severities
        )

    def perform(self) -> Case:
        """Lower it."""
        return actions.downgrade(
            self.case,
            by=self.user,
            at=self.at,
            to=self.cleaned_data["to"],
            ground=DowngradeGround(self.cleaned_data["ground"]),
            reason=self.cleaned_data["reason"],
        )
