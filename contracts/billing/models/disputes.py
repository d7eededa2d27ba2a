"""Disputed invoices: who disputes what and why, what was written about it, how it was settled (ATSP 3.2)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.billing.models.charges import Charge
from contracts.billing.models.invoices import Invoice, OfMoneyQuerySet


class Outcome(models.TextChoices):
    """How a dispute was settled."""

    UPHELD = "upheld", "upheld"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"


class DisputeQuerySet(OfMoneyQuerySet):
    """Selects disputes."""

    organisation = "invoice__agreement__reseller"


class Dispute(models.Model):
    """A reseller disputes an invoice: one at a time, settled once, with the credit given when it was upheld."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="disputes")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    credit = models.OneToOneField(
        Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="upholds"
    )

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["invoice", "raised_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(settled_at=None), name="dispute_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="", credit=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome=""),
                name="dispute_settled_by_somebody_somehow",
            ),
            models.CheckConstraint(
                condition=Q(outcome="upheld", credit__isnull=False)
                | ~Q(outcome="upheld") & Q(credit=None),
                name="dispute_upheld_gives_a_credit",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="settled_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"dispute of {self.invoice}"

    @property
    def is_open(self) -> bool:
        """Whether it waits to be settled."""
        return self.settled_at is None


class DisputeMessage(models.Model):
    """What one side wrote to the other about a dispute, word for word. Append-only."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="messages")
    body = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["dispute", "at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(body=""), name="dispute_message_says_something")
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.body[:60]
