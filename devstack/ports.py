"""Loopback ports: taken ones are stepped around."""

import socket

from devstack.errors import StackError

LOOPBACK = "127.0.0.1"


def step(first: int, tries: int = 50) -> int:
    """Return the first free port from ``first`` upwards; ``StackError`` when all are taken."""
    last = min(first + tries, 65536)
    for port in range(first, last):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise StackError(f"every loopback port from {first} to {last - 1} is taken")


def any_free() -> int:
    """Return a port that the system says is free; for throw-away servers."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Tell whether something accepts connections on ``port`` of the loopback address."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
