"""Who is alarmed at once about a severity 1 case that no timeline of Exhibit C watches (ATSP 4.5, 15.1; D-29)."""

import datetime as dt
from collections.abc import Collection
from functools import cached_property

from contracts.parties.people import Responsible, Staff
from contracts.services.models.assignments import Assignment, Duty
from portal.models import User
from portal.roles import Role


class OnDuty:
    """The provider's people who can act at an instant, for a few statements however many agreements there are.

    Where nobody of a role can, dispatch stands in; where dispatch cannot, whoever is there (`Staff.at`).
    """

    def __init__(self, agreement_ids: Collection[int], at: dt.datetime) -> None:
        self._agreement_ids = set(agreement_ids)
        self._at = at
        self._staff = Staff(Role.DISPATCH, Role.CSE, Role.SUPPORT_MANAGEMENT, at=at)
        self._responsible = Responsible(at)

    def can_act(self, user: User) -> bool:
        """Whether somebody can act."""
        return self._responsible.presence.can_act(user)

    def acting_for(self, owner: User | None, provider_id: int) -> list[User]:
        """Who acts for a case of that engineer: they themselves, else dispatch."""
        return self._responsible.of(owner, provider_id)

    def dispatch(self, provider_id: int) -> list[User]:
        """Dispatch of a provider, by name."""
        return self._holding(provider_id, Role.DISPATCH) or self.acting_for(None, provider_id)

    def management(self, provider_id: int) -> list[User]:
        """Customer Support Management of a provider, by name; dispatch where it has none."""
        return self._holding(provider_id, Role.SUPPORT_MANAGEMENT) or self.dispatch(provider_id)

    def engineers(self, agreement_id: int, provider_id: int) -> list[User]:
        """Those who can take a case of an agreement: dispatch, every CSE, and the reseller's ESS."""
        return _each_once(
            self.dispatch(provider_id),
            self._holding(provider_id, Role.CSE),
            self._specialists.get(agreement_id, []),
        )

    def everybody(self, agreement_id: int, provider_id: int) -> list[User]:
        """The engineers and Customer Support Management."""
        return _each_once(self.engineers(agreement_id, provider_id), self.management(provider_id))

    def _holding(self, provider_id: int, role: Role) -> list[User]:
        return [user for user in self._staff.holders(provider_id) if role in user.roles]

    @cached_property
    def _specialists(self) -> dict[int, list[User]]:
        """The ESS of each agreement on the day of its zone."""
        found: dict[int, list[User]] = {}
        rows = Assignment.objects.there(self._at).filter(
            agreement__in=self._agreement_ids, duty=Duty.ESS
        )
        for one in rows.select_related("user", "agreement").order_by("pk"):
            today = one.agreement.date_at(self._at)
            if one.starts_on <= today and (one.ends_on is None or today <= one.ends_on):
                found.setdefault(one.agreement_id, []).append(one.user)
        return found


def _each_once(*groups: list[User]) -> list[User]:
    return list({user.pk: user for group in groups for user in group}.values())
