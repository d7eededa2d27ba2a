"""Beside the search for a caller: the calls that are awaited, the last calls, who is there to take a case."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from cases.calls.models import RefusedCall
from cases.case.actions import ENGINEERS
from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from contracts.parties.people import colleagues_of
from contracts.parties.presence import there
from contracts.services.models.assignments import Absence
from portal.models import User
from portal.notices.duty import on_duty
from portal.roles import Role

CALLS = 8
"""So many of the last calls are shown."""
AWAITED = 12
PEOPLE = 6
"""So many people of a kind are named."""
_READ = 400


@dataclass(frozen=True, slots=True)
class Team:
    """People of one kind who are there: `shown` are named, `more` are not. `busy` are at work on a severity 1."""

    title: str
    shown: tuple[User, ...]
    busy: frozenset[int] = frozenset()
    more: int = 0


def awaited(user: User) -> list[Case]:
    """The cases whose contact is expected to call: severity 1 was asked for by another way (D-9)."""
    cases = Case.objects.visible_to(user).open().filter(awaits_call_for__isnull=False)
    return list(cases.for_list().order_by("reported_at")[:AWAITED])


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was taken or refused: who called, for whom, who answered; what became of it leads to `url`."""

    at: dt.datetime
    caller: str
    company: str
    by: str
    url: str
    number: str = ""
    refused: str = ""


def last_calls(user: User) -> list[Call]:
    """The last calls: cases reported by telephone, and calls that were refused; the newest first. Two statements."""
    cases = Case.objects.visible_to(user).filter(channel=Channel.TELEPHONE)
    taken = cases.for_list().select_related("opened_by").newest_first()[:CALLS]
    refused = RefusedCall.objects.visible_to(user).select_related("by").newest_first()[:CALLS]
    calls = [
        Call(
            one.reported_at,
            one.contact.name,
            one.reseller.name,
            one.opened_by.name,
            one.get_absolute_url(),
            number=one.number,
        )
        for one in taken
    ]
    calls += [
        Call(
            one.called_at,
            one.caller,
            one.company,
            one.by.name,
            reverse("refused_calls"),
            refused=one.get_why_display(),
        )
        for one in refused
    ]
    return sorted(calls, key=lambda call: call.at, reverse=True)[:CALLS]


def teams(user: User, now: dt.datetime) -> list[Team]:
    """Who is there of those who serve the same providers: engineers, dispatch, managers. Two statements."""
    wanted = (Role.DISPATCH, Role.SUPPORT_MANAGEMENT, *ENGINEERS)
    people = list(there(colleagues_of(user, *wanted), now)[:_READ])
    busy = frozenset(on_duty([one.pk for one in people], now))
    kinds = (
        ("Engineers", (Role.CSE, Role.ESS)),
        ("Dispatch", (Role.DISPATCH,)),
        ("Customer Support Management", (Role.SUPPORT_MANAGEMENT,)),
    )
    found = [_team(title, people, roles, busy) for title, roles in kinds]
    return [one for one in found if one.shown]


def _team(title: str, people: Iterable[User], roles: Iterable[Role], busy: frozenset[int]) -> Team:
    """Those who are free first, so that the first name is the one to hand a case to."""
    theirs = sorted(
        (one for one in people if one.has_role(*roles)), key=lambda one: (one.pk in busy, one.name)
    )
    return Team(title, tuple(theirs[:PEOPLE]), busy, max(0, len(theirs) - PEOPLE))


def away(user: User, now: dt.datetime) -> list[Absence]:
    """Who is away of engineers, dispatch and managers, with until when; the soonest back first."""
    people = colleagues_of(user, Role.DISPATCH, *ENGINEERS)
    rows = Absence.objects.at(now).filter(user__in=people.order_by().values("pk"))
    return list(rows.select_related("user").order_by("ends_at", "pk")[:PEOPLE])
