"""The calendar of absences: who is away, which resellers that touches, and who stands in (ATSP 14.2, 15.1)."""

import calendar
import datetime as dt
import re
import zoneinfo
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.options import OptionKindChoice
from contracts.services.actions.absences import end_absence, in_words
from contracts.services.forms import AbsenceForm
from contracts.services.models.assignments import Absence, Assignment, Duty
from contracts.services.permissions import MANAGEMENT
from contracts.services.vacancies import uncovered
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.acts import Act, Actor, answer
from portal.models import User
from portal.paging import part_of

FARTHEST_EAST, FARTHEST_WEST = dt.timedelta(hours=14), dt.timedelta(hours=12)
"""How far clocks are from UTC at most: a sheet shows the days of everybody's own zone."""
ROWS = 25
NAMED = 6
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(slots=True)
class Day:
    """A day of the month's sheet, with those who are away on it."""

    date: dt.date
    in_month: bool
    is_today: bool
    away: list[str] = field(default_factory=list)

    @property
    def named(self) -> list[str]:
        """Those of them whom the sheet has room for."""
        return self.away if len(self.away) <= NAMED else self.away[: NAMED - 1]

    @property
    def more(self) -> int:
        """How many others are away."""
        return len(self.away) - len(self.named)


@dataclass(slots=True)
class Line:
    """An absence as the list shows it: whom it touches, and who stands in."""

    absence: Absence
    words: str
    may_end: bool
    touches: list[tuple[Agreement, str]] = field(default_factory=list)


@require_http_methods(["GET", "POST"])
@signed_in_as()
def absences(request: HttpRequest) -> HttpResponse:
    """A month's sheet with the absences, and the form that enters one; `month` is 2003-03, else the present one."""
    actor = Actor(reader(request), clock.now())

    def page(form: Act[None, Actor]) -> HttpResponse:
        context = {
            **_sheet(request, actor.user, actor.at),
            "form": form,
            "enters_others": actor.user.has_role(*MANAGEMENT),
        }
        return render(request, "contracts/services/absences.html", context, status=form.status)

    return answer(request, AbsenceForm, None, actor, page)


@sent_from(lambda request, pk: reverse("absences"))
@signed_in_as()
def end_absence_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Call an absence off, or end it now."""
    found = get_visible_or_404(Absence.objects.select_related("user"), request.user, pk=pk)
    left = end_absence(found, by=reader(request), at=clock.now())
    said = "is back" if left else "is there after all"
    messages.success(request, f"{found.user.name} {said}.")
    return redirect("absences")


def _sheet(request: HttpRequest, user: User, now: dt.datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    first = _month(request.GET.get("month", ""), today)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1] + dt.timedelta(days=1)
    found = list(
        Absence.objects.visible_to(user)
        .select_related("user")
        .between(_midnight(start) - FARTHEST_EAST, _midnight(end) + FARTHEST_WEST)
        .order_by("starts_at", "user__name")
    )
    away: dict[dt.date, list[str]] = defaultdict(list)
    for absence in found:
        for day in _days(absence):
            away[day].append(absence.user.name)
    page = part_of(found, request.GET.get("page"), ROWS, "absences")
    next_month = (first + dt.timedelta(days=32)).replace(day=1)
    mine = _mine(user, now)
    gaps = uncovered(mine.values(), now)
    return {
        "first": first,
        "weeks": [
            [Day(day, day.month == first.month, day == today, away[day]) for day in week]
            for week in weeks
        ],
        "weekdays": list(calendar.day_name),
        "before": (first - dt.timedelta(days=1)).replace(day=1),
        "after": next_month,
        "is_present": first == today.replace(day=1),
        "page": page,
        "lines": _lines(list(page.object_list), user, now),
        "gaps": [gap for each in gaps.values() for gap in each][:ROWS],
    }


def _mine(user: User, now: dt.datetime) -> dict[int, Agreement]:
    """The agreements in force with a PSAM that the reader serves; all of them for management."""
    agreements = (
        Agreement.objects.visible_to(user)
        .in_force(now)
        .filter(options__kind=OptionKindChoice.PSAM)
        .select_related("reseller")
        .distinct()
    )
    if not user.has_role(*MANAGEMENT):
        agreements = agreements.filter(assignments__user=user)
    return {one.pk: one for one in agreements}


def _lines(found: list[Absence], user: User, now: dt.datetime) -> list[Line]:
    """The absences with the agreements they touch, for two queries more however many there are."""
    people = {absence.user_id for absence in found}
    manages = user.has_role(*MANAGEMENT)  # visible absences are those of colleagues
    running = Agreement.objects.visible_to(user).in_force(now)
    touched = Assignment.objects.filter(user__in=people, agreement__in=running)
    served = list(
        Assignment.objects.filter(
            Q(agreement__in=touched.values("agreement")), agreement__in=running
        ).select_related("agreement__reseller", "user")
    )
    others = list(Absence.objects.filter(user__in={each.user_id for each in served}))
    return [
        Line(
            absence,
            in_words(absence),
            absence.ends_at > now and (manages or absence.user_id == user.pk),
            [
                (each.agreement, _who_stands_in(absence, each, served, others))
                for each in served
                if each.user_id == absence.user_id and _overlap(each, absence)
            ],
        )
        for absence in found
    ]


def _who_stands_in(
    absence: Absence, theirs: Assignment, served: list[Assignment], others: list[Absence]
) -> str:
    """The stand-ins of an absent person, in words; "" when there are none."""
    if theirs.duty == Duty.ESS:
        return "incoming cases go to the queue"
    there = [
        each.user.name
        for each in served
        if each.agreement_id == theirs.agreement_id
        and each.user_id != absence.user_id
        and each.duty in (Duty.PSAM, Duty.ALTERNATE_PSAM)
        and _overlap(each, absence)
        and not any(
            other.user_id == each.user_id
            and other.starts_at < absence.ends_at
            and other.ends_at > absence.starts_at
            for other in others
        )
    ]
    return f"{' and '.join(dict.fromkeys(there))} stands in" if there else ""


def _overlap(assignment: Assignment, absence: Absence) -> bool:
    first = assignment.agreement.date_at(absence.starts_at)
    last = assignment.agreement.date_at(absence.ends_at - dt.timedelta(microseconds=1))
    return assignment.starts_on <= last and (
        assignment.ends_on is None or first <= assignment.ends_on
    )


def _days(absence: Absence) -> list[dt.date]:
    """The days of an absence, as the absent person's own zone counts them."""
    zone = zoneinfo.ZoneInfo(absence.user.zone)
    first = absence.starts_at.astimezone(zone).date()
    last = (absence.ends_at - dt.timedelta(microseconds=1)).astimezone(zone).date()
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _month(text: str, today: dt.date) -> dt.date:
    found = _MONTH.fullmatch(text)
    if found and 1 <= int(found[2]) <= 12 and 1900 < int(found[1]) < 9000:
        return dt.date(int(found[1]), int(found[2]), 1)
    return today.replace(day=1)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
