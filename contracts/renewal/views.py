"""The Renewal side of an agreement, its acts, the document to sign, and all that are coming (REN; ATSP 9.2)."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models import Agreement, AgreementState, EndCause
from contracts.agreements.page.overview import phase_of
from contracts.ending.forms import (
    ResellerAgreementForm,
    SoftwareNoticeForm,
    SuccessorForm,
    TerminateForm,
    WithdrawNoticeForm,
)
from contracts.frame import agreement_or_404, render_tab
from contracts.renewal.actions.planning import opening_of
from contracts.renewal.actions.proposal import EDITORS
from contracts.renewal.document import renewal_document
from contracts.renewal.forms import (
    DeclineForm,
    EditForm,
    OpenForm,
    RenewalForm,
    SignForm,
    WishesForm,
)
from contracts.renewal.models import RenewalProposal
from contracts.renewal.page import proposal_of, proposed, renewal_page
from contracts.roster.permissions import permissions_of
from portal import clock
from portal.access import signed_in_as
from portal.documents import pdf_response
from portal.models import User
from portal.rules.refusal import Refusal

ROWS = 25
ACTS: dict[str, type[RenewalForm]] = {
    act.code: act
    for act in (
        OpenForm,
        WishesForm,
        EditForm,
        SignForm,
        DeclineForm,
        SoftwareNoticeForm,
        WithdrawNoticeForm,
        ResellerAgreementForm,
        TerminateForm,
        SuccessorForm,
    )
}


@require_GET
@login_required
def renewal(request: HttpRequest, reference: str) -> HttpResponse:
    """The proposed year beside the present one, and what bears on the end; to the provider and to its own reseller."""
    agreement = agreement_or_404(request, reference)
    user, now = _reader(request), clock.now()
    page = renewal_page(agreement, user, now)
    proposal = page.proposed.proposal if page.proposed else None
    standing = permissions_of(user, now)
    offered = {
        code.replace("-", "_"): act
        for code, act in ACTS.items()
        if act.is_for(user, standing, agreement) and act.fits(agreement, proposal)
    }
    if page.next_year is not None or agreement.state == AgreementState.DRAFT:
        offered.pop("propose", None)
        offered.pop("decline", None)
    shown = {"page": page, "proposed": page.proposed, "acts": offered}
    return render_tab(request, agreement, "renewal", "contracts/renewal.html", shown)


@require_http_methods(["GET", "POST"])
@login_required
def renewal_act(request: HttpRequest, reference: str, act: str) -> HttpResponse:
    """An act of renewal or end: its form, and what it does. A refusal shows the form again with what was typed."""
    agreement = agreement_or_404(request, reference)
    form_class = ACTS.get(act)
    if form_class is None:
        raise Http404
    user, now = _reader(request), clock.now()
    form_class.require(user, permissions_of(user, now), agreement)
    known: dict[str, Any] = {
        "agreement": agreement,
        "proposal": proposal_of(agreement),
        "user": user,
        "at": now,
    }
    if request.method != "POST":
        asked = {key: str(value) for key, value in request.GET.items()}
        return _form_page(request, agreement, form_class(asked=asked, **known))
    form = form_class(request.POST, request.FILES, **known)
    if form.is_valid():
        try:
            form.perform()
        except Refusal as refusal:
            form.refusal = refusal
        else:
            messages.success(request, form.said)
            return redirect("renewal", agreement.reference)
    return _form_page(request, agreement, form, status=409)


def _form_page(
    request: HttpRequest, agreement: Agreement, form: RenewalForm, *, status: int = 200
) -> HttpResponse:
    shown = {"form": form, **form.aside()}
    template = "contracts/renewal_act.html"
    return render_tab(request, agreement, "renewal", template, shown, status=status)


@require_GET
@login_required
def renewal_paper(request: HttpRequest, reference: str) -> HttpResponse:
    """The renewal agreement as a document to sign; 404 while no year is proposed."""
    agreement = agreement_or_404(request, reference)
    proposal = proposal_of(agreement)
    if proposal is None:
        raise Http404
    return pdf_response(
        renewal_document(proposed(proposal), clock.now()), f"renewal {agreement.reference}.pdf"
    )


@require_GET
@signed_in_as(*EDITORS)
def renewals(request: HttpRequest) -> HttpResponse:
    """The years that come to their anniversary, the nearest first, with what became of the next one."""
    now = clock.now()
    coming = (
        Agreement.objects.visible_to(request.user)
        .filter(state__in=[AgreementState.SIGNED, AgreementState.IN_FORCE, AgreementState.ENDED])
        .filter(renewal=None)
        .exclude(end_cause=EndCause.TERMINATED)
        .filter(Q(state__in=_RUNNING) | Q(proposal__state="open"))
        .select_related("reseller", "proposal")
        .order_by("ends_on", "reseller__name", "pk")
    )
    page = Paginator(coming, ROWS).get_page(request.GET.get("page"))
    rows = [_row(one, now) for one in page.object_list]
    context = {"page": page, "rows": rows, "now": now}
    return render(request, "contracts/renewals.html", context)


_RUNNING = [AgreementState.SIGNED, AgreementState.IN_FORCE]


def _row(agreement: Agreement, now: dt.datetime) -> dict[str, Any]:
    planned = opening_of(agreement)
    proposal: RenewalProposal | None = getattr(agreement, "proposal", None)
    return {
        "agreement": agreement,
        "phase": phase_of(agreement, now),
        "days_left": (agreement.anniversary - agreement.date_at(now)).days,
        "opening": planned,
        "proposal": proposal,
    }


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    return request.user
