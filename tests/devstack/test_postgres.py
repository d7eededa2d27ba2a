"""The embedded PostgreSQL really starts, keeps what it holds, and survives what kills it."""

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import postgres, processes
from devstack.errors import StackError

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that only its owner may enter, as a home of root's is."""
    closed = tmp_path_factory.mktemp("closed", numbered=True)
    closed.chmod(0o700)
    return closed / "a project" / "postgres"


@pytest.fixture
def server(folder: Path) -> Iterator[postgres.Postgres]:
    running = postgres.start(folder, log=folder / "log", durable=False)
    yield running
    running.stop()


def owner_of(pid: int) -> str:
    return pwd.getpwuid(Path(f"/proc/{pid}").stat().st_uid).pw_name


def test_a_server_below_a_closed_folder_answers(server: postgres.Postgres) -> None:
    assert server.query("SELECT 40 + 2") == "42"


def test_its_user_reaches_a_closed_folder_and_gains_no_right_to_write_there(folder: Path) -> None:
    program = folder.parent / "program"
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\nid -un\n")
    program.chmod(0o755)
    look = f"test -x '{program}' && '{program}' && id -G && echo changed > '{program.parent}/new'"
    done = subprocess.run(
        [*postgres.unprivileged(), "sh", "-c", look], capture_output=True, text=True, check=False
    )
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    assert done.stdout.split()[0] == user.pw_name, done.stderr
    if os.geteuid() == 0:
        assert done.stdout.split()[1:] == [str(user.pw_gid)]
        assert done.returncode != 0
        assert not (program.parent / "new").exists()


def test_it_never_runs_as_root(server: postgres.Postgres) -> None:
    owner = owner_of(server.child.pid)
    if os.geteuid() == 0:
        assert owner == "nobody"
    else:
        assert owner == pwd.getpwuid(os.geteuid()).pw_name


def test_the_password_is_asked_for(server: postgres.Postgres) -> None:
    server.password = "guessed"
    with pytest.raises(StackError, match="password authentication failed"):
        server.query("SELECT 1")


def test_a_database_is_created_once(server: postgres.Postgres) -> None:
    server.create_database()
    server.create_database()
    assert server.query("SELECT count(*) FROM pg_database WHERE datname = 'portal'") == "1"


def test_letters_beyond_ascii_change_case_and_sort_alike_on_every_machine(
    server: postgres.Postgres,
) -> None:
    assert server.query("SELECT upper('žluťoučký')") == "ŽLUŤOUČKÝ"


def test_a_restart_keeps_the_data_and_the_password(folder: Path) -> None:
    first = postgres.start(folder, log=folder / "log", durable=False)
    first.query("CREATE TABLE IF NOT EXISTS kept (word text); INSERT INTO kept VALUES ('kept')")
    first.stop()
    second = postgres.start(folder, log=folder / "log", durable=False)
    try:
        assert second.query("SELECT DISTINCT word FROM kept") == "kept"
        assert second.password == first.password
    finally:
        second.stop()


def test_a_server_killed_outright_starts_again(folder: Path) -> None:
    first = postgres.start(folder, log=folder / "log", durable=False)
    first.child.process.kill()
    first.child.process.wait()
    assert (folder / "data" / "postmaster.pid").exists()
    second = postgres.start(folder, log=folder / "log", durable=False)
    try:
        assert second.query("SELECT 1") == "1"
    finally:
        second.stop()


def test_a_stale_process_id_that_lives_again_as_another_program_is_left_alone(folder: Path) -> None:
    postgres.start(folder, log=folder / "log", durable=False).stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (folder / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{folder / 'data'}\n")
        server = postgres.start(folder, log=folder / "log", durable=False)
        try:
            assert server.query("SELECT 1") == "1"
            assert stranger.poll() is None
        finally:
            server.stop()
            stranger.kill()


def test_a_server_that_outlived_its_starter_is_ended_before_another_starts(folder: Path) -> None:
    orphan = postgres.start(folder, log=folder / "log", durable=False)
    successor = postgres.start(folder, log=folder / "log", durable=False)
    try:
        assert not orphan.child.running()
        assert successor.query("SELECT 1") == "1"
    finally:
        successor.stop()
        orphan.stop()


def test_a_half_made_data_folder_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("half")
    server = postgres.start(tmp_path / "postgres", log=tmp_path / "log", durable=True)
    try:
        assert server.query("SHOW fsync") == "on"
        assert not half.exists()
    finally:
        server.stop()


def test_a_start_that_fails_says_why_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    postgres.start(folder, log=tmp_path / "log", durable=False).stop()
    (folder / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(StackError, match=r"PostgreSQL ended with code 1: .*9\.6") as caught:
        postgres.start(folder, log=tmp_path / "log", durable=False)
    assert "\n" not in str(caught.value)


def test_a_starter_that_is_killed_takes_its_server_with_it(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import time, sys; from pathlib import Path; from devstack import postgres\n"
            "p = Path(sys.argv[1]); s = postgres.start(p, log=p / 'log', durable=False)\n"
            "print(s.child.pid, flush=True); time.sleep(60)",
            str(tmp_path / "postgres"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    with starter.stdout:
        pid = int(starter.stdout.readline())
    assert processes.command_line(pid)
    starter.kill()
    starter.wait()
    end = time.monotonic() + 10
    while processes.command_line(pid):
        assert time.monotonic() < end, "the server still runs"
        time.sleep(0.02)
