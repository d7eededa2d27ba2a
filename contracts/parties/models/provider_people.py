"""The people of a provider that keeps its own: whom they serve, and who serves an agreement."""

from collections.abc import Iterable
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, Q

from contracts.parties.models.parties import Organisation
from contracts.scope import ScopedQuerySet, providers_served
from portal.models import User


class ProviderPersonQuerySet(ScopedQuerySet):
    """Selects the people of providers."""

    organisation = "organisation"


class ProviderPerson(models.Model):
    """A person who works for a provider that keeps its own people; anybody without such a row is the house's."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="provider_place"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")

    objects = ProviderPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "user"]
        verbose_name_plural = "provider people"
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="people_of_a_provider_with_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM contracts_organisation
                        WHERE id = NEW.organisation_id AND own_people
                    ) THEN
                        RAISE EXCEPTION 'the organisation does not keep its own people'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'people_of_a_provider_with_its_own';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.organisation}"


def serving(
    people: models.QuerySet[User], providers: models.QuerySet[Any, Any]
) -> models.QuerySet[User]:
    """People who serve the given providers (a subquery of ids): their own, or the house's."""
    found = Organisation.objects.filter(pk__in=providers)
    own = Q(provider_place__organisation__in=found.filter(own_people=True))
    house = Q(provider_place=None) & Exists(found.filter(own_people=False))
    return people.filter(own | house)


def of_the_house(people: models.QuerySet[User]) -> models.QuerySet[User]:
    """Those of the people who are no provider's own."""
    return people.filter(provider_place=None)


class Places:
    """Where some people work, of those who are a provider's own."""

    def __init__(self, places: dict[int, int]) -> None:
        self._places = places

    def serves(self, user: User, provider: Organisation) -> bool:
        """Whether a person serves a provider: their own, or for the house's one without its own people."""
        place = self._places.get(user.pk)
        return place == provider.pk if place is not None else not provider.own_people


def places_among(people: Iterable[User]) -> Places:
    """Where each of the people works; one statement."""
    rows = ProviderPerson.objects.filter(user__in=[user.pk for user in people])
    return Places(dict(rows.values_list("user_id", "organisation_id")))


def serves(user: Any, provider_id: int) -> bool:
    """Whether a person of a provider serves the agreements of that provider. One query."""
    return providers_served(user).filter(pk=provider_id).exists()
