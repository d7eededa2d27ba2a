"""`make demo`: one at a time, keeps what it must, and really comes up, twice."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import demo, paths
from devstack.errors import StackError


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of its own, and no server named by the environment."""
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    for name in ("DATABASE_URL", "REDIS_URL", "PORTAL_CLOCK"):
        monkeypatch.delenv(name, raising=False)
    return paths.state_dir()


@pytest.mark.process
def test_a_second_demo_of_a_checkout_is_refused_and_the_first_can_be_stopped(state: Path) -> None:
    hold = (
        "import time; from devstack import demo, paths\n"
        "with demo.only_one(paths.state_dir()): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdout=subprocess.PIPE, cwd=paths.ROOT
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(StackError, match=f"running already \\(process {first.pid}\\)"):
            demo.run()
        assert demo.stop_running()
        assert first.wait(10) != 0
    assert not demo.stop_running()


def test_the_secret_is_made_once_and_for_its_owner_only(state: Path) -> None:
    secret = paths.secret(state / "secret-key")
    assert len(secret) >= 50
    assert paths.secret(state / "secret-key") == secret
    assert stat.S_IMODE((state / "secret-key").stat().st_mode) == 0o600


def test_starting_over_leaves_a_database_of_somebody_elses_alone(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    with pytest.raises(StackError, match="DATABASE_URL names another"):
        demo.forget(state)


def test_starting_over_forgets_data_mail_and_time(state: Path) -> None:
    for kept in ("postgres/data/base", "mail/1.eml"):
        (state / kept).mkdir(parents=True)
    (state / "clock.json").write_text("{}")
    demo.forget(state)
    assert list(state.iterdir()) == []


LOOK = """
import json, os, urllib.request
base = os.environ["PORTAL_BASE_URL"]
with urllib.request.urlopen(base + "/health/ready", timeout=20) as answer:
    print("health:", json.load(answer)["engine"])
with urllib.request.urlopen(base, timeout=20) as answer:
    print("page:", answer.status)
import psycopg2
with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
    cursor.execute(
        "SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), "
        "has_table_privilege('portal_journalentry', 'UPDATE'), (SELECT count(*) > 100 FROM portal_journalentry)"
    )
    print("database:", cursor.fetchone())
print("clock:", os.environ["PORTAL_CLOCK"].split("@")[0])
"""


def run_demo() -> str:
    """Run the whole demo until a look at it has been taken; return all it said."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "devstack", "demo", "--speed", "60"),
            *("--", sys.executable, "-c", LOOK),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=paths.ROOT,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.journey
def test_the_demo_comes_up_from_nothing_and_a_second_run_keeps_its_data(state: Path) -> None:
    first = run_demo()
    assert "health: ok" in first
    assert "page: 200" in first
    assert "database: ('portal_app', False, False, True)" in first
    assert "clock: 2003-03-05T17:20:00+00:00" in first
    second = run_demo()
    assert "page: 200" in second
    assert "The demonstration's data is there" in second
    assert "clock: 2003-03-05T17:20:00+00:00" not in second
    assert not (state / "postgres" / "data" / "postmaster.pid").exists()
