"""Seals of the journal: each covers the entries written since the one before, and its digest."""

from typing import ClassVar

import pgtrigger
from django.db import models


class JournalSeal(models.Model):
    """A digest of the entries up to `last_entry` that the seal before does not cover, chained to that one's digest.

    Whoever changes an entry, takes one away or slips one in would have to make every later seal anew.
    """

    last_entry = models.BigIntegerField(unique=True)
    entries = models.PositiveIntegerField(help_text="How many it covers.")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(help_text="In domain time.")

    class Meta:
        ordering: ClassVar = ["last_entry"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="sealed_once", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"the journal up to entry {self.last_entry}: {self.digest[:12]}"
