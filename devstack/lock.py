"""``make lock``: resolve the dependencies of ``pyproject.toml`` for every Python and machine at
once.

The files hold versions and hashes and name no registry: whichever the machine uses will do.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from devstack import bootstrap, paths, processes

# The largest set first: the smaller ones are held to its versions.
_FILES: dict[str, tuple[str, ...]] = {
    "dev": ("--group", "embedded", "--group", "dev"),
    "demo": ("--group", "embedded", "--constraints", "requirements/dev.txt"),
    "base": ("--constraints", "requirements/dev.txt"),
}
_ALONE: dict[str, tuple[str, ...]] = {
    "redis-server": ("--no-deps",),
    "node": (),
    "lock": (),
    "old-pip": (),
    "new-pip": (),
}


def run(extra: Sequence[str]) -> None:
    """Rewrite the files of ``requirements/``; ``extra`` goes to the resolver (``--upgrade``)."""
    bootstrap.add("lock")
    for name, options in _FILES.items():
        _compile(name, ["pyproject.toml", *options, *extra])
    for name, options in _ALONE.items():
        _compile(name, ["--group", f"pyproject.toml:{name}", *options, *extra])


def _compile(name: str, arguments: Sequence[str]) -> None:
    uv = Path(sys.executable).with_name("uv")
    file = f"requirements/{name}.txt"
    os.chdir(paths.ROOT)
    processes.run_once(
        [
            *(uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-header", "--no-annotate", *arguments, "-o", file),
        ],
        doing=f"resolving {file}",
    )
    print(f"{file} is up to date", flush=True)
