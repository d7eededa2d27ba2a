"""Where things lie: the project, its virtual environment, and the git-ignored state folder."""

import contextlib
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"


def state_dir() -> Path:
    """Return the folder for everything made by running (``.portal``), made if missing.

    ``PORTAL_STATE`` names another one, for a read-only checkout.
    """
    folder = Path(os.environ.get("PORTAL_STATE") or ROOT / ".portal").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write ``text`` to ``path`` so that a reader sees the old text or the new, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def secret(path: Path) -> str:
    """Return the secret kept in ``path``, made on first use and readable by its owner alone."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").strip()
    made = secrets.token_urlsafe(48)
    write_whole(path, made, mode=0o600)
    return made


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock ``path``: a second process waits until the first has left."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
