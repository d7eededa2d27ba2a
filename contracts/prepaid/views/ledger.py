"""The Cases side of an agreement: pools, the year as a drawing, the ledger, and a transfer between pools."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from contracts.agreements.models.agreements import Agreement
from contracts.frame import agreement_or_404, render_tab
from contracts.prepaid.actions import ledger as case_ledger
from contracts.prepaid.actions import transfer as transfer_actions
from contracts.prepaid.forms import TransferForm
from contracts.prepaid.notices import DECIDERS
from contracts.prepaid.page import case_overview, ledger_of, lines
from portal import clock
from portal.access import require_role, sent_from
from portal.csv_files import csv_response
from portal.filters import Asked
from portal.paging import page_of

TAB = "agreement_cases"
LINES_A_PAGE = 25
COLUMNS = (
    "When (UTC)",
    "Entry",
    "Case",
    "Pool",
    "To pool",
    "Cases",
    "From",
    "To",
    "Clause",
    "Reason",
)


@require_GET
@login_required
def agreement_cases(request: HttpRequest, reference: str) -> HttpResponse:
    """The balances of prepaid cases; `pool` narrows the ledger to one pool, `page` turns its pages."""
    return _page(request, _counting(request, reference))


@require_GET
@login_required
def case_ledger_csv(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """The whole ledger, the first entry first, as a file for a spreadsheet."""
    agreement = _counting(request, reference)
    rows = (
        (
            f"{line.entry.at:%Y-%m-%d %H:%M:%S}",
            line.kind,
            line.case,
            line.entry.account.pool,
            line.entry.to_account.pool,
            line.entry.cases,
            line.entry.get_takes_from_display(),
            line.entry.get_puts_to_display(),
            line.entry.clause,
            line.entry.reason,
        )
        for line in lines(agreement, list(ledger_of(agreement).order_by("pk")))
    )
    return csv_response(f"cases-{agreement.reference}.csv", COLUMNS, rows)


@sent_from(lambda request, reference: reverse(TAB, args=[reference]))
@login_required
def transfer_cases(request: HttpRequest, reference: str) -> HttpResponse:
    """Transfer cases between pools; refused, the page comes back with what was typed."""
    agreement = _counting(request, reference)
    tier = agreement.tier_terms
    user = require_role(
        request.user,
        *DECIDERS,
        act="transfer cases between pools",
        clause=tier.clause if tier else "",
    )
    form = TransferForm(request.POST, balances=case_ledger.balances(agreement))
    entry = form.performed(
        lambda: transfer_actions.transfer_cases(
            agreement, **form.cleaned_data, by=user, at=clock.now()
        )
    )
    if entry is None:
        return _page(request, agreement, form)
    said = "1 case was" if entry.cases == 1 else f"{entry.cases} cases were"
    messages.success(request, f"{said} transferred.")
    return redirect(TAB, agreement.reference)


def _counting(request: HttpRequest, reference: str) -> Agreement:
    """The agreement. Raises Http404 unless its programme counts cases."""
    agreement = agreement_or_404(request, reference)
    if agreement.tier_terms is None:
        raise Http404
    return agreement


def _page(
    request: HttpRequest, agreement: Agreement, form: TransferForm | None = None
) -> HttpResponse:
    now, user = clock.now(), request.user
    shown = case_overview(agreement, now)
    pools = {balance.pool: balance.name for balance in shown.balances}
    asked = Asked(request.GET)
    asked.only(("pool",))
    pool = asked.one_of("pool", pools)
    entries = ledger_of(agreement, pool)
    if asked.refused:
        entries = entries.none()
    page = page_of(entries, request.GET.get("page"), LINES_A_PAGE, "entries")
    may_transfer = user.is_authenticated and user.has_role(*DECIDERS) and len(pools) > 1
    context: dict[str, Any] = {
        "cases": shown,
        "page": page,
        "lines": lines(agreement, list(page.object_list)),
        "refused": asked.refused,
        "pool": pool,
        "pools": pools,
        "all_pools": not pool,
        "transfer": (form or TransferForm(balances=shown.balances)) if may_transfer else None,
        "extensions": list(agreement.extensions.select_related("agreement").order_by("-pk")),
    }
    status = 409 if form is not None else 200
    return render_tab(request, agreement, TAB, "contracts/cases/cases.html", context, status=status)
