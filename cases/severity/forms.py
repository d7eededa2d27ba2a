"""Changing the severity of a case (ATSP 4.3, 4.5, 4.9; D-9)."""

from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst

from cases.case.contacts import refusal_of_caller
from cases.case.forms.act import CaseAct, Group, happened
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.severity import actions
from cases.severity.rules import DowngradeGround
from portal.fields import text
from portal.lookups import LookupField


class ConfirmCallForm(CaseAct):
    """The telephone call that makes the case severity 1 is confirmed. The call of a contact who still waits is
    recorded as refused.
    """

    code, label, icon = Deed.CONFIRM_CALL, "Confirm the telephone call", "phone"
    group = Group.SEVERITY
    done = "the call is confirmed; the severity-1 clocks run from the call."
    intro = "The case becomes severity 1, and its clocks start at the call, whichever side called (D-9, D-24)."
    field_names: ClassVar = {"at": "happened_at"}
    previews = True
    caller = LookupField(
        "case-callers",
        label="Who is on the telephone",
        help_text="Name, contact code or telephone. Not on the roster? Refuse the caller.",
    )
    happened_at = happened("When they called")

    @property
    def preview_to(self) -> int:
        """Severity 1."""
        return 1

    def prepare(self) -> None:
        """Suggest the contact as the caller."""
        self.choice("caller").bind(self.user, self.case.pk, self.case.contact)

    def perform(self) -> str | None:
        """Confirm it: severity 1 from the call."""
        caller, at = self.cleaned_data["caller"], self.cleaned_data["happened_at"] or self.at
        waits = refusal_of_caller(self.case, caller, at)
        if waits is None:
            actions.confirm_call(self.case, by=self.user, at=at, logged_at=self.at, caller=caller)
            return None
        actions.refuse_caller(
            self.case,
            by=self.user,
            at=at,
            logged_at=self.at,
            caller=caller.name,
            reason=waits.sentence,
        )
        return f"Case {self.case.number}: the caller is refused and the severity stays. {waits.sentence}"


class RefuseCallerForm(CaseAct):
    """Somebody called about the case who may not report it."""

    code, label, icon = Deed.REFUSE_CALLER, "Refuse the caller", "ban"
    group = Group.SEVERITY
    done = "the refused call is recorded; the severity stays as it is."
    intro = "Nothing of the case changes. The engineer and the Administrative Contact are told."
    field_names: ClassVar = {"at": "happened_at"}
    caller = forms.CharField(
        label="Who called", max_length=120, help_text="As they say, with their telephone."
    )
    reason = text("Why they are refused", 2)
    happened_at = happened("When they called")

    def prepare(self) -> None:
        """Suggest the usual reason."""
        self.fields[
            "reason"
        ].initial = f"Not on the roster of {self.case.reseller.name.rstrip('.')}."

    def perform(self) -> None:
        """Record it."""
        actions.refuse_caller(
            self.case,
            by=self.user,
            at=self.cleaned_data["happened_at"] or self.at,
            logged_at=self.at,
            caller=self.cleaned_data["caller"],
            reason=self.cleaned_data["reason"],
        )


class ConfirmSeverityForm(CaseAct):
    """The provider confirms the severity in force."""

    code, label, icon = Deed.CONFIRM_SEVERITY, "Confirm the severity", "check"
    group = Group.SEVERITY
    done = "the severity is confirmed."
    intro = "Confirms the severity that the reseller assigned. No clock changes."
    previews = True

    @property
    def preview_to(self) -> int:
        """The severity in force, whose clocks stay."""
        return self.case.severity

    def perform(self) -> None:
        """Confirm it."""
        actions.confirm_severity(self.case, by=self.user, at=self.at)


