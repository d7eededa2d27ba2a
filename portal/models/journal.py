"""The journal: what happened, append-only. The database refuses to change or delete an entry."""

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from portal.models.subject import About, AboutQuerySet


class JournalQuerySet(AboutQuerySet):
    """Selects journal entries."""

    def in_order(self) -> Self:
        """By the time it happened, then by the order of writing."""
        return self.order_by("at", "id")

    def as_written(self) -> Self:
        """In the order of writing, in which what each changed follows what the one before left."""
        return self.order_by("id")

    def shown_to_reseller(self) -> Self:
        """Entries that the reseller may read too."""
        return self.filter(public=True)


class JournalEntry(About):
    """One act or fired deadline: who, when, what, under which clause, and what changed."""

    verb = models.CharField(max_length=80, help_text='What happened, "case.opened".')
    at = models.DateTimeField(help_text="When it happened, in domain time.")
    logged_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was logged, in domain time, if that was later."
    )
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # nobody asks what one person did
    )
    by_name = models.CharField(max_length=120, blank=True, help_text="The name as it was then.")
    text = models.TextField(blank=True)
    clause = models.CharField(max_length=60, blank=True)
    public = models.BooleanField(default=False, help_text="The reseller may read it.")
    before = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    changed = models.JSONField(
        null=True,
        blank=True,
        help_text="What it changed of the subject's row, by column (see `portal.telling`).",
    )

    objects = JournalQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["subject_type", "subject_id", "at", "id"], name="journal_by_subject"
            ),
            models.Index(fields=["verb", "at"], name="journal_by_verb"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
            pgtrigger.Trigger(
                name="never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the journal is append-only: it cannot be emptied';",
            ),
        ]
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return (
            f"{self.verb} on {self.subject_type} {self.subject_id} at {self.at:%Y-%m-%d %H:%M:%S}"
        )
