"""`make test`: throw-away servers, and no skip where none is allowed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import chromium, paths, servers, testing
from devstack.errors import StackError

pytestmark = pytest.mark.process


def report_of(tmp_path: Path, tests: str) -> Path:
    """Run tests by a pytest of their own and return its report."""
    (tmp_path / "test_it.py").write_text(tests)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider"),
            *(f"--junitxml={tmp_path / 'report.xml'}", str(tmp_path)),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    return tmp_path / "report.xml"


def test_a_run_without_skips_passes(tmp_path: Path) -> None:
    assert testing.refuse_skips(report_of(tmp_path, "def test_a(): assert 1\n")) == 0


def test_a_skipped_test_is_named_and_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no browser')\n"
    assert testing.refuse_skips(report_of(tmp_path, tests)) == 1
    assert "test_b: no browser" in capsys.readouterr().err


def test_a_module_skipped_whole_fails_the_run(tmp_path: Path) -> None:
    tests = "import pytest\npytest.skip('no browser', allow_module_level=True)\n"
    assert testing.refuse_skips(report_of(tmp_path, tests)) == 1


def test_a_run_of_no_test_fails(tmp_path: Path) -> None:
    assert testing.refuse_skips(report_of(tmp_path, "")) == 1


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of its own, and no server named by the environment."""
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    return tmp_path / "state"


def test_servers_are_thrown_away_after_the_run(state: Path) -> None:
    with servers.throwaway() as environment:
        assert environment["DATABASE_URL"].startswith("postgres://portal:")
        assert environment["REDIS_URL"].startswith("redis://127.0.0.1:")
        assert list(state.glob("run-*/postgres"))
    assert not list(state.glob("run-*"))


def test_named_servers_are_used_and_none_started(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with servers.throwaway() as environment:
        assert environment["DATABASE_URL"] == "postgres://elsewhere/portal"
        assert environment["REDIS_URL"] == "redis://elsewhere/0"
        assert not list(state.glob("run-*/*"))


def test_services_stay_up_between_runs_until_stopped(state: Path) -> None:
    file = servers.start_services()
    try:
        assert servers.start_services() == file
        shown = subprocess.run(
            ["sh", "-c", f'. "{file}"; echo "$DATABASE_URL $REDIS_URL"'],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PORTAL_DB": "mine"},
        )
        assert shown.stdout.startswith("postgres://portal:")
        assert "/portal_mine redis://127.0.0.1:" in shown.stdout
    finally:
        assert servers.stop_services()
    assert not file.exists()
    assert not servers.stop_services()


def test_the_browser_that_is_named_must_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_CHROMIUM", "/no/such/browser")
    with pytest.raises(StackError, match="No such file or directory"):
        chromium.chromium.__wrapped__()
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\necho libnss3.so is missing >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PORTAL_CHROMIUM", str(broken))
    with pytest.raises(StackError, match="libnss3"):
        chromium.chromium.__wrapped__()


def test_root_alone_gives_up_the_browsers_sandbox() -> None:
    assert ("--no-sandbox" in chromium.launch_flags()) == (os.geteuid() == 0)


def test_the_makefile_lists_its_targets_and_has_at_most_a_dozen() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=paths.ROOT,
    )
    lines = shown.stdout.strip().splitlines()
    assert len(lines) <= 12
    assert any("make demo" in line for line in lines)
