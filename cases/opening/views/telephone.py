"""Dispatch's telephone intake: who is calling, and a case in under a minute; severity 1 at once (ATSP 4.4, 4.5)."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

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
from contracts.roster.models.entries import RosterEntry
from contracts.roster.permissions import last_agreement_of, standing_of_contact
from portal import clock, sending
from portal.access import get_visible_or_404, reader, signed_in_as
from portal.files.views import keeping_files, require_files_taken
from portal.models import User
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal
from portal.rules.telephone import digits_of, is_whole

CALLERS = 12
WORDS = 6
"""How many words of what the caller said are looked for."""


@keeping_files
@require_http_methods(["GET", "POST"])
@signed_in_as(*INTAKE)
def telephone_report(request: HttpRequest) -> HttpResponse:
    """Find the caller on the rosters, then take down the report."""
    user = reader(request)
    now = clock.now()
    named = number_in(request.GET.get("contact", ""))
    if named is None:
        found = request.GET.get("q", "").strip()
        context = {
            "found": found,
            "entries": _callers(found, user, now) if found else [],
            "case": _quoted(found, user),
            "awaiting": _awaiting_a_call(user),
            "now": now,
        }
        return render(request, "cases/telephone_who.html", context)
    contact = get_visible_or_404(
        Contact.objects.present().select_related("organisation", "site", "user"),
        user,
        pk=named,
    )
    return _report(request, user, contact, now)


def _report(request: HttpRequest, user: User, contact: Contact, now: dt.datetime) -> HttpResponse:
    standing = standing_of_contact(contact, now)
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
    if request.method == "POST" and form.is_valid():
        try:
            require_files_taken(request)
            said, page = _opened_once(form, user, contact, sending.key_in(request.POST), now)
        except Refusal as refusal:
            refusals = tuple(form.take(refusal.all))
        else:
            messages.success(request, said)
            return redirect(page)
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
    case = open_case(
        form.report(),
        by=user,
        contact=contact,
        channel=Channel.TELEPHONE,
        at=form.cleaned_data["called_at"] or now,
        logged_at=now,
        over_quota_reason=form.cleaned_data["over_quota_reason"],
        files=form.cleaned_data["attached"],
    )
    said, page = f"Case {case.number} is open for {contact.name}.", case.get_absolute_url()
    if key:
        sending.note(user, key, said=said, led_to=page)
    return said, page


def _callers(found: str, user: User, now: dt.datetime) -> list[RosterEntry]:
    """Roster lines whose contact's name, code, telephone, mail address or company matches what the caller said.

    Words match in any order. The telephone is found in any spelling. A whole number is looked for alone, so that an
    index finds it.
    """
    entries = (
        RosterEntry.objects.visible_to(user)
        .current(now)
        .select_related("contact__organisation", "contact__site", "agreement")
    )
    digits = digits_of(found)
    wanted = Q(contact__telephone_digits__contains=digits) if digits else Q()
    if is_whole(digits):
        wanted |= Q(contact__code=found)
    else:
        spoken = Q()
        for word in found.replace(",", " ").split()[:WORDS]:
            spoken &= (
                Q(contact__name__icontains=word)
                | Q(contact__code__iexact=word)
                | Q(contact__email__icontains=word)
                | Q(contact__organisation__name__icontains=word)
            )
        wanted |= spoken
    return list(
        entries.filter(wanted).order_by("contact__organisation__name", "contact__name", "standing")[
            :CALLERS
        ]
    )


def _quoted(found: str, user: User) -> Case | None:
    """The case whose number the caller quotes, if it is one (ATSP 4.4)."""
    number = number_in(found)
    if number is None:
        return None
    return Case.objects.visible_to(user).for_list().filter(pk=number).first()


def _awaiting_a_call(user: User) -> list[Case]:
    """The cases whose contact is expected to call: severity 1 was asked for by another way (D-9)."""
    cases = Case.objects.visible_to(user).open().filter(awaits_call_for__isnull=False)
    return list(cases.for_list().order_by("reported_at")[:CALLERS])
