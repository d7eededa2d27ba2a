"""Whom a message mentions."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Coalesce, JSONObject

from cases.conversation.models import Message
from contracts.parties.models.parties import Contact


class Mention(models.Model):
    """A message mentions somebody: a person of the provider, or a contact of the case's reseller."""

    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="mentions", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="A person of the provider.",
    )
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="A contact of the reseller, with an account or without.",
    )
    written = models.CharField(
        max_length=200, help_text="The name as the text has it, without its @."
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, contact=None) | Q(user=None, contact__isnull=False),
                name="mention_is_of_one_side",
            ),
            models.UniqueConstraint(fields=["message", "user"], name="mention_once_a_user"),
            models.UniqueConstraint(fields=["message", "contact"], name="mention_once_a_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.written} in message {self.message_id}"


def mentioned_in() -> Any:
    """The mentions of each message as plain values, for a queryset of messages: the name as written and as it is now,
    and whose account it is.
    """
    rows = Mention.objects.filter(message=OuterRef("pk")).order_by("pk")
    return ArraySubquery(
        rows.values_list(
            JSONObject(
                written="written",
                name=Coalesce("user__name", "contact__name"),
                account=Coalesce("user_id", "contact__user_id"),
            )
        )
    )
