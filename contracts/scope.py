"""Row visibility: provider people see those under the agreements they serve, a reseller's people their own
organization's, everybody else none.

A provider that keeps its own people is served by them alone, and they by nothing else. Every other provider is served
by the house: by those who hold a role and are nobody's own.
"""

from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q


def own_organisations(user: Any) -> models.QuerySet[Any, Any]:
    """The organization of a signed-in reseller's contact as a subquery of ids; empty for one who left."""
    return _rows("Contact").filter(user=user, left_at=None).values("organisation_id")


def places_of(user: Any) -> models.QuerySet[Any, Any]:
    """The employer of a provider's own person: one row, or none for the house's people."""
    return _rows("ProviderPerson").filter(user=user)


def providers_served(user: Any) -> models.QuerySet[Any, Any]:
    """The providers whose agreements a provider's person serves, as a subquery of ids."""
    places = places_of(user)
    house = Q(own_people=False) & ~Exists(places)
    return (
        _rows("Organisation").filter(Q(pk__in=places.values("organisation")) | house).values("pk")
    )


def served(user: Any, provider: str) -> Q:
    """The condition that a provider's person serves the provider at the end of a look-up path.

    Asked of each row by a join to the few providers: cheaper than to collect all of them first.
    """
    places = places_of(user)
    own = Q(**{f"{provider}__in": places.values("organisation")})
    return own | Q(**{f"{provider}__own_people": False}) & Q(~Exists(places))


def organisations_served(user: Any) -> models.QuerySet[Any, Any]:
    """The organizations that a provider's person sees, as a subquery of ids.

    Their providers, the other party of each agreement of theirs, and for the house those without any agreement.
    """
    served = providers_served(user)
    agreements = _rows("Agreement")
    providers = agreements.filter(provider__in=served).values("provider")
    customers = agreements.filter(provider__in=served).values("reseller")
    alone = (
        Q(own_people=False)
        & ~Exists(places_of(user))
        & ~Exists(agreements.filter(reseller=OuterRef("pk")))
    )
    organisations = _rows("Organisation")
    own = Q(own_people=True, pk__in=served)
    return organisations.filter(own | Q(pk__in=providers) | Q(pk__in=customers) | alone).values(
        "pk"
    )


def _rows(model: str) -> models.QuerySet[Any, Any]:
    manager = apps.get_model("contracts", model)._default_manager
    return manager.all()


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that belong to an organization. `organisation` is the look-up path from the row to it.

    A path that ends at an agreement's reseller tells its provider too; any other row is the provider's to see when
    its organization is.
    """

    organisation: ClassVar[str]

    def visible_to(self, user: Any) -> Self:
        """The rows that the user may see. It adds no query of its own: a contact who left sees nothing at once."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if not user.is_provider:
            return self.filter(**{f"{self.organisation}__in": own_organisations(user)})
        *way, last = self.organisation.split("__")
        if last == "reseller":
            return self.filter(served(user, "__".join([*way, "provider"])))
        return self.filter(**{f"{self.organisation}__in": organisations_served(user)})
