"""Drafts: what somebody typed and did not submit yet. It outlives time-outs, refusals and lost connections."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q


class DraftQuerySet(models.QuerySet["Draft"]):
    """Selects drafts."""

    def visible_to(self, user: Any) -> Self:
        """A user's own drafts; nobody reads another's."""
        return self.filter(user=user if user.is_authenticated else None)


class Draft(models.Model):
    """The fields of one form as one user left them.

    The row stays when a draft becomes something: it leads a form that is sent again to what it became already.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts", db_index=False
    )
    form = models.CharField(max_length=80, help_text='Which form, "cases.open".')
    key = models.CharField(
        max_length=36,
        blank=True,
        default="",
        help_text="Which draft of the form, where a user may have several.",
    )
    title = models.CharField(max_length=200, blank=True)
    path = models.TextField(
        blank=True, default="", db_default="", help_text="Where its form is sent to."
    )
    version = models.UUIDField(
        default=uuid.uuid4,
        db_default=RandomUUID(),
        help_text="Another with each write: a page says on which it rests.",
    )
    page = models.CharField(
        max_length=36,
        blank=True,
        default="",
        db_default="",
        help_text="The key of the page that wrote it.",
    )
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField()
    became = models.BigIntegerField(
        null=True, blank=True, help_text="Primary key of what the draft became."
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-updated_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "form", "key"], name="draft_once_a_key")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "form"], name="draft_by_form", condition=Q(became__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} draft of {self.user_id}: {self.title}"
