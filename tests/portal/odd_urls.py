"""Pages that misbehave in every way the middleware answers for."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone

from portal.access import get_visible_or_404, require_role, signed_in_as
from portal.models import Notice
from portal.roles import Role
from portal.rules.refusal import Refusal


def refused(request: HttpRequest) -> HttpResponse:
    raise Refusal(
        "A reseller's quota is spent.",
        clause="ATSP 9.1",
        way_out="Extend the agreement by a purchase order.",
    )


def lost_database(request: HttpRequest) -> HttpResponse:
    """The server ends our connection in the middle of the page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse("never")


def zone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


@signed_in_as(Role.DISPATCH)
def for_dispatch(request: HttpRequest) -> HttpResponse:
    return HttpResponse("dispatch")


@signed_in_as()
def for_provider(request: HttpRequest) -> HttpResponse:
    return HttpResponse("provider")


def act_of_dispatch(request: HttpRequest) -> HttpResponse:
    require_role(request.user, Role.DISPATCH, act="confirm the call", clause="ATSP 4.5")
    return HttpResponse("done")


def one_notice(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(get_visible_or_404(Notice.objects, request.user, pk=pk).title)


PAGES: list[Callable[..., HttpResponse]] = [
    refused,
    lost_database,
    zone,
    for_dispatch,
    for_provider,
    act_of_dispatch,
]
urlpatterns = [
    *(path(f"odd/{page.__name__}/", page) for page in PAGES),
    path("api/odd/lost_database/", lost_database),
    path("odd/notice/<int:pk>/", one_notice),
    path("", include("portal.urls")),
]
