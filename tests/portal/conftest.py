"""Fixtures of the tests of the ground."""

from collections.abc import Iterator

import pytest

from tests.smtp_peer import SmtpPeer


@pytest.fixture
def mail_server(settings) -> Iterator[SmtpPeer]:
    """A real SMTP server on loopback, to which the portal's mail goes."""
    with SmtpPeer() as peer:
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = peer.port
        settings.EMAIL_TIMEOUT = 5
        yield peer
