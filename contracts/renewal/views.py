"""The Renewal side of an agreement, its acts, the document to sign, and all that are coming (REN; ATSP 9.2)."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.agreements.page.overview import phase_of
from contracts.ending.breach_forms import (
    BreachNoticeForm,
    CureForm,
    ExtendCureForm,
    TerminateByNoticeForm,
)
from contracts.ending.forms import (
    ResellerAgreementForm,
    SoftwareNoticeForm,
    SuccessorForm,
    TerminateForm,
    WithdrawNoticeForm,
)
from contracts.frame import agreement_or_404, customer_of, render_tab
from contracts.renewal.actions.decision import renewal_paper_of
from contracts.renewal.actions.planning import opening_of
from contracts.renewal.actions.proposal import EDITORS
from contracts.renewal.forms import (
    DeclineForm,
    EditForm,
    OpenForm,
    Renewal,
    RenewalAct,
    SignForm,
    WishesForm,
)
from contracts.renewal.models import RenewalProposal
from contracts.renewal.page import proposal_of, renewal_page
from contracts.roster.permissions import Participant
from portal import clock
from portal.access import reader, signed_in_as
from portal.acts import Act, answer, offers
from portal.documents import pdf_response
from portal.edge import takes_files
from portal.filters import Asked
from portal.paging import page_of

ROWS = 25
ACTS: dict[str, type[RenewalAct]] = {
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
        BreachNoticeForm,
        CureForm,
        ExtendCureForm,
        TerminateByNoticeForm,
        SuccessorForm,
    )
}


@require_GET
@login_required
def renewal(request: HttpRequest, reference: str) -> HttpResponse:
    """The proposed year beside the present one, and what bears on the end; to the provider and to its own reseller."""
    agreement = agreement_or_404(request, reference)
    actor = Participant(reader(request), clock.now())
    page = renewal_page(agreement, actor.user, actor.at)
    subject = Renewal(agreement, page.proposed.proposal if page.proposed else None)
    offered = {
        offer.code.replace("-", "_"): offer for offer in offers(ACTS.values(), subject, actor)
    }
    if page.next_year is not None or agreement.state == AgreementState.DRAFT:
        offered.pop("propose", None)
        offered.pop("decline", None)
    shown = {"page": page, "proposed": page.proposed, "acts": offered}
    return render_tab(request, agreement, "renewal", "contracts/renewal.html", shown)


@takes_files
@require_http_methods(["GET", "POST"])
@login_required
def renewal_act(request: HttpRequest, reference: str, act: str) -> HttpResponse:
    """An act of renewal or end: its form, and what it does. A refusal shows the form again with what was typed."""
    agreement = agreement_or_404(request, reference)

    def page(form: Act[Renewal, Participant]) -> HttpResponse:
        shown = {"act": form, **form.aside}
        template = "contracts/renewal_act.html"
        return render_tab(request, agreement, "renewal", template, shown, status=form.status)

    subject = Renewal(agreement, proposal_of(agreement))
    return answer(request, ACTS.get(act), subject, Participant(reader(request), clock.now()), page)


@require_GET
@login_required
def renewal_paper(request: HttpRequest, reference: str) -> HttpResponse:
    """The renewal agreement as a document to sign; 404 while no year is proposed."""
    agreement = agreement_or_404(request, reference)
    proposal = proposal_of(agreement)
    if proposal is None:
        raise Http404
    content = renewal_paper_of(proposal, at=clock.now())
    return pdf_response(content, f"renewal {agreement.reference}.pdf")


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
    asked = Asked(request.GET)
    asked.only(("q",))
    words = asked.text("q")
    if words:
        coming = coming.matching(words)
    if asked.refused:
        coming = coming.none()
    page = page_of(coming, request.GET.get("page"), ROWS, "agreements")
    rows = [_row(one, now) for one in page.object_list]
    context = {
        "page": page,
        "rows": rows,
        "now": now,
        "q": words,
        "refused": asked.refused,
        "customer": customer_of(request.user),
    }
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
