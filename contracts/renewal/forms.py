"""The acts of renewal and end: each is a form that knows who may do it, when it fits, and which action it calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement, EndCause
from contracts.agreements.models.signing import Side
from contracts.billing.rules.money import money_text
from contracts.programmes.models import ProgrammeVersion
from contracts.renewal.actions import decision
from contracts.renewal.actions import proposal as renewals
from contracts.renewal.actions.decision import Signatory
from contracts.renewal.models import RenewalProposal
from contracts.roster.permissions import Participant
from portal import attachments
from portal.acts import Act
from portal.fields import PaperField, day, text
from portal.roles import Role
from portal.rules.refusal import Refusal

EDITORS = renewals.EDITORS
ADMINISTRATORS = (Role.CONTRACT_ADMINISTRATOR,)
NAME = forms.TextInput(attrs={"autocomplete": "off"})


@dataclass(frozen=True, slots=True)
class Renewal:
    """An agreement with what is proposed for its next year."""

    agreement: Agreement
    proposal: RenewalProposal | None


class RenewalAct(Act[Renewal, Participant]):
    """An act on an agreement's renewal or end; no field is required: the action refuses an empty one with its clause.

    `roles` are those of the provider who may do it; `administrative` whether the Administrative Contact may.
    """

    clause = "REN"
    roles: ClassVar[tuple[Role, ...]] = ()
    administrative: ClassVar[bool] = False

    @property
    def agreement(self) -> Agreement:
        """The agreement."""
        return self.subject.agreement

    @property
    def proposal(self) -> RenewalProposal | None:
        """The proposal for its next year."""
        return self.subject.proposal

    @classmethod
    def require(cls, subject: Renewal, actor: Participant) -> None:
        """Raise Refusal, which answers 403, for somebody who may not do the act."""
        if cls.is_for(subject, actor):
            return
        if cls.administrative:
            way_out = "It is for the reseller's Administrative Contact."
        else:
            way_out = f"Ask a person in this role: {' or '.join(role.label for role in cls.roles)}."
        raise Refusal(f"You may not do this: {cls.label}.", clause=cls.clause, way_out=way_out)

    @classmethod
    def is_for(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is somebody's act, whether or not it fits now."""
        if cls.administrative:
            standing = actor.standing
            return (
                standing.is_administrative and standing.organisation == subject.agreement.reseller
            )
        return bool(cls.roles) and actor.user.has_role(*cls.roles)

    @property
    def leads_to(self) -> str:
        """The renewal's page."""
        return reverse("renewal", args=[self.agreement.reference])

    def open_proposal(self) -> RenewalProposal:
        """The proposal that the act is about. Raises Refusal when there is none."""
        if self.proposal is None:
            raise Refusal(
                "No next year is proposed yet.",
                clause="REN",
                way_out="Propose it first, or wait for its day.",
            )
        return self.proposal


class OpenForm(RenewalAct):
    """Propose the next year before its day."""

    code, label, icon = "propose", "Propose the next year", "file-certificate"
    submit = "Propose now"
    intro = (
        "The newest terms, the present tier and options as far as those terms have them, and the past year's status "
        "are filled in; you can change everything until it is signed. The reseller is notified."
    )
    done = "The next year is proposed."
    roles = EDITORS

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now."""
        agreement = subject.agreement
        renews = agreement.programme.term is not None and agreement.end_cause != EndCause.TERMINATED
        return subject.proposal is None and renews

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        renewals.open_renewal(self.agreement, by=self.user, at=self.at)


class WishesForm(RenewalAct):
    """What the reseller wants for the next year."""

    code, label, icon = "wishes", "Say what you wish of the next year", "message"
    submit = "Tell the account manager"
    intro = (
        "The account manager reads it, and changes the proposal where both agree. It signs nothing."
    )
    done = "Your message is with the account manager."
    administrative = True

    wishes = text(
        "What should change, or stay",
        5,
        required=False,
        help_text="Tier, options and how many, contacts, software.",
    )

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now."""
        return subject.proposal is not None and subject.proposal.is_open

    def prepare(self) -> None:
        """Add what depends on the agreement."""
        if self.proposal is not None:
            self.initial.setdefault("wishes", self.proposal.wishes)

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        wishes = self.cleaned_data["wishes"]
        renewals.state_wishes(self.open_proposal(), wishes, by=self.user, at=self.at)


