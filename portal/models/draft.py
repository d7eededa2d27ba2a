"""Drafts: what somebody typed and did not submit yet. It outlives time-outs, refusals and lost connections."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models


class DraftQuerySet(models.QuerySet["Draft"]):
    """Selects drafts."""

    def visible_to(self, user: Any) -> Self:
        """A user's own drafts; nobody reads another's."""
        return self.filter(user=user if user.is_authenticated else None)


class Draft(models.Model):
    """The fields of one form as one user left them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    form = models.CharField(max_length=80, help_text='Which form, "cases.open".')
    title = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-updated_at"]
        indexes: ClassVar = [models.Index(fields=["user", "form"], name="draft_by_form")]

    def __str__(self) -> str:
        return f"{self.form} draft of {self.user_id}: {self.title}"
