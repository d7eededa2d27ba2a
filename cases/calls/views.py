"""Refused calls: logging one, and the list of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from cases.calls.forms import RefuseCallForm
from cases.calls.models import RefusedCall, Why
from cases.case.actions import INTAKE
from contracts.parties.models.parties import Contact
from portal import clock
from portal.access import get_visible_or_404, reader, signed_in_as
from portal.acts import Act, Actor, answer
from portal.filters import Asked
from portal.paging import page_of
from portal.rules.outside import number_in

ROWS = 25


@require_http_methods(["GET", "POST"])
@signed_in_as(*INTAKE)
def refuse_a_call(request: HttpRequest) -> HttpResponse:
    """Log a call that was refused: of the `contact` on file, or of somebody else."""
    actor = Actor(reader(request), clock.now())
    named = number_in(request.GET.get("contact", ""))
    contact: Contact | None = None
    if named is not None:
        rows = Contact.objects.select_related("organisation", "site", "user")
        contact = get_visible_or_404(rows, actor.user, pk=named)

    def page(form: Act[Contact | None, Actor]) -> HttpResponse:
        context = {"act": form, "contact": contact}
        return render(request, "cases/calls/refuse.html", context, status=form.status)

    return answer(request, RefuseCallForm, contact, actor, page)


@require_GET
@signed_in_as(*INTAKE)
def refused_calls(request: HttpRequest) -> HttpResponse:
    """The refused calls that the reader may see, the last first; `q` and `why` narrow."""
    user, asked = reader(request), Asked(request.GET)
    chosen: dict[str, Any] = {"q": asked.text("q"), "why": asked.one_of("why", Why.values)}
    asked.only(chosen)
    rows = RefusedCall.objects.visible_to(user)
    if chosen["q"]:
        rows = rows.matching(chosen["q"])
    if chosen["why"]:
        rows = rows.filter(why=chosen["why"])
    if asked.refused:
        rows = rows.none()
    page = page_of(
        rows.select_related("by").newest_first(), request.GET.get("page"), ROWS, "refused calls"
    )
    context = {
        "page": page,
        "chosen": chosen,
        "refused": asked.refused,
        "whys": Why.choices,
        "narrowed": bool(chosen["q"] or chosen["why"] or asked.refused),
    }
    return render(request, "cases/calls/refused.html", context)
