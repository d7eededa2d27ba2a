"""The money side of an agreement: what is owed, what is to be invoiced, what was paid (ATSP 3.1, 3.2)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.charges import take_back_charge
from contracts.billing.actions.invoices import add_tax, issue_invoices
from contracts.billing.forms.charges import IssueForm, TakeBackForm, TaxForm
from contracts.billing.models.invoices import InvoiceLine
from contracts.billing.page import STATEMENT, account, statement
from contracts.billing.permissions import may_move_money, require_money_reader
from contracts.frame import agreement_or_404, render_tab
from portal import clock
from portal.access import require_role, sent_from
from portal.csv_files import csv_response
from portal.paging import part_of
from portal.roles import Role
from portal.rules.outside import number_in

ROWS = 25
LINES = PAYMENTS = 50
TAB = "agreement_money"


@require_GET
@login_required
def agreement_money(request: HttpRequest, reference: str) -> HttpResponse:
    """The agreement's account, to its Administrative Contact and those of the provider who keep the books."""
    agreement = _readable(request, reference)
    return _page(request, agreement)


@sent_from(lambda request, reference: reverse(TAB, args=[reference]))
@login_required
def issue(request: HttpRequest, reference: str) -> HttpResponse:
    """Invoice the lines that were ticked; leads to the invoice, or to the account when there are several."""
    agreement = _readable(request, reference)
    user = require_role(request.user, Role.CONTRACT_ADMINISTRATOR, act="issue invoices")
    charges = {charge.pk: charge for charge in agreement.charges.all()}
    form = IssueForm(request.POST, keys=list(charges))
    issued = form.performed(
        lambda: issue_invoices(
            agreement,
            charges=[charges[key] for key in form.cleaned_data["charges"]],
            purchase_order=form.cleaned_data["purchase_order"],
            by=user,
            at=clock.now(),
        )
    )
    if issued is None:
        return _page(request, agreement, issue_form=form)
    messages.success(request, f"Issued: {', '.join(one.label for one in issued)}.")
    return redirect(issued[0] if len(issued) == 1 else _address(agreement))


@sent_from(lambda request, reference: reverse(TAB, args=[reference]))
@login_required
def tax(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a tax to what is to be invoiced (ATSP 13.1)."""
    agreement = _readable(request, reference)
    user = require_role(request.user, Role.CONTRACT_ADMINISTRATOR, act="charge a tax")
    form = TaxForm(request.POST)
    done = form.performed(lambda: add_tax(agreement, **form.cleaned_data, by=user, at=clock.now()))
    if done is None:
        return _page(request, agreement, tax_form=form)
    messages.success(request, "The tax is now among the lines to invoice.")
    return redirect(_address(agreement))


@require_http_methods(["GET", "POST"])
@login_required
def take_back(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take a line back, invoiced or not, with the reason; leads to the account."""
    agreement = _readable(request, reference)
    user = require_role(request.user, Role.CONTRACT_ADMINISTRATOR, act="take a line back")
    charge = get_object_or_404(
        agreement.charges.select_related("authorisation", "taken_back_by"), pk=pk
    )
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    done = form.performed(
        lambda: take_back_charge(charge, **form.cleaned_data, by=user, at=clock.now())
    )
    if done is not None:
        messages.success(request, f"“{charge.text}” is taken back.")
        return redirect(_address(agreement))
    line = InvoiceLine.objects.filter(charge=charge).select_related("invoice").first()
    shown = {"charge": charge, "invoice": line.invoice if line else None, "form": form}
    template = "contracts/take_back.html"
    return render_tab(request, agreement, TAB, template, shown, status=form.status)


@require_GET
@login_required
def money_csv(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """The account as CSV for an accountant."""
    agreement = _readable(request, reference)
    found = account(agreement, clock.now())
    return csv_response(f"account-{agreement.reference}.csv", STATEMENT, statement(found))


def _readable(request: HttpRequest, reference: str) -> Agreement:
    """The agreement, if its money is the reader's to see. Raises Http404 for another's, Refusal for a colleague's."""
    agreement = agreement_or_404(request, reference)
    require_money_reader(request.user, agreement)
    return agreement


def _address(agreement: Agreement) -> str:
    return reverse(TAB, args=[agreement.reference])


def _page(
    request: HttpRequest,
    agreement: Agreement,
    *,
    issue_form: IssueForm | None = None,
    tax_form: TaxForm | None = None,
) -> HttpResponse:
    found = account(agreement, clock.now())
    waiting = found.waiting[:LINES]
    keys = [row.charge.pk for row in waiting if row.billable]
    acts = may_move_money(request.user)
    shown: dict[str, Any] = {
        "account": found,
        "documents": part_of(found.documents, request.GET.get("page"), ROWS, "documents"),
        "waiting": waiting,
        "waiting_more": len(found.waiting) - len(waiting),
        "payments": found.payments[:PAYMENTS],
        "older_payments": len(found.payments) > PAYMENTS,
        "may_act": acts,
        "form": issue_form or tax_form,
        "issue_form": issue_form or IssueForm(keys=keys),
        "ticked": _ticked(issue_form, keys),
        "tax_form": tax_form or TaxForm(),
        "tax_is_open": tax_form is not None,
        "currency": agreement.programme.currency,
    }
    status = 409 if issue_form or tax_form else 200
    return render_tab(request, agreement, TAB, "contracts/money.html", shown, status=status)


def _ticked(form: IssueForm | None, keys: list[int]) -> set[int]:
    """The lines whose boxes are ticked: those that were sent, else all that may be invoiced."""
    if form is None:
        return set(keys)
    sent = form.data.getlist("charges")  # type: ignore[attr-defined]
    return {key for key in map(number_in, sent) if key is not None}
