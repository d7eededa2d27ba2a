"""The options of an agreement: those it has, those of its column, and one taken later with its proration (D-2)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts.billing.actions.options import quote_option, take_option
from contracts.billing.forms.charges import OptionForm, TakeOptionForm
from contracts.billing.permissions import may_move_money, require_money_reader
from contracts.frame import agreement_with_options_or_404, render_tab
from portal import clock
from portal.access import require_role
from portal.roles import Role

TAB = "agreement_options"


@require_http_methods(["GET", "POST"])
@login_required
def agreement_options(request: HttpRequest, reference: str) -> HttpResponse:
    """The options, and what one would cost from a day on: GET with `option` shows the sum, POST takes it.

    Whoever reads the agreement's money may ask what an option costs; the contract administrator takes it.
    """
    agreement = agreement_with_options_or_404(request, reference)
    require_money_reader(request.user, agreement, act="see what options cost")
    user: Any = request.user
    now = clock.now()
    today = agreement.date_at(now)
    acts = may_move_money(request.user)
    kind = TakeOptionForm if acts else OptionForm
    sent = request.POST if request.method == "POST" else request.GET
    asked = request.method == "POST" or "option" in request.GET
    form: Any = kind(sent if asked else None, agreement=agreement, today=today)
    if request.method == "POST":
        require_role(request.user, Role.CONTRACT_ADMINISTRATOR, act="take an option")
    quoted = form.performed(lambda: quote_option(agreement, form.wish(), at=now))
    if quoted is not None and request.method == "POST":
        option = form.performed(
            lambda: take_option(
                agreement,
                form.wish(),
                asked_by=form.cleaned_data["asked_by"],
                purchase_order=form.cleaned_data["purchase_order"],
                by=user,
                at=now,
            )
        )
        if option is not None:
            messages.success(request, f"{option.words} is taken. Its fee waits to be invoiced.")
            return redirect(reverse(TAB, args=[agreement.reference]))
    programme, tier = agreement.programme, agreement.tier_terms
    shown: dict[str, Any] = {
        "form": form,
        "quote": quoted,
        "may_act": acts,
        "may_take": agreement.state in ("signed", "in_force") and today <= agreement.ends_on,
        "taken": list(agreement.options.select_related("agreement").order_by("taken_on", "pk")),
        "column": [one for one in programme.options if one.tier == agreement.tier],
        "others": [
            (one, programme.tier(one.tier).name)
            for one in programme.options
            if one.tier != agreement.tier
        ],
        "tier": tier,
        "currency": programme.currency,
    }
    failed = request.method == "POST" or (asked and quoted is None)
    return render_tab(
        request, agreement, TAB, "contracts/options.html", shown, status=409 if failed else 200
    )
