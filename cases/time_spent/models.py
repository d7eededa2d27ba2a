"""Entries of time spent on cases."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.case.models import Case
from contracts.scope import ScopedQuerySet

MOST_MINUTES = 24 * 60


class TimeQuerySet(ScopedQuerySet):
    """Selects entries of time."""

    organisation = "case__reseller"

    def visible_to(self, user: Any) -> Self:
        """Those on cases whose agreement the person serves; none to a reseller's people."""
        if not user.is_authenticated or not user.is_provider:
            return self.none()
        return super().visible_to(user)


class TimeSpent(models.Model):
    """Minutes that a person of the provider spent on a case. Nothing bills them (ATSP 7 bills work orders)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="time_spent")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="time_spent"
    )
    minutes = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200)
    happened_at = models.DateTimeField(help_text="When it was spent.")
    logged_at = models.DateTimeField()

    objects = TimeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["happened_at"], name="time_spent_by_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES), name="time_spent_is_a_day"
            ),
            models.CheckConstraint(condition=~Q(what=""), name="time_spent_says_on_what"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min on case {self.case_id}"
