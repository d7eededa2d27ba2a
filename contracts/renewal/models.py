"""The renewal of a contract year: what is proposed for the next one, until it is signed or declined (REN; ATSP 9.2)."""

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.programmes.models import ProgrammeVersion, programme_of
from contracts.programmes.rules.terms import Option, Programme, Tier
from contracts.scope import ScopedQuerySet


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", "open"
    SIGNED = "signed", "signed"
    DECLINED = "declined", "not renewed"


class RenewalProposal(models.Model):
    """The proposal for the contract year after `agreement`; one for each year, so nothing is sent twice.

    `performance_status` is a status of the scorecard, by code, as the past year has shown it; `status_from` says who
    says so. `percentage` is what the programme's terms give for that status: None when the paper names none.
    """

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="proposal")
    programme_version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tier = models.CharField(max_length=60, blank=True)
    performance_status = models.CharField(max_length=40, blank=True)
    status_from = models.CharField(max_length=200, blank=True)
    percentage = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    wishes = models.TextField(blank=True, help_text="What the reseller wants for the next year.")
    wished_at = models.DateTimeField(null=True, blank=True)
    wished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stamped_on = models.DateField(null=True, blank=True, help_text="The provider's stamp.")
    stamp = models.CharField(max_length=120, blank=True, help_text="What it reads, as filed.")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True, help_text="Why the year is not renewed.")

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN.value, settled_at=None)
                | ~Q(state=ProposalState.OPEN.value) & Q(settled_at__isnull=False),
                name="proposal_settled_when_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DECLINED.value) | ~Q(reason=""),
                name="proposal_declined_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(percentage=None) | Q(percentage__gte=0, percentage__lte=100),
                name="proposal_percentage_is_one",
            ),
            models.CheckConstraint(
                condition=Q(wished_at=None, wishes="") | Q(wished_at__isnull=False),
                name="proposal_wishes_have_their_time",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="settled_proposals_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="open"),
            )
        ]

    def __str__(self) -> str:
        return f"renewal of {self.agreement}"

    @property
    def programme(self) -> Programme:
        """The terms that are proposed."""
        return programme_of(self.programme_version_id)

    @property
    def tier_terms(self) -> Tier | None:
        """The tier that is proposed; None in a programme without tiers."""
        return self.programme.tier(self.tier) if self.tier else None

    @property
    def is_open(self) -> bool:
        """Whether it is neither signed nor declined."""
        return self.state == ProposalState.OPEN

    @property
    def status_name(self) -> str:
        """The performance status as Exhibit B names it; empty when none is recorded."""
        return self.name_of_status(self.performance_status)

    def name_of_status(self, code: str) -> str:
        """A status of the scorecard as Exhibit B names it; empty for one that it does not have."""
        scorecard = self.programme.scorecard or self.agreement.programme.scorecard
        rules = scorecard.statuses if scorecard else ()
        return next((one.name for one in rules if one.code == code), "")


class OfProposalQuerySet(ScopedQuerySet):
    """Selects parts of proposals."""

    organisation = "proposal__agreement__reseller"


class ProposedOption(models.Model):
    """An option of the proposed year, at that year's price."""

    proposal = models.ForeignKey(RenewalProposal, on_delete=models.CASCADE, related_name="options")
    option = models.CharField(max_length=60, help_text="An option of the programme, by code.")
    quantity = models.PositiveSmallIntegerField()

    objects = OfProposalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["proposal", "option"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "option"], name="proposed_option_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="proposed_option_has_a_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.option}"

    @property
    def terms(self) -> Option:
        """The option's terms in the proposed programme."""
        return self.proposal.programme.option(self.option)

    @property
    def annual(self) -> Decimal:
        """What it costs for the year (D-1)."""
        return self.quantity * self.terms.fee
