"""All invoices, for those of the provider who keep the books: open, overdue, disputed, and what is to be invoiced."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts.agreements.models.agreements import Agreement, AgreementQuerySet
from contracts.billing.models.charges import Charge
from contracts.billing.models.invoices import MONEY_READERS, Invoice, InvoiceQuerySet
from contracts.billing.page import row_of
from contracts.frame import customer_of
from contracts.scope import Reach, reach_of
from portal import clock
from portal.access import signed_in_as
from portal.csv_files import csv_response
from portal.filters import Asked
from portal.lookups import Choice, choose
from portal.models import User
from portal.paging import COUNTED, page_of, so_many
from portal.prepared import Counts, Rows, among, given
from portal.reading import in_order

ROWS, ALL = 25, ""
STATES = (
    ("open", "Open", "hourglass"),
    ("overdue", "Overdue", "alert-triangle"),
    ("disputed", "Disputed", "message-2"),
    ("paid", "Paid", "circle-check"),
    ("credit", "Credit notes", "receipt-refund"),
)
TO_INVOICE = "to-invoice"
FILTERS = ("state", "reseller", "q")
STATE_CODES = (*(code for code, _, _ in STATES), TO_INVOICE)
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
_SHOWN = Rows(lambda: Invoice.objects.for_lists().filter(among("pk", "keys")).order_by())


@require_GET
@signed_in_as(*MONEY_READERS)
def invoices(request: HttpRequest) -> HttpResponse:
    """Invoices and credit notes, the newest first; `state=to-invoice` lists agreements with lines to invoice."""
    now = clock.now()
    user, asked = _reader(request), Asked(request.GET)
    asked.only(FILTERS)
    state = asked.one_of("state", STATE_CODES)
    reseller = choose("resellers", user, request.GET.get("reseller", ""))
    counts = _counts(reach_of(user)).read(at=now, day=now.astimezone(dt.UTC).date())
    by_state_only = not (reseller.typed or request.GET.get("q", "").strip() or asked.refused)
    known = counts.get(state, counts[ALL]) if by_state_only else None
    number = request.GET.get("page")
    if state == TO_INVOICE:
        waiting = Charge.objects.visible_to(user).to_bill().agreements()
        waiting = _narrowed_agreements(waiting, request, reseller)
        if asked.refused:
            waiting = waiting.none()
        page = page_of(waiting, number, ROWS, "agreements", known=known)
    else:
        found = _narrowed(Invoice.objects.visible_to(user).newest_first(), request, reseller)
        if asked.refused:
            found = found.none()
        page = page_of(found, number, ROWS, "invoices", shown=_SHOWN.in_bulk, known=known)
    context: dict[str, Any] = {
        "page": page,
        "rows": [row_of(one, one.agreement.date_at(now)) for one in page]
        if state != TO_INVOICE
        else [],
        "refused": asked.refused,
        "state": state,
        "chips": [
            {"code": code, "label": label, "icon": icon, "count": so_many(counts[code])}
            for code, label, icon in STATES
        ],
        "shows_all": not state and not asked.refused,
        "shows_waiting": state == TO_INVOICE,
        "waiting": _waiting(page.object_list) if state == TO_INVOICE else [],
        "to_invoice": so_many(counts[TO_INVOICE]),
        "q": request.GET.get("q", "").strip(),
        "reseller": reseller,
        "customer": customer_of(user),
    }
    return render(request, "contracts/invoices.html", context)


@require_GET
@signed_in_as(*MONEY_READERS)
def invoices_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The invoices that the list's filters select, as CSV for the accountant."""
    user, asked = _reader(request), Asked(request.GET)
    asked.only(FILTERS)
    asked.one_of("state", STATE_CODES)
    if asked.refused:
        raise asked.refused
    reseller = choose("resellers", user, request.GET.get("reseller", ""))
    found = _narrowed(Invoice.objects.visible_to(user).newest_first(), request, reseller)
    shown = Invoice.objects.for_lists()
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
            for one in in_order(found, shown)
        ),
    )


@lru_cache(maxsize=32)
def _counts(reach: Reach) -> Counts:
    """How many invoices of such a reach there are in each state, and agreements with lines to invoice."""

    def parts() -> dict[str, QuerySet[Any, Any]]:
        invoices = Invoice.objects.within(reach)
        waiting = Charge.objects.within(reach).to_bill().agreements()
        by_state = invoices.by_state(given("at"), given("day"))
        return {ALL: invoices, TO_INVOICE: waiting, **by_state}

    return Counts(parts, COUNTED + 1)


def _narrowed(found: InvoiceQuerySet, request: HttpRequest, reseller: Choice) -> InvoiceQuerySet:
    """The invoices that fit the filters in the address."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if state in {code for code, _, _ in STATES}:
        found = found.in_state(state, clock.now())
    if reseller.typed:
        found = found.filter(agreement__reseller=reseller.row)
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


def _narrowed_agreements(
    found: AgreementQuerySet, request: HttpRequest, reseller: Choice
) -> AgreementQuerySet:
    """The agreements with lines to invoice that fit the filters in the address."""
    words = request.GET.get("q", "").strip()
    if reseller.typed:
        found = found.filter(reseller=reseller.row)
    if words:
        found = found.matching(words)
    return found.select_related("reseller").by_reseller()


def _waiting(agreements: Iterable[Agreement]) -> list[dict[str, Any]]:
    """What is not invoiced yet of some agreements, by currency."""
    agreements = list(agreements)
    lines = (
        Charge.objects.filter(agreement__in=agreements)
        .to_bill()
        .order_by()
        .values("agreement", "currency")
        .annotate(lines=Count("pk"), total=Sum("amount"))
        .order_by("currency")
    )
    by_agreement: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        by_agreement[line["agreement"]].append(line)
    return [{**line, "agreement": one} for one in agreements for line in by_agreement[one.pk]]


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # signed_in_as
    return request.user
