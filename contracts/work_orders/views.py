"""Pages of work orders: those of an agreement, all that are open, one with its bill, its acts and its exhibit."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from contracts.billing.models.charges import Authorisation
from contracts.frame import agreement_or_404, customer_of, frame, render_tab
from contracts.roster.permissions import Participant
from contracts.work_orders import document as exhibit_d
from contracts.work_orders.forms.agreeing import AuthoriseForm, ProceedForm
from contracts.work_orders.forms.orders import ACTS, SHOWN, TakeBackForm
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.page import STATES, WorkPage
from contracts.work_orders.rules.orders import Basis, State
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.acts import Act, answer, offers
from portal.documents import pdf_response
from portal.edge import takes_files
from portal.filters import Asked
from portal.models import Attachment, JournalEntry
from portal.paging import page_of

TAB = "agreement_work"
A_PAGE = 25


@require_GET
@login_required
def agreement_work(request: HttpRequest, reference: str) -> HttpResponse:
    """The work orders of an agreement, the newest first."""
    found = agreement_or_404(request, reference)
    orders = WorkOrder.objects.visible_to(request.user).for_list().filter(agreement=found)
    page = page_of(
        orders.prefetch_related("charges"), request.GET.get("page"), A_PAGE, "work orders"
    )
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
    asked = Asked(request.GET)
    asked.only(("state", "q"))
    wanted = asked.one_of("state", [state.value for state in State])
    chosen = next((state for state in State if state.value == wanted), None)
    found = WorkOrder.objects.visible_to(request.user).for_list()
    found = found.open() if chosen is None else found.filter(state=chosen.value)
    words = asked.text("q")
    if words:
        found = found.matching(words)
    if asked.refused:
        found = found.none()
    page = page_of(
        found.prefetch_related("charges"), request.GET.get("page"), A_PAGE, "work orders"
    )
    return render(
        request,
        "contracts/work_orders_all.html",
        {
            "page": page,
            "rows": _rows(list(page)),
            "customer": customer_of(request.user),
            "refused": asked.refused,
            "q": words,
            "state": wanted,
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


@takes_files
@sent_from(lambda request, pk, code: f"{reverse('work_order', args=[pk])}?act={code}#act-{code}")
@login_required
def work_order_act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do one act on an order. A mistake or a refusal shows the page again with what was typed."""
    order = _order_or_404(request, pk)
    return answer(
        request, ACTS.get(code), order, _actor(request), lambda form: _page(request, order, form)
    )


@require_GET
@login_required
def work_order_exhibit(request: HttpRequest, pk: int) -> HttpResponse:
    """Exhibit D of an on-site order as a PDF to sign; 404 for work that no exhibit governs (ATSP Ex.D)."""
    order = _order_or_404(request, pk)
    if order.terms.exhibit is None:
        raise Http404
    return pdf_response(exhibit_d.pdf_of(order), f"{order.number} Exhibit D.pdf")


def _actor(request: HttpRequest) -> Participant:
    return Participant(reader(request), clock.now())


def _page(
    request: HttpRequest, order: WorkOrder, bound: Act[WorkOrder, Participant] | None = None
) -> HttpResponse:
    actor = _actor(request)
    wanted = request.GET.get("act", "")
    authorisations = list(order.authorisations.all())
    page = WorkPage(order, authorisations, reader_decides=_decides(order, actor))
    entries = JournalEntry.objects.about(order).in_order().select_related("by")
    if not actor.user.is_provider:
        entries = entries.shown_to_reseller()
    context = {
        "order": order,
        "terms": order.terms,
        "page": page,
        "offers": offers(SHOWN, order, actor, bound=bound, wanted=wanted),
        "bound": bound,
        "wanted": wanted,
        "may_take_back": bool(offers([TakeBackForm], order, actor)),
        "papers": _papers(order, authorisations),
        "journal": list(entries)[::-1],
    }
    return render(
        request,
        "contracts/work_order.html",
        frame(request, order.agreement, TAB) | context,
        status=bound.status if bound else 200,
    )


def _decides(order: WorkOrder, actor: Participant) -> bool:
    """Whether the reader is one of the reseller's people who answer the order (ATSP 7.1, 16)."""
    act = ProceedForm if order.basis == Basis.TIME_AND_MATERIALS else AuthoriseForm
    return not actor.user.is_provider and act.is_for(order, actor)


def _papers(order: WorkOrder, authorisations: list[Authorisation]) -> list[Attachment]:
    """The papers of the order and of its authorizations; receipts are listed with their expenses."""
    return list(Attachment.objects.about_all([order, *authorisations]))
