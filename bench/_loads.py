"""The loaded databases: made once by `manage.py make_load` on the server of DATABASE_URL, and kept."""

import contextlib
import datetime as dt
import os
import subprocess
import sys

import psycopg2

from bench._databases import run_on_server, url_of

RESELLERS = {10_000: 100, 100_000: 1_000, 1_000_000: 10_000}
PRESENT = "2003-03-05T17:20:00+00:00"


def name_of(size: int) -> str:
    """The database of a size; BENCH_LOADS="10000=name,…" names one that is there already."""
    given = dict(
        pair.split("=") for pair in os.environ.get("BENCH_LOADS", "").split(",") if "=" in pair
    )
    return given.get(str(size), f"portal_load_{size}")


def environment(database: str) -> dict[str, str]:
    """The settings of a process that works on a loaded database: its present stands still."""
    real = dt.datetime.now(dt.UTC).isoformat()
    return {
        "SECRET_KEY": "a benchmark signs nothing, so this may be known to all",
        **os.environ,
        "DATABASE_URL": url_of(database),
        "DJANGO_SETTINGS_MODULE": "bench._settings",
        "PORTAL_CLOCK": f"{PRESENT}@{real}*0.000001",
        "LOG_LEVEL": "CRITICAL",
        "DEBUG": "0",
        "PYTHONWARNINGS": "ignore",
    }


def running_clock() -> dict[str, str]:
    """The setting for a process whose present does not stand still: then it knows late from in time."""
    return {"PORTAL_CLOCK": f"{PRESENT}@{dt.datetime.now(dt.UTC).isoformat()}"}


def load(size: int) -> str:
    """The name of the database with so many cases; it is made when it is not there."""
    name = name_of(size)
    with contextlib.closing(psycopg2.connect(url_of("postgres"))) as link, link.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            return name
    print(f"Making a load of {size:,} cases …", flush=True)
    making = f"{name}_new"
    run_on_server(url_of("postgres"), "DROP DATABASE IF EXISTS {} WITH (FORCE)", making)
    run_on_server(url_of("postgres"), "CREATE DATABASE {}", making)
    settings = environment(making)
    for command in (
        ["migrate", "--verbosity=0"],
        ["make_load", f"--cases={size}", f"--resellers={RESELLERS.get(size, size // 100)}"],
    ):
        subprocess.run([sys.executable, "manage.py", *command], env=settings, check=True)
    run_on_server(url_of("postgres"), "ALTER DATABASE {} RENAME TO {}", making, name)
    return name


def rare_word(database: str) -> str:
    """A word that occurs in a single case, somewhere in the middle."""
    with contextlib.closing(psycopg2.connect(url_of(database))) as link, link.cursor() as cursor:
        cursor.execute(
            r"SELECT substring(description FROM 'Seen on (\S+) in job') FROM cases_case "
            "WHERE id >= (SELECT (min(id) + max(id)) / 2 FROM cases_case) AND description LIKE '%Seen on%' "
            "ORDER BY id LIMIT 1"
        )
        return str(cursor.fetchone()[0])


@contextlib.contextmanager
def copy_of(database: str):  # type: ignore[no-untyped-def]
    """A copy of a loaded database with today's tables, for what changes it; dropped at the end."""
    name = f"{database}_copy"
    server = url_of("postgres")
    run_on_server(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    run_on_server(server, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, database)
    try:
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(migrate, env=environment(name), check=True)
        yield name
    finally:
        run_on_server(server, "DROP DATABASE {} WITH (FORCE)", name)
