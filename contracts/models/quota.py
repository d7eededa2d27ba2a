"""Prepaid cases: one account for each pool of an agreement's tier, and the ledger behind it (ATSP page 1, 2.3)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.models.agreements import Agreement, OfAgreementQuerySet
from contracts.models.scope import ScopedQuerySet


class CaseAccount(models.Model):
    """The prepaid cases of one pool: granted, provisionally taken, charged.

    `over` counts the cases that stand above what was granted: only a provider's act puts them there.
    The numbers are the sums of the account's entries; ``contracts.actions.case_ledger`` keeps them so.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="case_accounts")
    pool = models.CharField(max_length=60, help_text="The tier's pool, by code.")
    granted = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    charged = models.IntegerField(default=0)
    over = models.IntegerField(default=0)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "pool"], name="case_account_once_a_pool"),
            models.CheckConstraint(
                condition=Q(granted__gte=0, reserved__gte=0, charged__gte=0, over__gte=0),
                name="case_account_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(granted__gte=F("reserved") + F("charged") - F("over")),
                name="case_account_never_overdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} of {self.agreement_id}"

    @property
    def taken(self) -> int:
        """Cases charged or provisionally taken."""
        return self.reserved + self.charged

    @property
    def left(self) -> int:
        """Cases that may still be opened, never below zero."""
        return max(self.granted - self.taken, 0)


class EntryKind(models.TextChoices):
    """What an entry does to its account."""

    GRANT = "grant", "granted"
    RESERVE = "reserve", "taken provisionally"
    ADMIT_OVER = "admit_over", "admitted over quota"
    CHARGE = "charge", "charged"
    GIVE_BACK = "give_back", "given back"


class CaseEntryQuerySet(ScopedQuerySet):
    """Selects ledger entries."""

    organisation = "account__agreement__reseller"


class CaseEntry(models.Model):
    """One movement of an account, append-only. `reference` names the case; a grant's, what granted it."""

    account = models.ForeignKey(CaseAccount, on_delete=models.PROTECT, related_name="entries")
    reference = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    cases = models.IntegerField(default=1)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    clause = models.CharField(max_length=60)
    reason = models.TextField(blank=True)

    objects = CaseEntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name_plural = "case entries"
        indexes: ClassVar = [
            models.Index(fields=["reference", "id"], name="case_entry_by_reference")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference"],
                name="case_taken_once",
                condition=Q(kind__in=["reserve", "admit_over"]),
            ),
            models.CheckConstraint(
                condition=~Q(kind="admit_over") | ~Q(reason="") & Q(by__isnull=False),
                name="case_over_quota_by_whom_and_why",
            ),
            models.CheckConstraint(condition=Q(cases__gte=1), name="case_entry_counts_something"),
            models.CheckConstraint(
                condition=Q(kind="grant") | Q(cases=1), name="case_entry_moves_one_case"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"
