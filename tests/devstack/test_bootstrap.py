"""The bootstrap runs on a stock Python, installs once, and says in one line what went wrong."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from devstack import bootstrap, paths
from devstack.errors import StackError, cause, in_words

pytestmark = pytest.mark.process


def stock_python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code on a Python that sees no installed package."""
    return subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=paths.ROOT,
    )


def test_the_commands_load_on_a_stock_python() -> None:
    done = stock_python(
        "import sys, devstack.cli, devstack.frontend\n"
        "assert not any('site-packages' in str(m.__dict__.get('__file__')) "
        "for m in list(sys.modules.values()))"
    )
    assert done.returncode == 0, done.stderr


def test_an_older_python_is_refused_in_words() -> None:
    done = stock_python(
        "import sys, runpy; sys.version_info = (3, 10, 2, 'final', 0)\n"
        "runpy.run_module('devstack', run_name='__main__')"
    )
    assert done.returncode == 1
    assert done.stderr == "The portal needs Python 3.11 or newer; this is 3.10.\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("ERROR: [Errno 28] No space left on device: '/x'", "the disk is full"),
        ("OSError: Disk quota exceeded", "the disk quota is used up"),
        (
            "Temporary failure in name resolution",
            "the package registry cannot be reached: no network",
        ),
        (
            "THESE PACKAGES DO NOT MATCH THE HASHES",
            "a package differs from the one that was locked",
        ),
        ("one\nERROR: the last line\n\n", "ERROR: the last line"),
        ("", "it said nothing"),
    ],
)
def test_an_installers_words_become_a_cause(said: str, expected: str) -> None:
    assert cause(said) == expected


def test_a_full_disk_is_said_in_one_line() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/srv/portal/.portal/demo.lock")
    assert in_words(full) == "the disk is full: /srv/portal/.portal/demo.lock"
    assert in_words(PermissionError(errno.EACCES, "Permission denied", "/x")) == (
        "Permission denied: /x"
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Requirement files that hold nothing, and an environment folder with no stamp."""
    for folder in ("requirements", "venv"):
        (tmp_path / folder).mkdir()
    for name in ("base", "demo", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text("")
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    return tmp_path


def installs(project: Path, requirements: str) -> bool:
    """Install, and tell whether the installer ran."""
    log = project / "state" / "log" / "install.log"
    log.unlink(missing_ok=True)
    bootstrap.install(Path(sys.executable), requirements)
    return log.exists()


def test_a_file_is_installed_once_and_again_only_when_it_changes(project: Path) -> None:
    assert installs(project, "dev")
    assert not installs(project, "dev")
    (project / "requirements" / "dev.txt").write_text("# changed\n")
    assert installs(project, "dev")


def test_a_larger_set_serves_a_smaller_one_but_not_the_other_way(project: Path) -> None:
    assert installs(project, "dev")
    assert not installs(project, "demo")
    assert not installs(project, "base")
    (project / "venv" / ".installed").unlink()
    assert installs(project, "demo")
    assert installs(project, "dev")


def test_a_failed_install_is_said_and_tried_again(project: Path) -> None:
    wanted = project / "requirements" / "demo.txt"
    wanted.write_text("a line that is no requirement\n")
    for _ in range(2):
        with pytest.raises(
            StackError, match=r"requirements/demo\.txt could not be installed: "
        ) as caught:
            bootstrap.install(Path(sys.executable), "demo")
        assert "\n" not in str(caught.value)


def test_a_python_without_its_venv_module_is_told_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crippled = project / "python"
    crippled.write_text("#!/bin/sh\necho 'No module named venv' >&2\nexit 1\n")
    crippled.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(crippled))
    with pytest.raises(StackError, match=r"apt-get install python3\.\d+-venv"):
        bootstrap.make()


def test_a_missing_requirement_file_is_named(project: Path) -> None:
    (project / "requirements" / "dev.txt").unlink()
    with pytest.raises(StackError, match=r"dev\.txt cannot be read: No such file"):
        bootstrap.install(Path(sys.executable), "dev")


def test_no_requirement_file_names_a_registry() -> None:
    files = sorted(paths.REQUIREMENTS.glob("*.txt"))
    assert {"base.txt", "demo.txt", "dev.txt"} <= {file.name for file in files}
    for file in files:
        assert "://" not in file.read_text(), file.name
        assert "index-url" not in file.read_text(), file.name
