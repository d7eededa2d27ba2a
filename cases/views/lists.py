"""Lists of cases: a company's own, and the engineers' queue with the next thing to break on top."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.models import Case
from cases.rules.vocabulary import State
from contracts.models import Organisation
from portal import clock
from portal.access import signed_in_as

ROWS = 25


@require_GET
@login_required
def case_list(request: HttpRequest) -> HttpResponse:
    """All cases the reader may see, the newest first."""
    cases = _searched(Case.objects.visible_to(request.user), request.GET.get("q", ""))
    state = request.GET.get("state", "")
    if state in {each.value for each in State}:
        cases = cases.filter(state=state)
    page = Paginator(cases.for_list().order_by("-reported_at", "-pk"), ROWS).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "cases/list.html",
        {"page": page, "states": list(State), "state": state, "q": request.GET.get("q", "")},
    )


@require_GET
@signed_in_as()
def queue(request: HttpRequest) -> HttpResponse:
    """The engineers' queue: open cases, the next promise to break on top."""
    context = _queue_context(request)
    template = "cases/_queue_rows.html" if request.headers.get("HX-Request") else "cases/queue.html"
    return render(request, template, context)


def _queue_context(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    cases = Case.objects.visible_to(request.user).open()
    chosen = {
        "mine": bool(request.GET.get("mine")),
        "unassigned": bool(request.GET.get("unassigned")),
        "breached": bool(request.GET.get("breached")),
        "severity": request.GET.get("severity", ""),
        "reseller": request.GET.get("reseller", ""),
        "q": request.GET.get("q", ""),
    }
    if chosen["mine"]:
        cases = cases.filter(owner=request.user.pk)
    if chosen["unassigned"]:
        cases = cases.filter(owner=None)
    if chosen["breached"]:
        cases = cases.filter(next_due_at__lt=now)
    if str(chosen["severity"]).isdigit():
        cases = cases.filter(severity=int(str(chosen["severity"])))
    if str(chosen["reseller"]).isdigit():
        cases = cases.filter(reseller=int(str(chosen["reseller"])))
    cases = _searched(cases, str(chosen["q"]))
    page = Paginator(cases.for_list().next_to_break_first(), ROWS).get_page(request.GET.get("page"))
    return {
        "page": page,
        "chosen": chosen,
        "now": now,
        "resellers": Organisation.objects.filter(kind="reseller").order_by("name"),
        "severities": [1, 2, 3, 4],
    }


def _searched(cases: QuerySet[Case], text: str) -> Any:
    """Cases whose number, title or company matches the text."""
    text = text.strip()
    if not text:
        return cases
    if text.isdigit():
        return cases.filter(pk=int(text))
    return cases.filter(Q(title__icontains=text) | Q(reseller__name__icontains=text))
