"""Canned answers, each of one person and, when shared, of all who work for the same provider."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from contracts.parties.models.parties import Organisation
from contracts.scope import reach_of


class CannedAnswerQuerySet(models.QuerySet["CannedAnswer"]):
    """Selects canned answers."""

    def visible_to(self, user: Any) -> Self:
        """One's own, and what others of the same provider share; none to a reseller's people."""
        if not user.is_authenticated or not user.is_active or not user.is_provider:
            return self.none()
        return self.filter(Q(owner=user) | Q(shared=True, organisation=reach_of(user).place))

    def in_use(self) -> Self:
        """Those that are not retired."""
        return self.filter(retired_at=None)

    def matching(self, text: str) -> Self:
        """Those with each of the words in title or text."""
        found = self
        for word in text.split():
            found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
        return found


class CannedAnswer(models.Model):
    """A text with places (`cases.canned.rules.PLACES`). `organisation` is the provider that keeps its own people, whose
    people share it; None for the house's.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    title = models.CharField(max_length=60)
    body = models.TextField()
    shared = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CannedAnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["title", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "title"],
                name="canned_answer_one_a_title",
                condition=Q(retired_at=None),
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""), name="canned_answer_says_something"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "title"],
                name="canned_answer_shared",
                condition=Q(shared=True, retired_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page on which it is kept."""
        return reverse("canned_answer", args=[self.pk])
