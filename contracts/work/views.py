"""Pages of work orders: those of an agreement, all that are open, one with its bill, its acts and its exhibit."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from contracts.billing.models.charges import Authorisation
from contracts.frame import agreement_or_404, frame, render_tab
from contracts.roster.permissions import permissions_of
from contracts.work import document as exhibit_d
from contracts.work.forms.orders import ACTS, WorkForm, acts_for
from contracts.work.models import WorkOrder
from contracts.work.page import STATES, WorkPage
from contracts.work.rules.orders import State
from portal import clock
from portal.access import get_visible_or_404, signed_in_as
from portal.documents import pdf_response
from portal.models import Attachment, JournalEntry, User
from portal.rules.refusal import Refusal

TAB = "agreement_work"
A_PAGE = 25


@require_GET
@login_required
def agreement_work(request: HttpRequest, reference: str) -> HttpResponse:
    """The work orders of an agreement, the newest first."""
    found = agreement_or_404(request, reference)
    orders = WorkOrder.objects.visible_to(request.user).for_list().filter(agreement=found)
    page = Paginator(orders.prefetch_related("charges"), A_PAGE).get_page(request.GET.get("page"))
    return render_tab(
        request,
        found,
        TAB,
        "contracts/work_orders.html",
        {"page": page, "rows": _rows(list(page)), "rates": found.programme.work_rates},
    )


@require_GET
@signed_in_as()
def work_orders(request: HttpRequest) -> HttpResponse:
    """All work orders that are open, or of one state, by the newest; the provider's."""
    wanted = request.GET.get("state", "")
    chosen = next((state for state in State if state.value == wanted), None)
    found = WorkOrder.objects.visible_to(request.user).for_list()
    found = found.open() if chosen is None else found.filter(state=chosen.value)
    page = Paginator(found.prefetch_related("charges"), A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "contracts/work_orders_all.html",
        {
            "page": page,
            "rows": _rows(list(page)),
            "chosen": chosen.value if chosen else "",
            "states": [(state.value, state.label, *STATES[state]) for state in State],
        },
    )


def _rows(orders: list[WorkOrder]) -> list[dict[str, Any]]:
    """What the lists show of each order: its state's look, and what it comes to."""
    rows = []
    for order in orders:
        charged = [charge.amount for charge in order.charges.all()]
        icon, tone = STATES[order.stands]
        rows.append(
            {
                "order": order,
                "terms": order.terms,
                "state": order.stands,
                "icon": icon,
                "tone": tone,
                "charged": sum(charged, Decimal(0)) if order.stands is State.SETTLED else None,
            }
        )
    return rows


def _order_or_404(request: HttpRequest, pk: int) -> WorkOrder:
    found: WorkOrder = get_visible_or_404(
        WorkOrder.objects.select_related(
            "agreement__reseller",
            "agreement__provider",
            "contact__site",
            "engineer",
            "site",
            "asked_by",
        ),
        request.user,
        pk=pk,
    )
    return found


@require_GET
@login_required
def work_order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: what it is, what is billable and why, what happened, and what the reader may do now."""
    return _page(request, _order_or_404(request, pk))


@require_POST
@login_required
def work_order_act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do one act on an order. A mistake or a refusal shows the page again with what was typed."""
    if code not in ACTS:
        raise Http404
    order, user, now = _order_or_404(request, pk), _reader(request), clock.now()
    if not ACTS[code].party.admits(user, permissions_of(user, now)):
        raise Refusal(
            f"“{ACTS[code].label}” is not yours to do on work order {order.number}.",
            clause=order.terms.clause,
            way_out=ACTS[code].party.way_out(order.agreement.programme.paper),
        )
    form = ACTS[code](request.POST, request.FILES, order=order, user=user, at=now)
    if form.is_valid():
        try:
            form.perform()
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Work order {order.number}: {form.said}")
            return redirect(order)
    return _page(request, order, bound=form, status=409)


@require_GET
@login_required
def work_order_exhibit(request: HttpRequest, pk: int) -> HttpResponse:
    """Exhibit D of an on-site order as a PDF to sign; 404 for work that no exhibit governs (ATSP Ex.D)."""
    order = _order_or_404(request, pk)
    if order.terms.exhibit is None:
        raise Http404
    return pdf_response(exhibit_d.pdf_of(order), f"{order.number} Exhibit D.pdf")


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("the view lets nobody in who has not signed in")
    return request.user


def _page(
    request: HttpRequest,
    order: WorkOrder,
    *,
    bound: WorkForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = _reader(request), clock.now()
    standing = permissions_of(user, now)
    authorisations = list(order.authorisations.all())
    acts = acts_for(order, user, standing, now, bound=bound)
    page = WorkPage(order, authorisations)
    entries = JournalEntry.objects.about(order).in_order().select_related("by")
    if not user.is_provider:
        entries = entries.shown_to_reseller()
    context = {
        "order": order,
        "terms": order.terms,
        "page": page,
        "acts": acts,
        "bound": bound,
        "wanted": request.GET.get("act", ""),
        "may_take_back": ACTS["take-back"].is_shown(order, user, standing),
        "papers": _papers(order, authorisations),
        "journal": list(entries)[::-1],
    }
    return render(
        request,
        "contracts/work_order.html",
        frame(request, order.agreement, TAB) | context,
        status=status,
    )


def _papers(order: WorkOrder, authorisations: list[Authorisation]) -> list[Attachment]:
    """The papers of the order and of its authorisations; receipts stand beside their expenses."""
    return list(Attachment.objects.about_all([order, *authorisations]))
