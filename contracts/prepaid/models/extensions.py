"""Extensions: Technical Support goes on to the anniversary when all Cases are used (ATSP 9.1; D-4, D-47)."""

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.billing.models.charges import Authorisation, Charge
from contracts.prepaid.rules.extension import Brought, cases_brought


class ExtensionQuerySet(OfAgreementQuerySet):
    """Selects extensions."""

    def awaiting(self) -> Self:
        """Those that the provider has not decided on."""
        return self.filter(decided_at=None)


class Extension(models.Model):
    """An extension asked for by purchase order, and what the provider decided.

    The months and their price are those of the day of asking, and stay. Once decided it never changes; only an
    accepted one is charged and brings cases.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="extensions")
    authorisation = models.OneToOneField(
        Authorisation, on_delete=models.PROTECT, related_name="extension"
    )
    months = models.PositiveSmallIntegerField()
    per_month = models.DecimalField(max_digits=12, decimal_places=2)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    words = models.TextField(help_text="The arithmetic, in words.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    charge = models.OneToOneField(
        Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="extension"
    )
    reason = models.TextField(blank=True, help_text="Why it was declined.")

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement"],
                name="extension_asked_for_once_at_a_time",
                condition=Q(decided_at=None),
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1, per_month__gte=0, total__gte=0),
                name="extension_has_months_and_a_price",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, charge=None, reason="")
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                & (Q(charge__isnull=False, reason="") | Q(charge=None) & ~Q(reason="")),
                name="extension_is_charged_or_declined_with_a_reason",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="not_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.months} months of {self.agreement_id}"

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted, charged, and brought its cases."""
        return self.charge_id is not None

    @property
    def outcome(self) -> str:
        """The outcome in a word: "accepted", "declined", "withdrawn" by the reseller; "" while it awaits."""
        if self.decided_by is None:
            return ""
        if self.is_accepted:
            return "accepted"
        return "declined" if self.decided_by.is_provider else "withdrawn"

    @property
    def is_awaited(self) -> bool:
        """Whether the provider has not decided on it."""
        return self.decided_at is None

    @property
    def brings(self) -> tuple[Brought, ...]:
        """The cases that it brings to each pool (D-47)."""
        tier, payment = self.agreement.tier_terms, self.agreement.programme.payment
        if tier is None or payment is None:
            return ()
        return cases_brought(tier, self.months, payment.extension_months)

    @property
    def cases(self) -> int:
        """The cases that it brings to all pools."""
        return sum(brought.cases for brought in self.brings)
