"""Lists of cases: a company's own, and the engineers' queue with the most urgent case on top."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from cases.bulk.lately import last_in
from cases.case.actions import ENGINEERS, INTAKE
from cases.case.models import Case
from cases.case.rows import CaseRow
from cases.case.rules.vocabulary import State
from cases.handling.forms import STATES_IN_WORDS
from cases.queue.filters import OPEN, PROVIDER, RESELLER, SEVERITIES
from cases.queue.grouping import GROUPS
from cases.queue.listing import ALL, QUEUE, Listing, how_many, lines_of, listing_of
from cases.queue.place import place_in
from cases.queue.regions import regions
from cases.saved.actions import start_of
from cases.saved.models import SavedView
from cases.saved.page import shown_views, url_of
from contracts.scope import Reach, reach_of
from portal import clock, preferences, sending
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.context import unread_words
from portal.live import fresh, part_asked
from portal.lookups import choose
from portal.models import User
from portal.paging import COUNTED, so_many
from portal.prepared import Counts, given

STATES = [(OPEN, "All open"), *((each.value, capfirst(each.label)) for each in State)]
OPEN_STATES = [(each.value, capfirst(each.label)) for each in State if each.is_open]


@require_GET
@login_required
def case_list(request: HttpRequest) -> HttpResponse:
    """All cases the reader may see, the newest first; a company's own with what waits for it first."""
    user = reader(request)
    start = _start(ALL, request, user)
    if start:
        return redirect(start)
    listing = listing_of(ALL, request.GET.dict(), user, clock.now())
    page = listing.page()
    context = _page_context(listing, request) | {
        "page": page,
        "rows": lines_of(page, user),
        "heads": listing.heads(page),
        "states": STATES,
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
    listing = listing_of(QUEUE, request.GET.dict(), user, now)
    part = part_asked(request)
    start = "" if part else _start(QUEUE, request, user)
    if start:
        return redirect(start)
    if part == "queue-counts":
        counted = _in_words(_counts(user, now))
        shown = {"counts": counted, "chosen": listing.chosen}
        return fresh(request, "cases/_queue_counts.html", shown, sorted(counted.items()), now)
    counts = None if part else _counts(user, now)
    page = listing.page(counts["all"] if counts else None)
    head = {"listing": listing, "chosen": listing.chosen, "how_many": how_many(page)}
    if part == "queue-lead":
        return fresh(request, "cases/_queue_lead.html", head, head["how_many"], now)
    context: dict[str, Any] = {
        "page": page,
        "rows": lines_of(page, user),
        "heads": listing.heads(page),
        "refused": listing.refused,
        "may_take": user.has_role(*ENGINEERS),
        "now": now,
        "may_pick": user.has_role(*INTAKE),
        "columns": len(QUEUE_COLUMNS) + 1,
    }
    if part:
        heads, rows = context["heads"], context["rows"]
        seen: list[Any] = [
            (_seen(each["case"]), each["people"], heads.get(each["case"].pk)) for each in rows
        ]
        context |= {"is_part": True, "unread_notices": unread_words(user)}
        return fresh(
            request, "cases/_queue_rows.html", context, [*seen, context["unread_notices"]], now
        )
    context |= head | _page_context(listing, request)
    context |= {
        "counts": _in_words(counts or {}),
        "states": OPEN_STATES,
        "last": last_in(request.session, now),
        "form_key": sending.new_key(),
        "colleagues": choose("case-engineers", user, ""),
        "colleagues_attrs": {"id": "case-engineers", "placeholder": "Assign to …"},
        "moves": [(move.value, words) for move, words in STATES_IN_WORDS.items()],
    }
    return render(request, "cases/queue.html", context)


QUEUE_COLUMNS = (
    ("Next promise", "due"),
    ("Severity", "severity"),
    ("Case", "case"),
    ("Reseller", "reseller"),
    ("State", "state"),
    ("Owner", "owner"),
)
"""The heads of the queue with the orders that they lead to."""
LIST_COLUMNS = (
    ("Case", "case"),
    ("Severity", "severity"),
    ("State", "state"),
    ("Reseller", "reseller"),
    ("Engineer", "owner"),
    ("Reported", "reported"),
    ("Next promise", "due"),
)


@require_GET
@login_required
def case_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a case stands in the list that the address names, as a part of its page."""
    user = reader(request)
    get_visible_or_404(Case.objects.all(), user, pk=pk)
    back = list_in(request.GET.get("list", ""))
    place = QUEUE if user.is_provider and back.startswith(reverse("queue")) else ALL
    params = QueryDict(back.partition("?")[2]).dict()
    listing = listing_of(place, params, user, clock.now(), lenient=True)
    context = {
        "place": place_in(listing, pk),
        "back": back,
        "called": "Queue" if place == QUEUE else "Cases",
    }
    return render(request, "cases/_place.html", context)


@sent_from(lambda request: reverse("cases"))
@login_required
def choose_rows(request: HttpRequest) -> HttpResponse:
    """Keep how dense the person likes their lists, and go back to the list."""
    wanted = request.POST.get("rows", "")
    kept = preferences.COMPACT if wanted == preferences.COMPACT else None
    preferences.keep(reader(request), preferences.ROWS, kept)
    return redirect(list_in(request.POST.get("next", "")))


def list_in(address: str) -> str:
    """The address of one of our lists, as a form names it; the list of cases for any other."""
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address if is_ours else reverse("cases")


def _start(place: str, request: HttpRequest, user: User) -> str:
    """The address of the view with which the reader's list starts; "" for the list as it is asked for."""
    key = None if request.GET else start_of(place, user)
    view = SavedView.objects.visible_to(user).filter(pk=key).first() if key else None
    return url_of(view, place) if view is not None else ""


def _page_context(listing: Listing, request: HttpRequest) -> dict[str, Any]:
    """What the pages of both lists show around their rows."""
    is_queue = listing.place == QUEUE
    columns = QUEUE_COLUMNS if is_queue else LIST_COLUMNS
    current = listing.params.get("view", "").removeprefix("all")
    return {
        "listing": listing,
        "refused": listing.refused,
        "chosen": listing.chosen,
        "chips": listing.chips,
        "severities": SEVERITIES,
        "regions": [(name, name) for name in regions()],
        "sides": [
            (PROVIDER, "Waits for us"),
            (
                RESELLER,
                f"Waits for {'the reseller' if listing.user.is_provider else 'your company'}",
            ),
        ],
        "groups": [each for each in GROUPS if listing.user.is_provider or each[0] != "reseller"],
        "compact": preferences.rows_are_compact(listing.user),
        "heads_of_columns": [
            (words, code)
            for words, code in columns
            if listing.user.is_provider or code != "reseller"
        ],
        "address": request.get_full_path(),
        "views": shown_views(listing.place, listing.user, listing.at, current),
        "current_view": current,
    }


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
