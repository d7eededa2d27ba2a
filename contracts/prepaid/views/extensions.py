"""The extension of an agreement whose Cases are all used: asked for by purchase order, decided by the provider."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.billing.permissions import is_administrative, require_administrative
from contracts.frame import agreement_or_404, render_tab
from contracts.prepaid.actions import extension as extension_actions
from contracts.prepaid.actions.extension import (
    accept_extension,
    ask_for_extension,
    case_clause,
    decline_extension,
    may_ask,
    offer_of,
    refusal_to_extend,
)
from contracts.prepaid.actions.ledger import balances
from contracts.prepaid.forms import DeclineForm, ExtensionForm
from contracts.prepaid.models.extensions import Extension
from contracts.prepaid.notices import DECIDERS
from contracts.prepaid.views.ledger import TAB
from portal import clock
from portal.access import get_visible_or_404, reader, require_role, sent_from
from portal.edge import takes_files
from portal.models import Attachment
from portal.rules.refusal import Refusal

PAGE = "agreement_extension"


@takes_files
@require_http_methods(["GET", "POST"])
@login_required
def agreement_extension(request: HttpRequest, reference: str) -> HttpResponse:
    """What an extension costs and brings, and the form to ask for it; everybody who sees the agreement may read it."""
    agreement = _extensible(request, reference)
    if request.method == "GET":
        return _page(request, agreement)
    now, user = clock.now(), reader(request)
    offer = offer_of(agreement, now)
    if offer is None or not may_ask(agreement, user, now):
        raise _not_yours() if offer is not None else _none(agreement)
    form = ExtensionForm(request.POST, request.FILES, offer=offer, today=agreement.date_at(now))
    asked = form.performed(lambda: ask_for_extension(agreement, form.order(), by=user, at=now))
    if asked is None:
        return _page(request, agreement, form=form, refusal=form.refusal)
    messages.success(request, "The extension is requested; your account manager decides.")
    return redirect(PAGE, agreement.reference)


@sent_from(lambda request, reference, pk: reverse(PAGE, args=[reference]))
@login_required
def decide_extension(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Accept or decline an extension; refused, its page comes back with what was typed."""
    agreement = _extensible(request, reference)
    user = require_role(
        request.user, *DECIDERS, act="decide on an extension", clause=case_clause(agreement)
    )
    extension: Extension = get_visible_or_404(agreement.extensions.all(), user, pk=pk)
    decline = DeclineForm(request.POST)
    decline.is_valid()
    now = clock.now()
    try:
        if "accept" in request.POST:
            accept_extension(extension, by=user, at=now)
            messages.success(request, "The extension is accepted; its cases are there.")
        else:
            reason = decline.cleaned_data.get("reason", "")
            decline_extension(extension, by=user, at=now, reason=reason)
            messages.success(request, "The extension is declined.")
    except Refusal as refusal:
        return _page(request, agreement, decline=decline, refusal=refusal)
    return redirect(PAGE, agreement.reference)


@sent_from(lambda request, reference, pk: reverse(PAGE, args=[reference]))
@login_required
def withdraw_extension(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Withdraw an extension that is not decided; refused, its page comes back."""
    agreement = _extensible(request, reference)
    user = require_administrative(request.user, agreement, act="withdraw an extension")
    extension: Extension = get_visible_or_404(agreement.extensions.all(), user, pk=pk)
    try:
        extension_actions.withdraw_extension(extension, by=user, at=clock.now())
    except Refusal as refusal:
        return _page(request, agreement, refusal=refusal)
    messages.success(request, "The extension is withdrawn; nothing is charged.")
    return redirect(PAGE, agreement.reference)


def _extensible(request: HttpRequest, reference: str) -> Agreement:
    """The agreement. Raises Http404 unless its programme has extensions."""
    agreement = agreement_or_404(request, reference)
    if agreement.tier_terms is None or agreement.programme.payment is None:
        raise Http404
    return agreement


def _not_yours() -> Refusal:
    return Refusal(
        "You may not ask for an extension.",
        clause="ATSP 1.1, 9.1",
        way_out="Ask your Administrative Contact, who is responsible for the agreement.",
    )


def _none(agreement: Agreement) -> Refusal:
    return refusal_to_extend(agreement, [], clock.now()) or _not_yours()


def _page(
    request: HttpRequest,
    agreement: Agreement,
    *,
    form: ExtensionForm | None = None,
    decline: DeclineForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    now, user = clock.now(), reader(request)
    offer, standing = offer_of(agreement, now), balances(agreement)
    extensions = list(
        agreement.extensions.select_related(
            "agreement", "authorisation", "asked_by", "decided_by"
        ).order_by("-pk")
    )
    awaited = next((one for one in extensions if one.is_awaited), None)
    against = refusal_to_extend(agreement, standing, now)
    asks = may_ask(agreement, user, now)
    can_ask = asks and offer is not None and against is None and awaited is None
    if form is None and can_ask and offer is not None:
        form = ExtensionForm(offer=offer, today=agreement.date_at(now))
    context: dict[str, Any] = {
        "offer": offer,
        "balances": standing,
        "against": against,
        "awaited": awaited,
        "earlier": [one for one in extensions if not one.is_awaited],
        "files": Attachment.objects.about(awaited.authorisation) if awaited else (),
        "form": form if asks else None,
        "asks": asks,
        "decides": user.has_role(*DECIDERS),
        "withdraws": awaited is not None and is_administrative(user, agreement),
        "decline": decline or DeclineForm(),
        "refusal": refusal,
        "clause_of_extension": case_clause(agreement),
    }
    refused = refusal is not None or (form is not None and form.is_bound)
    return render_tab(
        request,
        agreement,
        TAB,
        "contracts/cases/extension.html",
        context,
        status=409 if refused else 200,
    )
