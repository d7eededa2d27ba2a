"""Who has a case open."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from cases.case.models import Case


class Presence(models.Model):
    """Somebody has the page of a case open before them, by the database's clock (see `cases.presence.pulse`).

    The table is unlogged: it costs no write-ahead log, and is empty after a crash of the database.
    """

    # No constraints to the rows: who comes and goes waits for nobody who holds a case.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    seen_at = models.DateTimeField(help_text="When their page asked last.")
    answering_at = models.DateTimeField(
        null=True, help_text="When they were last writing what goes to the other side."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user"], name="presence_once_a_case")
        ]
        verbose_name_plural = "presences"

    def __str__(self) -> str:
        return f"user {self.user_id} at case {self.case_id}"
