"""Calls that were refused: who called, when, why, and who refused them. Append-only (ATSP 5.2.1, 5.2.2)."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.case.models import Case
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact, Organisation
from contracts.scope import reach_of
from portal.models.text import contains_index


class Why(models.TextChoices):
    """Why a call was refused: a ground of `cases.opening.rules`, or one that only a call has."""

    UNKNOWN = "unknown", "Nobody we know"
    DOUBT = "doubt", "Could not show who they are"
    ON_A_CASE = "on-a-case", "May not call about the case"
    NOT_ON_ROSTER = "not-on-roster", "Not on the roster"
    WAITING = "waiting", "New on the roster"
    ADMINISTRATIVE = "administrative", "Keeps the roster, opens no case"
    LEFT = "left", "Left the company"
    NO_AGREEMENT = "no-agreement", "No agreement in force"
    RESELLER_AGREEMENT = "reseller-agreement", "Reseller agreement not in force"
    EXPIRED = "expired", "Agreement expired"
    NOT_BEGUN = "not-begun", "Agreement not begun"
    TERMINATED = "terminated", "Agreement terminated"
    NO_POOL = "no-pool", "No cases for the region"
    SPENT = "spent", "Prepaid cases spent"


class RefusedCallQuerySet(models.QuerySet["RefusedCall"]):
    """Selects refused calls."""

    def visible_to(self, user: Any) -> Self:
        """Those of the providers that a provider's person serves; calls for nobody known are the house's."""
        if not user.is_authenticated or not user.is_active or not user.is_provider:
            return self.none()
        return self.filter(reach_of(user).serves("provider"))

    def matching(self, text: str) -> Self:
        """Those whose caller, company or telephone has the text."""
        return self.filter(
            Q(caller__icontains=text) | Q(company__icontains=text) | Q(telephone__icontains=text)
        )

    def newest_first(self) -> Self:
        """The last call first."""
        return self.order_by("-called_at", "-pk")


class RefusedCall(models.Model):
    """A call that dispatch refused. What the caller said stands as it was said; `contact` is who they turned out to be.

    `provider` is the one of the agreement, None where nobody knew for whom they called. `case` is the one that they
    called about, if any.
    """

    provider = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="refused_calls",
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="refused_calls"
    )
    agreement = models.ForeignKey(
        Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="refused_calls"
    )
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="refused_calls"
    )
    caller = models.CharField(max_length=160)
    company = models.CharField(max_length=160, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=20, choices=Why.choices)
    reason = models.TextField()
    clause = models.CharField(max_length=120, blank=True)
    called_at = models.DateTimeField()
    logged_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RefusedCallQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-called_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(caller="") & ~Q(reason=""), name="refused_call_says_who_and_why"
            ),
            models.CheckConstraint(
                condition=Q(logged_at__gte=F("called_at")), name="refused_call_logged_after_it"
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("called_at").desc(), F("id").desc(), name="refused_call_newest"),
            contains_index("caller", name="refused_call_callers"),
            contains_index("company", name="refused_call_companies"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.caller}, refused"
