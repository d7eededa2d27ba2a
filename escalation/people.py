"""Who bears a duty and who hears a notice of an escalation, at the instant at which it falls due (ATSP 14.2, Ex.C)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from cases.case.models import Case
from contracts.parties.people import Directory, Staff
from contracts.parties.presence import written_to
from contracts.programmes.rules.terms import Role
from contracts.services.models.assignments import Duty
from escalation.models import Timeline
from portal import roles
from portal.models import User
from portal.notices.outbox import Recipient

ROLE_NAMES = {
    Role.CSE: "CSE",
    Role.TECHNICAL_CONTACT: "technical contact",
    Role.PSAM: "PSAM",
    Role.SUPPORT_MANAGEMENT: "Customer Support Management",
    Role.SENIOR_MANAGER: "Senior Managers",
    Role.CPE_MANAGEMENT: "CPE management",
    Role.VP_TECHNICAL_SUPPORT: "Vice President Technical Support",
    Role.DIRECTOR_PREMIUM_SUPPORT: "Director of WW Premium Support",
    Role.EXECUTIVE: "Executive Team",
    Role.SALES: "Legato sales",
    Role.PSE: "PSE team",
    Role.ENGINEERING: "Engineering",
}
"""The roles as Exhibit C names them."""


class Bearers:
    """The people of some timelines at an instant, for a handful of statements however many timelines there are.

    The cases come with agreement, contact and owner (``Timeline.objects.with_case``). Nobody who cannot act is among
    them (D-29): a PSAM who is away gives place to the alternate, and a case that nobody owns who can act belongs to
    dispatch and every CSE. Where a role has nobody, dispatch bears it.
    """

    def __init__(self, timelines: Iterable[Timeline], at: dt.datetime) -> None:
        agreements = {timeline.case.agreement_id: timeline.case.agreement for timeline in timelines}
        self._directory = Directory(agreements.values(), at)
        self._dispatch = Staff(roles.Role.DISPATCH, at=at)
        self._intake = Staff(roles.Role.DISPATCH, roles.Role.CSE, at=at)
        self._known: dict[tuple[Role, int], list[User]] = {}

    def of(self, role: Role, case: Case) -> list[User]:
        """Who bears a role for a case, by name: those who can act, else dispatch (D-29).

        Empty for the Technical Contact, who is the reseller's.
        """
        found = self.holders(role, case)
        if found or role is Role.TECHNICAL_CONTACT:
            return found
        return self._dispatch.of(case.agreement)

    def is_vacant(self, role: Role, case: Case) -> bool:
        """Whether nobody who can act holds the role for the case, so that dispatch stands in: an alarm."""
        return role is not Role.TECHNICAL_CONTACT and not self.holders(role, case)

    def holders(self, role: Role, case: Case) -> list[User]:
        """The provider's people in a role for a case who can act, by name; nobody in their stead."""
        key = (role, case.pk)
        if key not in self._known:
            self._known[key] = self._find(role, case)
        return self._known[key]

    def _find(self, role: Role, case: Case) -> list[User]:
        if role is Role.CSE:
            if case.owner is not None and self._directory.presence.can_act(case.owner):
                return [case.owner]
            return self._intake.holders(case.agreement.provider_id)
        if role is Role.TECHNICAL_CONTACT:
            return []
        return self._directory.audience(role, case.agreement)

    def audience(self, wanted: Sequence[Role], case: Case) -> list[Recipient]:
        """Who hears a notice for those roles, each once; the technical contact only where an address is known."""
        found: dict[str, Recipient] = {}
        for role in wanted:
            people: list[Recipient] = [*self.of(role, case)]
            if role is Role.TECHNICAL_CONTACT:
                people = reachable(case)
            for person in people:
                found.setdefault(person.email.lower(), person)
        return list(found.values())

    def bears(self, user: User, role: Role, case: Case) -> bool:
        """Whether a duty of that role on the case is the user's now: it heads their list."""
        return any(person.pk == user.pk for person in self.of(role, case))

    def stands_for(self, user: User, role: Role, case: Case) -> bool:
        """Whether the user bears the role on the case, or is assigned to it though away or not in turn."""
        if self.bears(user, role, case):
            return True
        if role is not Role.PSAM:
            return False
        assigned = (Duty.PSAM, Duty.ALTERNATE_PSAM)
        return any(user in self._directory.assigned(case.agreement, duty) for duty in assigned)

    def may_act(self, user: User, role: Role, case: Case) -> bool:
        """Whether the user may do or waive a duty of that role: they bear it here, or hold the role elsewhere."""
        return user.has_role(role.value) or self.stands_for(user, role, case)


def reachable(case: Case) -> list[Recipient]:
    """The case's contact, where something can be written to them (D-29)."""
    contact = written_to(case.contact)
    return [contact] if contact is not None else []


def in_words(wanted: Iterable[Role]) -> str:
    """Roles in a sentence: "VP Technical Support and Senior Managers"."""
    names = [ROLE_NAMES[Role(role)] for role in wanted]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
