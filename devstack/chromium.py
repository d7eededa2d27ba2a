"""A Chromium for the browser tests: one of the machine, else installed."""

import functools
import os
import shutil
import subprocess
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


def launch_flags() -> list[str]:
    """Return the flags that keep the browser off the network beyond loopback, and let root run
    it."""
    return [*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@functools.cache
def chromium() -> Path:
    """Return the program of a Chromium that runs, installing one when the machine has none.

    In order: ``PORTAL_CHROMIUM``, the PATH, Playwright's own, then (as root, with apt) the system's
    package, then Playwright's download. ``StackError`` holds the reason of each that failed.
    """
    named = os.environ.get("PORTAL_CHROMIUM")
    if named:
        program = Path(named)
        reason = _why_not(program)
        if reason:
            raise StackError(f"PORTAL_CHROMIUM: {reason}")
        return program
    reasons: list[str] = []
    for find in (_on_path, _of_playwright, _from_apt, _from_playwright):
        try:
            found = find()
        except StackError as error:
            reasons.append(str(error))
            continue
        reason = _why_not(found) if found else ""
        if found and not reason:
            return found
        if reason:
            reasons.append(reason)
    raise StackError(f"no Chromium: {'; '.join(reasons)}")


def _why_not(program: Path) -> str:
    """Return why a program does not run here (a library is missing, say); empty when it does."""
    try:
        processes.run_once([program, "--version"], doing=f"{program} --version")
    except StackError as error:
        return str(error)
    return ""


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
    return program if done.returncode == 0 and program.exists() else None


def _from_apt() -> Path | None:
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
    return _on_path()


def _from_playwright() -> Path | None:
    print("Installing Chromium with Playwright …", flush=True)
    processes.run_once(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        doing="playwright install chromium",
    )
    return _of_playwright()
