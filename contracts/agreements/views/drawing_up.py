"""Drawing up an agreement: the form of page 1, a draft changed and deleted, signed, and an agreement ended."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts.agreements.actions import drawing_up
from contracts.agreements.actions.life import end_agreement
from contracts.agreements.actions.signing import record_signatures
from contracts.agreements.forms.drawing_up import DrawingUpForm
from contracts.agreements.forms.life import EndForm, SignForm
from contracts.agreements.forms.paper import zone_names
from contracts.agreements.models.agreements import AgreementState, EndCause
from contracts.agreements.rules.drawing_up import NOTICES, cited
from contracts.agreements.rules.life import Cause, clause_of_end
from contracts.frame import agreement_or_404, holding_agreement, render_tab
from contracts.programmes.models import ProgrammeVersion
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.roles import Role
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal

administrators = signed_in_as(Role.CONTRACT_ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@administrators
def draw_up_agreement(request: HttpRequest) -> HttpResponse:
    """Choose the programme's version, then fill in the agreement; a refusal keeps everything typed."""
    wanted = number_in(request.POST.get("version", "") or request.GET.get("version", ""))
    if wanted is None:
        versions = ProgrammeVersion.objects.all().visible_to(request.user)
        versions = versions.order_by("code", "-number")
        return render(request, "contracts/choose_programme.html", {"versions": list(versions)})
    version = get_visible_or_404(ProgrammeVersion.objects.all(), request.user, pk=wanted)
    form = DrawingUpForm(
        _posted(request),
        programme=version.programme,
        by=reader(request),
        version=version,
    )
    made = form.performed(
        lambda: drawing_up.draw_up(version, form.paper(), by=reader(request), at=clock.now())
    )
    if made is not None:
        messages.success(request, f"The draft {made.contract_number} is drawn up.")
        return redirect("agreement", made.reference)
    return _form(request, form, version)


@require_http_methods(["GET", "POST"])
@administrators
@holding_agreement
def change_draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Change a draft; a signed agreement is refused with the clause."""
    agreement = agreement_or_404(request, reference)
    drawing_up.require_draft(agreement)
    form = DrawingUpForm(_posted(request), programme=agreement.programme, agreement=agreement)
    changed = form.performed(
        lambda: drawing_up.change_draft(agreement, form.paper(), by=reader(request), at=clock.now())
    )
    if changed is not None:
        messages.success(request, f"The draft {changed.contract_number} is changed.")
        return redirect("agreement", changed.reference)
    return _form(request, form, agreement.version)


@sent_from(lambda request, reference: reverse("agreement", args=[reference]))
@administrators
def delete_draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Delete a draft that comes to nothing."""
    agreement = agreement_or_404(request, reference)
    drawing_up.delete_draft(agreement, by=reader(request), at=clock.now())
    messages.success(request, f"The draft {agreement.contract_number} is deleted.")
    return redirect("agreements")


@require_http_methods(["GET", "POST"])
@administrators
@holding_agreement
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """Record the signatures of a draft; on its Effective Date it comes in force."""
    agreement = agreement_or_404(request, reference)
    drawing_up.require_draft(agreement)
    now = clock.now()
    form = SignForm(_posted(request), agreement=agreement, today=agreement.date_at(now))
    signed = form.performed(
        lambda: record_signatures(agreement, form.signatories(), by=reader(request), at=now)
    )
    if signed is not None:
        said = signed.get_state_display()
        messages.success(request, f"Agreement {signed.contract_number} is {said}.")
        return redirect("agreement", signed.reference)
    shown = {"form": form, "options": list(agreement.options.select_related("agreement"))}
    template = "contracts/sign.html"
    return render_tab(request, agreement, "agreement", template, shown, status=form.status)


@require_http_methods(["GET", "POST"])
@administrators
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """How an agreement ends before its year is over; by spent cases it is ended here, with its day."""
    agreement = agreement_or_404(request, reference)
    if agreement.state == AgreementState.DRAFT:
        raise Refusal(
            f"Agreement {agreement.contract_number} is a draft: there is nothing to end.",
            way_out="Delete the draft.",
        )
    now = clock.now()
    programme = agreement.programme
    form = EndForm(_posted(request), programme=programme, today=agreement.date_at(now))
    ended = form.performed(
        lambda: end_agreement(
            agreement,
            cause=EndCause.CASES_SPENT,
            on=form.cleaned_data["on"],
            by=reader(request),
            at=now,
        )
    )
    if ended is not None:
        messages.success(request, f"Agreement {ended.contract_number} ended.")
        return redirect("agreement", ended.reference)
    shown = {
        "form": form,
        "expiry_clause": clause_of_end(Cause.EXPIRED, programme),
        "termination_clause": clause_of_end(Cause.TERMINATED, programme),
        "counts_cases": bool(programme.tiers),
    }
    template = "contracts/end.html"
    return render_tab(request, agreement, "agreement", template, shown, status=form.status)


def _posted(request: HttpRequest) -> Any:
    """What was sent; None for a page that is only asked for."""
    return request.POST if request.method == "POST" else None


def _form(request: HttpRequest, form: DrawingUpForm, version: ProgrammeVersion) -> HttpResponse:
    shown: dict[str, Any] = {
        "form": form,
        "version": version,
        "programme": version.programme,
        "agreement": form.agreement,
        "sites": list(form.agreement.reseller.sites.all()) if form.agreement else [],
        "zones": zone_names(),
        "notice_clause": cited(version.programme, NOTICES),
    }
    return render(request, "contracts/draw_up.html", shown, status=form.status)
