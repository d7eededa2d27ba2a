"""The case page: the conversation, the clocks beside it, and the acts open to the reader."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cases.case.actions import side_of
from cases.case.around import around
from cases.case.coverage import coverage_of_case
from cases.case.forms.acts import ACTS, composer_for
from cases.case.models import Case
from cases.clocks.page.promises import clocks_of, with_clocks
from cases.clocks.page.waits import provider_waits_of, waits_of
from cases.conversation.looking import Looked, go_on_looking, look
from cases.conversation.page import Line, conversation, folded, place_of
from cases.conversation.references import references
from cases.enhancements.forms import may_submit
from cases.events import CaseRead
from cases.presence.pulse import READING
from cases.work_orders.page import work_of
from contracts.frame import paper_context
from contracts.roster.permissions import Participant
from contracts.scope import VisibleRow
from portal import clock, subscriptions
from portal.access import get_visible_or_404, reader, sent_from
from portal.acts import Act, answer, offers
from portal.context import unread_in_words
from portal.files.views import keeping_files
from portal.models import User

_WITH = ("agreement", "contact__site", "owner", "product")
"""What every page of a case shows; whom an act writes to and its article are read where there is one."""
_CASE = VisibleRow(lambda: with_clocks(Case.objects.select_related(*_WITH).with_organizations()))
NEXT_PROMISES = 4
"""All that can run at once: none is left unsaid."""
NEWEST, OLDEST = ORDERS = ("newest", "oldest")
ORDER_COOKIE, ORDER_KEPT = "conversation_order", 365 * 24 * 3600
GOES_ON = "X-Portal-Live"
"""The header by which an open page asks for itself again: "reading" while somebody sits before it."""
LINES, PRINTED = 50, 500
"""How many entries of the conversation a page shows, and one to print."""


@require_GET
@login_required
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One case, as the reader may see it. Reading the notes is a duty of Exhibit C, so the page says who read.

    A page that is open asks for itself again once its pulse has changed (`cases.presence`), and is answered without
    what stands around it and without the form that is open on it.
    """
    user = reader(request)
    now = clock.now()
    actor = Participant(user, now)
    _ = (
        actor.standing
    )  # first: it tells how far a reseller's person sees, which is then not asked for
    case = _case_or_404(user, pk)
    if user.is_provider and GOES_ON not in request.headers:
        subscriptions.publish(CaseRead(case, user, now))
    return _page(request, case, actor)


@keeping_files
@sent_from(lambda request, pk, code: f"{reverse('case', args=[pk])}?act={code}#acts")
@login_required
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do one act on a case. A mistake or a refusal shows the page again with what was typed.

    An act reads all that it needs of the case under its lock; what a page shows is read for a page.
    """
    user = reader(request)
    case: Case = get_visible_or_404(Case.objects.all(), user, pk=pk)
    actor = Participant(user, clock.now())
    return answer(
        request,
        ACTS.get(code),
        case,
        actor,
        lambda form: _page(request, _case_or_404(user, pk), actor, form),
    )


def _case_or_404(user: User, pk: int) -> Case:
    """The case, if the user may see it. Raises Http404."""
    case: Case | None = _CASE.read(user, pk)
    if case is None:
        raise Http404
    return case.with_organizations()


def _page(
    request: HttpRequest,
    case: Case,
    actor: Participant,
    bound: Act[Case, Participant] | None = None,
) -> HttpResponse:
    user, standing = actor.user, actor.standing
    looked = _looked(request, case, actor)  # reads what stands around the case, which acts ask for
    acts = offers(ACTS.values(), case, actor, bound=bound, wanted=request.GET.get("act", ""))
    clocks = clocks_of(case, user)
    information = next(
        (each.deadline for each in clocks.running if each.deadline.kind.endswith("information")),
        None,
    )
    order = order_of(request)
    spoken = conversation(case, user)
    work = work_of(spoken)
    goes_on = GOES_ON in request.headers and bound is None
    context = {
        "case": case,
        "frame": "cases/live.html" if goes_on else "base.html",
        "goes_on": goes_on,
        "pulse": looked.beat,
        "unread_notices": unread_in_words(looked.beat.unread),
        "work": work,
        "work_waits": [line for line in work if line.waits_for(user)],
        "composer": composer_for(acts, case, side_of(user)),
        "bound": bound,
        "take": next((act.act.seen_of(case) for act in acts if act.code == "take"), ""),
        "clocks": clocks,
        "next_clocks": clocks.running[:NEXT_PROMISES],
        "waits": provider_waits_of(case) if user.is_provider else waits_of(case, information),
        "act_codes": {act.code for act in acts},
        **_conversation(request, case, actor, spoken, order, looked.before),
        "order": order,
        "duplicates": [each["number"] for each in around(case).duplicates],
        "limitations": case.limitations,
        "charge_terms": case.programme.determinations,
        "is_technical": standing.is_technical,
        "may_submit_enhancement": may_submit(actor),
        "may_escalate": standing.is_administrative and case.is_open,
        **paper_context(case.agreement),
        "coverage": coverage_of_case(case),
    }
    response = render(request, "cases/case.html", context, status=bound.status if bound else 200)
    if request.GET.get("order") in ORDERS:
        response.set_cookie(
            ORDER_COOKIE, order, max_age=ORDER_KEPT, httponly=True, samesite="Lax", path="/cases/"
        )
    return response


def order_of(request: HttpRequest) -> str:
    """The order in which the reader wants conversations: as they ask now, else as they asked last on this device."""
    asked = request.GET.get("order") or request.COOKIES.get(ORDER_COOKIE, "")
    return asked if asked in ORDERS else NEWEST


def _looked(request: HttpRequest, case: Case, actor: Participant) -> Looked:
    """Until when the reader had seen the case before, and its pulse."""
    goes_on = request.headers.get(GOES_ON)
    if goes_on is None:
        return look(case, by=actor.user, at=actor.at)
    return go_on_looking(case, by=actor.user, at=actor.at, reading=goes_on == READING)


def _conversation(
    request: HttpRequest,
    case: Case,
    actor: Participant,
    spoken: list[Line],
    order: str,
    before: dt.datetime | None,
) -> dict[str, Any]:
    """The part of the conversation that is wanted: its page, the one with the line `at`, or the newest.

    What came since the reader looked last, at `before`, is marked from the line `new_key` on.
    """
    lines = folded(spoken)
    new = (
        [
            line
            for line in lines
            if line.lines[-1].entry.at > before
            and any(one.entry.by_id != actor.user.pk for one in line.lines)
        ]
        if before is not None
        else []
    )
    if order == NEWEST:
        lines.reverse()
    printed = "print" in request.GET
    parts = Paginator(lines, PRINTED if printed else LINES)
    wanted: str | int | None = request.GET.get("page")
    if wanted is None:
        found = place_of(lines, key) if (key := request.GET.get("at", "")) else None
        newest = parts.num_pages if order == OLDEST else 1
        wanted = newest if found is None else found // parts.per_page + 1
    part = parts.get_page(wanted)
    return {
        "is_print": printed,
        "is_newest": not (part.has_next() if order == OLDEST else part.has_previous()),
        "conversation": part,
        "references": references(case, actor.user, part),
        "new_count": len(new),
        "new_before": before,
        "new_key": new[0].key if new else "",
        "new_elsewhere": bool(new and new[0] not in part.object_list),
    }
