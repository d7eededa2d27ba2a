"""The question of a closed case, and the answers to it, which nobody changes or deletes."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.case.models import Case
from cases.products.models import Product
from cases.satisfaction.rules import Rating
from contracts.parties.models.parties import Contact, Organisation
from contracts.scope import ScopedQuerySet
from portal.roles import Role

READS_ALL = (
    Role.SUPPORT_MANAGEMENT,
    Role.SENIOR_MANAGER,
    Role.VP_TECHNICAL_SUPPORT,
    Role.DIRECTOR_PREMIUM_SUPPORT,
    Role.EXECUTIVE,
    Role.PSAM,
    Role.ACCOUNT_MANAGER,
    Role.CONTRACT_ADMINISTRATOR,
)
"""Who reads the answers of every case they serve; other people of the provider read those of their own."""


class SurveyQuerySet(ScopedQuerySet):
    """Selects questions."""

    organisation = "reseller"

    def visible_to(self, user: Any) -> Self:
        """A reseller's people those of their organization; engineers those of their cases; management all."""
        seen = super().visible_to(user)
        if user.is_authenticated and user.is_provider and not user.has_role(*READS_ALL):
            return seen.filter(engineer=user)
        return seen

    def asked(self) -> Self:
        """Those that were sent."""
        return self.filter(asked_at__isnull=False)


class Survey(models.Model):
    """The one question about a case, waiting since it was closed, or sent; with the answer that counts, if any.

    Parties are as they were when the case was closed: who worked on it then, and who is asked.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="survey")
    reseller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    engineer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_at = models.DateTimeField(help_text="The closing that it is about.")
    asked_at = models.DateTimeField(null=True, blank=True)
    not_asked = models.CharField(max_length=20, blank=True, help_text="Why nobody was asked.")
    rating = models.CharField(
        max_length=4, blank=True, choices=[(one.value, one.label) for one in Rating]
    )
    comment = models.TextField(blank=True)
    first_at = models.DateTimeField(null=True, blank=True, help_text="When it was first answered.")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-asked_at"], name="survey_asked", condition=Q(asked_at__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rating="", first_at=None, answered_at=None)
                | ~Q(rating="")
                & Q(asked_at__lte=F("first_at"))
                & Q(first_at__lte=F("answered_at")),
                name="survey_answered_after_it_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(not_asked="") | Q(asked_at=None),
                name="survey_asked_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"how case {self.case_id} went: {self.rating or 'no answer'}"


class Answer(models.Model):
    """One answer; another one of the same question takes its place, and leaves it."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    rating = models.CharField(max_length=4, choices=[(one.value, one.label) for one in Rating])
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.rating} at {self.at:%Y-%m-%d %H:%M}"
