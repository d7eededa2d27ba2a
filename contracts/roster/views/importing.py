"""Handing in a completed Exhibit A as a file: what each row would do first, then all of it at once (ATSP 5.2.1)."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.billing.rules.money import money_text
from contracts.frame import agreement_or_404, render_tab
from contracts.roster.actions.frame import require_keeper
from contracts.roster.actions.importing import hand_in_form, look_at_form
from contracts.roster.reading import form_now
from contracts.roster.rules import files
from contracts.roster.rules.table import columns_of
from contracts.roster.views.roster import TAB
from portal import clock
from portal.access import reader
from portal.edge import takes_files
from portal.models import User
from portal.rules.outside import load_json
from portal.rules.refusal import Refusal


@takes_files
@require_http_methods(["GET", "POST"])
@login_required
def roster_import(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose a file; look at its rows; confirm them. The rows go with the page, nothing is kept in between."""
    agreement = agreement_or_404(request, reference)
    user, now = reader(request), clock.now()
    require_keeper(agreement, user, now)
    if request.method == "GET":
        return _page(request, agreement)
    table: files.Table = []
    refusal: Refusal | None = None
    try:
        table = _table(request)
        if "confirm" in request.POST:
            plan = hand_in_form(
                agreement,
                table,
                fingerprint=request.POST.get("fingerprint", ""),
                accepted=_accepted(request),
                by=user,
                at=now,
            )
            done = "The form is in." if plan.does_something else "The form says what stood already."
            messages.success(request, f"{done} The history below lists each change.")
            return redirect(TAB, agreement.reference)
    except Refusal as refused:
        refusal = refused
    return _look(request, agreement, user, table, refusal)


def _look(
    request: HttpRequest,
    agreement: Agreement,
    user: User,
    table: files.Table,
    refusal: Refusal | None,
) -> HttpResponse:
    plan = owed = None
    if table:
        try:
            plan, owed = look_at_form(agreement, table, by=user, at=clock.now())
        except Refusal as refused:
            refusal = refusal or refused
    currency = agreement.programme.currency
    context = {
        "refusal": refusal,
        "plan": plan,
        "owed": owed,
        "owed_text": money_text(owed.amount, currency) if owed else "",
        "name": request.POST.get("name") or getattr(request.FILES.get("file"), "name", ""),
        "table": json.dumps(table) if plan is not None else "",
    }
    return _page(request, agreement, context, status=409 if refusal else 200)


def _table(request: HttpRequest) -> files.Table:
    """The rows: of the file that was sent, or as the page that showed them sends them back. Raises Refusal."""
    file = request.FILES.get("file")
    if file is not None:
        if (file.size or 0) > files.MOST_BYTES:
            return files.read_table(str(file.name), b"\0" * (files.MOST_BYTES + 1))
        return files.read_table(str(file.name), file.read())
    sent = request.POST.get("table", "")
    if not sent:
        raise Refusal("No file is chosen.", way_out="Choose the completed form.", field="file")
    return files.read_table("The form", files.as_csv(_rows(sent)))


def _rows(sent: str) -> list[list[str]]:
    """The rows as they came back, whatever somebody made of them. Raises Refusal."""
    try:
        rows = load_json(sent, most_depth=2)
        return [[str(cell) for cell in row] for row in rows]
    except (ValueError, TypeError) as error:
        raise Refusal(
            "The rows came back broken.", way_out="Choose the file again.", field="file"
        ) from error


def _accepted(request: HttpRequest) -> Decimal | None:
    """The fee that was taken on, as it was shown."""
    if "accept" not in request.POST:
        return None
    try:
        return Decimal(request.POST.get("fee", ""))
    except InvalidOperation:
        return None


def _page(
    request: HttpRequest,
    agreement: Agreement,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    columns = columns_of(form_now(agreement)).values()
    shown = {"columns": columns, **(context or {})}
    return render_tab(request, agreement, TAB, "contracts/roster_import.html", shown, status=status)
