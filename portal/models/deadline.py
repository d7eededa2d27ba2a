"""Deadlines: everything timed is a row here. ``portal.deadlines`` creates, settles and sweeps them."""

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from portal.instants import InstantDecoder, InstantEncoder
from portal.models.subject import About, AboutQuerySet


class DeadlineState(models.TextChoices):
    """The state of a deadline. Only a pending one is swept."""

    PENDING = "pending", "to come"
    MET = "met", "met"
    MISSED = "missed", "missed"
    FIRED = "fired", "fired"  # a timer that did its work: nobody had to act
    CANCELLED = "cancelled", "canceled"
    SUPERSEDED = "superseded", "superseded"
    PARKED = "parked", "parked"  # its handler failed too often; an alarm was raised


class DeadlineQuerySet(AboutQuerySet):
    """Selects deadlines."""

    def pending(self) -> Self:
        """Those that are still to come, or due and not yet swept."""
        return self.filter(state=DeadlineState.PENDING)

    def to_come(self) -> Self:
        """Those not settled: pending, or parked and so perhaps tried again."""
        return self.filter(state__in=[DeadlineState.PENDING, DeadlineState.PARKED])

    def unfinished(self) -> Self:
        """Promises that still await their act: pending, or missed and not done since."""
        return self.filter(unfinished=True)

    def due(self, now: dt.datetime) -> Self:
        """Pending ones that the sweep may settle at `now`, the earliest first."""
        return self.pending().filter(fires_at__lte=now).order_by("fires_at", "id")

    def soonest_first(self) -> Self:
        """By due time."""
        return self.order_by("due_at", "id")


class Deadline(About):
    """Something due at an instant: a promise that somebody must keep, or a timer that acts by itself.

    A promise kept at its very instant is in time, so the sweep may call it missed only a microsecond later;
    a timer acts from its instant on (D-8). `fires_at` holds the instant at which the sweep next comes to it: that one,
    or, of a promise with a reminder that has not gone out, the reminder's.
    """

    kind = models.CharField(max_length=60, help_text="Registered in portal.deadlines.kinds.")
    step = models.CharField(
        max_length=80, blank=True, help_text="Which of the kind, where there are several."
    )
    due_at = models.DateTimeField()
    fires_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=DeadlineState.choices, default=DeadlineState.PENDING
    )
    promise = models.BooleanField(help_text="Somebody must act; otherwise a timer.")
    unfinished = models.BooleanField(help_text="A promise that still awaits its act.")
    clause = models.CharField(max_length=60)
    words = models.TextField(blank=True, help_text="How the due time was computed.")
    data = models.JSONField(
        default=dict, blank=True, encoder=InstantEncoder, decoder=InstantDecoder
    )
    set_at = models.DateTimeField(help_text="When it was set, in domain time.")
    met_at = models.DateTimeField(
        null=True, blank=True, help_text="When the act was done, late or not."
    )
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When its state was decided."
    )
    late = models.BooleanField(default=False, help_text="The sweep came to it late.")
    cause = models.CharField(max_length=200, blank=True, help_text="Why canceled or superseded.")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["fires_at", "id"], name="deadline_due", condition=Q(state="pending")
            ),
            models.Index(
                fields=["subject_type", "subject_id", "due_at"],
                name="deadline_unfinished",
                condition=Q(unfinished=True),
            ),
            models.Index(fields=["subject_type", "subject_id", "kind"], name="deadline_by_subject"),
            models.Index(
                fields=["settled_at"], name="deadline_parked", condition=Q(state="parked")
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind", "step"],
                condition=Q(state="pending"),
                name="deadline_pending_once",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", settled_at=None)
                | (~Q(state="pending") & Q(settled_at__isnull=False)),
                name="deadline_settled_when_not_pending",
            ),
            models.CheckConstraint(
                condition=~Q(state="met") | Q(met_at__lte=F("due_at")),
                name="deadline_met_is_in_time",
            ),
            models.CheckConstraint(
                condition=Q(unfinished=False) | Q(promise=True), name="deadline_only_promises_wait"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step} on {self.subject_type} {self.subject_id} due {self.due_at:%Y-%m-%d %H:%M:%S}"
