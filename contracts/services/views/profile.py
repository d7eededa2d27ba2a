"""The account profile of a reseller's environment: as it stands, its revisions, and what each changed (ATSP 14.1.1)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from contracts.frame import agreement_or_404, render_tab
from contracts.services.actions.profile import CLAUSE, write_profile
from contracts.services.forms import ProfileForm
from contracts.services.models.profile import ProfileRevision
from contracts.services.permissions import PROFILE_KEEPERS
from contracts.services.rules.profile import SECTIONS, changes
from portal import clock
from portal.access import require_role
from portal.models import User


@require_GET
@login_required
def profile(request: HttpRequest, reference: str) -> HttpResponse:
    """The profile as it stands, and what a revision changed (`revision`, the last one when none is asked for)."""
    agreement = agreement_or_404(request, reference)
    revisions = list(
        ProfileRevision.objects.visible_to(request.user)
        .of(agreement.reseller_id)
        .select_related("by")
    )
    asked = request.GET.get("revision", "")
    chosen = next((one for one in revisions if str(one.number) == asked), None)
    shown = chosen or (revisions[0] if revisions else None)
    context: dict[str, Any] = {"revisions": revisions, "shown": shown, "is_last": chosen is None}
    if shown is not None:
        before = next((one for one in revisions if one.number == shown.number - 1), None)
        context["sections"] = [(title, shown.sections[name]) for name, title in SECTIONS.items()]
        context["before"] = before
        context["changes"] = changes(before.sections, shown.sections) if before else []
    user = request.user
    context["may_edit"] = isinstance(user, User) and user.has_role(*PROFILE_KEEPERS)
    return render_tab(request, agreement, "services", "contracts/services/profile.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def edit_profile(request: HttpRequest, reference: str) -> HttpResponse:
    """Write the next revision; a refusal shows the form again with what was typed."""
    agreement = agreement_or_404(request, reference)
    user = require_role(
        request.user, *PROFILE_KEEPERS, act="change an account profile", clause=CLAUSE
    )
    last = ProfileRevision.objects.of(agreement.reseller_id).select_related("by").first()
    initial = {**(last.sections if last else {}), "based_on": last.number if last else 0}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST":
        done = form.performed(
            lambda data: write_profile(
                agreement, data, based_on=data["based_on"], by=user, at=clock.now()
            )
        )
        if done is not None:
            messages.success(request, f"The profile is kept as revision {done.number}.")
            return redirect("account_profile", agreement.reference)
    context = {
        "form": form,
        "title": "Account profile",
        "submit": "Save a new revision",
        "submit_icon": "check",
        "clause": CLAUSE,
        "intro": "One thing a line: what changes between two revisions is then seen line by line.",
    }
    status = 409 if form.is_bound else 200
    return render_tab(
        request, agreement, "services", "contracts/services/form.html", context, status=status
    )
