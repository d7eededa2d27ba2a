"""Whatever way the starter of programs ends, nothing it started outlives it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devstack import paths, processes
from devstack.errors import StackError
from devstack.processes import Programs

pytestmark = pytest.mark.process

# Three programs: an ordinary one, one whose own child hears no polite request, one that takes its time.
DUMMIES = """
import os, sys
from pathlib import Path
from devstack.processes import Programs, end_by_exception

end_by_exception()
programs = Programs(Path(sys.argv[1]) / "log")
commands = {
    "plain": ["sleep", "60"],
    "parent": ["sh", "-c", "(sleep 62) & wait"],
    "deaf": ["sh", "-c", "trap '' TERM; sleep 63 & wait; wait"],
}
try:
    children = [programs.start(*each, os.environ, patience=0.5) for each in commands.items()]
    print(*(child.pid for child in children), flush=True)
    programs.watch(1, lambda: None)
except KeyboardInterrupt:
    print("stopped", flush=True)
finally:
    programs.stop()
"""


def members(groups: list[int]) -> list[str]:
    """The command lines of the living processes of these groups."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(ValueError, ProcessLookupError):
            if os.getpgid(int(entry.name)) in groups:
                found.append(processes.command_line(int(entry.name)))
    return [line for line in found if line]  # a zombie has none


def wait_until(asked: Callable[[list[str]], bool], groups: list[int]) -> list[str]:
    """Wait, ten seconds at most, until the groups' members are as asked; return who there is."""
    end = time.monotonic() + 10
    while not asked(there := members(groups)) and time.monotonic() < end:
        time.sleep(0.05)
    return there


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    process = subprocess.Popen(
        [sys.executable, "-c", DUMMIES, str(tmp_path)],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    groups: list[int] = []
    try:
        groups += [int(word) for word in process.stdout.readline().split()]
        assert len(groups) == 3
        # A program that was started this instant has no command line to show yet.
        assert len(wait_until(lambda there: len(there) >= 3, groups)) >= 3
        yield process, groups
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_leaves_no_process(
    running: tuple[subprocess.Popen[str], list[int]], number: signal.Signals
) -> None:
    process, groups = running
    process.send_signal(number)
    assert process.wait(15) == 0
    assert members(groups) == []


def test_asked_again_and_again_it_still_leaves_no_process(
    running: tuple[subprocess.Popen[str], list[int]],
) -> None:
    process, groups = running
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    assert process.returncode == 0
    assert members(groups) == []


def test_killed_outright_it_leaves_no_process_either(
    running: tuple[subprocess.Popen[str], list[int]],
) -> None:
    process, groups = running
    process.kill()
    process.wait()
    assert wait_until(lambda there: not there, groups) == []


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    held = Programs(tmp_path / "log")
    yield held
    held.stop()


def test_a_program_that_ends_by_itself_is_named_with_its_last_words(
    programs: Programs,
) -> None:
    programs.start("steady", ["sleep", "60"], os.environ)
    programs.start("beat", ["sh", "-c", "echo no broker; exit 4"], os.environ)
    with pytest.raises(
        StackError, match=r"^beat ended with code 4: no broker \(log: .*beat\.log\)"
    ):
        programs.watch(1, lambda: None)


def test_a_program_ended_by_a_signal_is_named_with_the_signal(programs: Programs) -> None:
    program = programs.start("worker", ["sleep", "60"], os.environ)
    program.process.kill()
    program.process.wait()
    with pytest.raises(StackError, match="worker was ended by SIGKILL: it said nothing"):
        programs.check()


def test_a_program_that_does_not_exist_is_named(programs: Programs) -> None:
    with pytest.raises(StackError, match="web cannot run no-such-program: No such file"):
        programs.start("web", ["no-such-program"], os.environ)


def test_waiting_for_an_answer_ends_when_a_program_does(programs: Programs) -> None:
    programs.start("web", ["sh", "-c", "exit 1"], os.environ)
    with pytest.raises(StackError, match="web ended with code 1"):
        programs.wait(lambda: False, 30)


def test_waiting_for_an_answer_that_never_comes_ends_in_time(programs: Programs) -> None:
    assert not programs.wait(lambda: False, 0.2)


def test_each_run_starts_new_logs_and_keeps_the_last_ones(programs: Programs) -> None:
    programs.start("web", ["echo", "first"], os.environ).process.wait()
    programs.start("web", ["echo", "second"], os.environ).process.wait()
    log = programs.log_folder / "web.log"
    assert log.read_text() == "second\n"
    assert log.with_suffix(".log.1").read_text() == "first\n"


def test_a_server_that_ends_by_itself_is_named_too(tmp_path: Path) -> None:
    server = processes.start("server", ["sh", "-c", "exit 2"], log=tmp_path / "server.log")
    server.process.wait()
    with pytest.raises(StackError, match="server ended with code 2"):
        Programs(tmp_path, [server]).check()
