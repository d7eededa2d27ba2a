"""The services side of an agreement: who serves it, its calls and minutes, the account profile (ATSP 14, 15)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models import Agreement
from contracts.frame import agreement_or_404, render_tab
from contracts.programmes.rules.terms import OptionKind
from contracts.services.actions.assignments import assign, end_assignment
from contracts.services.actions.calls import CALL, MINUTES
from contracts.services.forms import AssignForm, EndAssignmentForm
from contracts.services.models.assignments import Absence, Assignment, Duty
from contracts.services.models.profile import ProfileRevision
from contracts.services.permissions import ASSIGNERS, may_manage, require_assigner
from contracts.services.vacancies import uncovered
from portal import clock
from portal.models import Deadline, User

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
    agreement = agreement_or_404(request, reference)
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
            "has_psam": OptionKind.PSAM.value in options,
            "has_ess": OptionKind.ESS.value in options,
            "may_assign": _has(request, ASSIGNERS),
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
    agreement = agreement_or_404(request, reference)
    user = require_assigner(_user(request), agreement, "assign people to an agreement")
    now = clock.now()
    first = max(agreement.effective_on, agreement.date_at(now))
    form = AssignForm(request.POST or None, agreement=agreement, initial={"starts_on": first})
    if request.method == "POST":
        done = form.performed(
            lambda data: assign(
                agreement,
                data["user"],
                Duty(data["duty"]),
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                by=user,
                at=now,
            )
        )
        if done is not None:
            said = (
                f"{done.user.name} is {done.get_duty_display()}, from {done.starts_on:%-d %b %Y}."
            )
            messages.success(request, said)
            return redirect("services", agreement.reference)
    return _form(request, agreement, form, "Assign somebody", "Assign", "user-check", "ATSP 14.1")


@require_http_methods(["GET", "POST"])
@login_required
def end_assignment_of(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Say until when a person serves the agreement."""
    agreement = agreement_or_404(request, reference)
    user = require_assigner(_user(request), agreement, "say who serves an agreement")
    found = agreement.assignments.select_related("user", "agreement").filter(pk=pk).first()
    if found is None:
        raise Http404
    now = clock.now()
    last = found.ends_on or min(agreement.ends_on, max(found.starts_on, agreement.date_at(now)))
    form = EndAssignmentForm(request.POST or None, initial={"ends_on": last})
    if request.method == "POST":
        done = form.performed(
            lambda data: end_assignment(found, ends_on=data["ends_on"], by=user, at=now)
        )
        if done is not None:
            messages.success(request, f"{found.user.name} serves until {done.ends_on:%-d %b %Y}.")
            return redirect("services", agreement.reference)
    title = f"Until when {found.user.name} is {found.get_duty_display()}"
    return _form(
        request, agreement, form, title, "Save the last day", "calendar-event", "ATSP 14.1"
    )


def _form(
    request: HttpRequest,
    agreement: Agreement,
    form: Any,
    title: str,
    submit: str,
    icon: str,
    clause: str,
) -> HttpResponse:
    """A page of the frame with one form; 409 when it came back."""
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "submit_icon": icon,
        "clause": clause,
    }
    status = 409 if form.is_bound else 200
    return render_tab(
        request, agreement, TAB, "contracts/services/form.html", context, status=status
    )


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("the view lets nobody in who has not signed in")
    return request.user


def _has(request: HttpRequest, roles: Any) -> bool:
    return _user(request).has_role(*roles)


def _manages(request: HttpRequest, agreement: Agreement, now: dt.datetime) -> bool:
    user = _user(request)
    return user.is_provider and may_manage(user, agreement, now)
