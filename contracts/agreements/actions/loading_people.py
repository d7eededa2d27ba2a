"""The people of an agreement file: contacts on the roster with their users, the provider's people, who is assigned."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import (
    TECHNICAL,
    AssignmentLine,
    ContactLine,
    Duty,
    Finding,
    Party,
    PersonLine,
    TrainingLine,
)
from contracts.parties.calendars import CalendarBook
from contracts.parties.models.parties import Contact, Organisation, Site
from contracts.parties.models.provider_people import ProviderPerson
from contracts.programmes.rules.spans import due
from contracts.roster.models.entries import RosterEntry
from contracts.services.actions.calls import set_next_call
from contracts.services.models.assignments import Assignment
from contracts.verbs import Verb
from portal import journal
from portal.models import User
from portal.roles import Role
from portal.rules.business_time import from_wall_clock

_ROLES = {Duty.PSAM: Role.PSAM, Duty.ALTERNATE_PSAM: Role.PSAM, Duty.ESS: Role.ESS}


@dataclass(slots=True)
class Loading:
    """An agreement that is being loaded: by whom, when, and what the journal will say of it."""

    agreement: Agreement
    by: User | None
    at: dt.datetime
    password: str | None
    sites: dict[str, Site]
    calendars: CalendarBook = field(default_factory=CalendarBook)
    entries: list[journal.Entry] = field(default_factory=list)

    def note(self, verb: Verb, **details: Any) -> None:
        """Add an entry about the agreement to what the journal will say."""
        self.entries.append(journal.entry(self.agreement, verb, by=self.by, at=self.at, **details))


def contact_conflicts(lines: Sequence[ContactLine], reseller_name: str) -> Iterator[Finding]:
    """Addresses of a file's contacts that belong to somebody else in the portal."""
    users = _users([line.email for line in lines])
    for n, line in enumerate(lines, 1):
        user = users.get(line.email.lower())
        if user is None:
            continue
        contact = getattr(user, "contact", None)
        if user.is_provider:
            yield f"contact[{n}].email", f"is {line.email!r}, of a person at the provider", ""
        elif contact and contact.organisation.name.casefold() != reseller_name.casefold():
            whose = contact.organisation.name
            yield f"contact[{n}].email", f"is {line.email!r}, of a contact of {whose}", ""
        elif contact and contact.left_at is not None:
            yield f"contact[{n}].email", f"is {line.email!r}, of a contact who left", ""


def person_conflicts(
    people: Sequence[PersonLine], provider: Party | Organisation
) -> Iterator[Finding]:
    """The provider's people of a file who have an unknown role or somebody else's address."""
    users = _users([line.email for line in people])
    for n, line in enumerate(people, 1):
        for role in line.roles:
            if role not in Role.values:
                reason = f"has {role!r}; roles are {', '.join(Role.values)}"
                yield f"person[{n}].roles", reason, ""
        user = users.get(line.email.lower())
        if user is not None and not user.is_provider:
            yield f"person[{n}].email", f"is {line.email!r}, of a reseller's person", ""
        elif user is not None and _employer(user) != (provider.name if provider.own_people else ""):
            yield f"person[{n}].email", f"is {line.email!r}, of another provider's person", ""


def assignment_conflicts(
    lines: Sequence[AssignmentLine], people: Sequence[PersonLine]
) -> Iterator[Finding]:
    """Assignments of people who are not known at the provider, or lack the role of their duty."""
    roles = {email: set(user.roles) for email, user in _users([o.email for o in lines]).items()}
    for person in people:
        roles.setdefault(person.email.lower(), set()).update(person.roles)
    for n, line in enumerate(lines, 1):
        held = roles.get(line.email.lower())
        if not held:
            reason = f"is {line.email!r}, and no such person is at the provider"
            yield f"assignment[{n}].email", reason, ""
        elif _ROLES[line.duty] not in held:
            reason = f"is {line.email!r}, who does not have the role {_ROLES[line.duty].label}"
            yield f"assignment[{n}].email", reason, ""


def write_contacts(loading: Loading, lines: Sequence[ContactLine]) -> None:
    """Put contacts on the roster, each from two Business Days after their line was submitted (ATSP 5.2.1).

    A line that stands already is left alone.
    """
    agreement = loading.agreement
    standing_already = set(
        agreement.roster.filter(removed_at=None).values_list("contact_id", "standing")
    )
    for line in lines:
        site = loading.sites[line.site]
        contact = _contact(loading, line, site)
        for standing in line.standings:
            if (contact.pk, standing.value) in standing_already:
                continue
            entry = _roster_entry(loading, line, contact, site, standing.value)
            loading.note(
                Verb.ROSTER_SUBMITTED,
                text=f"{contact.name} as {agreement.programme.paper.name(entry.standing)}",
                clause=agreement.programme.roster.clause,
                public=True,
                contact=contact.pk,
                standing=entry.standing,
                pool=entry.pool,
                slot=entry.slot,
                submitted_at=entry.submitted_at,
                usable_from=entry.usable_from,
            )


