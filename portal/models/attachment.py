"""Files that belong to a subject: signed papers, evidence, and what people send with a message.

Their bytes never change. A paper stays for ever; what was sent with a message can be taken away, and its line stays.
"""

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.models.subject import About, AboutQuerySet

SENT = "sent"
"""The purpose of a file that was sent with a message: the only one whose bytes may be taken away."""


class Checked(models.TextChoices):
    """What the virus check says of a file."""

    PAPER = "paper", "not checked: a paper"
    CHECKING = "checking", "being checked"
    CLEAN = "clean", "clean"
    REFUSED = "refused", "refused"
    UNCHECKED = "unchecked", "not checked"


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
    """A file of a subject. `purpose` says what it is to it: "signed_copy", "purchase_order", "evidence", "sent".

    Of what was sent, its digest and its line index come with the check that reads all of it once.
    """

    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=160, help_text="As whoever sent it named it.")
    content_type = models.CharField(max_length=100, help_text="By its first bytes, not its name.")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    file = models.FileField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    checked = models.CharField(max_length=10, choices=Checked.choices, default=Checked.PAPER)
    found = models.CharField(
        max_length=200, blank=True, help_text="What the check found, or why there was none."
    )
    lines = models.JSONField(
        null=True, blank=True, help_text="How many lines end in each block of a text."
    )
    check_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it is to be read and checked, by the database's clock.",
    )
    tries = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    removed_because = models.CharField(max_length=500, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"], name="attachment_by_subject"),
            models.Index(
                fields=["check_at"],
                name="attachment_to_check",
                condition=Q(check_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_because="", removed_by=None) & ~Q(file="")
                | Q(removed_at__isnull=False, file="", purpose=SENT) & ~Q(removed_because=""),
                name="attachment_removed_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(sha256="") | Q(purpose=SENT), name="attachment_paper_has_its_digest"
            ),
            models.CheckConstraint(
                condition=Q(purpose=SENT) & ~Q(checked=Checked.PAPER)
                | ~Q(purpose=SENT) & Q(checked=Checked.PAPER),
                name="attachment_sent_is_checked",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stands",
                fields=[
                    "subject_type",
                    "purpose",
                    "name",
                    "size",
                    "added_at",
                    "added_by",
                ],
            ),
            pgtrigger.Protect(
                name="paper_stands",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__purpose=SENT),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where its bytes lie in the storage; empty once they are gone."""
        return self.file.name or ""

    @property
    def is_here(self) -> bool:
        """Whether its bytes are still kept."""
        return self.removed_at is None
