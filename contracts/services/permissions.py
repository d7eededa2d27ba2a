"""Who may act for the services of an agreement: its account managers, the specialists, and their management."""

import datetime as dt

from django.db.models import Exists, Q, QuerySet

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import Directory, require_serving
from contracts.scope import places_of
from contracts.services.models.assignments import Duty
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

ASSIGNERS = (Role.CONTRACT_ADMINISTRATOR, Role.SUPPORT_MANAGEMENT)
"""Who says who serves an agreement."""

MANAGEMENT = (*ASSIGNERS, Role.DIRECTOR_PREMIUM_SUPPORT)
"""Who may enter another person's absence."""

PROFILE_KEEPERS = (Role.PSAM, Role.ESS, Role.SUPPORT_MANAGEMENT)
"""Who keeps account profiles: "the ESS works closely with the Partner's staff and the PSAM" (ATSP 14.1.1, 15.1)."""


def serves(user: User, agreement: Agreement, at: dt.datetime) -> bool:
    """Whether a person is the agreement's PSAM or alternate at an instant; either may act for the other (ATSP 14.2)."""
    directory = Directory([agreement], at)
    serving = [
        *directory.assigned(agreement, Duty.PSAM),
        *directory.assigned(agreement, Duty.ALTERNATE_PSAM),
    ]
    return user in serving


def may_manage(user: User, agreement: Agreement, at: dt.datetime) -> bool:
    """Whether a person may act for the agreement's account management: its PSAM, the alternate, their management."""
    return user.has_role(*MANAGEMENT) or (user.has_role(Role.PSAM) and serves(user, agreement, at))


def require_manager(user: User, agreement: Agreement, at: dt.datetime, act: str) -> User:
    """The user, if they may act for the agreement's account management (ATSP 14.1). Raises Refusal otherwise."""
    if may_manage(user, agreement, at):
        require_serving(user, agreement.provider_id, act)
        return user
    raise Refusal(
        f"You may not {act}.",
        clause="ATSP 14.1",
        way_out="Ask the agreement's PSAM, the alternate, or Customer Support Management.",
    )


def require_assigner(user: User, agreement: Agreement, act: str) -> User:
    """The user, if they may say who serves the agreement. Raises Refusal otherwise."""
    require_role(user, *ASSIGNERS, act=act, clause="ATSP 14.1")
    require_serving(user, agreement.provider_id, act)
    return user


def colleagues_of(user: User) -> QuerySet[User]:
    """The colleagues of somebody: those of the same provider if it keeps its own people, else the house's."""
    people = User.objects.with_role(*Role)
    place = places_of(user).values("organisation")
    return people.filter(
        Q(provider_place__organisation__in=place)
        | Q(provider_place=None) & ~Exists(places_of(user))
    )
