"""The portal's addresses, and pages of components for the tests of the look."""

import itertools

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from portal.urls import urlpatterns as portal_urls
from portal.views import gallery
from tests.portal import pages

turns = itertools.count(1)
drafts: list[dict[str, str]] = []


def rows(request: HttpRequest) -> HttpResponse:
    """A part that differs each time it is fetched."""
    return HttpResponse(pages.rows(next(turns)))


def live(request: HttpRequest) -> HttpResponse:
    """A page with that part in it."""
    return HttpResponse(pages.live(request, pages.rows(0)))


def form(request: HttpRequest) -> HttpResponse:
    """A form that keeps drafts."""
    return HttpResponse(pages.form(request))


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Takes a draft."""
    drafts.append(request.POST.dict())
    return HttpResponse(status=204)


urlpatterns = [
    path("gallery/", gallery.show),
    path("live/", live),
    path("live/rows/", rows),
    path("form/", form),
    path("form/draft/", draft),
    *portal_urls,
]
