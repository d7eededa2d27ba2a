"""All invoices, for those of the provider who keep the books: open, overdue, disputed, and what is to be invoiced."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts.billing.models.charges import Charge
from contracts.billing.models.invoices import MONEY_READERS, Invoice, InvoiceQuerySet
from contracts.billing.page import row_of
from contracts.parties.models.parties import Organisation
from portal import clock
from portal.access import signed_in_as
from portal.csv_files import csv_response

ROWS = 25
STATES = (
    ("open", "Open", "hourglass"),
    ("overdue", "Overdue", "alert-triangle"),
    ("disputed", "Disputed", "message-2"),
    ("paid", "Paid", "circle-check"),
    ("credit", "Credit notes", "receipt-refund"),
)
HEADER = (
    "document",
    "kind",
    "issued on",
    "due on",
    "contract",
    "reseller",
    "purchase orders",
    "total",
    "open",
    "currency",
    "disputed",
)


@require_GET
@signed_in_as(*MONEY_READERS)
def invoices(request: HttpRequest) -> HttpResponse:
    """Invoices and credit notes, the newest first; `state=to-invoice` lists agreements with lines to invoice."""
    now = clock.now()
    state, reseller = request.GET.get("state", ""), request.GET.get("reseller", "")
    everything = Invoice.objects.visible_to(request.user).for_pages()
    counts = everything.order_by().counts(now)
    page = Paginator(_narrowed(everything, request), ROWS).get_page(request.GET.get("page"))
    waiting = _waiting(request) if state == "to-invoice" else []
    context: dict[str, Any] = {
        "page": page,
        "rows": [row_of(one, one.agreement.date_at(now)) for one in page],
        "state": state,
        "chips": [
            {"code": code, "label": label, "icon": icon, "count": counts[code]}
            for code, label, icon in STATES
        ],
        "shows_all": not state,
        "shows_waiting": state == "to-invoice",
        "waiting": waiting,
        "to_invoice": Charge.objects.visible_to(request.user)
        .to_bill()
        .aggregate(found=Count("agreement", distinct=True))["found"],
        "q": request.GET.get("q", "").strip(),
        "reseller": reseller,
        "resellers": Organisation.objects.filter(agreements__invoices__isnull=False)
        .distinct()
        .order_by("name"),
    }
    return render(request, "contracts/invoices.html", context)


@require_GET
@signed_in_as(*MONEY_READERS)
def invoices_csv(request: HttpRequest) -> HttpResponse:
    """The invoices that the list's filters select, as CSV for the accountant."""
    found = _narrowed(Invoice.objects.visible_to(request.user).for_pages(), request)
    return csv_response(
        "invoices.csv",
        HEADER,
        (
            (
                one.label,
                one.get_kind_display(),
                one.issued_on,
                one.due_on,
                one.agreement.contract_number,
                one.reseller_name,
                one.purchase_orders,
                one.total,
                -one.balance if one.is_credit_note else one.balance,
                one.currency,
                "yes" if one.disputed else "no",
            )
            for one in found
        ),
    )


def _narrowed(found: InvoiceQuerySet, request: HttpRequest) -> InvoiceQuerySet:
    """The invoices that fit the filters in the address."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if state in {code for code, _, _ in STATES}:
        found = found.in_state(state, clock.now())
    reseller = request.GET.get("reseller", "")
    if reseller.isdecimal() and len(reseller) < 19:
        found = found.filter(agreement__reseller=int(reseller))
    if words:
        digits = words.upper().removeprefix("INV-").removeprefix("CRN-")
        wanted = (
            Q(reseller_name__icontains=words)
            | Q(agreement__contract_number__icontains=words)
            | Q(purchase_orders__icontains=words)
        )
        if digits.isdecimal() and len(digits) < 10:
            wanted |= Q(number=int(digits))
        found = found.filter(wanted)
    return found


def _waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """Agreements with lines that are not invoiced yet."""
    return list(
        Charge.objects.visible_to(request.user)
        .to_bill()
        .order_by()
        .values(
            "agreement__reference",
            "agreement__contract_number",
            "agreement__reseller__name",
            "currency",
        )
        .annotate(lines=Count("pk"), total=Sum("amount"))
        .order_by("agreement__reseller__name", "agreement__reference")[:200]
    )