def write_trainings(loading: Loading, lines: Sequence[TrainingLine]) -> list[Finding]:
    """Record training and certification on the roster. Returns what is wrong: people who are not on it."""
    entries: dict[str, list[RosterEntry]] = {}
    roster = loading.agreement.roster.filter(removed_at=None).technical()
    for entry in roster.select_related("contact"):
        entries.setdefault(entry.contact.email.lower(), []).append(entry)
    wrong: list[Finding] = []
    for n, line in enumerate(lines, 1):
        found = entries.get(line.email.lower())
        if not found:
            called = loading.agreement.programme.paper.name("technical")
            reason = f"is {line.email!r}, no {called} of the agreement"
            wrong.append(
                (f"training[{n}].email", reason, loading.agreement.programme.roster.clause)
            )
            continue
        for entry in found:
            _train(loading, entry, line)
    return wrong


def write_people(loading: Loading, lines: Sequence[PersonLine]) -> None:
    """Make the provider's people who are not there yet; those who are keep what they have."""
    users = _users([line.email for line in lines])
    provider = loading.agreement.provider
    for line in lines:
        if line.email.lower() not in users:
            user = User.objects.create_user(
                line.email,
                loading.password,
                name=line.name,
                roles=list(line.roles),
                zone=line.zone,
            )
            if provider.own_people:
                ProviderPerson.objects.create(user=user, organisation=provider)


def write_assignments(loading: Loading, lines: Sequence[AssignmentLine]) -> None:
    """Assign the provider's people to the agreement; an assignment that stands already is left alone."""
    if not lines:
        return
    users = _users([line.email for line in lines])
    present = set(loading.agreement.assignments.values_list("user_id", "duty"))
    for line in lines:
        user = users[line.email.lower()]
        if (user.pk, line.duty.value) in present:
            continue
        assignment = Assignment.objects.create(
            agreement=loading.agreement,
            user=user,
            duty=line.duty.value,
            starts_on=line.starts_on or loading.agreement.effective_on,
            ends_on=line.ends_on,
        )
        loading.note(
            Verb.AGREEMENT_ASSIGNED,
            text=f"{user.name} as {assignment.get_duty_display()}",
            clause="ATSP 15.1" if line.duty is Duty.ESS else "ATSP 14.1",
            public=True,
            user=user.pk,
            duty=line.duty.value,
            starts_on=assignment.starts_on,
            ends_on=assignment.ends_on,
        )
    set_next_call(loading.agreement, at=loading.at)


def _employer(user: User) -> str:
    """The name of the provider that keeps this person as its own; empty for the house's people."""
    place = ProviderPerson.objects.filter(user=user).select_related("organisation").first()
    return place.organisation.name if place else ""


def _users(emails: Sequence[str]) -> dict[str, User]:
    wanted = {email.lower() for email in emails}
    users = User.objects.filter(email__in=wanted).select_related("contact__organisation")
    return {user.email.lower(): user for user in users}


def _contact(loading: Loading, line: ContactLine, site: Site) -> Contact:
    """The contact of that address at the reseller, made with a user when there is none."""
    contact = (
        Contact.objects.present()
        .filter(organisation=site.organisation_id, email__iexact=line.email)
        .first()
    )
    if contact is not None:
        return contact
    user = User.objects.filter(email=line.email.lower()).first() or User.objects.create_user(
        line.email, loading.password, name=line.name, zone=site.zone
    )
    return Contact.objects.create(
        organisation_id=site.organisation_id,
        site=site,
        user=user,
        name=line.name,
        telephone=line.telephone,
        fax=line.fax,
        email=line.email,
        pager=line.pager,
        code=line.code,
    )


def _roster_entry(
    loading: Loading, line: ContactLine, contact: Contact, site: Site, standing: str
) -> RosterEntry:
    agreement = loading.agreement
    programme, tier = agreement.programme, agreement.tier_terms
    technical = standing in TECHNICAL
    pool = tier.pool_of(site.region) if tier and technical else None
    submitted_at = line.submitted_at or _opening_of_the_first_day(agreement, site)
    usable_from = (
        due(programme.roster.usable_after, submitted_at, loading.calendars.of(site, programme)).at
        if technical
        else submitted_at
    )
    return RosterEntry.objects.create(
        agreement=agreement,
        contact=contact,
        standing=standing,
        pool=pool.code if pool else "",
        slot=line.slot if technical else None,
        submitted_at=submitted_at,
        usable_from=usable_from,
        trained_on=line.trained_on if technical else None,
        certified_on=line.certified_on if technical else None,
        evidence=line.evidence if technical else "",
    )


def _opening_of_the_first_day(agreement: Agreement, site: Site) -> dt.datetime:
    """The beginning of the Effective Date's hours at the site: when an undated Exhibit A counts as submitted."""
    opens = dt.time.fromisoformat(agreement.programme.business_day.opens)
    return from_wall_clock(dt.datetime.combine(agreement.effective_on, opens), site.zone)


def _train(loading: Loading, entry: RosterEntry, line: TrainingLine) -> None:
    before = {"trained_on": entry.trained_on, "certified_on": entry.certified_on}
    after = {
        "trained_on": line.trained_on or entry.trained_on,
        "certified_on": line.certified_on or entry.certified_on,
    }
    if before == after:
        return
    entry.trained_on, entry.certified_on = after["trained_on"], after["certified_on"]
    entry.evidence = line.evidence or entry.evidence
    entry.save(update_fields=["trained_on", "certified_on", "evidence"])
    loading.note(
        Verb.ROSTER_TRAINING_RECORDED,
        text=f"{entry.contact.name}: {line.evidence}".rstrip(": "),
        clause=loading.agreement.programme.roster.clause,
        public=True,
        before=before,
        after=after,
        contact=entry.contact_id,
    )
