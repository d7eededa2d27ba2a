"""Dispatch's telephone intake: who is calling, and a case in under a minute; severity 1 at once (ATSP 4.4, 4.5)."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases.calls import page
from cases.calls.callers import callers
from cases.case.actions import INTAKE
from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.opening.actions import open_case, refusals_for
from cases.opening.forms import TelephoneReportForm
from cases.opening.limitations import outlasting_of
from cases.opening.rules import EXTENSION_CLAUSE
from cases.severity.views import previews_of
from contracts.frame import paper_context
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import Permissions, last_agreement_of, standings_of
from portal import clock, sending
from portal.access import get_visible_or_404, reader, signed_in_as
from portal.files.views import keeping_files, require_files_taken
from portal.models import User
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal


@keeping_files
@require_http_methods(["GET", "POST"])
@signed_in_as(*INTAKE)
def telephone_report(request: HttpRequest) -> HttpResponse:
    """Find the caller on the rosters, then take down the report."""
    user = reader(request)
    now = clock.now()
    named = number_in(request.GET.get("contact", ""))
    if named is None:
        return _who(request, user, now)
    contact = get_visible_or_404(
        Contact.objects.present().select_related("organisation", "site", "user"),
        user,
        pk=named,
    )
    return _report(request, user, contact, now)


def _who(request: HttpRequest, user: User, now: dt.datetime) -> HttpResponse:
    """Who is calling: the page, or its results alone while one types."""
    found = request.GET.get("q", "").strip()
    context = {"found": found, "callers": callers(found, user, now), "case": _quoted(found, user)}
    if request.headers.get("HX-Target") == "callers":
        return render(request, "cases/calls/_callers.html", context)
    context |= {
        "awaiting": page.awaited(user),
        "last_calls": page.last_calls(user),
        "teams": page.teams(user, now),
        "away": page.away(user, now),
    }
    return render(request, "cases/calls/who.html", context)


def _report(request: HttpRequest, user: User, contact: Contact, now: dt.datetime) -> HttpResponse:
    standing = _standing(contact, now, user)
    refusals = refusals_for(contact, now, standing)
    context: dict[str, Any] = {
        "contact": contact,
        "standing": standing,
        **paper_context(standing.agreement or last_agreement_of(standing)),
        "their_cases": Case.objects.visible_to(user)
        .filter(contact=contact)
        .open()
        .for_list()
        .most_urgent_first()[:5],
    }
    if standing.agreement is None:
        return render(
            request, "cases/cannot_open.html", {**context, "refusals": refusals}, status=403
        )
    spent = any(refused.clause == EXTENSION_CLAUSE for refused in refusals)
    form = TelephoneReportForm(
        request.POST or None, programme=standing.agreement.programme, spent=spent
    )
    form.send_files_as(user, f"call:{contact.pk}")
    form.suggest_for(contact)
    if request.method == "POST" and form.is_valid():
        try:
            require_files_taken(request)
            said, opened_page = _opened_once(form, user, contact, sending.key_in(request.POST), now)
        except Refusal as refusal:
            refusals = tuple(form.take(refusal.all))
        else:
            messages.success(request, said)
            return redirect(opened_page)
    form.previews = previews_of(standing, Channel.TELEPHONE, at=now, logged_at=now, user=user)
    return render(
        request,
        "cases/telephone_report.html",
        {
            **context,
            "outlasting": outlasting_of(standing, contact),
            "form": form,
            "form_key": sending.key_in(request.POST) or sending.new_key(),
            "refusals": refusals,
            "programme": standing.agreement.programme,
        },
        status=409 if request.method == "POST" else 200,
    )


@transaction.atomic
def _opened_once(
    form: TelephoneReportForm, user: User, contact: Contact, key: str, now: dt.datetime
) -> tuple[str, str]:
    """Open the case, once for each form; what to say then, and its page. Raises Refusal."""
    before = sending.earlier(user, key, now) if key else None
    if before is not None:
        return before.said, before.led_to
    called_at = form.cleaned_data["called_at"] or now
    case = open_case(
        form.report(),
        by=user,
        contact=contact,
        channel=Channel.TELEPHONE,
        at=called_at,
        standing=_standing(contact, called_at, user),
        logged_at=now,
        over_quota_reason=form.cleaned_data["over_quota_reason"],
        files=form.cleaned_data["attached"],
    )
    said, page = f"Case {case.number} is open for {contact.name}.", case.get_absolute_url()
    if key:
        sending.note(user, key, said=said, led_to=page)
    return said, page


def _standing(contact: Contact, at: dt.datetime, user: User) -> Permissions:
    """The caller's standing under the agreements that the dispatcher serves."""
    return standings_of([contact], at, user)[contact.pk].standing


def _quoted(found: str, user: User) -> Case | None:
    """The case whose number the caller quotes, if it is one (ATSP 4.4)."""
    number = number_in(found)
    if number is None:
        return None
    return Case.objects.visible_to(user).for_list().filter(pk=number).first()
