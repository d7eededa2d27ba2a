"""Files that belong to a subject: signed papers, purchase orders, evidence. Their bytes never change."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models

from portal.models.subject import About, AboutQuerySet


class AttachmentQuerySet(AboutQuerySet):
    """Selects attachments."""

    def visible_to(self, user: Any) -> Self:
        """Files of subjects that the user may see, as each room has registered (``portal.attachments``)."""
        from portal import attachments

        if not user.is_authenticated or not user.is_active:
            return self.none()
        wanted = models.Q(pk__in=[])
        for kind in attachments.kinds():
            condition = models.Q(
                subject_type=kind.subject_type, subject_id__in=kind.visible(user).values("pk")
            )
            if kind.internal_purposes and not user.is_provider:
                condition &= ~models.Q(purpose__in=kind.internal_purposes)
            wanted |= condition
        return self.filter(wanted)


class Attachment(About):
    """A file of a subject. `purpose` says what it is to it: "signed_copy", "purchase_order", "evidence"."""

    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=160, help_text="As whoever sent it named it.")
    content_type = models.CharField(max_length=100, help_text="By its first bytes, not its name.")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"], name="attachment_by_subject")
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.name