class ProposeSeverityForm(CaseAct):
    """Either side proposes another severity."""

    code, label, icon = Deed.PROPOSE, "Propose another severity", "arrows-exchange"
    group = Group.SEVERITY
    done = "proposed; until it is answered nothing changes."
    previews = True
    field_names: ClassVar = {"severity": "to"}
    to = forms.TypedChoiceField(label="Severity", coerce=int)
    reason = text("Reason", 3)

    def prepare(self) -> None:
        """Offer the other severities in the agreement's words; none is chosen beforehand."""
        self.choice("to").choices = [
            ("", "Choose the severity"),
            *(
                (term.level, f"{term.level} {term.name}")
                for term in self.case.programme.severities
                if term.level not in (self.case.severity, self.case.awaits_call_for)
            ),
        ]

    def perform(self) -> str | None:
        """Propose it."""
        case = actions.propose_severity(
            self.case,
            by=self.user,
            at=self.at,
            to=self.cleaned_data["to"],
            reason=self.cleaned_data["reason"],
        )
        return None if case.proposed_severity else _awaits_call(case)


class AnswerSeverityForm(CaseAct):
    """The other side answers a proposed severity."""

    code, label, icon = Deed.ANSWER, "Answer the proposed severity", "check"
    group = Group.SEVERITY
    done = "answered."
    previews = True

    @property
    def preview_to(self) -> int | None:
        """The severity proposed."""
        return self.case.proposed_severity

    agree = forms.TypedChoiceField(
        label="Your answer",
        choices=[("yes", "Agree"), ("no", "Decline")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The proposal that waits."""
        return (subject.proposed_severity, subject.proposed_by_side, subject.proposal_reason)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """What is proposed by now."""
        proposal = subject.standing.proposal
        if proposal is None:
            return "What was proposed when you opened this page is not proposed any more."
        return f"Proposed is now severity {proposal.to}, by the {proposal.side}: {proposal.reason}"

    def prepare(self) -> None:
        """Say in the answers which severity each brings."""
        proposal = self.case.standing.proposal
        if proposal is not None:
            term, stays = self.case.programme.severity(proposal.to), self.case.severity_terms
            self.choice("agree").choices = [
                ("yes", f"Agree to severity {term.level}, {term.name}"),
                ("no", f"Decline: it stays severity {stays.level}, {stays.name}"),
            ]

    def perform(self) -> str:
        """Answer."""
        agree = self.cleaned_data["agree"]
        case = actions.answer_severity(self.case, by=self.user, at=self.at, agree=agree)
        if agree and case.awaits_call_for:
            return _awaits_call(case)
        stands = "it is" if agree else "declined; it stays"
        return f"Case {case.number}: {stands} severity {case.severity}, {case.severity_terms.name}."


def _awaits_call(case: Case) -> str:
    """What was agreed to or asked for on the portal, and begins at the call (ATSP 4.5; D-9, D-24)."""
    return (
        f"Case {case.number}: severity {case.awaits_call_for} awaits the telephone call, and its clocks start there; "
        f"until then it is severity {case.severity}."
    )


class WithdrawSeverityForm(CaseAct):
    """A side takes its proposal back."""

    code, label, icon = Deed.WITHDRAW, "Withdraw the severity asked for", "arrow-back-up"
    group = Group.SEVERITY
    done = "withdrawn; the severity stays as it is."

    @property
    def intro(self) -> str:
        """Which one it is."""
        standing = self.case.standing
        to = standing.proposal.to if standing.proposal else standing.awaits_call
        return f"Severity {to} is not asked for any more; the case stays severity {standing.level}."

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The proposal that waits."""
        return AnswerSeverityForm.rests_on(subject)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """What is proposed by now."""
        return AnswerSeverityForm.stands(subject)

    def perform(self) -> None:
        """Withdraw it."""
        actions.withdraw_severity(self.case, by=self.user, at=self.at)


class DowngradeForm(CaseAct):
    """The provider alone lowers the severity."""

    code, label, icon = Deed.DOWNGRADE, "Downgrade", "arrow-down"
    group = Group.SEVERITY
    done = "the severity is lowered; the contact is notified."
    previews = True
    field_names: ClassVar = {"severity": "to"}
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

    def perform(self) -> None:
        """Lower it."""
        actions.downgrade(
            self.case,
            by=self.user,
            at=self.at,
            to=self.cleaned_data["to"],
            ground=DowngradeGround(self.cleaned_data["ground"]),
            reason=self.cleaned_data["reason"],
        )
