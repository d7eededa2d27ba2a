"""The embedded Redis: the machine's own, else one from a wheel."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import install, ports, redis
from devstack.errors import StackError

pytestmark = pytest.mark.process


def ask(port: int, question: bytes) -> bytes:
    with socket.create_connection((ports.LOOPBACK, port), timeout=5) as link:
        link.sendall(question + b"\r\n")
        return link.recv(4096)


@pytest.fixture
def no_redis_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    empty = tmp_path / "bin"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    return empty


@pytest.fixture
def running(tmp_path: Path) -> Iterator[redis.Redis]:
    server = redis.start(tmp_path / "redis", log=tmp_path / "log")
    yield server
    server.stop()


def test_the_machines_own_server_comes_first(no_redis_on_path: Path) -> None:
    program = no_redis_on_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert redis.server_program() == program


def test_without_one_the_wheels_server_runs_and_speaks_redis(
    no_redis_on_path: Path, tmp_path: Path
) -> None:
    server = redis.start(tmp_path / "redis", log=tmp_path / "log")
    try:
        assert "valkey" in Path(os.readlink(f"/proc/{server.child.pid}/exe")).name
        assert ask(server.port, b"PING") == b"+PONG\r\n"
    finally:
        server.stop()


def test_with_neither_both_reasons_are_said(
    no_redis_on_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(name: str, *, target: Path | None = None) -> None:
        raise StackError("the package registry cannot be reached")

    monkeypatch.setattr(install, "install", unreachable)
    with pytest.raises(StackError, match="no redis-server on the PATH, and the package registry"):
        redis.server_program()


def test_it_keeps_nothing_on_disk(running: redis.Redis, tmp_path: Path) -> None:
    assert ask(running.port, b"SET tick 1") == b"+OK\r\n"
    running.stop()
    assert list((tmp_path / "redis").iterdir()) == []


def test_a_taken_port_is_stepped_around(running: redis.Redis, tmp_path: Path) -> None:
    other = redis.start(tmp_path / "other", log=tmp_path / "log2", first_port=running.port)
    try:
        assert other.port > running.port
        assert ask(other.port, b"PING") == b"+PONG\r\n"
    finally:
        other.stop()


def test_a_program_that_is_no_server_is_said_in_one_line(
    no_redis_on_path: Path, tmp_path: Path
) -> None:
    program = no_redis_on_path / "redis-server"
    program.write_text("#!/bin/sh\necho no such option >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(StackError, match="Redis ended with code 3: no such option"):
        redis.start(tmp_path / "redis", log=tmp_path / "log")
