"""The web while PostgreSQL or Redis is away: real gunicorn, its cables pulled out and plugged in again."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from portal import watchdog
from portal.roles import Role
from tests.cable import Cable
from tests.processes import LOOPBACK, environment, running, wait_until

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow no redirection: it is the answer."""


_OPENER = urllib.request.build_opener(_StayHere)
TOKEN = "a-token-of-prometheus"
HOME = "/"  # asks who is signed in, and sends them on


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Web:
    """A running web process and its cables."""

    port: int
    database: Cable
    broker: Cable
    cookies: str = ""

    def get(self, path: str) -> Answer:
        """What the process answers to somebody who is signed in; redirections are not followed."""
        token = {"Authorization": f"Bearer {TOKEN}"} if path == "/metrics" else {}
        request = urllib.request.Request(
            f"http://{LOOPBACK}:{self.port}{path}", headers={"Cookie": self.cookies, **token}
        )
        try:
            with _OPENER.open(request, timeout=20) as response:
                return Answer(response.status, dict(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read().decode())


@pytest.fixture
def web(make_user, tmp_path: Path) -> Iterator[Web]:
    client = Client()
    client.force_login(make_user("Dora Dispatch", Role.DISPATCH))
    cookies = f"sessionid={client.cookies['sessionid'].value}"
    broker_port = urlsplit(django_settings.REDIS_URL).port
    assert broker_port is not None
    with (
        Cable(int(connection.settings_dict["PORT"])) as database,
        Cable(broker_port) as broker,
        socket.socket() as probe,
    ):
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
        probe.close()
        redis_url = django_settings.REDIS_URL.replace(f":{broker_port}", f":{broker.port}")
        env = environment(
            database_port=database.port, REDIS_URL=redis_url, DEBUG="1", METRICS_TOKEN=TOKEN
        )
        bind = f"{LOOPBACK}:{port}"
        log = tmp_path / "web.log"
        with running("gunicorn", "portal.wsgi", "--bind", bind, "--threads", "2", env=env, log=log):
            web = Web(port, database, broker, cookies)

            def answers() -> bool:
                with socket.socket() as caller:
                    return caller.connect_ex((LOOPBACK, port)) == 0

            wait_until(answers, what="the start of the web process")
            yield web


def test_without_postgresql_pages_say_so_and_recover_by_themselves(web: Web) -> None:
    assert web.get(HOME).status == 302
    web.database.pull()
    page = web.get(HOME)
    assert page.status == 503
    assert page.headers["Retry-After"] == "5"
    assert "style-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Request-ID"]
    assert "cannot reach its database" in page.body
    assert "tries again" in page.body
    for path in ("/inbox/", "/account/login/", "/api/schema/"):
        assert web.get(path).status == 503
    assert json.loads(web.get("/health/ready").body) == {"status": "down", "database": "away"}
    assert web.get("/health/live").status == 200
    assert "portal_database_up 0.0" in web.get("/metrics").body
    web.database.plug()
    assert web.get(HOME).status == 302
    assert "portal_database_up 1.0" in web.get("/metrics").body


def test_without_redis_pages_work_and_health_says_degraded(web: Web) -> None:
    watchdog.beat("sweep")
    watchdog.beat("deliver")
    assert json.loads(web.get("/health/ready").body) == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "engine": "ok",
        "mail": "ok",
        "clocks": "ok",
    }
    web.broker.pull()
    assert web.get(HOME).status == 302
    ready = web.get("/health/ready")
    assert ready.status == 200
    assert json.loads(ready.body)["status"] == "degraded"
    assert json.loads(ready.body)["broker"] == "away"
    assert "portal_broker_up 0.0" in web.get("/metrics").body
    web.broker.plug()
    assert json.loads(web.get("/health/ready").body)["status"] == "ok"
