"""The virtual environment: made, filled from the hashed requirement files, and entered.

Runs on a stock Python before anything is installed, so it imports the standard library only. A
file is installed again only when its digest differs from the one installed last.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from devstack.errors import StackError, cause
from devstack.paths import REQUIREMENTS, ROOT, VENV, state_dir, write_whole

# Each set holds the one after it whole, so a machine that has the larger needs no install for the
# smaller.
_CONTAINED = {"dev": ("dev",), "demo": ("demo", "dev"), "base": ("base", "demo", "dev")}


def enter(requirements: str, arguments: Sequence[str]) -> None:
    """Make this process run in the project's environment with ``requirements`` installed.

    Returns when it already does; otherwise installs what is missing and starts
    ``python -m devstack`` with ``arguments`` anew, inside. ``StackError`` says in one line
    what failed.
    """
    python = VENV / "bin" / "python"
    with _alone():
        if not _works(python):
            make()
        install(python, requirements)
    if Path(sys.prefix).resolve() != VENV.resolve():
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        os.execve(  # noqa: S606 - no shell is meant
            python, [str(python), "-m", "devstack", *arguments], environment
        )


def add(name: str, *, target: Path | None = None) -> None:
    """Install ``requirements/<name>.txt`` besides, into the environment or, alone, into
    ``target``."""
    stamp = (target or VENV) / f".installed-{name}"
    wanted = _digest(REQUIREMENTS / f"{name}.txt")
    with contextlib.suppress(OSError):
        if stamp.read_text(encoding="utf-8") == wanted:
            return
    extra = ["--upgrade", "--target", str(target)] if target is not None else []
    with _alone():
        _pip(VENV / "bin" / "python", REQUIREMENTS / f"{name}.txt", extra)
        write_whole(stamp, wanted)


def _works(python: Path) -> bool:
    """Tell whether the environment's Python runs, is new enough and has pip."""
    if not python.exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    done = subprocess.run([str(python), "-c", check], capture_output=True, check=False)
    return done.returncode == 0


def make() -> None:
    """Make the virtual environment anew with the Python that runs this."""
    print(f"Making the virtual environment with Python {sys.version.split()[0]} …", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    said = done.stdout + done.stderr
    if done.returncode == 0:
        return
    if "ensurepip" in said or "No module named venv" in said:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise StackError(
            f"this Python cannot make virtual environments: install its venv module "
            f"(on Debian and Ubuntu: apt-get install python{version}-venv)"
        )
    raise StackError(f"the virtual environment could not be made: {cause(said)}")


def install(python: Path, requirements: str) -> None:
    """Install a requirement set unless it, or a larger one, is installed as it now stands."""
    stamp = VENV / ".installed"
    installed: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        installed = json.loads(stamp.read_text(encoding="utf-8"))
    for name in _CONTAINED[requirements]:
        if installed.get(name) == _digest(REQUIREMENTS / f"{name}.txt"):
            return
    print(f"Installing requirements/{requirements}.txt …", flush=True)
    _pip(python, REQUIREMENTS / f"{requirements}.txt", [])
    write_whole(stamp, json.dumps({requirements: _digest(REQUIREMENTS / f"{requirements}.txt")}))


def _pip(python: Path, file: Path, extra: Sequence[str]) -> None:
    """Install exactly what ``file`` lists, by hash: nothing is resolved (ADR 0030)."""
    log = state_dir() / "log" / "install.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    install = ["install", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    commands = [[*install, "--progress-bar=off", *extra, "-r", str(file)], ["check"]]
    if "--target" in extra:
        commands.pop()  # alone in a folder of its own, which ``pip check`` does not look at
    for command in commands:
        with log.open("ab" if command == ["check"] else "wb") as words:
            done = subprocess.run(
                [str(python), "-m", "pip", "--no-input", "--disable-pip-version-check", *command],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                check=False,
                cwd=ROOT,
            )
        if done.returncode != 0:
            reason = cause(log.read_text(encoding="utf-8", errors="replace"))
            said = f"requirements/{file.name} could not be installed: {reason} (log: {log})"
            raise StackError(said)


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}") from error


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock under which one process at a time changes the environment."""
    with (state_dir() / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
