"""Drawing up an agreement: the form of page 1, a draft changed and deleted, signed, and an agreement ended."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contracts.agreements.actions import drawing_up, life
from contracts.agreements.actions.life import end_agreement
from contracts.agreements.forms.drawing_up import DrawingUpForm, zone_names
from contracts.agreements.forms.life import EndForm, SignForm
from contracts.agreements.models import Agreement, AgreementState, EndCause
from contracts.agreements.rules.drawing_up import NOTICES, cited
from contracts.agreements.rules.life import Cause, clause_of_end
from contracts.frame import agreement_or_404, render_tab
from contracts.programmes.models import ProgrammeVersion
from portal import clock
from portal.access import get_visible_or_404, signed_in_as
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

KEPT = "What you typed is kept."
administrators = signed_in_as(Role.CONTRACT_ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@administrators
def draw_up_agreement(request: HttpRequest) -> HttpResponse:
    """Choose the programme's version, then fill in the agreement; a refusal keeps everything typed."""
    wanted = request.POST.get("version", "") or request.GET.get("version", "")
    if not wanted.isdecimal():
        versions = ProgrammeVersion.objects.all().visible_to(request.user)
        versions = versions.order_by("code", "-number")
        return render(request, "contracts/choose_programme.html", {"versions": list(versions)})
    version = get_visible_or_404(ProgrammeVersion.objects.all(), request.user, pk=int(wanted))
    form = DrawingUpForm(
        request.POST or None,
        programme=version.programme,
        resellers=drawing_up.resellers_of(version, _user(request)),
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = drawing_up.draw_up(version, form.paper(), by=_user(request), at=clock.now())
        except Refusal as refused:
            refusal = refused
            mark(form, refused)
        else:
            messages.success(request, f"The draft {made.contract_number} is drawn up.")
            return redirect("agreement", made.reference)
    return _form(request, form, version, refusal)


@require_http_methods(["GET", "POST"])
@administrators
def change_draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Change a draft; a signed agreement is refused with the clause."""
    agreement = agreement_or_404(request, reference)
    drawing_up.require_draft(agreement)
    form = DrawingUpForm(request.POST or None, programme=agreement.programme, agreement=agreement)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = drawing_up.change_draft(
                agreement, form.paper(), by=_user(request), at=clock.now()
            )
        except Refusal as refused:
            refusal = refused
            mark(form, refused)
        else:
            messages.success(request, f"The draft {changed.contract_number} is changed.")
            return redirect("agreement", changed.reference)
    return _form(request, form, agreement.version, refusal)


@require_POST
@administrators
def delete_draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Delete a draft that comes to nothing."""
    agreement = agreement_or_404(request, reference)
    drawing_up.delete_draft(agreement, by=_user(request), at=clock.now())
    messages.success(request, f"The draft {agreement.contract_number} is deleted.")
    return redirect("agreements")


@require_http_methods(["GET", "POST"])
@administrators
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """Record the signatures of a draft; on its Effective Date it comes in force."""
    agreement = agreement_or_404(request, reference)
    drawing_up.require_draft(agreement)
    now = clock.now()
    form = SignForm(request.POST or None, agreement=agreement, today=agreement.date_at(now))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            signed = life.record_signatures(
                agreement, form.signatories(), by=_user(request), at=now
            )
        except Refusal as refused:
            refusal = refused
            mark(form, refused)
        else:
            said = signed.get_state_display()
            messages.success(request, f"Agreement {signed.contract_number} is {said}.")
            return redirect("agreement", signed.reference)
    shown = {"form": form, "refusal": refusal, "kept": KEPT, "options": _options(agreement)}
    return render_tab(
        request, agreement, "agreement", "contracts/sign.html", shown, status=_status(request)
    )


@require_http_methods(["GET", "POST"])
@administrators
def end(request: HttpRequest, reference: str) -> HttpResponse:
    """End an agreement before its year is over, with its cause and its day."""
    agreement = agreement_or_404(request, reference)
    if agreement.state == AgreementState.DRAFT:
        raise Refusal(
            f"Agreement {agreement.contract_number} is a draft: there is nothing to end.",
            way_out="Delete the draft.",
        )
    now = clock.now()
    form = EndForm(
        request.POST or None, programme=agreement.programme, today=agreement.date_at(now)
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            ended = end_agreement(
                agreement,
                cause=EndCause(said["cause"]),
                on=said["on"],
                reason=said["reason"],
                by=_user(request),
                at=now,
            )
        except Refusal as refused:
            refusal = refused
            mark(form, refused)
        else:
            messages.success(request, f"Agreement {ended.contract_number} ended.")
            return redirect("agreement", ended.reference)
    shown = {
        "form": form,
        "refusal": refusal,
        "kept": KEPT,
        "expiry_clause": clause_of_end(Cause.EXPIRED, agreement.programme),
        "termination_clause": clause_of_end(Cause.TERMINATED, agreement.programme),
    }
    return render_tab(
        request, agreement, "agreement", "contracts/end.html", shown, status=_status(request)
    )


def mark(form: forms.Form, refused: Refusal) -> None:
    """Show each part of a refusal beside the field it names."""
    for each in refused.all:
        if each.field in form.fields:
            clause = f" ({each.clause})" if each.clause else ""
            form.add_error(each.field, f"{each.sentence}{clause}")


def _form(
    request: HttpRequest,
    form: DrawingUpForm,
    version: ProgrammeVersion,
    refusal: Refusal | None,
) -> HttpResponse:
    shown: dict[str, Any] = {
        "form": form,
        "version": version,
        "programme": version.programme,
        "agreement": form.agreement,
        "sites": list(form.agreement.reseller.sites.all()) if form.agreement else [],
        "zones": zone_names(),
        "notice_clause": cited(version.programme, NOTICES),
        "refusal": refusal,
        "kept": KEPT,
    }
    return render(request, "contracts/draw_up.html", shown, status=_status(request))


def _status(request: HttpRequest) -> int:
    """A form that comes back is an answer to what was asked: 409, as elsewhere."""
    return 409 if request.method == "POST" else 200


def _options(agreement: Agreement) -> list[Any]:
    return list(agreement.options.select_related("agreement"))


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User), "signed in"  # noqa: S101
    return user
