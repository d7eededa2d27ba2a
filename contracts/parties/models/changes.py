"""What a party was called and where it was on a day: its dated changes (ATSP 20.2)."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.parties.models.parties import Address, Organisation


class PartyChange(Address):
    """From a day on a party has this name and address. Append-only.

    `since` is None for what it was first entered with, which is written with its first change. Of two changes from the
    same day the one recorded later holds. The organization itself has the name and address of the latest day.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="changes")
    name = models.CharField(max_length=160)
    since = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="By which paper.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["organisation", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="") & (Q(since=None) | ~Q(reason="")),
                name="party_change_has_name_and_reason",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                name="party_first_entered_once",
                condition=Q(since=None),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name}, {', '.join(self.address_lines)}".rstrip(", ")


@dataclass(frozen=True, slots=True)
class PartyOnDay:
    """A party as it was on a day: its name, and its address line by line."""

    name: str
    address_lines: tuple[str, ...]


def party_on(organisation: Organisation, day: dt.date) -> PartyOnDay:
    """The name and address of a party on a day, before any succession (one query)."""
    changes = [one for one in organisation.changes.all() if one.since is None or one.since <= day]
    held = max(changes, key=lambda one: (one.since or dt.date.min, one.pk), default=None)
    of: Address = held or organisation
    return PartyOnDay(held.name if held else organisation.name, tuple(of.address_lines))
