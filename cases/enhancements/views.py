"""Requests for enhancement: the list, one of them, submitting, voting, disposing, linking a case (ATSP 1.5, 10.1)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET, require_http_methods

from cases.case.models import Case
from cases.enhancements.actions import (
    may_vote,
    vote,
    withdraw_vote,
)
from cases.enhancements.forms import ACTS, DisposeForm, EnhancementForm, LinkCaseForm, may_submit
from cases.enhancements.models import Enhancement
from cases.enhancements.rules import Disposition
from cases.products.models import Product
from contracts.roster.permissions import Participant
from contracts.scope import own_organisations
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.acts import Act, answer, offers
from portal.filters import Asked
from portal.models import JournalEntry
from portal.paging import page_of

ROWS = 25


@require_GET
@login_required
def enhancements(request: HttpRequest) -> HttpResponse:
    """All requests that the reader may see, the most wanted first; `q`, `state`, `product`, `ours`, `case` narrow."""
    user = reader(request)
    asked, products = Asked(request.GET), list(Product.objects.values_list("pk", "name"))
    chosen: dict[str, Any] = {
        "q": asked.text("q"),
        "state": asked.one_of("state", [each.value for each in Disposition]),
        "product": asked.one_of("product", [pk for pk, _ in products]),
        "ours": asked.flag("ours"),
        "case": asked.text("case"),
    }
    asked.only(chosen)
    rows = Enhancement.objects.visible_to(user).with_votes(user).select_related("product")
    if chosen["q"]:
        rows = rows.matching(chosen["q"])
    if chosen["state"]:
        rows = rows.filter(state=chosen["state"])
    if chosen["product"]:
        rows = rows.filter(product=int(chosen["product"]))
    if chosen["case"] and not (chosen["case"].isdecimal() and len(chosen["case"]) < 18):
        asked.note(f"“{chosen['case'][:40]}” is no case number.", "Give it in digits.", "case")
    elif chosen["case"]:
        rows = rows.filter(cases__in=Case.objects.visible_to(user).filter(pk=int(chosen["case"])))
    if chosen["ours"] and not user.is_provider:
        rows = rows.wanted_by_company_of(user)
    if asked.refused:
        rows = rows.none()
    page = page_of(rows.most_wanted_first(), request.GET.get("page"), ROWS, "requests")
    context = {
        "page": page,
        "chosen": chosen,
        "refused": asked.refused,
        "narrowed": any(chosen.values()) or asked.refused,
        "states": [(each.value, capfirst(each.label)) for each in Disposition],
        "products": products,
        "may_submit": may_submit(Participant(user, clock.now())),
    }
    return render(request, "cases/enhancements/list.html", context)


@require_GET
@login_required
def enhancement(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what is asked for, where it stands, how many want it, and one's own cases behind it."""
    return _page(request, _found(request, pk))


@require_http_methods(["GET", "POST"])
@login_required
def submit(request: HttpRequest) -> HttpResponse:
    """Submit a request, from a case when `case` names one; a refusal shows the form with what was typed."""
    actor = Participant(reader(request), clock.now())
    EnhancementForm.require(None, actor)
    number = request.POST.get("case") or request.GET.get("case") or ""
    cases = Case.objects.select_related("product", "reseller")
    case = (
        get_visible_or_404(cases, actor.user, pk=int(number))
        if number.isdecimal() and len(number) < 18
        else None
    )

    def page(form: Act[Case | None, Participant]) -> HttpResponse:
        context = {"act": form, "case": case}
        return render(request, "cases/enhancements/submit.html", context, status=form.status)

    return answer(request, EnhancementForm, case, actor, page)


@sent_from(lambda request, pk: reverse("enhancement", args=[pk]))
@login_required
def vote_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Vote for a request, or with `withdraw` take the vote back."""
    found = _found(request, pk)
    act = withdraw_vote if request.POST.get("withdraw") else vote
    act(found, by=reader(request), at=clock.now())
    said = "taken back" if act is withdraw_vote else "counted"
    messages.success(request, f"{found.number}: your company's vote is {said}.")
    return redirect(found)


@sent_from(lambda request, pk: reverse("enhancement", args=[pk]))
@login_required
def dispose_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about a request; a refusal shows the page with what was typed."""
    return _act(request, pk, DisposeForm)


@sent_from(lambda request, pk: reverse("enhancement", args=[pk]))
@login_required
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link a case to a request; a refusal, or a number that is no case of the reader's, shows the page again."""
    return _act(request, pk, LinkCaseForm)


def _act(request: HttpRequest, pk: int, act: type[Act[Enhancement, Participant]]) -> HttpResponse:
    found, actor = _found(request, pk), Participant(reader(request), clock.now())
    return answer(request, act, found, actor, lambda form: _page(request, found, form))


def _found(request: HttpRequest, pk: int) -> Enhancement:
    user = request.user
    found: Enhancement = get_visible_or_404(
        Enhancement.objects.select_related("product", "reseller", "submitted_by"), user, pk=pk
    )
    return found


def _page(
    request: HttpRequest,
    found: Enhancement,
    bound: Act[Enhancement, Participant] | None = None,
) -> HttpResponse:
    actor = Participant(reader(request), clock.now())
    user = actor.user
    counted = Enhancement.objects.with_votes(user).get(pk=found.pk)
    own = user.is_provider or found.reseller_id in set(
        own_organisations(user).values_list("organisation_id", flat=True)
    )
    journal = JournalEntry.objects.about(found).select_related("by").in_order()
    context = {
        "enhancement": found,
        "votes": counted.votes,  # type: ignore[attr-defined]  # annotated
        "own_vote": counted.own_vote,  # type: ignore[attr-defined]
        "own": own,
        "cases": list(
            Case.objects.visible_to(user).filter(enhancements=found).select_related("reseller")
        ),
        "journal": list(journal if user.is_provider else journal.filter(public=True)),
        "voters": list(found.voters.select_related("reseller", "by").order_by("at"))
        if user.is_provider
        else [],
        "may_vote": not user.is_provider and may_vote(user, actor.at),
        "offers": {offer.code: offer for offer in offers(ACTS.values(), found, actor, bound=bound)},
    }
    status = bound.status if bound else 200
    return render(request, "cases/enhancements/enhancement.html", context, status=status)
