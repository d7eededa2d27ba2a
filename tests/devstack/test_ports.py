"""Ports already taken are stepped around."""

import socket
from collections.abc import Iterator

import pytest

from devstack import ports
from devstack.errors import StackError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on, whose successor is free."""
    while True:
        with socket.socket() as holder:
            holder.bind((ports.LOOPBACK, 0))
            holder.listen()
            port = holder.getsockname()[1]
            if port < 65_000 and ports.step(port + 1) == port + 1:
                yield port
                return


def test_a_free_port_is_taken_as_it_is() -> None:
    port = ports.any_free()
    assert ports.step(port) == port


def test_a_taken_port_is_stepped_around(taken: int) -> None:
    assert ports.answers(taken)
    assert ports.step(taken) == taken + 1


def test_when_every_port_is_taken_the_range_is_named(taken: int) -> None:
    with pytest.raises(StackError, match=f"every loopback port from {taken} to {taken} is taken"):
        ports.step(taken, tries=1)


def test_the_range_ends_with_the_last_port_there_is() -> None:
    with pytest.raises(StackError, match="from 65536 to 65535"):
        ports.step(65_536)


def test_a_port_nobody_listens_on_does_not_answer() -> None:
    assert not ports.answers(ports.any_free())
