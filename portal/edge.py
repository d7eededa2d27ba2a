"""The edge: what a request may bring, before a view reads it. Sizes by route, and characters that can be stored.

Nobody who has not signed in sends more than a form; files go to the views that take them (`takes_files`). What is
larger is answered with 413, or led to sign-in, and not read.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.views.defaults import bad_request

from portal.rules.limits import size
from portal.rules.outside import is_storable, storable

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]
OF_STRANGERS = ("/account/", "/api/", "/health/", "/metrics")
_ENCODED_REPLACEMENT = "%EF%BF%BD"


def takes_files(view: View, most: str = "UPLOAD_MOST_BYTES") -> View:
    """Let signed-in people send files to the view, together at most what the setting named `most` says."""
    view.takes_files = most  # type: ignore[attr-defined]
    return view


class BodyLimits:
    """Answers 413 to a body that is larger than its sender and its view may have, before anything of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer a body that is too large; its length is what its header says, and no more is ever read."""
        length = length_of(request)
        if length <= settings.BODY_MOST_BYTES_OF_STRANGERS:
            return None
        most = _most(request, view)
        if length <= most:
            return None
        if request.user.is_authenticated or request.path.startswith(OF_STRANGERS):
            return too_large(request, size(most), size(length))
        return redirect_to_login(request.get_full_path())  # as the view would


class StorableText:
    """Puts the mark for an unknown character in place of each that cannot be stored, in the address and in forms.

    NUL and lone surrogates come with pasted logs: nothing else of what was typed is lost with them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with a clean query; there is no page at an address with such a character."""
        if not is_storable(request.path_info):
            return HttpResponse(render_to_string("400.html"), status=400)
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace(
            "%00", _ENCODED_REPLACEMENT
        )
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Clean what a form brings, its files' names too. A view that reads its body itself sees to it itself."""
        if request.method != "POST":
            return
        typed = request.POST
        if all(is_storable(name) and all(map(is_storable, typed.getlist(name))) for name in typed):
            return
        clean = QueryDict(mutable=True, encoding=typed.encoding)
        for name in typed:
            clean.setlist(storable(name), [storable(value) for value in typed.getlist(name)])
        clean._mutable = False
        request.POST = clean  # type: ignore[assignment]


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what cannot be read; beside a file that may be large, too much text is too large like any other body."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, f"{size(settings.BODY_MOST_BYTES)} of text")
    return bad_request(request, exception)


def length_of(request: HttpRequest) -> int:
    """How many bytes the body of a request has, by its header."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _most(request: HttpRequest, view: View) -> int:
    if not request.user.is_authenticated:
        return int(settings.BODY_MOST_BYTES_OF_STRANGERS)
    return int(getattr(settings, getattr(view, "takes_files", "BODY_MOST_BYTES")))


def too_large(request: HttpRequest, most: str, length: str = "") -> HttpResponse:
    """The answer to what is too large: how much is taken, and how much it was where that is known."""
    if request.path.startswith("/api/"):
        was = f"it has {length}, " if length else ""
        return JsonResponse(
            {"detail": f"The request is too large: {was}at most {most}."}, status=413
        )
    told = {"most": most, "length": length}
    return HttpResponse(render_to_string("413.html", told), status=413)
