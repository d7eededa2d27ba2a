"""Health and metrics for those who run the portal."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from portal import clock, watchdog


def live(request: HttpRequest) -> JsonResponse:
    """Whether the process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """Whether the portal can serve: 503 without PostgreSQL; "degraded" (200) without Redis or with lagging workers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        state = watchdog.measure(clock.now())
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "away"}, status=503)
    broker = _broker_answers()
    parts = {
        "database": "ok",
        "broker": "ok" if broker else "away",
        "engine": "ok" if state.healthy else "lagging",
    }
    status = "ok" if broker and state.healthy else "degraded"
    return JsonResponse({"status": status, **parts})


def metrics(request: HttpRequest) -> HttpResponse:
    """The machinery's figures in Prometheus's format."""
    state = watchdog.measure(clock.now())
    registry = CollectorRegistry()
    figures = {
        "portal_deadline_lag_seconds": (
            "How long the oldest due deadline has waited for the sweep",
            state.deadline_lag_seconds,
        ),
        "portal_outbox_lag_seconds": (
            "How long the oldest waiting notice could have been tried",
            state.outbox_lag_seconds,
        ),
        "portal_parked_deadlines": ("Deadlines set aside after failing", state.parked_deadlines),
        "portal_parked_notices": ("Notices that could not be sent", state.parked_notices),
        "portal_since_sweep_seconds": (
            "Time since the last sweep; -1 when there was none",
            -1.0 if state.since_sweep_seconds is None else state.since_sweep_seconds,
        ),
        "portal_broker_up": ("Whether Redis answers", float(_broker_answers())),
    }
    for name, (text, value) in figures.items():
        Gauge(name, text, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


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
