"""Lists of cases: a company's own, and the engineers' queue with the most urgent case on top."""

import datetime as dt
import hashlib
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from cases.case.actions import ENGINEERS
from cases.case.models import Case
from cases.case.rows import CaseRow, rows_of
from cases.case.rules.vocabulary import State
from cases.case.selecting import CaseQuerySet
from cases.clocks.page.promises import information_clock, next_due
from cases.queue.filters import FILTERS, OPEN, SEVERITIES, Chosen, chosen_in, narrowed
from contracts.scope import Reach, reach_of
from portal import clock
from portal.access import reader, signed_in_as
from portal.filters import Asked
from portal.models import User
from portal.paging import COUNTED, page_of, so_many
from portal.prepared import Counts, given

ROWS = 25


@require_GET
@login_required
def case_list(request: HttpRequest) -> HttpResponse:
    """All cases the reader may see, the newest first."""
    user = reader(request)
    asked = Asked(request.GET)
    asked.only(FILTERS)
    chosen = chosen_in(asked, user)
    cases = _narrowed(Case.objects.visible_to(user), asked, chosen, user, clock.now())
    page = _page(cases.newest_first(), request)
    context = {
        "page": page,
        "rows": _lines(page, user),
        "states": [
            (OPEN, "All open"),
            *((each.value, capfirst(each.label)) for each in State),
        ],
        "refused": asked.refused,
        "chosen": chosen,
        "severities": SEVERITIES,
    }
    return render(request, "cases/list.html", context)


@require_GET
@signed_in_as()
def queue(request: HttpRequest) -> HttpResponse:
    """The engineers' queue: open cases, severity 1 on top, then the next promise to break.

    Asked by a live part of the page it answers with that part, or with 304 when nothing of it changed.
    """
    user = reader(request)
    now = clock.now()
    asked = Asked(request.GET)
    asked.only(FILTERS)
    chosen = chosen_in(asked, user)
    part = request.headers.get("HX-Target", "") if request.headers.get("HX-Request") else ""
    if part == "queue-counts":
        counted = _in_words(_counts(user, now))
        shown = {"counts": counted, "chosen": chosen}
        return _fresh(request, "cases/_queue_counts.html", shown, sorted(counted.items()))
    cases = _narrowed(Case.objects.visible_to(user).open(), asked, chosen, user, now)
    counts = None if part else _counts(user, now)
    known = counts["all"] if counts and not (chosen.narrows or asked.refused) else None
    page = _page(cases.most_urgent_first(), request, known)
    if part == "queue-lead":
        head = {"page": page, "chosen": chosen, "how_many": _how_many(page)}
        return _fresh(request, "cases/_queue_lead.html", head, head["how_many"])
    context: dict[str, Any] = {
        "page": page,
        "rows": _lines(page, user),
        "refused": asked.refused,
        "chosen": chosen,
        "may_take": _may_take(user),
        "now": now,
    }
    if part:
        return _fresh(request, "cases/_queue_rows.html", context, [_seen(row) for row in page])
    context |= {
        "counts": _in_words(counts or {}),
        "how_many": _how_many(page),
        "severities": SEVERITIES,
    }
    return render(request, "cases/queue.html", context)


def _page(cases: CaseQuerySet, request: HttpRequest, known: int | None = None) -> Page[CaseRow]:
    number = request.GET.get("page")
    return page_of(cases, number, ROWS, "cases", shown=rows_of, known=known)


def _narrowed(
    cases: CaseQuerySet, asked: Asked, chosen: Chosen, user: User, now: dt.datetime
) -> CaseQuerySet:
    """The cases that fit the filters; none while something is wrong with them."""
    return cases.none() if asked.refused else narrowed(cases, chosen, user, now)


def _lines(page: Page[CaseRow], user: User) -> list[dict[str, Any]]:
    """What the rows of a list show: each case with its next promise, and the information clock that runs on it."""
    return [
        {"case": case, "due": next_due(case, user), "information": information_clock(case, user)}
        for case in page
    ]


def _how_many(page: Page[CaseRow]) -> str:
    """How many cases the list holds under the filters in force, as its heading says it."""
    return so_many(page.paginator.count)


@lru_cache(maxsize=32)
def _ready_made(reach: Reach) -> Counts:
    """How many open cases that people of such a reach see each ready-made filter holds."""
    opened = Case.objects.within(reach).open()
    return Counts(lambda: opened.ready_made(given("user"), given("at")), COUNTED + 1)


def _counts(user: User, now: dt.datetime) -> dict[str, int]:
    return _ready_made(reach_of(user)).read(user=user.pk, at=now)


def _in_words(counts: dict[str, int]) -> dict[str, str]:
    """How many cases each ready-made filter holds, as its chip says it."""
    return {name: so_many(n) for name, n in counts.items()}


def _may_take(user: User) -> bool:
    return user.has_role(*ENGINEERS)


def _seen(case: CaseRow) -> tuple[Any, ...]:
    """All that a row of the queue shows, but for the words that count on by themselves."""
    return (
        case.pk,
        case.title,
        case.severity,
        case.awaits_call_for,
        case.proposed_severity,
        case.state,
        case.next_due_at,
        case.next_due_kind,
        case.information_due_at,
        case.reseller,
        case.owner,
    )


def _fresh(
    request: HttpRequest, template: str, context: dict[str, Any], shown: Any
) -> HttpResponse:
    """The part of the page, or 304 when the reader's browser has it; with the portal's time for its clocks."""
    now = clock.now()
    today = timezone.localdate(now)  # times of another day are worded with their date
    said = repr((request.get_full_path(), timezone.get_current_timezone_name(), today, shown))
    tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = render(request, template, context)
    answer["ETag"] = tag
    answer["X-Portal-Now"] = now.isoformat()
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "HX-Request, HX-Target, Cookie"
    return answer
