"""The acts of a breach: notice, cure, more time, termination, where the programme ends by it (SCL 10.1, 10.2)."""

from typing import Any, ClassVar

from django import forms

from contracts.agreements.models.agreements import AgreementState
from contracts.agreements.models.signing import Side
from contracts.ending.actions.breaches import (
    extend_cure,
    give_breach_notice,
    record_cure,
    terminate_by_notice,
)
from contracts.ending.models import BreachNotice
from contracts.renewal.forms import ADMINISTRATORS, Renewal, RenewalAct
from contracts.roster.permissions import Participant
from portal.fields import day, text

_RUNNING = (AgreementState.SIGNED, AgreementState.IN_FORCE)


class _OfBreach(RenewalAct):
    """An act where an agreement ends by breach; `wants` says which notices it needs, None for none."""

    clause = "SCL 10.1"
    roles = ADMINISTRATORS
    wants: ClassVar[str | None] = None

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now."""
        agreement = subject.agreement
        if agreement.state not in _RUNNING or agreement.programme.needs_reseller_agreement:
            return False
        return cls.wants is None or _notices(subject, cls.wants).exists()


def _notices(subject: Renewal, which: str) -> Any:
    found = BreachNotice.objects.filter(agreement=subject.agreement)
    return found.curable() if which == "curable" else found.standing()


class BreachNoticeForm(_OfBreach):
    """Record notice of a breach, or of another cause."""

    code, label, icon = "breach", "Record notice of a breach", "alert-triangle"
    submit = "Record the notice"
    intro = "Both sides are notified. A breach can be cured for the time that the agreement gives from receipt."
    done = "The notice is recorded."
    field_names: ClassVar = {"text": "notice"}
    needed = ("by_side", "notice", "delivery")

    by_side = forms.ChoiceField(label="Given by", widget=forms.RadioSelect, required=False)
    ground = forms.ChoiceField(label="For", widget=forms.RadioSelect, required=False)
    notice = text("The notice as it is written", 5, required=False)
    curable = forms.BooleanField(label="The breach can be cured", required=False, initial=True)
    delivery = forms.ChoiceField(label="Delivered by", widget=forms.RadioSelect, required=False)
    sent_on = day("Sent or handed over on", required=False)

    def prepare(self) -> None:
        """Offer the parties, the causes and the deliveries of the paper."""
        agreement, programme = self.agreement, self.agreement.programme
        self.choice("by_side").choices = [
            (Side.PROVIDER.value, agreement.provider.name),
            (Side.RESELLER.value, agreement.reseller.name),
        ]
        ending = programme.ending
        grounds = ending.grounds if ending else ()
        self.choice("ground").choices = [
            ("", f"A breach of a material obligation ({ending.clause if ending else ''})"),
            *((one.code, f"{one.name} ({one.clause})") for one in grounds),
        ]
        self.choice("delivery").choices = [(one.code, one.name) for one in programme.deliveries]
        self.initial.setdefault("ground", "")
        self.initial.setdefault("sent_on", agreement.date_at(self.at))

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        give_breach_notice(
            self.agreement,
            by_side=said["by_side"],
            ground=said["ground"],
            text=said["notice"],
            curable=said["curable"],
            delivery=said["delivery"],
            sent_on=said["sent_on"] or self.agreement.date_at(self.at),
            by=self.user,
            at=self.at,
        )


class _OfNotice(_OfBreach):
    """An act on a notice that was given."""

    wants = "curable"
    notice = forms.ModelChoiceField(
        label="Notice", queryset=BreachNotice.objects.none(), empty_label=None
    )

    def prepare(self) -> None:
        """Offer the notices that it may be about."""
        self.choice("notice").queryset = _notices(
            self.subject, self.wants or "standing"
        ).select_related("agreement__provider", "agreement__reseller")


class CureForm(_OfNotice):
    """Record that a breach was cured."""

    code, label, icon = "cure", "Record a cure", "circle-check"
    submit = "Record the cure"
    done = "The breach is cured; the agreement goes on."
    field_names: ClassVar = {"on": "cured_on"}
    needed = ("reason",)

    cured_on = day("Cured on", required=False)
    reason = text("How", 3, required=False)

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        record_cure(
            said["notice"],
            on=said["cured_on"] or self.agreement.date_at(self.at),
            how=said["reason"],
            by=self.user,
            at=self.at,
        )


class ExtendCureForm(_OfNotice):
    """Give a longer time to cure."""

    code, label, icon = "extend-cure", "Give more time to cure", "calendar-time"
    submit = "Give more time"
    done = "The time to cure is longer."
    needed = ("until", "reason")

    until = day("Last day to cure", required=False)
    reason = text("By which paper", 3, required=False)

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        extend_cure(
            said["notice"], until=said["until"], reason=said["reason"], by=self.user, at=self.at
        )


class TerminateByNoticeForm(_OfNotice):
    """End the agreement by a notice."""

    code, label, icon = "terminate-by-notice", "Terminate", "circle-off"
    submit = "Terminate the agreement"
    intro = "Only by a notice whose breach was not cured in time, or of another cause. It is final."
    done = "The agreement is terminated."
    danger = True
    wants = "standing"

    on = day("First day without the agreement", required=False)

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        terminate_by_notice(
            said["notice"],
            on=said["on"] or self.agreement.date_at(self.at),
            by=self.user,
            at=self.at,
        )
