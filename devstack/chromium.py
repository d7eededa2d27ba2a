"""A Chromium for the browser tests: one of the machine, else installed."""

import functools
import os
import shutil
import sys
from pathlib import Path

from devstack import processes
from devstack.errors import StackError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright: print(playwright.chromium.executable_path)
"""


def launch_flags() -> list[str]:
    """Return the flags that keep the browser on loopback and let root run it."""
    return [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@functools.cache
def chromium() -> Path:
    """Return the program of a Chromium that runs, installing one when the machine has none.

    In order: ``PORTAL_CHROMIUM`` and no other, the PATH, Playwright's own, the system's package (as
    root, with apt), Playwright's download. ``StackError`` holds the reason of each that failed.
    """
    named = os.environ.get("PORTAL_CHROMIUM")
    reasons = []
    for find in [lambda: named] if named else [_on_path, _playwrights, _from_apt, _download]:
        try:
            program = find()
            if program:
                processes.run_once([program, "--version"], doing=f"{program} --version")
                return Path(program)
        except StackError as error:
            reasons.append(str(error))
    raise StackError(f"no Chromium: {'; '.join(reasons)}")


def _on_path() -> str | None:
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _playwrights() -> str | None:
    """Return the program that Playwright has downloaded, if it has."""
    ask = [sys.executable, "-c", _ASK_PLAYWRIGHT]
    program = processes.run_once(ask, doing="looking for Playwright's Chromium").strip()
    return program if Path(program).exists() else None


def _from_apt() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StackError("apt-get needs root, or is not there")
    print("Installing Chromium with apt-get …", flush=True)
    install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], install):
        processes.run_once(command, doing=" ".join(command[:2]), env=quiet)
    return _on_path()


def _download() -> str | None:
    print("Installing Chromium with Playwright …", flush=True)
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    processes.run_once(download, doing="playwright install chromium")
    return _playwrights()
