"""Holds a set of programs together: they start in order, and end together."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from devstack import paths, processes
from devstack.errors import StackError
from devstack.processes import Child
from devstack.reaper import Reaper


class Stopped(BaseException):
    """Somebody asked the supervisor to stop: Ctrl-C, SIGTERM or the terminal's end."""


class Supervisor:
    """Starts servers and programs, watches them, and stops all; nothing outlives it.

    Nothing is restarted in silence: when one program ends by itself, ``watch`` says which and why.
    """

    def __init__(self, log_folder: Path, *, reaper_patience: float = 8.0) -> None:
        self.log_folder = log_folder
        self._servers: list[Child] = []
        self._programs: list[Child] = []
        self._reaper = Reaper(reaper_patience)

    def log(self, name: str) -> Path:
        """Return the log file for a program, begun anew; the last run's is kept beside it."""
        self.log_folder.mkdir(parents=True, exist_ok=True)
        path = self.log_folder / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            path.replace(path.with_suffix(".log.1"))
        return path

    def adopt(self, child: Child) -> None:
        """Take a server that has been started into care."""
        self._reaper.watch(child.pid)
        self._servers.append(child)

    def start(
        self,
        name: str,
        arguments: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        patience: float = 10.0,
    ) -> Child:
        """Start a program, which may use the servers, with a log named after it."""
        log = self.log(name.replace(" ", "-"))
        child = processes.start(
            name, arguments, log=log, env=env, cwd=paths.ROOT, patience=patience
        )
        self._reaper.watch(child.pid)
        self._programs.append(child)
        return child

    def check(self) -> None:
        """Raise ``StackError`` naming the program that ended by itself, if one has."""
        for child in [*self._servers, *self._programs]:
            if not child.running():
                raise StackError(child.why_it_ended())

    def watch(self, every: float, heartbeat: Callable[[], None]) -> None:
        """Call ``heartbeat`` every so many seconds until a program ends (``StackError``)."""
        due = 0.0
        while True:
            self.check()
            if time.monotonic() >= due:
                heartbeat()
                due = time.monotonic() + every
            time.sleep(0.25)

    def wait(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``ready`` and tell whether it came; ``StackError`` when a program ends
        first."""
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def wait_for(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Wait until ``ready``; ``StackError`` when a program ends first or time runs out."""
        if not self.wait(ready, seconds):
            raise StackError(f"{what} did not answer within {seconds:g} seconds")

    def stop(self) -> None:
        """Stop all: the programs together, then the servers they use, the last started first."""
        for program in self._programs:
            program.ask_to_stop()
        for child in [*reversed(self._programs), *reversed(self._servers)]:
            child.stop()
        self._reaper.close()


@contextlib.contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Turn the signals that ask for an end into ``Stopped``; while it unwinds, further ones are
    ignored."""

    def stop(number: int, frame: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    yield
