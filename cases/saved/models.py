"""Saved views of the lists of cases."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from contracts.parties.models.parties import Organisation
from contracts.scope import Reach, reach_of


class Shared(models.TextChoices):
    """With whom a view is shared."""

    NOBODY = "", "Only me"
    TEAM = "team", "My team: who holds a role of mine"
    ALL = "all", "Everybody here"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Selects saved views."""

    def visible_to(self, user: Any) -> Self:
        """One's own, and what colleagues of the same provider, or the same company, share."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        shared = Q(shared=Shared.ALL) | Q(shared=Shared.TEAM, roles__overlap=list(user.roles))
        home = Q(of_provider=user.is_provider, organisation=home_of(reach_of(user)))
        return self.filter(Q(owner=user) | home & shared)

    def in_order(self, user: Any) -> Self:
        """One's own in the order that one gave them, then the others' by name."""
        mine = models.Case(models.When(owner=user, then=0), default=1)
        place = models.Case(models.When(owner=user, then=F("position")), default=0)
        return self.order_by(mine, place, "name", "pk")


def home_of(reach: Reach) -> int | None:
    """The company whose people share views: a reseller, or a provider that keeps its own people; None for the house."""
    return reach.place if reach.is_provider else next(iter(reach.own), None)


class SavedView(models.Model):
    """A view of a list: `query` is its address behind the question mark, with filters, order and groups."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    place = models.CharField(max_length=10, help_text='Which list: "queue" or "cases".')
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500, blank=True)
    shared = models.CharField(max_length=4, blank=True, choices=Shared.choices)
    roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    of_provider = models.BooleanField()
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "place", "name"], name="saved_view_one_a_name")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["of_provider", "organisation", "place"],
                name="saved_view_shared",
                condition=~Q(shared=""),
            )
        ]

    def __str__(self) -> str:
        return self.name
