"""The frame of an agreement's pages: who it is with, where it stands, and a tab for each of its sides.

A view renders its side inside the frame by `render_tab`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.page.overview import phase_of
from contracts.billing.permissions import may_read_money
from contracts.programmes.models import programme_of
from contracts.programmes.rules.paper import HOUSE
from contracts.scope import reach_of
from portal import clock, locks
from portal.access import get_visible_or_404
from portal.roles import Role

Predicate = Callable[[Any, Agreement], bool]


def _everybody(user: Any, agreement: Agreement) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Tab:
    """A side of an agreement with a page of its own, shown to those for whom `shown_to` and `also` hold.

    The page's address takes the agreement's reference.
    """

    url_name: str
    label: str
    icon: str
    shown_to: Predicate = _everybody
    also: Predicate = _everybody


def _sells_options(user: Any, agreement: Agreement) -> bool:
    return bool(agreement.programme.options)


def _counts_cases(user: Any, agreement: Agreement) -> bool:
    return bool(agreement.tier)


def _delegates(user: Any, agreement: Agreement) -> bool:
    return agreement.programme.coverage is not None


TABS = (
    Tab("agreement", "Overview", "file-certificate"),
    Tab("agreement_roster", "Roster", "users"),
    Tab("agreement_cases", "Cases", "ticket", _counts_cases),
    Tab("services", "Services", "heart-handshake", _sells_options),
    Tab("agreement_options", "Options", "circle-plus", may_read_money, _sells_options),
    Tab("agreement_work", "Work", "briefcase"),
    Tab("agreement_money", "Money", "receipt", may_read_money),
    Tab("agreement_coverage", "Coverage", "shield-check", _delegates),
    Tab("renewal", "Renewal", "refresh"),
    Tab("agreement_documents", "Documents", "folder"),
)


def is_administrator(user: Any) -> bool:
    """Whether the reader runs agreements: a contract administrator."""
    return bool(user.is_provider and user.has_role(Role.CONTRACT_ADMINISTRATOR))


def customer_of(user: Any) -> str:
    """What a provider's lists call who is supported: "Customer" where all its agreements sell no tier (SCL Ex.B).

    One query for the people of a provider that keeps its own, none for the house's.
    """
    words = set()
    if reach_of(user).place is not None:
        seen = Agreement.objects.visible_to(user).order_by()
        versions = seen.values_list("programme_version", flat=True).distinct()
        words = {programme_of(pk).customer for pk in versions}
    return words.pop() if len(words) == 1 else "Reseller"


def agreement_or_404(request: HttpRequest, reference: str) -> Agreement:
    """The agreement of that reference, if the reader may see it. Raises Http404 otherwise."""
    found: Agreement = get_visible_or_404(
        Agreement.objects.select_related("reseller", "provider"),
        request.user,
        reference=reference,
    )
    return found


def holding_agreement(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let nobody else change the agreement that a form was sent for, from its being read until it is done (D-28)."""

    @wraps(view)
    def held(request: HttpRequest, reference: str, **more: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, reference, **more)
        with transaction.atomic():
            locks.lock(agreement_or_404(request, reference))
            return view(request, reference, **more)

    return held


def agreement_with_options_or_404(request: HttpRequest, reference: str) -> Agreement:
    """The agreement, if the reader may see it and its programme sells options and their services. Raises Http404."""
    found = agreement_or_404(request, reference)
    if not found.programme.options:
        raise Http404
    return found


def render_tab(
    request: HttpRequest,
    agreement: Agreement,
    tab: str,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a side of an agreement; its template extends ``contracts/frame.html``."""
    return render(request, template, frame(request, agreement, tab) | context, status=status)


def paper_context(agreement: Agreement | None) -> dict[str, Any]:
    """The context that lets a page use an agreement's own terms and words, and the number its people call.

    Without an agreement the page speaks as the house does.
    """
    if agreement is None:
        return {"paper": HOUSE}
    provider = agreement.provider
    return {
        "programme": agreement.programme,
        "paper": agreement.programme.paper,
        "call_us": provider.telephone if provider.own_people else "",
    }


def frame(request: HttpRequest, agreement: Agreement, tab: str) -> dict[str, Any]:
    """What the frame needs: the agreement, its phase, its tabs with the one that is open, and the domain time."""
    now = clock.now()
    shown: dict[Predicate, bool] = {}  # tabs of one predicate ask it once
    for one in TABS:
        for predicate in (one.shown_to, one.also):
            if predicate not in shown:
                shown[predicate] = predicate(request.user, agreement)
    return {
        "agreement": agreement,
        **paper_context(agreement),
        "tier": agreement.tier_terms,
        "phase": phase_of(agreement, now),
        "now": now,
        "tabs": [
            {
                "label": one.label,
                "icon": one.icon,
                "url": reverse(one.url_name, args=[agreement.reference]),
                "active": one.url_name == tab,
            }
            for one in TABS
            if shown[one.shown_to] and shown[one.also]
        ],
    }
