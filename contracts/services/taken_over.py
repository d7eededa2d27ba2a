"""What passes with posts that contracts knows: the PSAM's place of an agreement, and roles that nobody else holds."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from django.db.models import Q
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Organisation
from contracts.parties.models.provider_people import places_among
from contracts.parties.people import Directory, Staff
from contracts.services.actions.calls import CALL, MINUTES
from contracts.services.models.assignments import Assignment
from contracts.services.standing_in import Change, Owed, account_takers
from contracts.services.vacancies import ACCOUNT_MANAGERS
from portal.models import Deadline, User
from portal.roles import Role

PROMISED = {CALL: "Conference call", MINUTES: "Minutes of the conference call"}


def agreements_of(changes: Sequence[Change]) -> dict[int, list[Agreement]]:
    """The agreements in force in whose PSAM's place each person is or was, by the person's key; one statement."""
    ended = [one.assignment.pk for one in changes if one.assignment is not None]
    rows = Assignment.objects.filter(
        Q(user__in={one.person.pk for one in changes if one.assignment is None}) | Q(pk__in=ended),
        duty__in=ACCOUNT_MANAGERS,
        agreement__state="in_force",
    ).select_related("agreement__reseller")
    found: dict[int, dict[int, Agreement]] = defaultdict(dict)
    for row in rows:
        found[row.user_id][row.agreement_id] = row.agreement
    return {person: list(agreements.values()) for person, agreements in found.items()}


def account_management(changes: Sequence[Change], at: dt.datetime) -> Iterator[tuple[Change, Owed]]:
    """Who is the PSAM of which agreement now, with the calls and minutes that are due (ATSP 14.1.1, 14.2)."""
    posts = agreements_of(changes)
    every = {one.pk: one for agreements in posts.values() for one in agreements}
    if not every:
        return
    directory, dispatch = Directory(every.values(), at), Staff(Role.DISPATCH, at=at)
    promises = _promises(every.values())
    for change in changes:
        for agreement in posts.get(change.person.pk, ()):
            takers, nobody = account_takers(change, agreement, directory)
            for taker in dispatch.of(agreement) if nobody else takers:
                yield change, _post(agreement, taker, change)
                for promise in promises[agreement.pk]:
                    number = promise.data.get("number")
                    yield (
                        change,
                        Owed(
                            taker,
                            f"{agreement.reseller.name}, number {number}",
                            reverse("call", args=[agreement.reference, number]),
                            PROMISED[promise.kind],
                            promise.due_at,
                        ),
                    )


def roles_left_empty(changes: Sequence[Change], at: dt.datetime) -> Iterator[tuple[Change, Owed]]:
    """The roles of people who are gone that nobody else holds who can act: dispatch has their notices (D-29)."""
    gone = [one for one in changes if one.gone and one.assignment is None and one.person.roles]
    if not gone:
        return
    staff = Staff(*sorted({role for one in gone for role in one.person.roles}), at=at)
    dispatch = Staff(Role.DISPATCH, at=at)
    places = places_among([one.person for one in gone])
    providers = list(Organisation.objects.filter(pk__in=Agreement.objects.values("provider")))
    for change in gone:
        served = [one for one in providers if places.serves(change.person, one)]
        for role, provider in product(change.person.roles, served):
            held = [user for user in staff.holders(provider.pk) if role in user.roles]
            if not held:
                what = f"{Role(role).label} of {provider.name}: its notices and duties come to you"
                for taker in dispatch.at(provider.pk):
                    yield change, Owed(taker, what, reverse("absences"), vacant=True)


def _promises(agreements: Iterable[Agreement]) -> dict[int, list[Deadline]]:
    """The unfinished calls and minutes of agreements; one statement."""
    found: dict[int, list[Deadline]] = defaultdict(list)
    rows = Deadline.objects.about_all(agreements).unfinished().filter(kind__in=PROMISED)
    for row in rows.soonest_first():
        found[row.subject_id].append(row)
    return found


def _post(agreement: Agreement, taker: User, change: Change) -> Owed:
    again = " again" if taker == change.person and change.assignment is None else ""
    what = f"You serve {agreement.reseller.name} as PSAM{again}"
    if Role.PSAM not in taker.roles:
        what = f"Nobody serves {agreement.reseller.name} as PSAM: its duties come to you"
    return Owed(taker, what, reverse("services", args=[agreement.reference]))
