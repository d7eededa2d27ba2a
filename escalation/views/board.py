"""The severity-1 board: every running escalation, the reader's own duties first; and the same for a wall screen."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from cases.case.actions import ENGINEERS
from escalation import board as boards
from portal import clock
from portal.access import reader, signed_in_as
from portal.paging import part_of

ON_A_PAGE = 5
"""Each is drawn along its time: a page of them is as long as other pages."""


@require_GET
@signed_in_as()
def board(request: HttpRequest) -> HttpResponse:
    """Every severity 1 at work; to a live refresh only what is inside the page's live part."""
    user, now = reader(request), clock.now()
    running = boards.running(user, now)
    page = _page(request, running)
    page.object_list, mine = boards.with_duties(list(page.object_list), running, user, now)
    context = {
        "running": len(running),
        "page": page,
        "mine": mine,
        "without": boards.without_exhibit_c(user),
        "may_take": user.has_role(*ENGINEERS),
    }
    return _answer(request, "escalation/board.html", "escalation/_board.html", context, now)


@require_GET
@signed_in_as()
def wall(request: HttpRequest) -> HttpResponse:
    """The board without navigation, large enough to be read across a room."""
    user, now = reader(request), clock.now()
    running = boards.running(user, now)
    page = _page(request, running)
    page.object_list = boards.those(list(page.object_list), user, now)
    without = boards.without_exhibit_c(user)
    context = {
        "running": len(running),
        "page": page,
        "missed": boards.missed(running, now) + boards.overdue(without, now),
        "without": without,
    }
    return _answer(request, "escalation/wall.html", "escalation/_wall.html", context, now)


def _page(request: HttpRequest, running: Sequence[boards.Running]) -> Page[Any]:
    return part_of(running, request.GET.get("page"), ON_A_PAGE, "escalations")


def _answer(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], now: dt.datetime
) -> HttpResponse:
    """The page, or to a live refresh its part and the instant to which it stands."""
    context["now"] = now
    if not request.headers.get("HX-Request"):
        return render(request, page, context)
    html = render_to_string(part, context, request=request)
    etag = f'"{hashlib.blake2b(html.encode(), digest_size=12).hexdigest()}"'
    response = HttpResponse(html, headers={"ETag": etag})
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None  # noqa: S101  # it is the response, or 304
    answer["X-Portal-Now"] = now.isoformat()
    return answer
