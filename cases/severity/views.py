"""What a severity would bring, shown while it is chosen: on a case, and on a report that is being written."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.case.actions import INTAKE
from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.severity.preview import Preview, of_change, of_report, severities_to
from contracts.frame import paper_context
from contracts.parties.calendars import calendar_of
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import Permissions, permissions_of, standing_of_contact
from portal import clock
from portal.access import get_visible_or_404, reader
from portal.fields import instant
from portal.models import User
from portal.rules.outside import number_in


@require_GET
@login_required
def severity_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the severities asked for would bring to a case now, or from a call in the past: a page, or its part.

    `to`, or a field of that name with a prefix, names one; without it, each other than the present one is told.
    """
    user = reader(request)
    case: Case = get_visible_or_404(
        Case.objects.select_related("agreement", "contact__site", "site"), user, pk=pk
    )
    at = called_at(request, clock.now())
    wanted = [
        number
        for name, value in request.GET.items()
        if (name == "to" or name.endswith("-to")) and (number := number_in(str(value))) is not None
    ]
    previews = [
        of_change(case, level, at=at, user=user).to(user) for level in severities_to(case, wanted)
    ]
    context = {
        "case": case,
        "previews": previews,
        "at": at,
        **paper_context(case.agreement),
    }
    part = request.headers.get("HX-Request") == "true"
    name = "cases/_severity_preview.html" if part else "cases/severity_preview.html"
    return render(request, name, context)


@require_GET
@login_required
def severity_brings(request: HttpRequest) -> HttpResponse:
    """What each severity would bring to the report being written: the parts of the form that say it, made anew.

    A Technical Contact asks for themselves, the telephone intake for the `contact` who calls.
    """
    user, now = reader(request), clock.now()
    named = number_in(request.GET.get("contact", ""))
    if named is not None:
        if not user.has_role(*INTAKE):
            raise Http404
        contact = get_visible_or_404(
            Contact.objects.present().select_related("organisation", "site"), user, pk=named
        )
        standing, channel = standing_of_contact(contact, now), Channel.TELEPHONE
    else:
        standing, channel = permissions_of(user, now), Channel.WEB
    if standing.contact is None or standing.agreement is None:
        raise Http404
    at = called_at(request, now)
    context = {
        "previews": previews_of(standing, channel, at=at, logged_at=now, user=user),
        "oob": True,
        **paper_context(standing.agreement),
    }
    return render(request, "cases/_severity_brings_all.html", context)


def previews_of(
    standing: Permissions,
    channel: Channel,
    *,
    at: dt.datetime,
    logged_at: dt.datetime,
    user: User,
    lacks: bool = False,
) -> dict[int, Preview]:
    """What each severity would bring to a report of a contact, by level; one statement.

    The blanks of a report are asked for at once, so that their clock is told too (ATSP 4.9.1): on the telephone there
    may be some, otherwise where it `lacks` what its product needs.
    """
    agreement, contact = standing.agreement, standing.contact
    assert agreement is not None, "asked only with an agreement"  # noqa: S101
    assert contact is not None, "asked only for a contact"  # noqa: S101
    calendar = calendar_of(contact.site, agreement.programme)
    return {
        term.level: of_report(
            agreement,
            contact,
            term.level,
            channel=channel,
            calendar=calendar,
            at=at,
            logged_at=logged_at,
            user=user,
            lacks=lacks or channel is Channel.TELEPHONE,
        ).to(user)
        for term in agreement.programme.severities
    }


def called_at(request: HttpRequest, now: dt.datetime) -> dt.datetime:
    """When the call was, as far as it is typed and has been; else now (D-23)."""
    for name, value in request.GET.items():
        if name == "called_at" or name.endswith("-happened_at"):
            try:
                typed: Any = instant("When", required=False).clean(str(value))
            except ValidationError:
                return now
            return min(typed, now) if typed else now
    return now
