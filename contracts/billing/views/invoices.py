"""The page of an invoice with its acts, its PDF, and the provider's list of all invoices (ATSP 3.2)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from contracts.billing.actions.invoices import invoice_paper
from contracts.billing.forms.invoices import ACTS, Shown
from contracts.billing.models.invoices import Invoice
from contracts.billing.models.payments import InvoicePayment
from contracts.billing.page import row_of
from contracts.billing.permissions import is_administrative, may_move_money, require_money_reader
from contracts.frame import agreement_or_404, render_tab
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.acts import Act, Actor, answer, offers
from portal.documents import pdf_response
from portal.models import Deadline, JournalEntry

TAB = "agreement_money"


@require_GET
@login_required
def invoice(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """An invoice or credit note, to those who read the agreement's money."""
    return _page(request, _found(request, reference, number))


@require_GET
@login_required
def pdf(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The invoice on paper, as it was issued."""
    found = _found(request, reference, number).invoice
    return pdf_response(invoice_paper(found, at=clock.now()), f"{found.label}.pdf")


@sent_from(lambda request, reference, number, code: reverse("invoice", args=[reference, number]))
@login_required
def act(request: HttpRequest, reference: str, number: int, code: str) -> HttpResponse:
    """Do one of the acts on an invoice; refused, the page comes back with what was typed."""
    shown = _found(request, reference, number)
    actor = Actor(reader(request), clock.now())
    return answer(request, ACTS.get(code), shown, actor, lambda form: _page(request, shown, form))


def _found(request: HttpRequest, reference: str, number: int) -> Shown:
    agreement = agreement_or_404(request, reference)
    require_money_reader(request.user, agreement)
    found = get_visible_or_404(
        Invoice.objects.for_pages().filter(agreement=agreement), request.user, number=number
    )
    found.agreement = agreement
    dispute = found.disputes.order_by("-raised_at", "-pk").first()
    if dispute is not None:
        dispute.invoice = found
    user = reader(request)
    return Shown(
        agreement,
        found,
        dispute,
        _credit_notes(found),
        keeps_books=may_move_money(user),
        is_administrative=is_administrative(user, agreement),
    )


def _credit_notes(invoice: Any) -> list[Invoice]:
    """Credit notes that have something left to give to this invoice's reseller."""
    if invoice.is_credit_note or not invoice.balance:
        return []
    notes = Invoice.objects.filter(
        agreement__reseller=invoice.agreement.reseller_id,
        provider=invoice.provider_id,
        currency=invoice.currency,
        kind="credit_note",
        balance__gt=0,
    )
    return list(notes.order_by("number"))


def _is_given_back(invoice: Invoice) -> bool:
    """Whether it is an invoice of which nothing is left to give back."""
    return not invoice.is_credit_note and invoice.given_back() >= invoice.total


def _page(
    request: HttpRequest, shown: Shown, bound: Act[Shown, Actor] | None = None
) -> HttpResponse:
    invoice, actor = shown.invoice, Actor(reader(request), clock.now())
    ours = bound if bound and bound.is_for(shown, actor) else None
    offered = offers(ACTS.values(), shown, actor, bound=ours)
    payments = (
        InvoicePayment.objects.filter(invoice=invoice)
        | InvoicePayment.objects.filter(credit_note=invoice)
    ).select_related("invoice", "credit_note", "taken_back_by", "by")
    others = list(invoice.gives_back_of() if invoice.is_credit_note else invoice.credit_notes())
    context: dict[str, Any] = {
        "row": row_of(invoice, shown.agreement.date_at(actor.at)),
        "invoice": invoice,
        "lines": list(
            invoice.lines.select_related("charge__authorisation", "charge__taken_back_by")
        ),
        "payments": list(payments.order_by("dated_on", "pk")),
        "due": Deadline.objects.about(invoice)
        .filter(kind="invoice.due")
        .exclude(state="cancelled")
        .order_by("pk")
        .last(),
        "dispute": shown.dispute,
        "letters": list(shown.dispute.messages.select_related("by")) if shown.dispute else [],
        "history": list(
            JournalEntry.objects.about(invoice)
            .filter(public=True)
            .select_related("by")
            .order_by("at", "pk")
        ),
        "offers": {offer.code.replace("-", "_"): offer for offer in offered},
        "ends": [offer for offer in offered if offer.code in ("settle", "withdraw")],
        "refusal": bound.refusal if bound and not ours else None,
        "may_act": shown.keeps_books and not (others and _is_given_back(invoice)),
        "other_side": others,
    }
    status = bound.status if bound else 200
    template = "contracts/invoice.html"
    return render_tab(request, shown.agreement, TAB, template, context, status=status)
