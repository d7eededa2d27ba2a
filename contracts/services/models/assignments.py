"""Provider people assigned to an agreement, and when they are away (ATSP 14, 15)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet, days
from contracts.scope import places_of


class Duty(models.TextChoices):
    """What a person is assigned to be."""

    PSAM = "psam", "Premium Support Account Manager"
    ALTERNATE_PSAM = "alternate_psam", "alternate PSAM"
    ESS = "ess", "Enterprise Support Specialist"


def duties_bought(options: Iterable[str]) -> tuple[Duty, ...]:
    """The posts that options of these kinds buy: a PSAM (ATSP 14), an ESS (ATSP 15)."""
    bought = set(options)
    return tuple(duty for duty in (Duty.PSAM, Duty.ESS) if duty.value in bought)


class AssignmentQuerySet(OfAgreementQuerySet):
    """Selects assignments."""

    def on(self, day: dt.date) -> Self:
        """Those that hold on a day (of the agreement's zone)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def ess(self, agreement_id: int, day: dt.date) -> Self:
        """The one of the agreement's ESS on a day of its zone (ATSP 15); whether they are there is another question."""
        return self.on(day).filter(agreement=agreement_id, duty=Duty.ESS).order_by()

    def there(self, at: dt.datetime) -> Self:
        """Those of people who work for the provider still and are not away at an instant (ATSP 14.2, 15.1)."""
        away = Absence.objects.at(at).filter(user=OuterRef("user"))
        return self.filter(~Exists(away), user__is_active=True)


class Assignment(models.Model):
    """A provider's person serves an agreement in a duty, from a day to a day (both inclusive, agreement's zone)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    duty = models.CharField(max_length=20, choices=Duty.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "duty", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="assignment_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="assignment_once_at_a_time",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("duty", RangeOperators.EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="assignment_one_ess_at_a_time",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(duty="ess"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_duty_display()}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Selects absences."""

    def at(self, at: dt.datetime) -> Self:
        """Those that an instant falls in: from the start up to, not at, the end."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def between(self, start: dt.datetime, end: dt.datetime) -> Self:
        """Those that have an instant in common with the time from `start` up to, not at, `end`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def visible_to(self, user: Any) -> Self:
        """Those of a provider's person's own colleagues; a reseller sees on its agreement who stands in, not why."""
        if not (user.is_authenticated and user.is_provider):
            return self.none()
        places = places_of(user)
        own = Q(user__provider_place__organisation__in=places.values("organisation"))
        return self.filter(own | Q(user__provider_place=None) & ~Exists(places))


class Absence(models.Model):
    """A provider's person is away: training, vacation or other (ATSP 14.2)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="absence_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} away from {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M}"
