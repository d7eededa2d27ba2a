"""Uploads: the slot that a file goes to while its bytes come, until the form that it belongs to is sent.

The bytes already lie where the file will stay; sending the form makes an attachment of the slot, and copies nothing.
"""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class UploadQuerySet(models.QuerySet["Upload"]):
    """Selects uploads."""

    def visible_to(self, user: Any) -> Self:
        """A user's own uploads; nobody sees another's, or goes on with it."""
        return self.filter(owner=user if user.is_authenticated else None)

    def complete(self) -> Self:
        """Those whose bytes are all here."""
        return self.filter(offset=F("size"))


class Upload(models.Model):
    """One file on its way. `place` says for which form ("case:100062"), `account` whose quota it takes from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    place = models.CharField(max_length=80)
    account = models.CharField(max_length=80)
    name = models.CharField(max_length=160)
    size = models.PositiveBigIntegerField(help_text="As the sender said before the first byte.")
    offset = models.PositiveBigIntegerField(default=0, help_text="How much of it is kept.")
    path = models.CharField(max_length=200, unique=True, help_text="Where the bytes lie.")
    content_type = models.CharField(
        max_length=100, blank=True, help_text="By its first bytes, once all are here."
    )
    parts = models.JSONField(
        default=dict, help_text="What an object store needs to put its parts together."
    )
    created_at = models.DateTimeField(help_text="By the database's clock, like the next two.")
    expires_at = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True, help_text="The request that writes to it.")
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "place"], name="upload_by_owner"),
            models.Index(fields=["account"], name="upload_by_account"),
            models.Index(fields=["expires_at"], name="upload_by_expiry"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(offset__lte=F("size")), name="upload_within_its_size"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_of_something"),
            models.CheckConstraint(
                condition=Q(lease=None, leased_until=None)
                | Q(lease__isnull=False, leased_until__isnull=False),
                name="upload_lease_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.offset} of {self.size} bytes"

    @property
    def is_complete(self) -> bool:
        """Whether all its bytes are here."""
        return self.offset == self.size
