"""Saved views of the lists of cases: saving what a list shows, and the page on which one keeps them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cases.queue.listing import ALL, QUEUE, listing_of
from cases.queue.views import list_in
from cases.saved import actions
from cases.saved.forms import ViewForm
from cases.saved.models import SavedView
from cases.saved.page import query_of, shown_views, url_of
from portal import clock
from portal.access import get_visible_or_404, reader
from portal.models import User
from portal.rules.refusal import Refusal

PLACES = {QUEUE: "Queue", ALL: "Cases"}


@require_GET
@login_required
def saved_views(request: HttpRequest) -> HttpResponse:
    """The views that the reader sees of each list, to keep one's own in order."""
    return _page(request, reader(request))


@require_http_methods(["GET", "POST"])
@login_required
def save_view(request: HttpRequest) -> HttpResponse:
    """Name what a list shows, given by the address of the list, and keep it; leads to the view."""
    user = reader(request)
    address = list_in(request.GET.get("list", ""))
    place = _place_of(address, user)
    form = ViewForm(_typed(request), user=user)
    if request.method == "POST":
        view = form.performed(lambda: _saved(address, place, form, user))
        if view is not None:
            messages.success(request, f"The view “{view.name}” is saved.")
            return redirect(url_of(view, place))
    context = {
        "form": form,
        "title": "Save a view",
        "lead": f"What the list shows now, with its filters and order, under a name: {PLACES[place]}.",
        "back": address,
    }
    return render(request, "cases/save_view.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@login_required
def keep_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share, order or delete one's view, or let the list start with one that is shared."""
    user = reader(request)
    view: SavedView = get_visible_or_404(SavedView.objects.all(), user, pk=pk)
    wanted = request.POST.get("do", "change")
    if wanted != "change":
        return _done(request, view, wanted, user)
    given = {"name": view.name, "shared": view.shared}
    form = ViewForm(_typed(request), user=user, initial=given)
    if request.method == "POST":
        changed = form.performed(lambda: actions.change(view, **form.cleaned_data, by=user))
        if changed is not None:
            return redirect("saved_views")
    context = {
        "form": form,
        "title": "Change a view",
        "lead": "Its filters stay: open it, filter, and save it under the same name to change those.",
        "back": reverse("saved_views"),
    }
    return render(request, "cases/save_view.html", context, status=form.status)


def _saved(address: str, place: str, form: ViewForm, user: User) -> SavedView:
    params = QueryDict(address.partition("?")[2]).dict()
    listing = listing_of(place, params, user, clock.now(), lenient=True)
    return actions.save(place, query_of(listing), **form.cleaned_data, by=user)


def _done(request: HttpRequest, view: SavedView, wanted: str, user: User) -> HttpResponse:
    """Do what a button beside a view says, and lead back to the views."""
    try:
        if wanted in ("up", "down"):
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
        (words, reverse(place), shown_views(place, user, now, most=4 * actions.MOST))
        for place, words in PLACES.items()
        if place == ALL or user.is_provider
    ]
    context = {"lists": lists, "refused": refused, "most": actions.MOST}
    return render(request, "cases/views.html", context, status=409 if refused else 200)


def _typed(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _place_of(address: str, user: User) -> str:
    """Which list an address is of."""
    is_queue = address.startswith(reverse("queue")) and user.is_provider
    return QUEUE if is_queue else ALL
