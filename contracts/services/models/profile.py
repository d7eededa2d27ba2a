"""The account profile of a reseller's environment, revision by revision (ATSP 14.1.1)."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.parties.models.parties import Organisation
from contracts.scope import ScopedQuerySet
from contracts.services.rules.profile import SECTIONS


class ProfileQuerySet(ScopedQuerySet):
    """Selects revisions of profiles."""

    organisation = "organisation"

    def of(self, organisation: Any) -> Self:
        """A reseller's, the latest first."""
        return self.filter(organisation=organisation).order_by("-number")


class ProfileRevision(models.Model):
    """One state of a reseller's account profile: written once, followed by the next, never changed."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="profile_revisions"
    )
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    products = models.TextField(blank=True)
    platforms = models.TextField(blank=True)
    topology = models.TextField(blank=True)
    contacts = models.TextField(blank=True)
    notes = models.TextField(blank=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="profile_revision_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="profile_numbers_from_one"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"profile {self.number} of {self.organisation}"

    @property
    def sections(self) -> dict[str, str]:
        """Its text by section."""
        return {name: getattr(self, name) for name in SECTIONS}
