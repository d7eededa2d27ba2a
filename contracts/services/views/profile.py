"""The account profile of a reseller's environment: now, its revisions, and what each changed (ATSP 14.1.1)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from contracts.frame import agreement_with_options_or_404, render_tab
from contracts.services.forms import ProfileForm
from contracts.services.models.profile import ProfileRevision
from contracts.services.permissions import PROFILE_KEEPERS
from contracts.services.rules.profile import SECTIONS, changes
from contracts.services.views.services import own_page
from portal.access import reader


@require_GET
@login_required
def profile(request: HttpRequest, reference: str) -> HttpResponse:
    """The current profile, and what a revision changed (`revision`, else the last one)."""
    agreement = agreement_with_options_or_404(request, reference)
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
    context["may_edit"] = reader(request).has_role(*PROFILE_KEEPERS)
    return render_tab(request, agreement, "services", "contracts/services/profile.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def edit_profile(request: HttpRequest, reference: str) -> HttpResponse:
    """Write the next revision; a refusal shows the form again with what was typed."""
    agreement = agreement_with_options_or_404(request, reference)
    return own_page(request, agreement, ProfileForm, agreement)
