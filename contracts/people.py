"""Who serves an agreement and who is told: PSAM, alternate, ESS, the reseller's management, audiences of Exhibit C."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

from contracts.models import Absence, Agreement, Assignment, Contact, Duty, RosterStanding
from contracts.rules.terms import Role
from portal.models import User

__all__ = [
    "Absence",
    "Assignment",
    "Directory",
    "audience",
    "ess_of",
    "psams_of",
    "reseller_management_of",
]

# Known only to the case: who owns it, and who reported it.
_OF_THE_CASE = (Role.CSE, Role.TECHNICAL_CONTACT)


class Directory:
    """Who serves some agreements at an instant, for a handful of queries however many agreements there are.

    `at` is an aware instant; assignments hold by the date in each agreement's zone.
    """

    def __init__(self, agreements: Iterable[Agreement], at: dt.datetime) -> None:
        self.agreements = list(agreements)
        self.at = at

    def psams_of(self, agreement: Agreement) -> list[User]:
        """The assigned PSAMs who are there; when none is, the alternates who are (ATSP 14.1, 14.2).

        An empty list means that there is nobody to turn to: the caller raises the alarm.
        """
        return self._serving(agreement, Duty.PSAM) or self._serving(agreement, Duty.ALTERNATE_PSAM)

    def ess_of(self, agreement: Agreement) -> User | None:
        """The agreement's Enterprise Support Specialist; None when there is none, or they are away (ATSP 15.1)."""
        return next(iter(self._serving(agreement, Duty.ESS)), None)

    def audience(self, role: Role, agreement: Agreement) -> list[User]:
        """The people of an audience of Exhibit C: the agreement's PSAM, else everybody who holds the role.

        Raises ValueError for the CSE and the Technical Contact, whom only the case knows.
        """
        if role in _OF_THE_CASE:
            raise ValueError(f"only the case knows its {role.value}")
        if role is Role.PSAM:
            return self.psams_of(agreement)
        return [user for user in self._provider_people if role.value in user.roles]

    def assigned(self, agreement: Agreement, duty: Duty) -> list[User]:
        """Those assigned to a duty on that day, whether or not they are away, by name."""
        today = agreement.date_at(self.at)
        return [
            assignment.user
            for assignment in self._assignments
            if assignment.agreement_id == agreement.pk
            and assignment.duty == duty
            and assignment.starts_on <= today
            and (assignment.ends_on is None or today <= assignment.ends_on)
        ]

    def is_away(self, user: User) -> bool:
        """Whether an assigned person is absent at the instant."""
        return user.pk in self._away

    def _serving(self, agreement: Agreement, duty: Duty) -> list[User]:
        return [
            user
            for user in self.assigned(agreement, duty)
            if user.is_active and not self.is_away(user)
        ]

    @cached_property
    def _assignments(self) -> list[Assignment]:
        return list(
            Assignment.objects.filter(agreement__in=[one.pk for one in self.agreements])
            .select_related("user")
            .order_by("user__name", "user_id")
        )

    @cached_property
    def _away(self) -> set[int]:
        people = {assignment.user_id for assignment in self._assignments}
        if not people:
            return set()
        absences = Absence.objects.at(self.at).filter(user__in=people)
        return set(absences.values_list("user_id", flat=True))

    @cached_property
    def _provider_people(self) -> list[User]:
        roles = [role.value for role in Role if role not in _OF_THE_CASE]
        return list(User.objects.with_role(*roles))


def psams_of(agreement: Agreement, at: dt.datetime) -> list[User]:
    """The PSAMs to turn to at an instant (`Directory.psams_of`)."""
    return Directory([agreement], at).psams_of(agreement)


def ess_of(agreement: Agreement, at: dt.datetime) -> User | None:
    """The ESS to turn to at an instant (`Directory.ess_of`)."""
    return Directory([agreement], at).ess_of(agreement)


def audience(role: Role, agreement: Agreement, at: dt.datetime) -> list[User]:
    """The people of an audience of Exhibit C at an instant (`Directory.audience`)."""
    return Directory([agreement], at).audience(role, agreement)


def reseller_management_of(agreement: Agreement) -> list[Contact]:
    """The reseller's escalation management contacts, available at any time (ATSP 6.3).

    While the reseller has designated none it is the Administrative Contact, who is responsible for the
    relationship (ATSP 1.1). Empty when the roster names neither.
    """
    entries = agreement.roster.filter(
        standing__in=[RosterStanding.MANAGEMENT, RosterStanding.ADMINISTRATIVE],
        removed_at=None,
        contact__left_at=None,
    ).select_related("contact")
    by_standing: dict[str, list[Contact]] = {}
    for entry in entries.order_by("contact__name", "pk"):
        by_standing.setdefault(entry.standing, []).append(entry.contact)
    return by_standing.get(RosterStanding.MANAGEMENT) or by_standing.get(
        RosterStanding.ADMINISTRATIVE, []
    )
