"""Prepaid cases: one account for each pool of an agreement's tier, and the ledger behind it (ATSP page 1, 2.3)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.prepaid.rules import ledger as case_ledger
from contracts.prepaid.rules.ledger import Pool
from contracts.scope import ScopedQuerySet


class CaseAccount(models.Model):
    """The prepaid cases of one pool: granted, provisionally taken, charged.

    `over` counts the cases that stand above what was granted: only a provider's act puts them there.
    The numbers are the sums of the account's entries; ``contracts.prepaid.actions.movements`` keeps them so, and
    ``manage.py audit_cases`` looks. `warned` is the highest share of use, in percent, that was reported.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="case_accounts")
    pool = models.CharField(max_length=60, help_text="The tier's pool, by code.")
    granted = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    charged = models.IntegerField(default=0)
    over = models.IntegerField(default=0)
    warned = models.PositiveSmallIntegerField(default=0)

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
            models.CheckConstraint(
                condition=Q(over=0) | Q(granted=F("reserved") + F("charged") - F("over")),
                name="case_account_over_only_when_used_up",
            ),
            models.CheckConstraint(
                condition=Q(warned__lte=100), name="case_account_warned_of_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} of {self.agreement_id}"

    @property
    def holding(self) -> Pool:
        """What lies where, as the rules take it."""
        return Pool(self.granted, self.reserved, self.charged, self.over)

    @property
    def taken(self) -> int:
        """Cases charged or provisionally taken."""
        return self.holding.taken

    @property
    def left(self) -> int:
        """Cases that may still be opened, never below zero."""
        return max(self.holding.available, 0)


class Place(models.TextChoices):
    """Where a case lies (``contracts.prepaid.rules.ledger``)."""

    PROVIDER = case_ledger.Place.PROVIDER.value, "the provider"
    OVER = case_ledger.Place.OVER.value, "over quota"
    AVAILABLE = case_ledger.Place.AVAILABLE.value, "available"
    PROVISIONAL = case_ledger.Place.PROVISIONAL.value, "provisional"
    CHARGED = case_ledger.Place.CHARGED.value, "charged"


class EntryKind(models.TextChoices):
    """What an entry does."""

    GRANT = "grant", "granted"
    RESERVE = "reserve", "taken provisionally"
    ADMIT_OVER = "admit_over", "admitted over quota"
    CHARGE = "charge", "charged"
    GIVE_BACK = "give_back", "given back"
    RETAKE = "retake", "taken again provisionally"
    EXTEND = "extend", "granted by an extension"
    TRANSFER = "transfer", "transferred"
    COVER = "cover", "made good what was over quota"

    @property
    def of_a_case(self) -> bool:
        """Whether its reference is a case's number."""
        return self in OF_A_CASE


OF_A_CASE = (
    EntryKind.RESERVE,
    EntryKind.ADMIT_OVER,
    EntryKind.CHARGE,
    EntryKind.GIVE_BACK,
    EntryKind.RETAKE,
)
_OF_MANY = ["grant", "extend", "transfer", "cover"]
_WAYS = (
    ("grant", ["provider"], ["available"]),
    ("extend", ["provider"], ["available"]),
    ("reserve", ["available"], ["provisional"]),
    ("admit_over", ["over"], ["provisional"]),
    ("charge", ["provisional", "available", "over"], ["charged"]),
    ("retake", ["available", "over"], ["provisional"]),
    ("give_back", ["provisional", "charged"], ["available", "over"]),
    ("transfer", ["available"], ["available"]),
    ("cover", ["available"], ["over"]),
)


def _one_of_the_ways() -> Q:
    ways = Q()
    for kind, takes_from, puts_to in _WAYS:
        ways |= Q(kind=kind, takes_from__in=takes_from, puts_to__in=puts_to)
    return ways


class CaseEntryQuerySet(ScopedQuerySet):
    """Selects ledger entries."""

    organisation = "account__agreement__reseller"


class CaseEntry(models.Model):
    """One movement, append-only: so many cases from a place to another, both of one pool, or of two in a transfer.

    It is its own counter-entry, so debits always equal credits. `reference` names the case; of another kind of
    entry, the agreement.
    """

    account = models.ForeignKey(CaseAccount, on_delete=models.PROTECT, related_name="entries")
    to_account = models.ForeignKey(CaseAccount, on_delete=models.PROTECT, related_name="received")
    reference = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    takes_from = models.CharField(max_length=12, choices=Place.choices)
    puts_to = models.CharField(max_length=12, choices=Place.choices)
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
                condition=~Q(kind__in=["admit_over", "transfer"])
                | ~Q(reason="") & Q(by__isnull=False),
                name="case_over_quota_by_whom_and_why",
            ),
            models.CheckConstraint(condition=Q(cases__gte=1), name="case_entry_counts_something"),
            models.CheckConstraint(
                condition=Q(kind__in=_OF_MANY) | Q(cases=1), name="case_entry_moves_one_case"
            ),
            models.CheckConstraint(
                condition=_one_of_the_ways(), name="case_entry_goes_the_way_of_its_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="transfer") & ~Q(to_account=F("account"))
                | ~Q(kind="transfer") & Q(to_account=F("account")),
                name="case_transfer_is_between_two_pools",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="case_transfer_within_the_agreement",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__kind="transfer"),
                func="""
                    IF (SELECT count(DISTINCT agreement_id) FROM contracts_caseaccount
                        WHERE id IN (NEW.account_id, NEW.to_account_id)) <> 1 THEN
                        RAISE EXCEPTION 'the pools are of two agreements'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'case_transfer_within_the_agreement';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"
