"""Fixtures that every test may use."""

import datetime as dt
import os
from collections.abc import Generator, Iterator
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import flush
from django.db import connections
from django.test import override_settings

from portal import clock
from portal.models import User
from portal.roles import Role
from tests import database, reading_once, tiers
from tests.portal import browser

pytest_plugins: list[str] = []
# Properties are about results: how long an example takes depends on what else the machine does.
hypothesis.settings.register_profile(
    "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("portal")


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what opens a browser or starts processes, before `-m` chooses."""
    tiers.mark(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let only those start processes that are marked so."""
    with tiers.watched(item):
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: at the end no worker is left with a long file."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """When a test's file begins: first what waits for clocks and processes, then the longest files."""
    if item.get_closest_marker("journey") or item.get_closest_marker("kill"):
        return 0
    return 1 if item.get_closest_marker("browser") or "access" in item.path.parts else 2


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> None:
    """Copy the database of each worker from a template."""
    with django_db_blocker.unblock():
        database.use_template()


@pytest.fixture(autouse=True, scope="session")
def _broker_of_this_worker() -> Iterator[None]:
    """Give each of several test workers a Redis database of its own, as it has one in PostgreSQL."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    server = urlsplit(settings.REDIS_URL)
    number = int(server.path.strip("/") or 0) + worker
    url = server._replace(path=f"/{number}").geturl()
    with override_settings(REDIS_URL=url, CELERY_BROKER_URL=url):
        yield


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_the_journal() -> Iterator[None]:
    """Transactional tests empty the tables at their end: only there the journal's guard against that stands aside."""
    original = flush.Command.handle

    def emptied(self: flush.Command, **options: object) -> None:
        """An open page says that it is left as it is closed: who reads for it then may hold the tables for a moment."""
        for again in range(5):
            try:
                return original(self, **options)
            except CommandError as error:
                if again == 4 or "deadlock" not in str(error.__cause__):
                    raise
        return None

    def handle(self: flush.Command, **options: object) -> None:
        with connections[str(options["database"])].cursor() as cursor:
            cursor.execute("ALTER TABLE portal_journalentry DISABLE TRIGGER USER")
            try:
                emptied(self, **options)
            finally:
                cursor.execute("ALTER TABLE portal_journalentry ENABLE TRIGGER USER")

    flush.Command.handle = handle
    yield
    flush.Command.handle = original


@pytest.fixture(autouse=True, scope="session")
def _files_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Attached files lie in a folder of this run."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(autouse=True, scope="module")
def _browser_of_this_file() -> Iterator[None]:
    """The browser that a file's tests may have started ends with the file."""
    yield
    browser.stop()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> None:
    """Tests sign in often: hash their passwords cheaply."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _programmes_read_once() -> Iterator[None]:
    """Nearly every test publishes the packaged programme."""
    with reading_once.programmes_read_once():
        yield


@pytest.fixture(autouse=True, scope="session")
def _static_files_as_they_lie() -> Iterator[None]:
    """Pages link to static files where they lie; collecting them is for a deployment."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": plain}
    with override_settings(
        STORAGES=storages, WHITENOISE_AUTOREFRESH=True, WHITENOISE_USE_FINDERS=True
    ):
        yield


@pytest.fixture
def at() -> dt.datetime:
    """An ordinary instant: Wednesday 2003-03-05, 10:00 in Los Angeles."""
    return dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)


@pytest.fixture
def set_clock(settings: object) -> object:
    """Set the portal's clock: ``set_clock(instant)``; it then runs on from there."""

    def set_to(instant: dt.datetime, speed: float = 1.0) -> None:
        wall = clock.wall()
        settings.PORTAL_CLOCK = f"{instant.isoformat()}@{wall.isoformat()}*{speed}"  # type: ignore[attr-defined]

    return set_to


@pytest.fixture
def make_user(db: None) -> object:
    """Make a user: ``make_user("Ann Lee", Role.CSE)``; the address comes from the name."""
    count = 0

    def make(name: str = "Ann Lee", *roles: Role, **fields: object) -> User:
        nonlocal count
        count += 1
        local = name.lower().replace(" ", ".")
        return User.objects.create_user(
            email=str(fields.pop("email", f"{local}.{count}@people.example")),
            password="correct horse battery",
            name=name,
            roles=list(roles),
            **fields,
        )

    return make
