"""Middleware: request ids, HEAD, the database away, the reader's zone, refusals, typed text, headers of answers."""

import logging
import sys
import uuid
import zoneinfo
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib import messages
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from portal import clock, drafts, typed
from portal.draft_kinds import has_its_own
from portal.edge import length_of
from portal.models import User
from portal.rules.refusal import Refusal

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]
_KEEPS_NOTHING = ("/api/", "/account/", "/drafts/")
_NOT_THERE = (404, 405)
TELLS_NO_TIME = "/live/"
"""Addresses that end so are asked all the time and tell no time: who asks is read where the view wants to know."""
FOR_MACHINES = ("/health/", "/metrics")
"""Pages that answer without asking who reads them: they must answer when the database does not."""


class RequestId:
    """Gives each request an id, in its log lines and in the answer's X-Request-ID."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with its id bound to the log's context."""
        request_id = uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class HeadAsGet:
    """Answers HEAD as GET for every page: the server leaves the body out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = "HEAD"


class NothingStored:
    """Lets no browser or proxy keep a page, a file or an answer of the API. Static files are answered before it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with the header."""
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response


class DatabaseAway:
    """Answers 503 with a page of its own when PostgreSQL cannot be reached; the page tries again by itself.

    The connection may be missed anywhere: in a view, in its template, or in a middleware that asks who is signed in.
    Django turns an error into an answer at the layer that raised it, so this notes the error when Django signals it,
    and replaces that answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        got_request_exception.connect(_note_database_away, dispatch_uid="portal.database_away")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or say that the database is away."""
        response = self.get_response(request)
        error = getattr(request, "database_away", None)
        if error is None:
            return response
        log.error("the database is away: %s", str(error).strip())
        if request.path.startswith("/api/"):
            answer: HttpResponse = JsonResponse({"detail": "The database is away."}, status=503)
        else:
            posted = request.method not in ("GET", "HEAD")
            answer = HttpResponse(render_to_string("503.html", {"posted": posted}), status=503)
        answer["Retry-After"] = "5"
        return answer


def _note_database_away(sender: object, request: HttpRequest | None = None, **_: object) -> None:
    """Remember on the request that its error is a lost database."""
    error = sys.exc_info()[1]
    if request is not None and isinstance(error, OperationalError | InterfaceError):
        request.database_away = error  # type: ignore[attr-defined]


class ContentSecurityPolicy:
    """Sends the strict Content-Security-Policy: only our own files, nothing inline."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with the header."""
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class DomainTime:
    """Tells the domain's time with each answer (X-Portal-Now), by which countdowns on a page keep right."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with the header."""
        response = self.get_response(request)
        response.setdefault("X-Portal-Now", clock.now().isoformat())
        return response


class ReaderZone:
    """Shows times in the reader's zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the signed-in user's zone."""
        if request.path.startswith(FOR_MACHINES) or request.path.endswith(TELLS_NO_TIME):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(request.user.zone)):
            return self.get_response(request)


class Refusals:
    """Shows a refusal that no form caught as a page: what, which clause, and the way out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a Refusal into its page, 403."""
        if isinstance(error, Refusal):
            return render(request, "errors/refused.html", {"refusal": error}, status=403)
        return None


class TypedText:
    """Keeps what was typed into a form that was not done, and forgets it once it is: nothing typed is ever lost.

    A form that led on was done; one that was refused, or failed, was not. One that was sent after the session ended
    gets the sign-in page, which carries what was typed until its sender has signed in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if request.method != "POST" or hasattr(request, "is_forged"):
            return response
        if request.path == reverse("account_login"):
            _take_back(request)
        elif not request.path.startswith(_KEEPS_NOTHING):
            return _settled(request, response)
        return response


def _settled(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code == 413:
        return response  # it is not read
    user, sign_in = request.user, reverse("account_login")
    if not isinstance(user, User):
        if length_of(request) > settings.BODY_MOST_BYTES_OF_STRANGERS:
            return response  # it is not read
        asks = response.headers.get("Location", "").startswith(sign_in)
        if not asks:
            return response
        sent = typed.Carried.of(request)
        return typed.sign_in_page(request, typed.kept_for_writer(sent, clock.now()))
    place = request.resolver_match
    away = response.status_code in _NOT_THERE or hasattr(request, "database_away")
    if away or place is None or has_its_own(place.url_name):
        return response
    sent = typed.Carried.of(request)
    if not sent.fields:
        return response
    if 300 <= response.status_code < 400 and not hasattr(request, "is_refused"):
        drafts.done(user, sent.path, sent.hand, clock.now())
    else:
        written = drafts.keep_both(user, sent.path, sent.fields, clock.now(), sent.hand)
        if written.aside is not None:
            messages.info(request, typed.said_of(written.aside))
    return response


def _take_back(request: HttpRequest) -> None:
    """Give who has signed in what they typed before."""
    carried = typed.carried_by(request)
    if carried is None or not isinstance(request.user, User):
        return
    if carried.reader and carried.reader != request.user.pk:
        said = "Nothing was sent. The form before was somebody else's; it waits for them."
    elif carried.fields or carried.is_kept:
        if carried.fields:
            now = clock.now()
            drafts.keep_at(request.user, carried.path, carried.fields, now, carried.hand)
        said = "Nothing was sent: the session before had ended. What was typed is kept; where that form is yours to "
        said += "send, it stands in it again."
    else:
        said = "Nothing was done: the session before had ended. What is still to be done is yours to do again."
    messages.warning(request, said)
