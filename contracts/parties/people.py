"""Who serves an agreement and whom to tell: PSAM, alternate, ESS, the reseller's management, audiences of Exhibit C."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact, Organisation
from contracts.parties.models.provider_people import of_the_house, serving
from contracts.parties.presence import Presence, there
from contracts.programmes.rules.terms import Role
from contracts.roster.models.entries import RosterRole
from contracts.scope import organisations_served, reach_of
from contracts.services.models.assignments import Absence, Assignment, Duty
from portal import alarms, roles
from portal.models import SubjectKey, User
from portal.prepared import Rows, given
from portal.rules.refusal import Refusal

__all__ = [
    "Absence",
    "Assignment",
    "Directory",
    "Responsible",
    "Staff",
    "audience",
    "holders",
    "house_holders",
    "psams_of",
    "register_subject",
    "require_serving",
    "reseller_management_of",
    "sign_ins_read_by",
    "told_about",
]

# Known only to the case: who owns it, and who reported it.
_OF_THE_CASE = (Role.CSE, Role.TECHNICAL_CONTACT)


def holders(agreement_id: int, *wanted: roles.Role) -> QuerySet[User]:
    """Those who hold one of the roles at the provider of an agreement, by name."""
    provider = Agreement.objects.filter(pk=agreement_id).values("provider")
    return serving(User.objects.with_role(*wanted), provider)


def colleagues_of(user: User, *wanted: roles.Role) -> QuerySet[User]:
    """Those who hold one of the roles and serve the same providers as a provider's person, by name."""
    place = reach_of(user).place
    people = User.objects.with_role(*wanted)
    if place is None:
        return of_the_house(people)
    return people.filter(provider_place__organisation=place)


def house_holders(*wanted: roles.Role, at: dt.datetime) -> list[User]:
    """The house's holders of one of the roles who can act, by name, for subjects that belong to no agreement.

    Where none can, whoever is alarmed (D-29).
    """
    found = there(of_the_house(User.objects.with_role(*wanted)), at)
    return list(found) or alarms.audience(at=at)


def require_serving(by: User, provider_id: int, act: str) -> None:
    """Raise Refusal unless a person of a provider serves the provider of what they act on (see `reach_of`)."""
    if reach_of(by).is_of(provider_id):
        return
    raise Refusal(
        f"You may not {act}: it belongs to another provider's agreement.",
        way_out="The people of that provider do it.",
    )


_subjects: dict[str, tuple[QuerySet[Any], str]] = {}


def register_subject(subject_type: str, rows: QuerySet[Any], provider: str) -> None:
    """Register the look-up path from a subject type to the provider whose people are notified about it."""
    _subjects[subject_type] = (rows, provider)


def told_about(
    subject: SubjectKey | None, people: QuerySet[User], at: dt.datetime | None
) -> QuerySet[User]:
    """Those of the people who may hear of a subject: its provider's; of anything else, the house's.

    Of them those who can act at `at` (D-29); all, without an instant.
    """
    people = people if at is None else there(people, at)
    rows, path = _subjects.get(subject.subject_type, (None, "")) if subject else (None, "")
    if subject is None or rows is None:
        return of_the_house(people)
    return serving(people, rows.filter(pk=subject.subject_id).values(path))


def sign_ins_read_by(user: User) -> Q | None:
    """The sign-ins of others that a contract administrator reads: of their provider's people and its customers'.

    The house's also read of attempts at addresses that nobody has. None for everybody else.
    """
    if not user.has_role(roles.Role.CONTRACT_ADMINISTRATOR):
        return None
    customers = Contact.objects.filter(organisation__in=organisations_served(user)).exclude(
        user=None
    )
    place = reach_of(user).place
    people = User.objects.exclude(roles=[])
    colleagues = (
        of_the_house(people) if place is None else people.filter(provider_place__organisation=place)
    )
    read = Q(user__in=colleagues.values("pk")) | Q(user__in=customers.values("user"))
    return read | Q(user=None) if place is None else read


class Staff:
    """The holders of some roles who can act at an instant, by provider (D-29).

    One query however many agreements there are; one or two more where nobody is there.
    """

    def __init__(self, *wanted: str, at: dt.datetime) -> None:
        self._wanted = wanted
        self._instant = at
        self._found: dict[int, list[User]] = {}

    def of(self, agreement: Agreement) -> list[User]:
        """Those at the provider of the agreement, by name; where nobody is there, who stands in (see `at`)."""
        return self.at(agreement.provider_id)

    def at(self, provider_id: int) -> list[User]:
        """Those at a provider, by name.

        Where nobody is there dispatch stands in, else those who are alarmed, else everybody who is there. Empty only
        where the provider has nobody left at all.
        """
        return self.holders(provider_id) or self._standing_in(provider_id)

    def holders(self, provider_id: int) -> list[User]:
        """Those at a provider, by name; nobody in their stead."""
        if provider_id not in self._found:
            self._found[provider_id] = [user for user in self._people if _serves(user, provider_id)]
        return self._found[provider_id]

    def _standing_in(self, provider_id: int) -> list[User]:
        return next(filter(None, (some.holders(provider_id) for some in self._others)), [])

    @cached_property
    def _others(self) -> list["Staff"]:
        wanted = ((roles.Role.DISPATCH,), alarms.AUDIENCE, tuple(roles.Role))
        return [Staff(*some, at=self._instant) for some in wanted if set(some) != set(self._wanted)]

    @cached_property
    def _people(self) -> list[Any]:
        return _holders(self._wanted).read(at=self._instant)


