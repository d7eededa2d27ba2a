"""Where things lie: the project, its virtual environment, and the git-ignored state folder."""

import os
import tempfile
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
