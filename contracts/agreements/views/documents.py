"""The documents of an agreement: page 1 and Exhibit A as PDF, and the signed copies."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.actions.papers import issued_pages_1, page_1_of
from contracts.agreements.actions.signed_copies import attach_signed_copy, copies_of
from contracts.agreements.document.exhibit_a import exhibit_a
from contracts.frame import agreement_or_404, is_administrator, render_tab
from portal import clock
from portal.access import require_role
from portal.documents import pdf_response
from portal.edge import takes_files
from portal.fields import PaperField
from portal.refusable import RefusableForm
from portal.roles import Role
from portal.rules.files import PAPERS


class SignedCopyForm(RefusableForm):
    """A signed copy to put in."""

    file = PaperField(
        label="Signed copy",
        help_text=f"{', '.join(kind.name for kind in PAPERS)}.",
        error_messages={
            "required": "Choose the file of the signed copy.",
            "empty": "The file is empty: choose another one.",
        },
    )


@takes_files
@require_http_methods(["GET", "POST"])
@login_required
def agreement_documents(request: HttpRequest, reference: str) -> HttpResponse:
    """What can be printed and what was signed; a contract administrator puts signed copies in."""
    agreement = agreement_or_404(request, reference)
    form = SignedCopyForm()
    if request.method == "POST":
        user = require_role(request.user, Role.CONTRACT_ADMINISTRATOR, act="attach a signed copy")
        form = SignedCopyForm(request.POST, request.FILES)
        copy = form.performed(
            lambda: attach_signed_copy(
                agreement,
                name=form.cleaned_data["file"].name,
                content=form.cleaned_data["file"].read(),
                by=user,
                at=clock.now(),
            )
        )
        if copy is not None:
            messages.success(request, f"{copy.name} is kept with the agreement.")
            return redirect("agreement_documents", reference=agreement.reference)
    shown = {
        "form": form,
        "issued": list(issued_pages_1(agreement)),
        "copies": list(copies_of(agreement)),
        "may_administer": is_administrator(request.user),
    }
    template = "contracts/documents.html"
    return render_tab(
        request, agreement, "agreement_documents", template, shown, status=form.status
    )


@require_GET
@login_required
def page_1_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Page 1 of the agreement as PDF."""
    agreement = agreement_or_404(request, reference)
    return pdf_response(page_1_of(agreement, at=clock.now()), f"{agreement.reference} page 1.pdf")


@require_GET
@login_required
def exhibit_a_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The contact form of the agreement as PDF, from the roster as it is now."""
    agreement = agreement_or_404(request, reference)
    content = exhibit_a(agreement, clock.now())
    return pdf_response(content, f"{agreement.reference} {agreement.programme.paper.form}.pdf")
