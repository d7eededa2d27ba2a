"""Acts on many cases: what was done by whom, and what came of each case."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from cases.case.models import Case


class Kind(models.TextChoices):
    """What may be done to many cases at once: the value is the deed's."""

    TAKE = "take", "Take"
    ASSIGN = "assign", "Assign"
    MOVE = "move", "Change the state"
    WATCH = "watch", "Watch"


class BulkActQuerySet(models.QuerySet["BulkAct"]):
    """Selects acts on many cases."""

    def visible_to(self, user: Any) -> Self:
        """One's own; nobody reads another's."""
        return self.filter(by=user if user.is_authenticated else None)


class BulkAct(models.Model):
    """One act on many cases. Its cases are acted on one after another, each in a transaction of its own."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key = models.CharField(
        max_length=36, help_text="The form's: sent again, nothing is done again."
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    move = models.CharField(max_length=24, blank=True)
    until = models.DateTimeField(help_text="So long it may be taken back.")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = BulkActQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "key"], name="bulk_act_once_a_form")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by_id} at {self.at}"


class BulkItem(models.Model):
    """What came of one case: `refused` and `way_out` say why it was not done, `kept` why it was not taken back."""

    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    done = models.BooleanField()
    refused = models.TextField(blank=True)
    way_out = models.TextField(blank=True)
    before = models.JSONField(default=dict, help_text="What the act changed, as it was.")
    entry = models.BigIntegerField(
        null=True, help_text="The last entry of the case's journal then."
    )
    undone = models.BooleanField(default=False)
    kept = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["act", "case"], name="bulk_item_once_a_case")
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} of {self.act_id}"
