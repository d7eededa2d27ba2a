"""Whom the services of an agreement choose: who serves it, and who is away."""

from django.db.models import QuerySet

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import holders
from contracts.services.permissions import colleagues_of
from portal.lookups import Lookup, register_lookup
from portal.models import User
from portal.roles import Role


def register_lookups() -> None:
    """Let the forms of services choose among many people."""
    for code, rows in (("account-people", account_people), ("colleagues", colleagues)):
        register_lookup(
            Lookup(
                code,
                "person",
                "people",
                rows,
                ("name", "email"),
                lambda user: user.name,
                lambda user: ", ".join(user.role_names),
            )
        )


def account_people(user: User, within: str) -> QuerySet[User]:
    """Those who may serve the agreement of that key, by name; none to a reseller's people."""
    if not user.is_provider or not within.isdecimal() or len(within) > 18:
        return User.objects.none()
    if not Agreement.objects.visible_to(user).filter(pk=int(within)).exists():
        return User.objects.none()
    return holders(int(within), Role.PSAM, Role.ESS)


def colleagues(user: User, within: str) -> QuerySet[User]:
    """The provider's people where the user works, by name; none to a reseller's people."""
    return colleagues_of(user) if user.is_provider else User.objects.none()
