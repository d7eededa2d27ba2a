"""Child processes whose lives end with their parent's: start, watch, stop.

Every child leads its own process group, so that a Ctrl-C at the terminal reaches only the parent,
which then stops the children in order, and so that stopping a child takes its own children with
it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devstack.errors import StackError

_LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass
class Child:
    """A running program: its name for people, its process, where its words go, how to ask it to
    stop."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    log_start: int = field(default=0)

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
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop it, by force after ``patience`` seconds, and whatever is left of its group."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        kill_group(self.pid)
        self.process.wait()


def kill_group(group: int) -> None:
    """End every process of ``group`` by force; silent when there is none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


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


def command(
    arguments: Sequence[str | Path],
    *,
    user: str | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> list[str]:
    """Return ``arguments`` wrapped so that the program dies with this process, as ``user`` if
    given."""
    python = [sys.executable, "-I", "-S", str(_LAUNCHER)]
    bound = [str(os.getpid()), str(int(death_signal)), user or "-"]
    return [*python, *bound, *(str(part) for part in arguments)]


def start(
    name: str,
    arguments: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    patience: float = 10.0,
) -> Child:
    """Start a program that logs to ``log`` and return it as a ``Child``.

    Call it from the main thread: Linux counts the end of the starting *thread* as the parent's
    death.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as words:
        begin = words.tell()
        process = subprocess.Popen(
            command(arguments, user=user, death_signal=stop_signal),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    return Child(name, process, log, stop_signal, patience, begin)


def stop_all(children: Sequence[Child]) -> None:
    """Stop ``children`` in the order given, each by force when its patience runs out."""
    for child in children:
        child.stop()


def alive(pid: int) -> bool:
    """Tell whether a process with this id exists (a zombie does not count, where ``/proc``
    tells)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state != "Z"


def command_line(pid: int) -> str:
    """Return the command line of process ``pid``, empty when there is none."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode("utf-8", "replace")
        )
    except OSError:
        pass
    with contextlib.suppress(OSError):
        seen = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return seen.stdout.strip()
    return ""


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait up to ``seconds`` for process ``pid`` to end; tell whether it did."""
    end = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def run_once(
    arguments: Sequence[str | Path], *, doing: str, env: Mapping[str, str] | None = None
) -> str:
    """Run a program to its end and return what it printed; ``StackError`` says why it failed."""
    try:
        done = subprocess.run(
            [str(part) for part in arguments],
            capture_output=True,
            text=True,
            check=False,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise StackError(f"{doing} failed: {error}") from error
    if done.returncode != 0:
        words = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise StackError(f"{doing} failed: {' | '.join(words[-3:]) or done.returncode}")
    return done.stdout
