"""Sub-cases: another team's part in a case, with its owner, its state and its answer (ATSP Ex.C)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.case.models import Case
from contracts.scope import ScopedQuerySet


class Team(models.TextChoices):
    """A team that a sub-case engages (ATSP Ex.C)."""

    PSE = "pse", "PSE team"
    ENGINEERING = "engineering", "Engineering"


class SubState(models.TextChoices):
    """How far another team is."""

    OPEN = "open", "open"
    IN_WORK = "in_work", "in work"
    ANSWERED = "answered", "answered"
    CLOSED = "closed", "closed"


class SubCaseQuerySet(ScopedQuerySet):
    """Selects sub-cases."""

    organisation = "case__reseller"

    def visible_to(self, user: Any) -> Self:
        """Those of cases that the person serves; none to a reseller's people."""
        if not user.is_authenticated or not user.is_provider:
            return self.none()
        return super().visible_to(user)


class SubCase(models.Model):
    """Another team's part in a case. It belongs to the same Problem, so it is not charged (ATSP 1.3, Ex.C)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sub_cases")
    team = models.CharField(max_length=20, choices=Team.choices)
    state = models.CharField(max_length=10, choices=SubState.choices, default=SubState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sub_cases",
        help_text="Who of the team works on it.",
    )
    request = models.TextField()
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When the answer is wanted; nothing is owed by it."
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.TextField(blank=True, help_text="What came of it.")

    objects = SubCaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["opened_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["team", "due_at", "id"],
                name="sub_case_of_team",
                condition=~Q(state="closed"),
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None, outcome="")
                | models.Q(closed_at__isnull=False, closed_by__isnull=False)
                & ~models.Q(outcome=""),
                name="sub_case_closes_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | ~Q(state="closed") & Q(closed_at=None),
                name="sub_case_closed_is_its_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer="") & Q(answered_at__isnull=False),
                name="sub_case_answered_has_its_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_work") | Q(owner__isnull=False),
                name="sub_case_in_work_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_team_display()} for case {self.case_id}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("sub_case", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return self.state != SubState.CLOSED


class SubCaseNote(models.Model):
    """A line of the talk between a team and the case's engineer."""

    sub_case = models.ForeignKey(SubCase, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(body=""), name="sub_case_note_says_something")
        ]

    def __str__(self) -> str:
        return f"note on sub-case {self.sub_case_id}"
