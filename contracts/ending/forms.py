"""The acts that bear on an agreement's end: notice for a Software, the reseller agreement, termination, a successor."""

import datetime as dt
from typing import Any, ClassVar

from django import forms

from contracts.agreements.models.agreements import AgreementState
from contracts.ending.actions.reseller_agreements import (
    record_reseller_agreement,
    standing_of_reseller_agreement,
)
from contracts.ending.actions.software_notices import give_software_notice, withdraw_software_notice
from contracts.ending.actions.successions import record_succession
from contracts.ending.actions.terminations import refunds_on, terminate_agreement
from contracts.ending.models import NoticeGround, ResellerAgreementState, SoftwareNotice
from contracts.ending.rules.refund import Basis
from contracts.ending.rules.software_notice import earliest_end
from contracts.ending.rules.transfer import BY_THE_PROVIDER
from contracts.programmes.rules.choices import TransferNeeds
from contracts.renewal.forms import ADMINISTRATORS, Renewal, RenewalAct
from contracts.roster.permissions import Participant
from portal.fields import day, text
from portal.rules.refusal import Refusal
from portal.rules.written_days import day_of

_ASKED = {
    TransferNeeds.CONSENT: "when the other party consented in writing.",
    TransferNeeds.NOTICE: "when the other party was notified in writing.",
}
_RUNNING = (AgreementState.SIGNED, AgreementState.IN_FORCE)


class SoftwareNoticeForm(RenewalAct):
    """Notice that support for a Software ends (ATSP 9.3)."""

    code, label, icon = "software-notice", "Give notice for a Software", "bell"
    clause = "ATSP 9.3"
    submit = "Give notice"
    intro = (
        "The notice is sent to the Administrative Contact and to the reseller's address for notices (ATSP 20.2). "
        "Everybody concerned is notified again on the day support ends."
    )
    done = "The notice is given."
    field_names: ClassVar = {"text": "notice"}
    needed = ("software", "ground", "notice")
    roles = ADMINISTRATORS

    software = forms.CharField(
        label="Software", required=False, max_length=120, help_text="By its product's name."
    )
    ground = forms.ChoiceField(
        label="Ground", choices=NoticeGround.choices, widget=forms.RadioSelect, required=False
    )
    given_on = day("The notice was given on", required=False)
    ends_on = day("First day without support", required=False)
    notice = text("The notice as it is written", 5, required=False)

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now, where the terms know such a notice."""
        term = subject.agreement.programme.term
        noticed = term is not None and bool(term.software_notice_clause)
        return subject.agreement.state in _RUNNING and noticed

    def prepare(self) -> None:
        """Add what depends on the agreement."""
        if self.agreement.programme.term is None:
            return
        today = self.agreement.date_at(self.at)
        earliest, words = earliest_end(self.agreement.programme, today)
        self.initial.update({"given_on": today, "ends_on": earliest})
        self.fields["ends_on"].help_text = f"At the earliest {words}"

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        today = self.agreement.date_at(self.at)
        given_on: dt.date = said["given_on"] or today
        give_software_notice(
            self.agreement,
            software=said["software"],
            ground=said["ground"],
            text=said["notice"],
            given_on=given_on,
            ends_on=said["ends_on"] or earliest_end(self.agreement.programme, given_on)[0],
            by=self.user,
            at=self.at,
        )


class WithdrawNoticeForm(RenewalAct):
    """Take a notice back: support goes on."""

    code, label, icon = "withdraw-notice", "Withdraw a notice", "arrow-back-up"
    clause = "ATSP 9.3"
    submit = "Withdraw the notice"
    done = "The notice is withdrawn; support goes on."
    roles = ADMINISTRATORS

    notice = forms.ModelChoiceField(
        label="Notice", queryset=SoftwareNotice.objects.none(), empty_label=None
    )

    def prepare(self) -> None:
        """Add what depends on the agreement."""
        found = SoftwareNotice.objects.of_contract(self.agreement).standing()
        self.choice("notice").queryset = found.select_related("agreement")
        self.initial["notice"] = self.asked.get("notice")

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        withdraw_software_notice(self.cleaned_data["notice"], by=self.user, at=self.at)


class ResellerAgreementForm(RenewalAct):
    """Record the standing of the reseller agreement (ATSP 5.1)."""

    code, label, icon = "reseller-agreement", "Record the reseller agreement", "file-description"
    clause = "ATSP 5.1"
    submit = "Record the change"
    intro = "A condition of support. Earlier entries stay in the history."
    done = "It is recorded."
    needed = ("standing", "reason")
    roles = ADMINISTRATORS

    standing = forms.ChoiceField(
        label="It is",
        choices=ResellerAgreementState.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    since = day("Since", required=False)
    reason = text(
        "Why",
        3,
        required=False,
        help_text="Name the letter, or what was found. The reseller reads it.",
    )

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now: where it is a condition of support."""
        return subject.agreement.programme.needs_reseller_agreement

    def prepare(self) -> None:
        """Add what depends on the agreement."""
        self.initial.setdefault("since", self.agreement.date_at(self.at))

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        record_reseller_agreement(
            self.agreement,
            standing=said["standing"],
            since=said["since"] or self.agreement.date_at(self.at),
            reason=said["reason"],
            by=self.user,
            at=self.at,
        )


