"""Pages of agreements: a reseller's own, and all of them for the provider."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.page.life import timeline_of
from contracts.agreements.page.overview import Phase, in_phase, overview, phase_of
from contracts.frame import agreement_or_404, customer_of, is_administrator, render_tab
from contracts.prepaid.actions.ledger import balances_by_agreement
from contracts.roster.permissions import Permissions, permissions_of
from portal import clock
from portal.filters import Asked
from portal.paging import page_of

ROWS = 25


@require_GET
@login_required
def own_agreement(request: HttpRequest) -> HttpResponse:
    """The agreement that the reader works under; the last one of their reseller when none is in force."""
    user = request.user
    if getattr(user, "is_provider", False):
        return redirect("agreements")
    now = clock.now()
    standing = permissions_of(user, now)
    agreement = standing.agreement or (
        Agreement.objects.visible_to(user)
        .select_related("reseller", "provider")
        .order_by("-effective_on", "-pk")
        .first()
    )
    if agreement is None:
        return render(request, "contracts/no_agreement.html", {"standing": standing})
    return _page(request, agreement, standing)


@require_GET
@login_required
def agreements(request: HttpRequest) -> HttpResponse:
    """A page of the agreements, by reseller; `state` narrows them to a phase, `q` to a reference or a name.

    A reseller's person has one agreement at a time, and is led to it.
    """
    if not getattr(request.user, "is_provider", False):
        return redirect("own_agreement")
    now = clock.now()
    asked = Asked(request.GET)
    asked.only(("state", "q"))
    wanted, words = asked.one_of("state", [phase.value for phase in Phase]), asked.text("q")
    chosen = next((phase for phase in Phase if phase.value == wanted), None)
    found = Agreement.objects.visible_to(request.user)
    if chosen is not None:
        found = in_phase(found, chosen, now)
    if words:
        found = found.matching(words)
    if asked.refused:
        found = found.none()
    page = page_of(
        found.by_reseller(),
        request.GET.get("page"),
        ROWS,
        "agreements",
        shown=Agreement.objects.select_related("reseller").in_bulk,
    )
    balances = balances_by_agreement(page.object_list)
    return render(
        request,
        "contracts/agreements.html",
        {
            "page": page,
            "rows": [
                {
                    "agreement": one,
                    "tier": one.tier_terms.name if one.tier_terms else one.programme.title,
                    "balances": balances[one.pk],
                    "phase": phase_of(one, now),
                }
                for one in page
            ],
            "refused": asked.refused,
            "q": words,
            "state": wanted,
            "shows_all": chosen is None and not asked.refused,
            "shows_in_force": chosen is Phase.IN_FORCE,
            "shows_ended": chosen is Phase.ENDED,
            "shows_drafts": chosen is Phase.DRAFT,
            "shows_to_come": chosen is Phase.TO_COME,
            "may_administer": is_administrator(request.user),
            "customer": customer_of(request.user),
        },
    )


@require_GET
@login_required
def agreement(request: HttpRequest, reference: str) -> HttpResponse:
    """One agreement, to the provider and to its own reseller; 404 to anybody else."""
    found = agreement_or_404(request, reference)
    return _page(request, found, permissions_of(request.user, clock.now()))


def _page(request: HttpRequest, agreement: Agreement, standing: Permissions) -> HttpResponse:
    """The first side of an agreement; `standing` is the reader's."""
    shown: dict[str, Any] = {
        "overview": overview(agreement, standing.at),
        "standing": standing if standing.organisation == agreement.reseller else None,
        "signatures": list(agreement.signatures.order_by("pk")),
        "notice_addresses": list(agreement.notice_addresses.all()),
        "life": timeline_of(agreement, request.user, standing.at),
        "may_administer": is_administrator(request.user),
    }
    return render_tab(request, agreement, "agreement", "contracts/agreement.html", shown)
