"""A Chromium for the browser tests: one of the machine, else installed."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from portal.devstack import processes
from portal.devstack.errors import StackError

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


def launch_flags() -> list[str]:
    """Return the flags that keep the browser off the network beyond loopback, and let root run
    it."""
    return [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@functools.cache
def chromium() -> Path:
    """Return the program of a Chromium, installing one when the machine has none.

    In order: ``PORTAL_CHROMIUM``, the PATH, Playwright's own, then (as root, with apt) the
    system's package, then
    Playwright's download. ``StackError`` holds the reason of each that failed.
    """
    named = os.environ.get("PORTAL_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise StackError(f"PORTAL_CHROMIUM names {named}, which is no program")
        return Path(named)
    found = _on_path() or _of_playwright()
    if found:
        return found
    reasons: list[str] = []
    for install in (_install_by_apt, _install_by_playwright):
        try:
            install()
        except StackError as error:
            reasons.append(str(error))
            continue
        found = _on_path() or _of_playwright()
        if found:
            return found
        reasons.append("installed, but there is still no program")
    raise StackError("no Chromium: " + "; ".join(reasons))


def _on_path() -> Path | None:
    for name in _NAMES:
        program = shutil.which(name)
        if program:
            return Path(program)
    return None


def _of_playwright() -> Path | None:
    """Return the program that Playwright has downloaded, if it has."""
    ask = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    program = Path(done.stdout.strip() or "/nonexistent")
    return program if done.returncode == 0 and os.access(program, os.X_OK) else None


def _install_by_apt() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StackError("apt-get needs root, or is not there")
    print("Installing Chromium with apt-get …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    processes.run_once(["apt-get", "update"], doing="apt-get update", env=environment)
    processes.run_once(
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
        doing="apt-get install chromium",
        env=environment,
    )


def _install_by_playwright() -> None:
    print("Installing Chromium with Playwright …", flush=True)
    processes.run_once(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        doing="playwright install chromium",
    )