class TerminateForm(RenewalAct):
    """End the agreement with the reseller agreement, and refund (ATSP 9.4; D-5)."""

    code, label, icon = "terminate", "Terminate and refund", "circle-off"
    clause = "ATSP 9.4, D-5"
    submit = "Terminate and refund"
    intro = (
        "Only when the provider terminated the reseller agreement for cause. Both refunds are computed for the first "
        "day without the agreement; say which applies, and why."
    )
    done = "The agreement is terminated. Its account shows what is given back."
    needed = ("basis", "reason")
    roles = ADMINISTRATORS
    danger = True

    on = day("First day without the agreement", required=False)
    basis = forms.ChoiceField(
        label="The refund that applies",
        choices=[
            (Basis.TIME.value, "By the remaining time"),
            (Basis.CASES.value, "By the unused cases"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = text(
        "Why this one applies", 3, required=False, help_text="It goes on record beside both sums."
    )

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now: once the reseller agreement was terminated for cause, not merely lapsed."""
        agreement = subject.agreement
        ends_with_it = agreement.programme.needs_reseller_agreement
        if (
            agreement.state not in _RUNNING
            or not ends_with_it
            or agreement.reseller_agreement_in_force
        ):
            return False
        cause = standing_of_reseller_agreement(agreement)
        return cause is not None and cause.standing == ResellerAgreementState.TERMINATED

    def prepare(self) -> None:
        """Add what depends on the agreement."""
        self.day = self._day()
        self.initial["on"] = self.day

    def _day(self) -> dt.date:
        """The day for which both sums are shown: the typed one, else today."""
        typed = self.data.get("on", "") if self.is_bound else self.asked.get("on", "")
        try:
            return day_of(typed)
        except ValueError:
            return self.agreement.date_at(self.at)

    @property
    def aside(self) -> dict[str, Any]:
        """What the page shows beside the form."""
        try:
            return {"refunds": refunds_on(self.agreement, self.day), "refund_day": self.day}
        except Refusal as refusal:
            return {"refund_refused": refusal}

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        terminate_agreement(
            self.agreement,
            on=said["on"] or self.day,
            basis=said["basis"],
            reason=said["reason"],
            by=self.user,
            at=self.at,
        )


class SuccessorForm(RenewalAct):
    """A party has a successor in interest, as the terms allow (ATSP 19.3; SCL 19.1)."""

    code, label, icon = "successor", "Record a successor in interest", "arrows-exchange"
    clause = "ATSP 19.3"
    submit = "Record the successor"
    intro = "From that day on the party has the new name. What was made before keeps the old one."
    done = "The successor is recorded."
    needed = ("name", "to", "reason")
    roles = ADMINISTRATORS

    side = forms.ChoiceField(label="Of", widget=forms.RadioSelect, required=False)
    name = forms.CharField(label="Successor", required=False, max_length=160)
    to = forms.ChoiceField(label="It is", widget=forms.RadioSelect, required=False)
    since = day("Since", required=False)
    other_party_on = day("The other party knew on", required=False)
    incorporated_in = forms.CharField(label="A corporation of", required=False, max_length=60)
    reason = text("By which paper", 3, required=False)

    def prepare(self) -> None:
        """Offer the parties that may transfer the agreement, and ask what the terms ask of them."""
        agreement = self.agreement
        self.initial.setdefault("since", agreement.date_at(self.at))
        transfers = agreement.programme.transfers or (BY_THE_PROVIDER,)
        parties = {"provider": agreement.provider.name, "reseller": agreement.reseller.name}
        self.choice("side").choices = [(one.side.value, parties[one.side]) for one in transfers]
        self.initial.setdefault("side", transfers[0].side.value)
        kinds = [kind for one in transfers for kind in one.to]
        self.choice("to").choices = [(kind, kind) for kind in kinds]
        if not kinds:
            del self.fields["to"]
        asked = [
            f"{parties[one.side]}: {_ASKED[one.needs]}" for one in transfers if one.needs in _ASKED
        ]
        if asked:
            self.fields["other_party_on"].help_text = " ".join(asked)
        else:
            del self.fields["other_party_on"]

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        record_succession(
            self.agreement,
            side=said["side"] or "provider",
            to=said.get("to", ""),
            other_party_on=said.get("other_party_on"),
            name=said["name"],
            since=said["since"] or self.agreement.date_at(self.at),
            incorporated_in=said["incorporated_in"],
            reason=said["reason"],
            by=self.user,
            at=self.at,
        )
