"""The monthly conference calls with a reseller: agenda, minutes and what was agreed to do (ATSP 14.1.1)."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.parties.models.parties import Contact


class CallQuerySet(OfAgreementQuerySet):
    """Selects conference calls."""

    def to_hold(self) -> Self:
        """Those not held yet, the earliest due first."""
        return self.filter(held_at=None).order_by("due_at", "pk")


class ConferenceCall(models.Model):
    """The call of one month of a contract year, due by `due_at`; `number` counts the months from 1 (D-8).

    Published minutes never change: a correction is told in the next call's.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True, blank=True)
    agenda = models.TextField(blank=True)
    agenda_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    participants = models.ManyToManyField(Contact, blank=True, related_name="calls")
    others = models.CharField(max_length=200, blank=True, help_text="Who else took part.")
    minutes = models.TextField(blank=True)
    minutes_published_at = models.DateTimeField(null=True, blank=True)
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "number"], name="call_once_a_month"),
            models.CheckConstraint(condition=Q(number__gte=1), name="call_numbers_from_one"),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None)
                | Q(held_at__isnull=False, held_by__isnull=False),
                name="call_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(minutes_published_at=None, minutes_by=None)
                | Q(minutes_published_at__isnull=False, minutes_by__isnull=False)
                & Q(held_at__isnull=False)
                & ~Q(minutes=""),
                name="call_minutes_of_a_held_call",
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.number} of {self.agreement.reference}"

    def get_absolute_url(self) -> str:
        """The call's page."""
        return reverse("call", args=[self.agreement.reference, self.number])

    @property
    def step(self) -> str:
        """How its deadlines are named on the agreement."""
        return f"call:{self.number}"


class CallAction(models.Model):
    """Something that a call agreed to be done: by whom, and until when."""

    call = models.ForeignKey(ConferenceCall, on_delete=models.PROTECT, related_name="actions")
    text = models.CharField(max_length=250)
    owner = models.CharField(max_length=120)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["call", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="call_action_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} ({self.owner})"
