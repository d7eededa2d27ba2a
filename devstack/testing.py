"""``make test``: pytest with throw-away servers, and no skip where none is allowed."""

import contextlib
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from devstack import chromium, frontend, paths, servers
from devstack.errors import StackError

_FAST = ("-m", "not browser and not process and not load and not matrix")


def run(arguments: Sequence[str], *, fast: bool = False, no_skip: bool = False) -> int:
    """Build the front end, start the servers, run pytest with ``arguments``; return its exit code.

    The test files are shared out among a few workers; ``-n0`` among the arguments runs them all in
    one process. ``fast`` leaves out the browser, the processes, and what is built for them. With
    ``no_skip`` a skipped test, and a run of none, is a failure: 1. What a machine truly lacks is
    said beforehand, once; the tests that need it skip themselves.
    """
    if not fast:
        frontend.build()
        try:
            chromium.chromium()
        except StackError as error:
            if no_skip:
                raise
            print(f"no browser, so its tests are skipped: {error}", file=sys.stderr)
    report = paths.state_dir() / "tests.xml"
    report.unlink(missing_ok=True)
    pytest = [sys.executable, "-m", "pytest", *_workers(), f"--junitxml={report}"]
    with servers.throwaway() as environment:
        process = subprocess.Popen(
            [*pytest, *(_FAST if fast else ()), *arguments], cwd=paths.ROOT, env=environment
        )
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            raise
    if code == 0 and no_skip:
        return refuse_skips(report)
    return code


def _workers() -> list[str]:
    """Ask for one worker more than there are cores, since some always wait, three to five.

    Files stay whole and begin in the order collected.
    """
    count = 1 + max(2, min(4, os.cpu_count() or 1))
    return ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"]


def refuse_skips(report: Path) -> int:
    """Return 1, naming them, when tests of ``report`` were skipped or none ran; else 0."""
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it for us
    skipped = [(case, reason) for case in cases for reason in case.iter("skipped")]
    for case, reason in skipped:
        words = f"{case.get('classname')}::{case.get('name')}: {reason.get('message', '')}"
        print(f"skipped: {words}", file=sys.stderr)
    if not cases:
        print("no test ran", file=sys.stderr)
    return 1 if skipped or not cases else 0
