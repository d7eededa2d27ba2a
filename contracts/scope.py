"""Row visibility: provider people see those under the agreements they serve, a reseller's people their own
organization's, everybody else none.

A provider that keeps its own people is served by them alone, and they by nothing else. Every other provider is served
by the house: by those who hold a role and are nobody's own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from portal.prepared import Rows, among, given

_OWN = "SELECT organisation_id FROM contracts_contact WHERE user_id = %s AND left_at IS NULL"
"""The organization of a reseller's person; none for one who left."""
_APART = """
    SELECT id, EXISTS (SELECT FROM contracts_providerperson AS person
                        WHERE person.organisation_id = provider.id AND person.user_id = %s)
      FROM contracts_organisation AS provider
     WHERE own_people
"""
"""The providers that keep their own people, and whether the person is one of theirs. Each request asks one of the two:
made by the ORM they would take eight times as long as in the database."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose rows a signed-in person sees.

    A reseller's person sees those of their `own` organizations; a provider's person those of the provider at their
    `place`, or without a place those of every provider but the ones `apart`.
    """

    is_provider: bool
    own: tuple[int, ...] = ()
    place: int | None = None
    apart: tuple[int, ...] = ()

    def serves(self, provider: str) -> Q:
        """The condition that a provider's person serves the provider at the end of a look-up path; it may be empty.

        It compares known keys: asked of every row of every list, subqueries in their place cost more than the rows.
        Past an agreement it names the agreements apart, which are few: so its table need not be joined to every row.
        """
        if self.place is not None:
            return Q(**{provider: self.place})
        if not self.apart:
            return Q()
        way, _, last = provider.rpartition("__")
        if way.rpartition("__")[2] == "agreement":
            agreements = _rows("Agreement").filter(**{f"{last}__in": self.apart})
            return ~Q(**{f"{way}__in": agreements.values("pk")})
        return ~Q(**{f"{provider}__in": self.apart})

    def is_of(self, provider_id: int) -> bool:
        """Whether they are a provider's person who serves that provider, as `serves` selects."""
        if not self.is_provider:
            return False
        if self.place is not None:
            return provider_id == self.place
        return provider_id not in self.apart


def reach_of(user: Any) -> Reach:
    """How far a person sees. Read once for each user object, as Django does with permissions; one statement."""
    known: Reach | None = getattr(user, "_reach", None)
    if known is None or known.is_provider != user.is_provider:
        known = user._reach = _read_reach(user)
    return known


def know_own(user: Any, *organisations: int) -> None:
    """Note how far a reseller's person sees, where their contact was read anyway: `reach_of` need not ask."""
    user._reach = Reach(is_provider=False, own=organisations)


def _read_reach(user: Any) -> Reach:
    with connection.cursor() as cursor:
        if not user.is_provider:
            cursor.execute(_OWN, [user.pk])
            return Reach(is_provider=False, own=tuple(key for (key,) in cursor.fetchall()))
        cursor.execute(_APART, [user.pk])
        is_place = dict(cursor.fetchall())
    place = next((key for key, is_theirs in is_place.items() if is_theirs), None)
    return Reach(is_provider=True, place=place, apart=tuple(is_place))


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
        """The rows that the user may see; a user object's first use reads how far that is."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_provider and not self.organisation.endswith("reseller"):
            return self.filter(**{f"{self.organisation}__in": organisations_served(user)})
        return self.within(reach_of(user))

    def within(self, reach: Reach) -> Self:
        """The rows of a reseller's own, or of the agreements that a provider's people serve, by how far they see.

        What `visible_to` starts from; it may leave more out. Raises ValueError for a provider's people where the path
        leads past no agreement.
        """
        if not reach.is_provider:
            return self.filter(**{f"{self.organisation}__in": reach.own})
        *way, last = self.organisation.split("__")
        if last != "reseller":
            raise ValueError(f"{self.organisation} tells no provider")
        return self.filter(reach.serves("__".join([*way, "provider"])))

    def of_own(self) -> Self:
        """The rows of a reseller's organizations, whose keys each prepared read is given as `own` (see `Reach`)."""
        return self.filter(among(self.organisation, "own"))


class VisibleRow:
    """One row by its key, as `build` selects it, if the user may see it: `visible_to` as a prepared read.

    For rows under an agreement that are visible by nothing else. Raises TypeError at the first read where a queryset
    has a `visible_to` of its own: what it adds would be left out.
    """

    def __init__(self, build: Callable[[], ScopedQuerySet]) -> None:
        self._select = build
        self._served_within = lru_cache(maxsize=32)(self._rows_within)  # reaches differ by provider

    def read(self, user: Any, pk: int) -> Any:
        """The row, or None for none that the user may see. One statement."""
        if not user.is_authenticated or not user.is_active:
            return None
        reach = reach_of(user)
        if reach.is_provider:
            found = self._served_within(reach).read(pk=pk)
        else:
            found = self._own.read(pk=pk, own=list(reach.own))
        return found[0] if found else None

    def _build(self) -> ScopedQuerySet:
        rows = self._select()
        if type(rows).visible_to is not ScopedQuerySet.visible_to:
            raise TypeError(f"{type(rows).__name__} says itself what is visible")
        return rows

    def _rows_within(self, reach: Reach) -> Rows[Any]:
        return Rows(lambda: self._build().within(reach).filter(pk=given("pk")))

    @cached_property
    def _own(self) -> Rows[Any]:
        return Rows(lambda: self._build().of_own().filter(pk=given("pk")))
