"""The page of an invoice with its acts, its PDF, and the provider's list of all invoices (ATSP 3.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from contracts.agreements.models import Agreement
from contracts.billing import forms as money_forms
from contracts.billing.actions.disputes import answer_dispute, raise_dispute, settle_dispute
from contracts.billing.actions.payments import record_payment, take_back, use_credit
from contracts.billing.document import invoice_pdf
from contracts.billing.models.disputes import Dispute, Outcome
from contracts.billing.models.invoices import Invoice, InvoicePayment
from contracts.billing.page import row_of
from contracts.billing.permissions import is_administrative, may_move_money, require_money_reader
from contracts.frame import agreement_or_404, render_tab
from portal import clock
from portal.access import get_visible_or_404
from portal.documents import pdf_response
from portal.models import Deadline, JournalEntry
from portal.rules.refusal import Refusal

TAB = "agreement_money"


@dataclass(slots=True)
class Shown:
    """An invoice with what its page needs, read once."""

    agreement: Agreement
    invoice: Any
    dispute: Dispute | None
    notes: list[Invoice]


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
    return pdf_response(invoice_pdf(found), f"{found.label}.pdf")


@require_POST
@login_required
def act(request: HttpRequest, reference: str, number: int, code: str) -> HttpResponse:
    """Do one of the acts on an invoice; refused, the page comes back with what was typed."""
    if code not in ACTS:
        raise Http404
    shown = _found(request, reference, number)
    form = _form(code, shown, request.POST)
    refusal = None
    if form.is_valid():
        try:
            said = ACTS[code](request, shown, form.cleaned_data)
        except Refusal as refused:
            refusal = refused
            money_forms.add_refusal(form, refused)
        else:
            messages.success(request, said)
            return redirect(shown.invoice)
    return _page(request, shown, forms_={code: form}, refusal=refusal, status=409)


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
    return Shown(agreement, found, dispute, _credit_notes(found))


def _credit_notes(invoice: Any) -> list[Invoice]:
    """Credit notes that have something left to give to this invoice's reseller."""
    if invoice.is_credit_note or not invoice.balance:
        return []
    notes = Invoice.objects.with_balance().filter(
        agreement__reseller=invoice.agreement.reseller_id,
        provider=invoice.provider_id,
        currency=invoice.currency,
        kind="credit_note",
        balance__gt=0,
    )
    return list(notes.order_by("number"))


def _open_dispute(shown: Shown) -> Dispute:
    if shown.dispute is None:
        raise Refusal(
            f"{shown.invoice.title} is not disputed.",
            clause=shown.invoice.clause,
            way_out="The Administrative Contact disputes it on this page.",
        )
    return shown.dispute


def _pay(request: Any, shown: Shown, data: dict[str, Any]) -> str:
    record_payment(shown.invoice, **data, by=request.user, at=clock.now())
    return "The payment is recorded."


def _credit(request: Any, shown: Shown, data: dict[str, Any]) -> str:
    use_credit(shown.invoice, data["credit_note"], by=request.user, at=clock.now())
    return f"{data['credit_note'].label} was set against {shown.invoice.label}."


def _take_back(request: Any, shown: Shown, data: dict[str, Any]) -> str:
    key = request.POST.get("payment", "")
    payments = InvoicePayment.objects.filter(invoice=shown.invoice).select_related("credit_note")
    payment = payments.filter(pk=key).first() if key.isdecimal() else None
    if payment is None:
        raise Http404
    payment.invoice = shown.invoice
    take_back(payment, reason=data["reason"], by=request.user, at=clock.now())
    return "The payment was taken back."


def _raise(request: Any, shown: Shown, data: dict[str, Any]) -> str:
    raise_dispute(shown.invoice, reason=data["reason"], by=request.user, at=clock.now())
    return f"{shown.invoice.label} is marked as disputed; we answer here."


def _answer(request: Any, shown: Shown, data: dict[str, Any]) -> str:
    answer_dispute(_open_dispute(shown), body=data["body"], by=request.user, at=clock.now())
    return "Sent."


def _settle(request: Any, shown: Shown, data: dict[str, Any]) -> str:
    settled = settle_dispute(
        _open_dispute(shown),
        outcome=Outcome(data["outcome"]),
        body=data["body"],
        credit=data["credit"],
        by=request.user,
        at=clock.now(),
    )
    return f"The dispute is settled: {settled.get_outcome_display()}."


def _withdraw(request: Any, shown: Shown, data: dict[str, Any]) -> str:
    settle_dispute(
        _open_dispute(shown),
        outcome=Outcome.WITHDRAWN,
        body=data["body"],
        by=request.user,
        at=clock.now(),
    )
    return "The dispute is withdrawn."


ACTS: dict[str, Callable[[Any, Shown, dict[str, Any]], str]] = {
    "pay": _pay,
    "credit": _credit,
    "take-back": _take_back,
    "dispute": _raise,
    "answer": _answer,
    "settle": _settle,
    "withdraw": _withdraw,
}


def _form(code: str, shown: Shown, data: Any = None) -> forms.Form:
    """The form of an act, with what was typed, or with what stands to reason."""
    invoice = shown.invoice
    today = shown.agreement.date_at(clock.now())
    match code:
        case "pay":
            initial = {"amount": invoice.balance, "dated_on": today}
            form: forms.Form = money_forms.PaymentForm(data, initial=initial)
            if invoice.is_credit_note:
                form.fields["dated_on"].label = "Paid on"
            return form
        case "credit":
            return money_forms.CreditForm(data, notes=shown.notes)
        case "take-back":
            return money_forms.ReasonForm(data)
        case "dispute":
            return money_forms.DisputeForm(data)
        case "settle":
            return money_forms.SettleForm(data, initial={"outcome": "upheld"})
    return money_forms.LetterForm(data)


def _offered(request: HttpRequest, shown: Shown) -> list[str]:
    """The acts that the page offers this reader."""
    invoice, disputed = shown.invoice, shown.invoice.disputed
    if may_move_money(request.user):
        acts = ["answer", "settle"] if disputed else []
        if invoice.balance:
            acts += ["pay", *(["credit"] if shown.notes else [])]
        return [*acts, "take-back"]
    if is_administrative(request.user, shown.agreement):
        if disputed:
            return ["answer", "withdraw"]
        return [] if invoice.is_credit_note else ["dispute"]
    return []


def _page(
    request: HttpRequest,
    shown: Shown,
    *,
    forms_: dict[str, forms.Form] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    invoice = shown.invoice
    today = shown.agreement.date_at(clock.now())
    offered = _offered(request, shown)
    typed = forms_ or {}
    payments = (
        InvoicePayment.objects.filter(invoice=invoice)
        | InvoicePayment.objects.filter(credit_note=invoice)
    ).select_related("invoice", "credit_note", "taken_back_by", "by")
    context: dict[str, Any] = {
        "row": row_of(invoice, today),
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
        "acts": {
            code.replace("-", "_"): typed.get(code) or _form(code, shown)
            for code in ACTS
            if code in offered
        },
        "typed": next(iter(typed), ""),
        "refusal": refusal,
        "may_act": may_move_money(request.user),
    }
    return render_tab(
        request, shown.agreement, TAB, "contracts/invoice.html", context, status=status
    )
