"""Saved views of the lists of cases: saving what a list shows, and the page on which one keeps them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cases.queue.listing import ALL, QUEUE, listing_of
from cases.queue.views import list_in
from cases.saved import actions
from cases.saved.models import SavedView, Shared
from cases.saved.page import query_of, shown_views, url_of
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.models import User
from portal.rules.refusal import Refusal

PLACES = {QUEUE: "Queue", ALL: "Cases"}


@require_GET
@login_required
def saved_views(request: HttpRequest) -> HttpResponse:
    """The views that the reader sees of each list, to keep one's own in order."""
    return _page(request, reader(request))


@sent_from(lambda request: reverse("saved_views"))
@login_required
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what a list shows, named by the address of the list, and lead to the view."""
    user = reader(request)
    address = list_in(request.POST.get("list", ""))
    place = _place_of(address, user)
    listing = listing_of(
        place, QueryDict(address.partition("?")[2]).dict(), user, clock.now(), lenient=True
    )
    try:
        view = actions.save(
            place,
            query_of(listing),
            name=request.POST.get("name", ""),
            shared=request.POST.get("shared", ""),
            by=user,
        )
    except Refusal as refusal:
        return _page(request, user, refusal)
    messages.success(request, f"The view “{view.name}” is saved.")
    return redirect(url_of(view, place))


@sent_from(lambda request, pk: reverse("saved_views"))
@login_required
def keep_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share, order or delete one's view, or let the list start with one that is shared."""
    user = reader(request)
    view: SavedView = get_visible_or_404(SavedView.objects.all(), user, pk=pk)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "change":
            typed = request.POST
            actions.change(
                view, name=typed.get("name", ""), shared=typed.get("shared", ""), by=user
            )
        elif wanted in ("up", "down"):
            actions.move(view, up=wanted == "up", by=user)
        elif wanted == "delete":
            actions.delete(view, by=user)
        elif wanted in ("start", "whole"):
            actions.start_with(view if wanted == "start" else None, view.place, by=user)
        else:
            raise Http404
    except Refusal as refusal:
        return _page(request, user, refusal)
    return redirect("saved_views")


def _page(request: HttpRequest, user: User, refused: Refusal | None = None) -> HttpResponse:
    now = clock.now()
    lists = [
        (words, shown_views(place, user, now, most=4 * actions.MOST))
        for place, words in PLACES.items()
        if place == ALL or user.is_provider
    ]
    choices = [
        (value, words)
        for value, words in Shared.choices
        if user.is_provider or value != Shared.TEAM
    ]
    context = {"lists": lists, "shared": choices, "refused": refused, "most": actions.MOST}
    return render(request, "cases/views.html", context, status=409 if refused else 200)


def _place_of(address: str, user: User) -> str:
    """Which list an address is of."""
    is_queue = address.startswith(reverse("queue")) and user.is_provider
    return QUEUE if is_queue else ALL
