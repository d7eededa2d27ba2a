"""Opening a case in the browser: the form, its draft, matching articles, and dispatch's telephone intake."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.actions import open_case
from cases.actions.frame import INTAKE
from cases.actions.opening import refusals_for
from cases.forms.opening import OpenCaseForm, TelephoneReportForm
from cases.models import Article
from cases.rules.vocabulary import Channel
from contracts.models import Contact, RosterEntry
from contracts.standing import standing_of
from portal import clock
from portal.access import get_visible_or_404, signed_in_as
from portal.models import Draft, User
from portal.rules.refusal import Refusal

DRAFT = "cases.open"


@require_http_methods(["GET", "POST"])
@login_required
def open_a_case(request: HttpRequest) -> HttpResponse:
    """The form for a Technical Contact. What stands against opening is said before anything is typed.

    A refusal keeps everything typed in the form and in the draft.
    """
    user = _user(request)
    now = clock.now()
    standing = standing_of(user, now)
    if standing.contact is None or standing.agreement is None:
        refused = refusals_for(standing.contact, now) if standing.contact else ()
        return render(request, "cases/cannot_open.html", {"refusals": refused}, status=403)
    programme = standing.agreement.programme
    draft = _draft_named(request)
    refusals: tuple[Refusal, ...] = refusals_for(standing.contact, now)
    if request.method == "POST":
        form = OpenCaseForm(request.POST, programme=programme)
        draft = _keep(user, request.POST, now, draft)
        if form.is_valid():
            try:
                case = open_case(
                    form.report(), by=user, contact=standing.contact, channel=Channel.WEB, at=now
                )
            except Refusal as refusal:
                refusals = (refusal,)
                if refusal.field in form.fields:
                    form.add_error(refusal.field, str(refusal))
            else:
                draft.delete()
                messages.success(request, f"Case {case.number} is open.")
                return redirect(case)
    else:
        form = OpenCaseForm(initial=draft.data if draft else {}, programme=programme)
    return render(
        request,
        "cases/open.html",
        {
            "form": form,
            "draft": draft,
            "refusals": refusals,
            "standing": standing,
            "severities": programme.severities,
        },
        status=409 if request.method == "POST" else 200,
    )


@require_POST
@login_required
def save_draft(request: HttpRequest) -> HttpResponse:
    """Keep what was typed so far; the answer names the draft, so that the next save meets it again."""
    draft = _keep(_user(request), request.POST, clock.now(), _draft_named(request))
    return render(request, "cases/_draft_saved.html", {"draft": draft})


@require_POST
@login_required
def discard_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away: its owner said so, or an article solved the Problem before a case was spent."""
    draft = get_visible_or_404(Draft.objects, request.user, pk=pk)
    draft.delete()
    messages.success(request, "The draft is gone; no case was spent.")
    return redirect("home")


@require_GET
@login_required
def matching_articles(request: HttpRequest) -> HttpResponse:
    """Published articles with a Fix that match what is being typed."""
    words = f"{request.GET.get('title', '')} {request.GET.get('description', '')}".split()
    found: list[Article] = []
    if len(words) >= 2:
        query = SearchQuery(" or ".join(words[:20]), search_type="websearch", config="english")
        vector = SearchVector("title", "symptom", "cause", config="english")
        found = list(
            Article.objects.visible_to(request.user)
            .with_fix(clock.now())
            .annotate(search=vector)
            .filter(search=query)
            .annotate(rank=SearchRank(vector, query))
            .select_related("product")
            .order_by("-rank", "number")[:3]
        )
    return render(request, "cases/_matching_articles.html", {"articles": found})


@require_http_methods(["GET", "POST"])
@signed_in_as(*INTAKE)
def telephone_report(request: HttpRequest) -> HttpResponse:
    """Dispatch takes down a report by telephone: who is calling, and a case in under a minute; severity 1 at once."""
    user = _user(request)
    now = clock.now()
    found = request.GET.get("q", "").strip()
    contact = None
    if request.GET.get("contact", "").isdigit():
        contact = get_object_or_404(
            Contact.objects.visible_to(user), pk=int(request.GET["contact"]), left_at=None
        )
    if contact is None:
        return render(
            request,
            "cases/telephone_who.html",
            {"found": found, "entries": _callers(found, now) if found else []},
        )
    return _telephone_form(request, user, contact, now)


def _telephone_form(
    request: HttpRequest, user: User, contact: Contact, now: dt.datetime
) -> HttpResponse:
    refusals = refusals_for(contact, now)
    standing_agreement = contact.organisation.agreements.in_force(now).first()
    if standing_agreement is None:
        return render(request, "cases/cannot_open.html", {"refusals": refusals}, status=403)
    options: dict[str, Any] = {
        "programme": standing_agreement.programme,
        "contacts": Contact.objects.filter(pk=contact.pk),
        "at": now,
    }
    if request.method == "POST":
        form = TelephoneReportForm(request.POST, **options)
        if form.is_valid():
            try:
                case = open_case(
                    form.report(),
                    by=user,
                    contact=contact,
                    channel=Channel.TELEPHONE,
                    at=now,
                    over_quota_reason=form.cleaned_data["over_quota_reason"],
                )
            except Refusal as refusal:
                refusals = (refusal,)
            else:
                messages.success(request, f"Case {case.number} is open for {contact.name}.")
                return redirect(case)
    else:
        form = TelephoneReportForm(initial={"contact": contact}, **options)
    return render(
        request,
        "cases/telephone_report.html",
        {"form": form, "contact": contact, "refusals": refusals},
        status=409 if request.method == "POST" else 200,
    )


def _callers(found: str, now: dt.datetime) -> list[RosterEntry]:
    """Roster lines whose contact's name, code, telephone or company matches what the caller said."""
    entries = RosterEntry.objects.current(now).select_related(
        "contact__organisation", "contact__site", "agreement"
    )
    return list(
        entries.filter(
            Q(contact__name__icontains=found)
            | Q(contact__code__iexact=found)
            | Q(contact__telephone__icontains=found)
            | Q(contact__organisation__name__icontains=found)
        ).order_by("contact__name")[:20]
    )


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # every view here is signed in
    return request.user


def _draft_named(request: HttpRequest) -> Draft | None:
    named = request.POST.get("draft") or request.GET.get("draft") or ""
    if not named.isdigit():
        return None
    return Draft.objects.visible_to(request.user).filter(form=DRAFT, pk=int(named)).first()


def _keep(user: User, typed: Any, now: dt.datetime, draft: Draft | None) -> Draft:
    """Write what was typed to the draft, making one when there is none yet."""
    data = {
        key: value for key, value in typed.items() if key not in ("csrfmiddlewaretoken", "draft")
    }
    draft = draft or Draft(user=user, form=DRAFT)
    draft.title = str(data.get("title", ""))[:200]
    draft.data = data
    draft.updated_at = now
    draft.save()
    return draft