class EditForm(RenewalAct):
    """Terms, tier, options and the past year's status of the proposed year."""

    code, label, icon = "edit", "Change what is proposed", "pencil"
    submit = "Save the proposal"
    done = "The proposal is changed."
    roles = EDITORS

    version = forms.ChoiceField(
        label="Terms", help_text="A signed year keeps its terms and prices."
    )
    tier = forms.ChoiceField(label="Tier", required=False)
    performance_status = forms.ChoiceField(
        label="Performance status of the past year",
        required=False,
    )

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now."""
        return subject.proposal is not None and subject.proposal.is_open

    def prepare(self) -> None:
        """Add what depends on the agreement."""
        proposal = self.proposal
        if proposal is None:
            return
        self.versions = self._versions(proposal)
        programme = proposal.programme
        taken = {one.option: one.quantity for one in proposal.options.all()}
        self.choice("version").choices = [
            (str(one.pk), f"{one.programme.title}, {one}") for one in self.versions
        ]
        self.choice("tier").choices = [(one.code, one.name) for one in programme.tiers]
        statuses = programme.scorecard.statuses if programme.scorecard else ()
        now = renewals.past_status(proposal, self.at)
        self.choice("performance_status").choices = [
            ("", "Not known yet"),
            *((one.code, one.name) for one in statuses),
        ]
        self.choice("performance_status").help_text = now.words or "No review tells it yet."
        self.initial.update(
            {
                "version": str(proposal.programme_version_id),
                "tier": proposal.tier,
                "performance_status": now.code,
            }
        )
        offered = {
            option.code: option for one in self.versions for option in one.programme.options
        } | {option.code: option for option in programme.options}
        self.options = list(offered)
        names = {one.code: one.name for one in programme.tiers}
        for code, option in offered.items():
            column = names.get(option.tier, option.tier)
            price = money_text(option.fee, programme.currency)
            self.fields[f"option_{code}"] = forms.IntegerField(
                label=f"{option.name}, column of {column}",
                required=False,
                min_value=0,
                max_value=99,
                initial=taken.get(code, 0),
                help_text=f"{price} a year ({option.clause}); 0 for none.",
            )

    def _versions(self, proposal: RenewalProposal) -> Sequence[ProgrammeVersion]:
        """The terms to choose from: every version of the present programme and of those that descend from it."""
        own = self.agreement.programme.code
        chosen = proposal.programme_version_id
        return [
            one
            for one in ProgrammeVersion.objects.visible_to(self.user).order_by(
                "-published_at", "-pk"
            )
            if own in (one.code, one.programme.based_on) or one.pk == chosen
        ]

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        proposal = self.open_proposal()
        version = next(one for one in self.versions if str(one.pk) == self.cleaned_data["version"])
        renewals.edit_renewal(
            proposal,
            version=version,
            tier=self.cleaned_data["tier"],
            options={code: self.cleaned_data[f"option_{code}"] or 0 for code in self.options},
            performance_status=self.cleaned_data["performance_status"],
            by=self.user,
            at=self.at,
        )


class SignForm(RenewalAct):
    """Both sides signed: who, on which day, and the signed paper."""

    code, label, icon = "sign", "Record the signatures", "signature"
    submit = "Record the signatures"
    intro = (
        "The next year is created: its cases are granted, its fees are charged, and it is in force from its "
        "first day. The proposal cannot change afterwards."
    )
    done = "The next year is signed."
    needed = (
        "provider_name",
        "provider_signed_on",
        "reseller_name",
        "reseller_signed_on",
        "confirmed_status",
    )
    roles = ADMINISTRATORS

    provider_name = forms.CharField(label="Name", required=False, max_length=120)
    provider_title = forms.CharField(label="Title", required=False, max_length=120)
    provider_signed_on = day("Signed on", required=False)
    reseller_name = forms.CharField(label="Name", required=False, max_length=120)
    reseller_title = forms.CharField(label="Title", required=False, max_length=120)
    reseller_signed_on = day("Signed on", required=False)
    initials = forms.CharField(
        label="Initials beside the options", required=False, max_length=10, widget=NAME
    )
    paper = PaperField(
        label="The signed paper",
        required=False,
        help_text="A PDF or a scan; it can be added later.",
    )
    seen_status = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    confirmed_status = forms.BooleanField(required=False)

    @cached_property
    def helper(self) -> FormHelper:
        """The sides beside each other, as on the paper."""
        helper = super().helper
        sides = [
            (side.label, [f"{side.value}_{what}" for what in ("name", "title", "signed_on")])
            for side in Side
        ]
        grouped = {name for _, names in sides for name in names}
        helper.layout = Layout(
            Div(
                *(Fieldset(f"For the {label}", *names) for label, names in sides),
                css_class="signing-sides",
            ),
            *(name for name in self.fields if name not in grouped),
        )
        return helper

    def prepare(self) -> None:
        """Show a status that changed since the proposal; what is confirmed is what was shown (D-28)."""
        now = renewals.past_status(self.proposal, self.at) if self.proposal else None
        if now is None or not now.changed:
            del self.fields["seen_status"], self.fields["confirmed_status"]
            return
        proposal = self.open_proposal()
        before = renewals.status_words(proposal.status_name, proposal.percentage)
        field = self.fields["confirmed_status"]
        field.label = f"The past year's status is {now.in_words}; the proposal says {before}"
        field.help_text = f"{now.words} The year is signed with it."
        self.initial["seen_status"] = now.code
        data: Any = self.data
        if self.is_bound and data.get("seen_status") != now.code:
            sent = data.copy()
            sent.pop("confirmed_status", None)  # it was another status, if any, that they confirmed
            sent["seen_status"] = now.code
            self.data = sent

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now."""
        return subject.proposal is not None and subject.proposal.is_open

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        said = self.cleaned_data
        paper = said["paper"]
        content = paper.read() if paper else b""
        if paper:
            attachments.check(content, name=paper.name, field="paper")
        provider, reseller = (
            Signatory(said[f"{side}_name"], said[f"{side}_title"], said[f"{side}_signed_on"])
            for side in ("provider", "reseller")
        )
        renewed = decision.sign_renewal(
            self.open_proposal(),
            provider=provider,
            reseller=reseller,
            initials=said["initials"],
            confirmed_status=said["seen_status"] if said.get("confirmed_status") else "",
            by=self.user,
            at=self.at,
        )
        if paper:
            attachments.attach(
                renewed,
                "signed_copy",
                name=paper.name,
                content=content,
                by=self.user,
                at=self.at,
                field="paper",
            )


class DeclineForm(RenewalAct):
    """Do not renew (ATSP 9.2)."""

    code, label, icon = "decline", "Do not renew", "circle-x"
    clause = "ATSP 9.2"
    submit = "Give notice: no next year"
    intro = "The reseller is given notice with the reviews that the right rests on. The year runs to its last day."
    done = "The reseller is notified that the year is not renewed."
    needed = ("reason",)
    roles = EDITORS
    danger = True

    reason = text("Why", 3, required=False, help_text="The reseller reads it.")

    @classmethod
    def fits(cls, subject: Renewal, actor: Participant) -> bool:
        """Whether it is offered now."""
        return subject.proposal is None or subject.proposal.is_open

    @property
    def aside(self) -> dict[str, Any]:
        """What the page shows beside the form."""
        return {"right": decision.right_not_to_renew(self.agreement, self.at)}

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        decision.decline_renewal(
            self.agreement, self.cleaned_data["reason"], by=self.user, at=self.at
        )
