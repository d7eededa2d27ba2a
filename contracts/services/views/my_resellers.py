"""The PSAM's home: my resellers, calls and minutes due, who is away, and what other rooms put beside (ATSP 14.1)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import Directory
from contracts.services.actions.calls import CALL, MINUTES
from contracts.services.models.assignments import Absence, Assignment, Duty
from contracts.services.models.calls import ConferenceCall
from contracts.services.vacancies import ACCOUNT_MANAGERS, Uncovered, uncovered
from portal import clock
from portal.access import reader, signed_in_as
from portal.models import Deadline, User
from portal.paging import part_of
from portal.roles import Role

AHEAD = dt.timedelta(days=45)
ROWS = 25


@dataclass(slots=True)
class Reseller:
    """One agreement that the reader serves: as what, who is there now, and what is due."""

    agreement: Agreement
    duty: Duty
    there: list[User]
    stands_in: bool = False
    due: list[tuple[Deadline, str, str]] = field(default_factory=list)
    gaps: list[Uncovered] = field(default_factory=list)


@require_GET
@signed_in_as(Role.PSAM)
def my_resellers(request: HttpRequest) -> HttpResponse:
    """The agreements that the reader serves, the ones in which something is due first; the same queries for many."""
    user = reader(request)
    now = clock.now()
    agreements = list(
        Agreement.objects.in_force(now)
        .filter(assignments__in=Assignment.objects.filter(user=user, duty__in=ACCOUNT_MANAGERS))
        .select_related("reseller")
        .distinct()
        .order_by("reseller__name", "pk")
    )
    directory = Directory(agreements, now)
    gaps = uncovered(agreements, now)
    due = _due(agreements)
    lines = []
    for agreement in agreements:
        psams = directory.assigned(agreement, Duty.PSAM)
        duty = Duty.PSAM if user in psams else Duty.ALTERNATE_PSAM
        if duty not in _duties_of(user, directory, agreement):
            continue
        there = directory.psams_of(agreement)
        lines.append(
            Reseller(
                agreement,
                duty,
                there,
                stands_in=duty is Duty.ALTERNATE_PSAM and user in there,
                due=due[agreement.pk],
                gaps=gaps.get(agreement.pk, []),
            )
        )
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    lines.sort(key=lambda one: one.due[0][0].due_at if one.due else last)
    colleagues = {
        one.pk
        for line in lines
        for duty in ACCOUNT_MANAGERS
        for one in directory.assigned(line.agreement, duty)
    }
    absences = (
        Absence.objects.filter(user__in=colleagues, ends_at__gt=now, starts_at__lt=now + AHEAD)
        .select_related("user")
        .order_by("starts_at", "user__name")
    )
    return render(
        request,
        "contracts/services/my_resellers.html",
        {
            "lines": part_of(lines, request.GET.get("page"), ROWS, "resellers"),
            "absences": list(absences[:ROWS]),
            "now": now,
        },
    )


def _duties_of(user: User, directory: Directory, agreement: Agreement) -> list[Duty]:
    """The reader's duty for the agreement on this day."""
    return [duty for duty in ACCOUNT_MANAGERS if user in directory.assigned(agreement, duty)]


def _due(agreements: list[Agreement]) -> dict[int, list[tuple[Deadline, str, str]]]:
    """The calls to hold and minutes to write, with their words and page; two queries."""
    rows = (
        Deadline.objects.about_all(agreements)
        .unfinished()
        .filter(kind__in=[CALL, MINUTES])
        .soonest_first()
    )
    calls = {
        (call.agreement_id, call.step): call
        for call in ConferenceCall.objects.filter(agreement__in=agreements).select_related(
            "agreement"
        )
    }
    found: dict[int, list[tuple[Deadline, str, str]]] = defaultdict(list)
    for row in rows:
        call = calls.get((row.subject_id, row.step))
        if call is not None:
            words = "Hold call" if row.kind == CALL else "Publish the minutes of call"
            label = f"{words} {call.number}"
            found[row.subject_id].append((row, label, call.get_absolute_url()))
    return found
