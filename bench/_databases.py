"""Databases of a benchmark's own: made on the server of DATABASE_URL, dropped at the end."""

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

PREFIX = f"portal_bench_{os.getpid()}"


def url_of(name: str) -> str:
    """The DATABASE_URL of another database on the same server."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def server_setting(name: str) -> str:
    """What the server says of one of its settings: "on", "16MB"."""
    with contextlib.closing(psycopg2.connect(url_of("postgres"))) as link, link.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """Make an empty database with our tables, make it Django's own, and drop it and its copies at the end."""
    name = f"{PREFIX}_0"
    server = url_of("postgres")
    run_on_server(server, "CREATE DATABASE {}", name)
    try:
        os.environ["DATABASE_URL"] = url_of(name)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        os.environ.setdefault(
            "SECRET_KEY", "a benchmark signs nothing, so this may be known to all"
        )
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        os.environ["DEBUG"] = "0"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, skip_checks=True)
        yield name
    finally:
        _close()
        for made in _names(server):
            run_on_server(server, "DROP DATABASE {} WITH (FORCE)", made)


def copy(name: str, number: int) -> str:
    """A copy of one of our databases, under its name."""
    made = f"{PREFIX}_{number}"
    _close()
    run_on_server(url_of("postgres"), "CREATE DATABASE {} TEMPLATE {}", made, name)
    return made


def use(name: str) -> None:
    """Let Django talk to that database from now on, over a connection that is warm."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def execute(statement: str, parameters: object = None) -> None:
    """Run one statement on the database in use."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _close() -> None:
    with contextlib.suppress(Exception):
        from django.db import connection

        connection.close()


def _names(server: str) -> list[str]:
    with contextlib.closing(psycopg2.connect(server)) as link, link.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}_%"])
        return [name for (name,) in cursor.fetchall()]


def run_on_server(server: str, statement: str, *names: str) -> None:
    with contextlib.closing(psycopg2.connect(server)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
