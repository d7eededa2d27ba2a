"""Child processes whose lives end with their starter's: start, watch, stop.

Every child leads its own process group, so that a Ctrl-C at the terminal reaches only the starter,
which then stops the children in order, and so that stopping a child takes its own children with
it. Should the starter be killed, the reaper ends the groups.
"""

import atexit
import contextlib
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devstack import paths, ports
from devstack.errors import StackError


@dataclass
class Child:
    """A running program: its name for people, its process, its log, and how to stop it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    log_start: int
    stop_signal: signal.Signals
    patience: float

    @property
    def pid(self) -> int:
        """The process id, also that of its process group."""
        return self.process.pid

    def running(self) -> bool:
        """Tell whether the program still runs."""
        return self.process.poll() is None

    def said(self, lines: int = 3) -> str:
        """Return its last words of this run, joined to one line; empty when it said nothing."""
        return tail(self.log, lines, since=self.log_start)

    def why_it_ended(self) -> str:
        """Return in words how the program ended, with its last words."""
        code = self.process.poll()
        if code is not None and code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
        else:
            how = f"ended with code {code}"
        return f"{self.name} {how}: {self.said() or 'it said nothing'} (log: {self.log})"

    def ask_to_stop(self) -> None:
        """Send its stop signal; it may take its time."""
        if self.running():
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop it, by force after ``patience`` seconds, and whatever is left of its group."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        _tell_reaper(self.pid, 0)


def start(
    name: str,
    arguments: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = paths.ROOT,
    stop_signal: signal.Signals = signal.SIGTERM,
    patience: float = 10.0,
) -> Child:
    """Start a program that logs to ``log``; ``StackError`` when there is no such program."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as words:
        begin = words.tell()
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            raise StackError(f"{name} cannot run {arguments[0]}: {error.strerror}") from error
    _tell_reaper(process.pid, stop_signal, patience)
    return Child(name, process, log, begin, stop_signal, patience)


def start_server(
    name: str,
    command: Callable[[int], Sequence[str | Path]],
    ready: Callable[[Child, int], bool],
    *,
    log: Path,
    first_port: int | None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = paths.ROOT,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> tuple[Child, int]:
    """Start the server that ``command`` makes of a port; return it, ready, with its port.

    The port is stepped up from ``first_port``, else any free one is taken. ``StackError`` says in
    one line why the server did not start.
    """
    for attempt in range(5):
        port = ports.any_free() if first_port is None else ports.step(first_port)
        child = start(
            name, command(port), log=log, env=env, cwd=cwd, stop_signal=stop_signal, patience=20
        )
        try:
            end = time.monotonic() + 60
            while child.running() and time.monotonic() < end:
                if ready(child, port):
                    return child, port
                time.sleep(0.03)
        except BaseException:
            child.stop()
            raise
        words = child.said(6).lower()
        child.stop()
        # The port was taken in between, or the backends of a killed PostgreSQL are still ending.
        if "already in use" not in words and "pre-existing shared memory block" not in words:
            break
        time.sleep(attempt)
    raise StackError(child.why_it_ended())


def _tell_reaper(group: int, number: int, patience: float = 0) -> None:
    pipe = _reaper().stdin
    with contextlib.suppress(BrokenPipeError, ValueError):
        if pipe:
            pipe.write(f"{group} {int(number)} {patience}\n".encode())


@functools.cache
def _reaper() -> subprocess.Popen[bytes]:
    """Return this process's reaper, started when the first child is."""
    reaper = subprocess.Popen(
        [sys.executable, "-I", "-S", Path(__file__).with_name("reaper.py")],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    atexit.register(reaper.communicate)  # closes the pipe and waits
    return reaper


class Programs:
    """The programs of a run: started in order, watched, and stopped together.

    Nothing is restarted in silence: when a program, or one of the ``servers`` it uses, ends by
    itself, ``watch`` and ``wait`` say which and why.
    """

    def __init__(self, log_folder: Path, servers: Sequence[Child] = ()) -> None:
        self.log_folder = log_folder
        self._servers = servers
        self._programs: list[Child] = []

    def start(
        self,
        name: str,
        arguments: Sequence[str | Path],
        env: Mapping[str, str],
        *,
        patience: float = 10.0,
    ) -> Child:
        """Start a program with a log named after it."""
        log = fresh_log(self.log_folder, name.replace(" ", "-"))
        self._programs.append(start(name, arguments, log=log, env=env, patience=patience))
        return self._programs[-1]

    def check(self) -> None:
        """Raise ``StackError`` naming the program or server that ended by itself, if one has."""
        for child in [*self._servers, *self._programs]:
            if not child.running():
                raise StackError(child.why_it_ended())

    def watch(self, every: float, heartbeat: Callable[[], None]) -> None:
        """Call ``heartbeat`` every so many seconds until a program ends (``StackError``)."""
        while not self.wait(lambda: False, every):
            heartbeat()

    def wait(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``ready`` and tell whether it came; ``StackError`` when a program ends."""
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def stop(self) -> None:
        """Stop all programs, together."""
        for program in self._programs:
            program.ask_to_stop()
        for program in self._programs:
            program.stop()


def fresh_log(folder: Path, name: str) -> Path:
    """Return a new log file for a program; keep the last run's beside it."""
    path = folder / f"{name}.log"
    with contextlib.suppress(FileNotFoundError):
        path.replace(path.with_suffix(".log.1"))
    return path


def end_by_exception() -> None:
    """Let the signals that ask for an end raise ``KeyboardInterrupt``, once: while it unwinds,
    further ones are ignored."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(number: int, frame: object) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, end)


def tail(log: Path, lines: int = 3, since: int = 0) -> str:
    """Return the last non-empty ``lines`` of ``log`` from byte ``since`` on, joined by " | "."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, log.stat().st_size - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(found[-lines:])


def command_line(pid: int) -> str:
    """Return the command line of process ``pid``; empty when it has ended."""
    with contextlib.suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    if Path("/proc/self").exists():
        return ""
    shown = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    return subprocess.run(shown, capture_output=True, text=True, check=False).stdout.strip()


def stop_stranger(pid: int, words: str, stop_signal: signal.Signals, seconds: float) -> bool:
    """Stop a process of an earlier start if its command line holds ``words``; tell whether it did.

    ``StackError`` when it does not stop in time.
    """
    if words not in command_line(pid):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
    end = time.monotonic() + seconds
    while words in command_line(pid):
        if time.monotonic() > end:
            raise StackError(f"process {pid} does not stop")
        time.sleep(0.05)
    return True


def run_once(
    arguments: Sequence[str | Path], *, doing: str, env: Mapping[str, str] | None = None
) -> str:
    """Run a program to its end and return what it printed; ``StackError`` says why it failed."""
    try:
        done = subprocess.run(
            arguments,
            capture_output=True,
            text=True,
            check=False,
            env=env,
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise StackError(f"{doing} failed: {error}") from error
    if done.returncode != 0:
        words = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise StackError(f"{doing} failed: {' | '.join(words[-3:]) or done.returncode}")
    return done.stdout
