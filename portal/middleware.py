"""Middleware: request ids, the database away, the reader's zone, refusals as pages, and the Content-Security-Policy."""

import logging
import uuid
import zoneinfo
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from portal.rules.refusal import Refusal

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


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


class DatabaseAway:
    """Answers 503 with a page of its own when PostgreSQL cannot be reached; the page tries again by itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; `process_exception` covers the view, this covers the middleware around it."""
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self._away(error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a lost database connection in a view into the page."""
        if isinstance(error, OperationalError | InterfaceError):
            return self._away(error)
        return None

    @staticmethod
    def _away(error: Exception) -> HttpResponse:
        log.error("the database is away: %s", error)
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})


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


class ReaderZone:
    """Shows times in the reader's zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the signed-in user's zone."""
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
