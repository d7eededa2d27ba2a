"""A team's queue of sub-cases, and one of them. The provider's own: a reseller's people read of none."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from cases.case.around_panel import TONES
from cases.sub_cases.forms import ACTS, SubCaseAct
from cases.sub_cases.models import SubCase, SubState, Team
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.acts import Act, Actor, answer, offers
from portal.filters import Asked
from portal.models import User
from portal.paging import page_of

ROWS = 25
OPEN = "open_all"
_WITH = ("case__reseller", "owner", "opened_by")


@require_GET
@signed_in_as()
def sub_cases(request: HttpRequest) -> HttpResponse:
    """The sub-cases that the reader may see, those wanted first on top; `team`, `state` and `mine` narrow."""
    user, asked = reader(request), Asked(request.GET)
    chosen: dict[str, Any] = {
        "team": asked.one_of("team", Team.values) or ("" if "team" in request.GET else _own(user)),
        "state": asked.one_of("state", [OPEN, *SubState.values]),
        "mine": asked.flag("mine"),
    }
    asked.only(chosen)
    rows = SubCase.objects.visible_to(user).select_related(*_WITH)
    if chosen["team"]:
        rows = rows.filter(team=chosen["team"])
    if chosen["state"] in SubState.values:
        rows = rows.filter(state=chosen["state"])
    else:
        rows = rows.exclude(state=SubState.CLOSED)
    if chosen["mine"]:
        rows = rows.filter(owner=user)
    if asked.refused:
        rows = rows.none()
    page = page_of(
        rows.order_by(F("due_at").asc(nulls_last=True), "pk"),
        request.GET.get("page"),
        ROWS,
        "sub-cases",
    )
    context = {
        "page": page,
        "rows": [{"sub": one, "tone": TONES[SubState(one.state)]} for one in page],
        "chosen": chosen,
        "refused": asked.refused,
        "teams": Team.choices,
        "states": [(each.value, capfirst(each.label)) for each in SubState],
        "now": clock.now(),
    }
    return render(request, "cases/sub_cases/list.html", context)


def _own(user: User) -> str:
    return next((team for team in Team.values if team in user.roles), "")


@require_GET
@signed_in_as()
def sub_case(request: HttpRequest, pk: int) -> HttpResponse:
    """One sub-case: what is asked, the talk, the answer."""
    return _page(request, _found(request, pk))


@sent_from(lambda request, pk, code: f"/sub-cases/{pk}/")
@signed_in_as()
def sub_case_act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do an act on a sub-case; a refusal shows the page with what was typed."""
    found, actor = _found(request, pk), Actor(reader(request), clock.now())
    return answer(request, ACTS.get(code), found, actor, lambda form: _page(request, found, form))


def _found(request: HttpRequest, pk: int) -> SubCase:
    rows = SubCase.objects.select_related(*_WITH, "answered_by", "closed_by")
    found: SubCase = get_visible_or_404(rows, request.user, pk=pk)
    return found


def _page(
    request: HttpRequest, found: SubCase, bound: Act[SubCase, Actor] | None = None
) -> HttpResponse:
    actor = Actor(reader(request), clock.now())
    acts: list[type[SubCaseAct]] = list(ACTS.values())
    wanted = request.GET.get("act", "")
    context = {
        "sub": found,
        "tone": TONES[SubState(found.state)],
        "notes": list(found.notes.select_related("by")[:100]),
        "offers": offers(acts, found, actor, bound=bound, wanted=wanted),
    }
    status = bound.status if bound else 200
    return render(request, "cases/sub_cases/sub_case.html", context, status=status)
