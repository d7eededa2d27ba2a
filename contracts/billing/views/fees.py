"""The fee schedule of a programme version, with the provider's then-current standard fees (ATSP 2.1, 3.1, 7.2)."""

import zoneinfo
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts.billing.actions.fees import CLAUSES, set_standard_fee
from contracts.billing.forms.charges import FeeForm
from contracts.billing.models.charges import FeeCode, StandardFee
from contracts.billing.permissions import may_move_money
from contracts.programmes.models import ProgrammeVersion
from portal import clock
from portal.access import get_visible_or_404, require_role
from portal.roles import Role
from portal.ui.words import day as day_words


@require_http_methods(["GET", "POST"])
@login_required
def programme_fees(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What everything costs under a version: its own prices, which never change, and the standard fees by their days.

    To the provider and to resellers whose agreement pins the version; the contract administrator sets a fee anew.
    """
    user: Any = request.user
    version = get_visible_or_404(ProgrammeVersion.objects, user, code=code, number=number)
    programme = version.programme
    form, now = FeeForm(request.POST if request.method == "POST" else None), clock.now()
    if request.method == "POST":
        require_role(user, Role.CONTRACT_ADMINISTRATOR, act="set fees")
        fee = form.performed(
            lambda: set_standard_fee(
                **form.cleaned_data, currency=programme.currency, by=user, at=now
            )
        )
        if fee is not None:
            messages.success(request, f"Set from {day_words(fee.starts_on)} on.")
            return redirect("programme_fees", code=code, number=number)
    today = now.astimezone(zoneinfo.ZoneInfo(user.zone)).date()
    known = StandardFee.objects.filter(currency=programme.currency).order_by("-starts_on")
    history = list(known.select_related("set_by"))
    shown: dict[str, Any] = {
        "version": version,
        "programme": programme,
        "tiers": [
            (tier, [one for one in programme.options if one.tier == tier.code])
            for tier in programme.tiers
        ],
        "standard": [_standard(code, history, today) for code in FeeCode],
        "form": form,
        "may_act": may_move_money(user),
    }
    return render(request, "contracts/fees.html", shown, status=form.status)


def _standard(code: FeeCode, history: list[StandardFee], today: Any) -> dict[str, Any]:
    """A standard fee with its days, the newest first, and which of them is current."""
    ours = [fee for fee in history if fee.code == code]
    current = next((fee for fee in ours if fee.starts_on <= today), None)
    return {"label": code.label, "clause": CLAUSES[code], "fees": ours, "current": current}
