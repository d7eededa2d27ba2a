"""``make check``: everything that can be said about the code without running it."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from devstack import paths, testing


def _checks() -> Iterator[tuple[str, list[str]]]:
    """Yield each check's name and command."""
    python, binary = sys.executable, Path(sys.executable).parent
    yield "lint", [str(binary / "ruff"), "check", "."]
    yield "format", [str(binary / "ruff"), "format", "--check", "."]
    yield "types", [str(binary / "mypy")]
    yield "templates", [str(binary / "djlint"), "templates", "--lint", "--quiet"]
    yield "directions", [str(binary / "lint-imports"), "--no-logo"]
    yield "migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]
    if _has_compose():
        yield "compose", ["docker", "compose", "config", "--quiet"]
    else:
        print("compose     not checked: no docker compose here")


def run() -> int:
    """Run every check, also after one has failed; return 0 when all pass, else 1."""
    failed = []
    with testing.servers() as given:
        environment = {**os.environ, **given.environment()}
        for name, command in _checks():
            begin = time.monotonic()
            done = subprocess.run(
                command,
                cwd=paths.ROOT,
                env=environment,
                check=False,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            word = "ok" if done.returncode == 0 else "FAILED"
            print(f"{name:<11} {word} ({time.monotonic() - begin:.1f} s)", flush=True)
            if done.returncode != 0:
                print(done.stdout, flush=True)
                failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _has_compose() -> bool:
    with contextlib.suppress(OSError):
        done = subprocess.run(
            ["docker", "compose", "version"], capture_output=True, check=False, cwd=paths.ROOT
        )
        return done.returncode == 0
    return False