class Responsible:
    """Who acts for a case at an instant: its engineer; dispatch where it has none, or they cannot act (D-29)."""

    def __init__(self, at: dt.datetime) -> None:
        self.presence = Presence(at)
        self._dispatch = Staff(roles.Role.DISPATCH, at=at)

    def of(self, owner: User | None, provider_id: int) -> list[User]:
        """Those to whom the case's duties and notices go. At most two statements however many cases are asked for."""
        if owner is not None and self.presence.can_act(owner):
            return [owner]
        return self._dispatch.at(provider_id)


@cache
def _holders(wanted: tuple[str, ...]) -> Rows[User]:
    """The holders of those roles, each with where they serve and which providers have people of their own."""
    apart = Organisation.objects.filter(own_people=True).order_by().values("pk")
    people = User.objects.with_role(*wanted)
    return Rows(
        lambda: there(people, given("at")).annotate(
            place=F("provider_place__organisation"), apart=ArraySubquery(apart)
        )
    )


def _serves(user: Any, provider_id: int) -> bool:
    """Whether a person read by `Staff` serves a provider: their own, or for the house's one without its own people."""
    if user.place is not None:
        return bool(user.place == provider_id)
    return provider_id not in user.apart


class Directory:
    """Who serves some agreements at an instant, for a handful of queries however many agreements there are.

    `at` is an aware instant; assignments hold by the date in each agreement's zone.
    """

    def __init__(self, agreements: Iterable[Agreement], at: dt.datetime) -> None:
        self.agreements = list(agreements)
        self.at = at
        self.presence = Presence(at)
        self._in_role: dict[tuple[Role, int], list[User]] = {}

    def psams_of(self, agreement: Agreement) -> list[User]:
        """The assigned PSAMs who are there; when none is, the alternates who are (ATSP 14.1, 14.2).

        An empty list means that there is nobody to turn to: the caller raises the alarm.
        """
        return self._serving(agreement, Duty.PSAM) or self._serving(agreement, Duty.ALTERNATE_PSAM)

    def audience(self, role: Role, agreement: Agreement) -> list[User]:
        """The people of an audience of Exhibit C who can act (D-29): the agreement's PSAM, else every holder of the
        role at its provider. An empty list means that nobody can, and somebody has to stand in.

        Raises ValueError for the CSE and the Technical Contact, whom only the case knows.
        """
        if role in _OF_THE_CASE:
            raise ValueError(f"only the case knows its {role.value}")
        if role is Role.PSAM:
            return self.psams_of(agreement)
        found = self._in_role.get((role, agreement.provider_id))
        if found is None:
            found = [
                user
                for user in self._staff.holders(agreement.provider_id)
                if role.value in user.roles
            ]
            self._in_role[role, agreement.provider_id] = found
        return found

    def assigned(self, agreement: Agreement, duty: Duty) -> list[User]:
        """Those assigned to a duty on that day, whether or not they are away, by name."""
        today = agreement.date_at(self.at)
        return [
            assignment.user
            for assignment in self._assignments[agreement.pk, duty]
            if assignment.starts_on <= today
            and (assignment.ends_on is None or today <= assignment.ends_on)
        ]

    def is_away(self, user: User) -> bool:
        """Whether an assigned person is absent at the instant."""
        return self.presence.is_away(user)

    def _serving(self, agreement: Agreement, duty: Duty) -> list[User]:
        return self.presence.those_of(self.assigned(agreement, duty))

    @cached_property
    def _assignments(self) -> defaultdict[tuple[int, str], list[Assignment]]:
        """By agreement and duty, each in the order of the names."""
        found = defaultdict(list)
        for assignment in (
            Assignment.objects.filter(agreement__in=[one.pk for one in self.agreements])
            .select_related("user")
            .order_by("user__name", "user_id")
        ):
            found[assignment.agreement_id, assignment.duty].append(assignment)
        return found

    @cached_property
    def _staff(self) -> Staff:
        return Staff(*(role.value for role in Role if role not in _OF_THE_CASE), at=self.at)


def psams_of(agreement: Agreement, at: dt.datetime) -> list[User]:
    """The PSAMs to turn to at an instant (`Directory.psams_of`)."""
    return Directory([agreement], at).psams_of(agreement)


def audience(role: Role, agreement: Agreement, at: dt.datetime) -> list[User]:
    """The people of an audience of Exhibit C at an instant (`Directory.audience`)."""
    return Directory([agreement], at).audience(role, agreement)


def reseller_management_of(agreement: Agreement) -> list[Contact]:
    """The reseller's escalation management contacts, available at any time (ATSP 6.3).

    While the reseller has designated none it is the Administrative Contact, who is responsible for the
    relationship (ATSP 1.1). Empty when the roster names neither.
    """
    entries = agreement.roster.filter(
        standing__in=[RosterRole.MANAGEMENT, RosterRole.ADMINISTRATIVE],
        removed_at=None,
        contact__left_at=None,
    ).select_related("contact")
    by_standing: dict[str, list[Contact]] = {}
    for entry in entries.order_by("contact__name", "pk"):
        by_standing.setdefault(entry.standing, []).append(entry.contact)
    return by_standing.get(RosterRole.MANAGEMENT) or by_standing.get(RosterRole.ADMINISTRATIVE, [])
