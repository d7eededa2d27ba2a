"""The tiers of the tests: those of every day start no process; what opens a browser or starts one says so by a marker.

`FAST=1` leaves out the tests marked `browser` and `process`. A test is marked by what it uses, or by its module. One
that is not marked fails when it starts a process; a browser is one.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_STARTING = frozenset({"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty"})

_watched: list[str] = []
"""The running test, when it has no marker that lets it start a process."""


class UnmarkedProcessError(AssertionError):
    """A test of every day started a process."""


def mark(item: pytest.Item) -> None:
    """Mark a test that has a server for a browser; journeys and what is killed are processes of the portal."""
    if "live_server" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.browser)
    if item.get_closest_marker("journey") or item.get_closest_marker("kill"):
        item.add_marker(pytest.mark.process)


@contextmanager
def watched(item: pytest.Item) -> Iterator[None]:
    """Let only a marked test start a process while it runs, its fixtures included."""
    if item.get_closest_marker("browser") or item.get_closest_marker("process"):
        yield
        return
    _watched.append(item.nodeid)
    try:
        yield
    finally:
        _watched.clear()


def _refuse(event: str, _: object) -> None:
    if _watched and event in _STARTING:
        raise UnmarkedProcessError(
            f"{_watched[0]} starts a process: mark it or its module `process` or `browser`"
        )


sys.addaudithook(_refuse)
