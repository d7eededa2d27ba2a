"""Who is alarmed at once about a severity 1 case that no timeline of Exhibit C watches (ATSP 4.5, 15.1)."""

import datetime as dt
from collections.abc import Collection
from functools import cached_property

from contracts.parties.people import Staff
from contracts.services.models.assignments import Absence, Assignment, Duty
from portal.models import User
from portal.roles import Role


class OnDuty:
    """The provider's people who are there at an instant, for three statements however many agreements there are.

    Where all of a role are away they count as there: an alarm finds somebody.
    """

    def __init__(self, agreement_ids: Collection[int], at: dt.datetime) -> None:
        self._agreement_ids = set(agreement_ids)
        self._at = at
        self._staff = Staff(Role.DISPATCH, Role.CSE, Role.SUPPORT_MANAGEMENT)

    def dispatch(self, provider_id: int) -> list[User]:
        """Dispatch of a provider, by name."""
        return self._there(provider_id, Role.DISPATCH)

    def management(self, provider_id: int) -> list[User]:
        """Customer Support Management of a provider, by name; dispatch where it has none."""
        return self._there(provider_id, Role.SUPPORT_MANAGEMENT) or self.dispatch(provider_id)

    def engineers(self, agreement_id: int, provider_id: int) -> list[User]:
        """Those who can take a case of an agreement: dispatch, every CSE, and the reseller's ESS."""
        return _each_once(
            self.dispatch(provider_id),
            self._there(provider_id, Role.CSE),
            self._specialists.get(agreement_id, []),
        )

    def everybody(self, agreement_id: int, provider_id: int) -> list[User]:
        """The engineers and Customer Support Management."""
        return _each_once(self.engineers(agreement_id, provider_id), self.management(provider_id))

    def _there(self, provider_id: int, role: Role) -> list[User]:
        found = [user for user in self._staff.at(provider_id) if role in user.roles]
        return [user for user in found if user.pk not in self._away] or found

    @cached_property
    def _away(self) -> set[int]:
        return set(Absence.objects.at(self._at).values_list("user_id", flat=True))

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
