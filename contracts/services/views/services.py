"""The services side of an agreement: who serves it, its calls and minutes, the account profile (ATSP 14, 15)."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.frame import agreement_with_options_or_404, render_tab
from contracts.programmes.rules.terms import OptionKind
from contracts.services.actions.calls import CALL, MINUTES
from contracts.services.forms import AssignForm, EndAssignmentForm
from contracts.services.models.assignments import Absence, Assignment, Duty, duties_bought
from contracts.services.models.profile import ProfileRevision
from contracts.services.permissions import ASSIGNERS, may_manage, require_assigner
from contracts.services.vacancies import uncovered
from portal import clock
from portal.access import reader
from portal.acts import Act, Actor, answer
from portal.models import Deadline

S = TypeVar("S")
TAB = "services"
AHEAD = dt.timedelta(days=60)
"""How far ahead absences are shown on the page."""


@dataclass(slots=True)
class Serving:
    """A person who serves the agreement, now or later, with their absence: running, or the next one."""

    assignment: Assignment
    absence: Absence | None
    now: dt.datetime
    today: dt.date
    stands_in: bool = False

    @property
    def is_away(self) -> bool:
        """Whether they are away now."""
        return self.absence is not None and self.absence.starts_at <= self.now

    @property
    def begins_later(self) -> bool:
        """Whether their first day is to come."""
        return self.assignment.starts_on > self.today


@require_GET
@login_required
def services(request: HttpRequest, reference: str) -> HttpResponse:
    """Who serves the agreement and when they are away, the next call, minutes, the profile, what is owed."""
    agreement = agreement_with_options_or_404(request, reference)
    now = clock.now()
    people = serving(agreement, now)
    rows = {
        (row.kind, row.step): row
        for row in Deadline.objects.about(agreement).unfinished().filter(kind__in=[CALL, MINUTES])
    }
    calls = list(agreement.calls.order_by("-number"))
    options = {option.kind for option in agreement.options.all()}
    return render_tab(
        request,
        agreement,
        TAB,
        "contracts/services/services.html",
        {
            "people": people,
            "vacant": [
                duty.label
                for duty in duties_bought(options)
                if duty not in {one.assignment.duty for one in people}
            ],
            "has_psam": OptionKind.PSAM.value in options,
            "has_ess": OptionKind.ESS.value in options,
            "may_assign": reader(request).has_role(*ASSIGNERS),
            "may_manage": _manages(request, agreement, now),
            "gaps": uncovered([agreement], now).get(agreement.pk, ())
            if getattr(request.user, "is_provider", False)
            else (),
            "to_hold": [
                (call, rows.get((CALL, call.step))) for call in calls[::-1] if call.held_at is None
            ],
            "to_write": [
                (call, rows.get((MINUTES, call.step)))
                for call in calls[::-1]
                if call.held_at and not call.minutes_published_at
            ],
            "archive": [call for call in calls if call.minutes_published_at],
            "profile": ProfileRevision.objects.of(agreement.reseller_id)
            .select_related("by")
            .first(),
        },
    )


def serving(agreement: Agreement, now: dt.datetime) -> list[Serving]:
    """The people assigned on a day or later, as the agreement orders their duties; two queries."""
    today = agreement.date_at(now)
    assigned = [
        each
        for each in agreement.assignments.select_related("user").order_by(
            "starts_on", "user__name", "pk"
        )
        if each.ends_on is None or each.ends_on >= today
    ]
    absences: dict[int, Absence] = {}
    for absence in Absence.objects.filter(
        user__in=[each.user_id for each in assigned], ends_at__gt=now, starts_at__lt=now + AHEAD
    ).order_by("starts_at"):
        absences.setdefault(absence.user_id, absence)
    order = list(Duty)
    people = sorted(
        (Serving(each, absences.get(each.user_id), now, today) for each in assigned),
        key=lambda one: order.index(Duty(one.assignment.duty)),
    )
    psams = [p for p in people if p.assignment.duty == Duty.PSAM and not p.begins_later]
    if psams and all(one.is_away for one in psams):
        for one in people:
            here = not one.is_away and not one.begins_later
            one.stands_in = one.assignment.duty == Duty.ALTERNATE_PSAM and here
    return people


@require_http_methods(["GET", "POST"])
@login_required
def assign_person(request: HttpRequest, reference: str) -> HttpResponse:
    """Assign a person; a refusal shows the form again with what was typed."""
    agreement = agreement_with_options_or_404(request, reference)
    return own_page(request, agreement, AssignForm, agreement)


@require_http_methods(["GET", "POST"])
@login_required
def end_assignment_of(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Say until when a person serves the agreement."""
    agreement = agreement_with_options_or_404(request, reference)
    found = agreement.assignments.select_related("user", "agreement").filter(pk=pk).first()
    if found is None:
        require_assigner(reader(request), agreement, "say who serves an agreement")
        raise Http404
    return own_page(request, agreement, EndAssignmentForm, found)


def own_page(
    request: HttpRequest, agreement: Agreement, act: type[Act[S, Actor]], subject: S
) -> HttpResponse:
    """A page of the frame with one act."""

    def page(form: Act[S, Actor]) -> HttpResponse:
        shown = {"act": form}
        template = "contracts/services/form.html"
        return render_tab(request, agreement, TAB, template, shown, status=form.status)

    return answer(request, act, subject, Actor(reader(request), clock.now()), page)


def _manages(request: HttpRequest, agreement: Agreement, now: dt.datetime) -> bool:
    user = reader(request)
    return user.is_provider and may_manage(user, agreement, now)
