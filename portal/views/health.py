"""Health and metrics for those who run the portal."""

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from portal import watchdog
from portal.models import User
from portal.rules.refusal import Refusal
from portal.watchdog import MachineryState


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Whether the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether the portal can serve: 503 without PostgreSQL; "degraded" (200) when another part is not well."""
    try:
        state = watchdog.measure(watchdog.domain_now())
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "down", "database": "away"}, status=503)
    broker = _broker_answers()
    parts = {
        "database": "ok",
        "broker": "ok" if broker else "away",
        "engine": "ok" if state.engine_healthy else "lagging",
        "mail": _mail(state),
        "clocks": "ok" if state.clocks_healthy else "wrong",
    }
    status = "ok" if broker and state.healthy else "degraded"
    return JsonResponse({"status": status, **parts})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The machinery's figures in Prometheus's format; without PostgreSQL only what is known without it.

    For who sends ``METRICS_TOKEN``, and for the provider's people: anybody else is refused.
    """
    if not _may_read(request):
        raise Refusal(
            "You may not read the figures of the machinery.",
            way_out="They are for the provider's people; monitoring sends a token.",
        )
    figures = {"portal_broker_up": ("Whether Redis answers", float(_broker_answers()))}
    try:
        figures |= _machinery_figures(watchdog.measure(watchdog.domain_now()))
        database_up = 1.0
    except (DatabaseError, InterfaceError):
        database_up = 0.0
    figures["portal_database_up"] = ("Whether PostgreSQL answers", database_up)
    registry = CollectorRegistry()
    for name, (text, value) in figures.items():
        Gauge(name, text, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return True
    return isinstance(request.user, User) and request.user.is_provider


def _machinery_figures(state: MachineryState) -> dict[str, tuple[str, float]]:
    return {
        "portal_deadline_lag_seconds": (
            "How long the oldest due deadline has waited for the sweep",
            state.deadline_lag_seconds,
        ),
        "portal_outbox_lag_seconds": (
            "How long the oldest notice not yet sent has waited",
            state.outbox_lag_seconds,
        ),
        "portal_parked_deadlines": ("Deadlines set aside after failing", state.parked_deadlines),
        "portal_parked_notices": ("Notices that could not be sent", state.parked_notices),
        "portal_put_off_notices": (
            "Notices that the mail server did not take for now",
            state.put_off_notices,
        ),
        "portal_rows_ahead_seconds": (
            "How far the newest row lies in the future by the database's clock",
            max(state.ahead_seconds, 0.0),
        ),
        "portal_clock_skew_seconds": (
            "How far this machine's clock is ahead of the database's",
            state.skew_seconds,
        ),
        "portal_since_sweep_seconds": (
            "Time since the last sweep; -1 when there was none",
            _or_never(state.since_sweep_seconds),
        ),
        "portal_since_delivery_seconds": (
            "Time since the last delivery run; -1 when there was none",
            _or_never(state.since_delivery_seconds),
        ),
        "portal_mail_server_up": (
            "Whether the mail server was there when last asked",
            0.0 if state.mail_server_away else 1.0,
        ),
    }


def _mail(state: MachineryState) -> str:
    if state.mail_healthy:
        return "ok"
    return "failed" if state.parked_notices else "waiting"


def _or_never(seconds: float | None) -> float:
    return -1.0 if seconds is None else seconds


def _broker_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
