"""Relations between cases, and what was split out of them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.case.models import Case
from cases.conversation.models import Message


class Kind(models.TextChoices):
    """What two cases have to do with each other."""

    SAME_CAUSE = "same_cause", "perhaps the same cause"
    SAME_SITE = "same_site", "the same installation"
    FOLLOWS = "follows", "one follows from the other"
    SPLIT = "split", "split out of the other"
    OTHER = "other", "worth reading together"


class RelationQuerySet(models.QuerySet[Any]):
    """Selects relations."""

    def on(self, case_id: int) -> Self:
        """Those of a case, whichever of the two it is."""
        return self.filter(Q(case=case_id) | Q(other=case_id))


class Relation(models.Model):
    """Two cases have to do with each other; it reads the same from both. The lower number stands first."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    objects = RelationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "other"], name="relation_once_a_pair"),
            models.CheckConstraint(condition=Q(case__lt=F("other")), name="relation_in_order"),
        ]

    def __str__(self) -> str:
        return f"cases {self.case_id} and {self.other_id}: {self.get_kind_display()}"


class Split(models.Model):
    """A message becomes a case of its own: begun with a draft of the contact's, done once that is opened."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="splits")
    draft = models.UUIDField(unique=True, help_text="The key of the draft of the new report.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    became = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="split_from"
    )

    def __str__(self) -> str:
        return f"message {self.message_id} as a case of its own"
