"""Training and certification as a reseller reports them, for the provider to confirm (ATSP 5.2.1)."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.parties.models.parties import Contact
from portal.ui.words import day as day_words


class TrainingKind(models.TextChoices):
    """What a contact completed."""

    TRAINED = "trained", "technical training"
    CERTIFIED = "certified", "certification"


class TrainingQuerySet(OfAgreementQuerySet):
    """Selects trainings."""

    def open(self) -> Self:
        """Those that wait for the provider."""
        return self.filter(decided_at=None)


class Training(models.Model):
    """A training or certification of a contact, with its evidence. It counts once the provider confirmed it.

    A certificate may be attached to the row (``portal.attachments``, purpose "evidence").
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="trainings")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="trainings")
    kind = models.CharField(max_length=10, choices=TrainingKind.choices)
    completed_on = models.DateField()
    evidence = models.CharField(max_length=200, blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was not confirmed.")

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["reported_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contact", "kind", "completed_on"],
                name="training_waits_once",
                condition=Q(decided_at=None),
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, confirmed=False, reason="")
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="training_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("reported_at")),
                name="training_decided_after_report",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(confirmed=True, reason="") | ~Q(reason=""),
                name="training_declined_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.contact}, {day_words(self.completed_on)}"
