"""Requests for enhancement: the list, one of them, submitting, voting, disposing, linking a case (ATSP 1.5, 10.1)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.case.models import Case
from cases.case.reader import reader
from cases.enhancements.actions import (
    REVIEWERS,
    WRITERS,
    dispose,
    link_case,
    may_vote,
    submit_enhancement,
    vote,
    withdraw_vote,
)
from cases.enhancements.forms import DisposeForm, EnhancementForm, LinkCaseForm
from cases.enhancements.models import Enhancement
from cases.enhancements.rules import Disposition, next_of
from cases.products.models import Product
from contracts.roster.permissions import permissions_of
from contracts.scope import own_organisations
from portal import clock
from portal.access import get_visible_or_404
from portal.models import JournalEntry, User
from portal.paging import page_of
from portal.rules.refusal import Refusal

ROWS = 25


@require_GET
@login_required
def enhancements(request: HttpRequest) -> HttpResponse:
    """All requests that the reader may see, the most wanted first; `q`, `state`, `product`, `ours`, `case` narrow."""
    user = reader(request)
    chosen = {
        name: request.GET.get(name, "").strip()
        for name in ("q", "state", "product", "ours", "case")
    }
    rows = Enhancement.objects.visible_to(user).with_votes(user).select_related("product")
    if chosen["q"]:
        rows = rows.matching(chosen["q"])
    if chosen["state"] in set(Disposition):
        rows = rows.filter(state=chosen["state"])
    if chosen["product"].isdecimal():
        rows = rows.filter(product=int(chosen["product"]))
    if chosen["case"].isdecimal() and len(chosen["case"]) < 18:
        rows = rows.filter(cases__in=Case.objects.visible_to(user).filter(pk=int(chosen["case"])))
    if chosen["ours"] and not user.is_provider:
        rows = rows.wanted_by_company_of(user)
    page = page_of(rows.most_wanted_first(), request.GET.get("page"), ROWS)
    context = {
        "page": page,
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "states": list(Disposition),
        "products": list(Product.objects.all()),
        "may_submit": _may_submit(user),
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
    user = reader(request)
    if not _may_submit(user):
        raise Refusal(
            "You may not submit a request for enhancement.",
            clause="ATSP 14.1.4",
            way_out="A Technical Contact of the reseller, an engineer or the PSAM submits it.",
        )
    number = request.POST.get("case") or request.GET.get("case") or ""
    case = (
        get_visible_or_404(Case.objects.select_related("product", "reseller"), user, pk=int(number))
        if number.isdecimal() and len(number) < 18
        else None
    )
    initial: dict[str, Any] = {}
    if case is not None:
        initial = {"case": case.pk, "product": case.product_id, "title": case.title}
    form = EnhancementForm(request.POST or None, initial=initial)
    if request.method == "POST":
        done = form.performed(
            lambda data: submit_enhancement(
                product=data["product"],
                title=data["title"],
                request=data["request"],
                case=case,
                by=user,
                at=clock.now(),
            )
        )
        if done is not None:
            messages.success(request, f"{done.number} is submitted.")
            return redirect(done)
    status = 409 if form.is_bound else 200
    context = {"form": form, "case": case}
    return render(request, "cases/enhancements/submit.html", context, status=status)


@require_POST
@login_required
def vote_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Vote for a request, or with `withdraw` take the vote back."""
    found = _found(request, pk)
    act = withdraw_vote if request.POST.get("withdraw") else vote
    act(found, by=reader(request), at=clock.now())
    said = "taken back" if act is withdraw_vote else "counted"
    messages.success(request, f"{found.number}: your company's vote is {said}.")
    return redirect(found)


@require_POST
@login_required
def dispose_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about a request; a refusal shows the page with what was typed."""
    found = _found(request, pk)
    user = reader(request)
    if not user.has_role(*REVIEWERS):
        raise Refusal(
            "You may not dispose of a request for enhancement.",
            clause="ATSP 14.1.4",
            way_out="The PSAM is the liaison to product management.",
        )
    form = DisposeForm(request.POST, standing=found.standing, prefix="dispose")
    done = form.performed(
        lambda data: dispose(
            found, to=Disposition(data.pop("state")), by=user, at=clock.now(), **data
        )
    )
    if done is None:
        return _page(request, found, dispose_form=form)
    messages.success(request, f"{done.number} is {done.standing.label}; those who voted are told.")
    return redirect(done)


@require_POST
@login_required
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Link a case to a request; a refusal, or a number that is no case of the reader's, shows the page again."""
    found = _found(request, pk)
    user = reader(request)
    if not _may_submit(user):
        raise Refusal(
            "You may not link a case to a request for enhancement.",
            clause="ATSP 14.1.4",
            way_out="A Technical Contact of the reseller, an engineer or the PSAM links it.",
        )
    form = LinkCaseForm(request.POST, prefix="link")

    def linked(data: dict[str, Any]) -> Enhancement:
        case = Case.objects.visible_to(user).filter(pk=data["case"]).first()
        if case is None:
            raise Refusal(
                f"There is no case {data['case']}.",
                clause="ATSP 4.10.7",
                way_out="Look up its number in the list of cases.",
                field="case",
            )
        return link_case(found, case, by=user, at=clock.now())

    if form.performed(linked) is None:
        return _page(request, found, link_form=form)
    messages.success(request, f"The case is linked to {found.number}.")
    return redirect(found)


def _found(request: HttpRequest, pk: int) -> Enhancement:
    user = request.user
    found: Enhancement = get_visible_or_404(
        Enhancement.objects.select_related("product", "reseller", "submitted_by"), user, pk=pk
    )
    return found


def _page(
    request: HttpRequest,
    found: Enhancement,
    *,
    dispose_form: DisposeForm | None = None,
    link_form: LinkCaseForm | None = None,
) -> HttpResponse:
    user, now = reader(request), clock.now()
    counted = Enhancement.objects.with_votes(user).get(pk=found.pk)
    own = user.is_provider or found.reseller_id in set(
        own_organisations(user).values_list("organisation_id", flat=True)
    )
    journal = JournalEntry.objects.about(found).select_related("by").in_order()
    initial = {"title": found.title, "summary": found.summary, "release": found.release}
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
        "may_vote": not user.is_provider and may_vote(user, now),
        "may_link": _may_submit(user),
        "link_form": link_form or LinkCaseForm(prefix="link"),
        "dispose_form": dispose_form,
    }
    if user.has_role(*REVIEWERS) and dispose_form is None and next_of(found.standing):
        context["dispose_form"] = DisposeForm(
            standing=found.standing, initial=initial, prefix="dispose"
        )
    refused = dispose_form is not None or link_form is not None
    status = 409 if refused else 200
    return render(request, "cases/enhancements/enhancement.html", context, status=status)


def _may_submit(user: User) -> bool:
    if user.is_provider:
        return user.has_role(*WRITERS)
    return permissions_of(user, clock.now()).is_technical
