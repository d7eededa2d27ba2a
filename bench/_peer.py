"""django-helpdesk beside us: its environment, and a database of its own with the texts of ours."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg2

from bench import _loads as loads
from bench._databases import run_on_server, url_of

VERSION = "2.6.1"
ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".portal" / "bench" / "helpdesk"
_PYTHON = HOME / "bin" / "python"
_FILL = """
    INSERT INTO helpdesk_queue (title, slug, locale, allow_public_submission, allow_email_submission, escalate_days,
                                new_ticket_cc, updated_ticket_cc, enable_notifications_on_email_events, logging_type,
                                permission_name, email_address, email_box_ssl)
    SELECT 'Queue ' || n, 'queue-' || n, 'en', true, false, 3, '', '', false, 'none', '', 'q' || n || '@people.example',
           false
      FROM generate_series(1, 5) AS n;
    INSERT INTO helpdesk_ticket (title, created, modified, submitter_email, status, on_hold, description, priority,
                                 queue_id, secret_key, last_escalation, assigned_to_id)
    SELECT title, at, at, 'reader' || id %% 5000 || '@people.example', CASE WHEN open THEN 1 ELSE 4 END, false,
           description, severity + 1, (SELECT min(id) FROM helpdesk_queue) + case_.id %% 5, md5(case_.id::text),
           now(), CASE WHEN case_.id %% 3 > 0 THEN (SELECT min(id) FROM auth_user) END
      FROM bench_case AS case_ ORDER BY case_.id;
    INSERT INTO helpdesk_followup (date, title, comment, public, ticket_id, user_id)
    SELECT t.created + n * interval '1 hour', 'Comment', t.description, true, t.id, t.assigned_to_id
      FROM helpdesk_ticket t, generate_series(1, 4) AS n ORDER BY t.id, n;
    DROP TABLE bench_case
"""


def install() -> str:
    """Install it unless it is; return why it cannot be, or nothing."""
    if (HOME / "installed").is_file():
        return ""
    HOME.parent.mkdir(parents=True, exist_ok=True)
    packages = [f"django-helpdesk=={VERSION}", "psycopg2-binary"]
    for command in (
        [sys.executable, "-m", "venv", str(HOME)],
        [str(_PYTHON), "-m", "pip", "install", "--quiet", *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no word why"])[-1]
    (HOME / "installed").touch()
    return ""


def command(*words: str) -> list[str]:
    """The command line that runs its side of a measurement."""
    return [str(_PYTHON), "-m", "bench._helpdesk.serve", *words]


def environment(database: str) -> dict[str, str]:
    """The settings of its process."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "DATABASE_URL": url_of(database),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }


def load(size: int) -> str:
    """The name of its database with so many tickets, with the texts of our load; it is made when it is not there."""
    name = f"portal_helpdesk_{size}"
    with contextlib.closing(psycopg2.connect(url_of("postgres"))) as link, link.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            return name
    print(f"Giving django-helpdesk {size:,} tickets …", flush=True)
    making = f"{name}_new"
    run_on_server(url_of("postgres"), "DROP DATABASE IF EXISTS {} WITH (FORCE)", making)
    run_on_server(url_of("postgres"), "CREATE DATABASE {}", making)
    run(making, "migrate")
    _fill(loads.name_of(size), making)
    run_on_server(url_of("postgres"), "ALTER DATABASE {} RENAME TO {}", making, name)
    return name


def run(database: str, *words: str) -> str:
    """Run its side of something to the end; return what it says."""
    done = subprocess.run(
        command(*words), env=environment(database), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"django-helpdesk: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


def _fill(ours: str, theirs: str) -> None:
    with (
        contextlib.closing(psycopg2.connect(url_of(ours))) as source,
        contextlib.closing(psycopg2.connect(url_of(theirs))) as target,
        tempfile.TemporaryFile() as texts,
    ):
        _copy(source, texts)
        texts.seek(0)
        with target, target.cursor() as cursor:
            cursor.execute(
                "CREATE UNLOGGED TABLE bench_case (id bigint, title text, description text, open bool, severity int, "
                "at timestamptz)"
            )
            cursor.copy_expert("COPY bench_case FROM STDIN", texts)
            cursor.execute(_FILL.replace("%%", "%"))
        target.autocommit = True
        with target.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _copy(source: Any, texts: Any) -> None:
    with source.cursor() as cursor:
        cursor.copy_expert(
            "COPY (SELECT id, title, description, state <> 'closed', severity, reported_at FROM cases_case "
            "ORDER BY id) TO STDOUT",
            texts,
        )
