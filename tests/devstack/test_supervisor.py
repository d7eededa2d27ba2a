"""Whatever way the supervisor ends, nothing it started outlives it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import paths, processes
from devstack.errors import StackError
from devstack.supervisor import Supervisor

pytestmark = pytest.mark.process

# Three programs: an ordinary one, one whose own child hears no polite request, one that takes its time.
DUMMIES = """
import os, sys
from pathlib import Path
from devstack.supervisor import Stopped, Supervisor, signals_as_exceptions

folder = Path(sys.argv[1])
with signals_as_exceptions():
    supervisor = Supervisor(folder / "log", reaper_patience=0.5)
    try:
        programs = [
            supervisor.start("plain", ["sleep", "60"], env=os.environ),
            supervisor.start(
                "parent", ["sh", "-c", "(sleep 62) & wait"], env=os.environ, patience=0.5
            ),
            supervisor.start(
                "deaf", ["sh", "-c", "trap '' TERM; sleep 63 & wait; wait"], env=os.environ,
                patience=0.5,
            ),
        ]
        print(*(program.pid for program in programs), flush=True)
        supervisor.watch(1, lambda: None)
    except Stopped:
        print("stopped", flush=True)
    finally:
        supervisor.stop()
"""


def members(groups: list[int]) -> list[str]:
    """The command lines of the living processes of these groups."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and processes.alive(int(entry.name)):
            try:
                group = os.getpgid(int(entry.name))
            except ProcessLookupError:
                continue
            if group in groups:
                found.append(processes.command_line(int(entry.name)))
    return found


def wait_empty(groups: list[int], seconds: float) -> list[str]:
    """Wait until the groups have no living member; return who is left."""
    end = time.monotonic() + seconds
    while (left := members(groups)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


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
    groups = [int(word) for word in process.stdout.readline().split()]
    assert len(groups) == 3
    assert len(members(groups)) >= 3
    yield process, groups
    process.kill()
    process.wait()
    process.stdout.close()
    for group in groups:
        processes.kill_group(group)


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
    assert wait_empty(groups, 10) == []


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    held = Supervisor(tmp_path / "log", reaper_patience=0.5)
    yield held
    held.stop()


def test_a_program_that_ends_by_itself_is_named_with_its_last_words(
    supervisor: Supervisor,
) -> None:
    supervisor.start("steady", ["sleep", "60"], env=os.environ)
    supervisor.start("beat", ["sh", "-c", "echo no broker; exit 4"], env=os.environ)
    with pytest.raises(
        StackError, match=r"^beat ended with code 4: no broker \(log: .*beat\.log\)"
    ):
        supervisor.watch(1, lambda: None)


def test_a_program_ended_by_a_signal_is_named_with_the_signal(supervisor: Supervisor) -> None:
    program = supervisor.start("worker", ["sleep", "60"], env=os.environ)
    program.process.kill()
    program.process.wait()
    with pytest.raises(StackError, match="worker was ended by SIGKILL: it said nothing"):
        supervisor.check()


def test_a_program_that_does_not_exist_is_named(supervisor: Supervisor) -> None:
    program = supervisor.start("web", ["no-such-program"], env=os.environ)
    program.process.wait()
    with pytest.raises(StackError, match="web ended with code 1: cannot run no-such-program"):
        supervisor.check()


def test_waiting_for_an_answer_ends_when_a_program_does(supervisor: Supervisor) -> None:
    supervisor.start("web", ["sh", "-c", "exit 1"], env=os.environ)
    with pytest.raises(StackError, match="web ended with code 1"):
        supervisor.wait_for(lambda: False, "the portal", 30)


def test_waiting_for_an_answer_that_never_comes_ends_in_time(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match="the portal did not answer within"):
        supervisor.wait_for(lambda: False, "the portal", 0.2)


def test_each_run_begins_its_logs_anew_and_keeps_the_last(supervisor: Supervisor) -> None:
    supervisor.start("web", ["echo", "first"], env=os.environ).process.wait()
    supervisor.start("web", ["echo", "second"], env=os.environ).process.wait()
    log = supervisor.log_folder / "web.log"
    assert log.read_text() == "second\n"
    assert log.with_suffix(".log.1").read_text() == "first\n"


def test_the_servers_are_stopped_after_the_programs_that_use_them(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    order = tmp_path / "order"
    words = "trap 'echo {0} >> {1}; exit' TERM; echo up; while :; do sleep 0.05; done"
    server = processes.start(
        "server", ["sh", "-c", words.format("server", order)], log=tmp_path / "server.log"
    )
    supervisor.adopt(server)
    program = supervisor.start(
        "program", ["sh", "-c", words.format("program", order)], env=os.environ
    )
    supervisor.wait_for(lambda: bool(server.said() and program.said()), "both", 10)
    supervisor.stop()
    assert order.read_text().split() == ["program", "server"]
