"""A program started by root as somebody else reaches what lies below root's own folders, and no more."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from devstack import processes

pytestmark = pytest.mark.process

# Root becomes `nobody`; anybody else can only stay who they are.
USER = "nobody" if os.geteuid() == 0 else None


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only its owner may enter, with a program and a secret of the owner's in it."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    program = folder / "program"
    program.write_text("#!/bin/sh\nid -un\n")
    program.chmod(0o755)
    return folder


def say(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        processes.command(arguments, user=USER), capture_output=True, text=True, check=False
    )


def test_it_runs_as_the_user_below_a_closed_folder(closed: Path) -> None:
    expected = USER or pwd.getpwuid(os.geteuid()).pw_name
    assert say(closed / "program").stdout.strip() == expected


def test_it_finds_programs_there_as_access_sees_them(closed: Path) -> None:
    look = f"import os; print(os.access({str(closed / 'program')!r}, os.X_OK))"
    done = say("/usr/bin/env", "python3", "-I", "-S", "-c", look)
    assert done.stdout.strip() == "True", done.stderr


def test_it_gains_no_right_to_write_there(closed: Path) -> None:
    done = say("/bin/sh", "-c", f"echo changed > '{closed}/new'")
    if USER is None:
        assert done.returncode == 0
    else:
        assert done.returncode != 0
        assert not (closed / "new").exists()


def test_it_has_no_groups_of_the_starter(closed: Path) -> None:
    groups = {int(word) for word in say("id", "-G").stdout.split()}
    if USER is not None:
        assert groups == {pwd.getpwnam(USER).pw_gid}
    else:
        assert groups


def test_a_program_that_cannot_be_run_is_named(closed: Path) -> None:
    done = say(closed / "none")
    assert done.returncode == 1
    assert done.stderr == f"cannot run {closed / 'none'}: No such file or directory\n"
