"""A real SMTP server on loopback that behaves as badly as a test asks.

with SmtpPeer() as peer:
    peer.refuse("nobody@people.example")          # 550 to that recipient, for good
    peer.put_off("slow@people.example", times=2)  # 451 twice, then it accepts
    peer.drop_in_data("odd@people.example")       # hangs up in the middle of its message
    peer.hold("slow@people.example", event)       # does not answer until the event is set
    peer.go_away(); peer.come_back()              # on the same port
"""

import asyncio
import email
import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"
logging.getLogger("mail.log").setLevel(logging.WARNING)  # the dialogues would drown everything else


@dataclass(frozen=True)
class Mail:
    """A message that the server took: to whom, and what."""

    to: str
    message: Message

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def body(self, kind: str = "plain") -> str:
        """The part of that kind, "plain" or "html"."""
        part = self.message.get_body((kind,))  # type: ignore[attr-defined]
        return str(part.get_content())


@dataclass
class SmtpPeer:
    """The server, what it took (`mails`), and how it misbehaves."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    pipelining: bool = True  # whether it offers that
    careless: bool = False  # goes on with a message for nobody, and refuses it only then

    def __post_init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._put_off: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._held: dict[str, threading.Event] = {}
        self._controller: _Controller | None = None

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_away()

    def refuse(self, address: str, answer: str = "550 No such person here") -> None:
        """Refuse mail to the address for good."""
        self._refused[address] = answer

    def put_off(self, address: str, *, times: int) -> None:
        """Ask so many times to try mail to the address later."""
        self._put_off[address] = times

    def drop_in_data(self, address: str, *, times: int = 1_000_000) -> None:
        """Hang up so many times in the middle of a message to the address."""
        self._dropped[address] = times

    def hold(self, address: str, until: threading.Event) -> None:
        """Leave messages to the address unanswered until the event is set."""
        self._held[address] = until

    def behave(self) -> None:
        """Take everything from now on."""
        self._refused.clear()
        self._put_off.clear()
        self._dropped.clear()

    def go_away(self) -> None:
        """Close the port; what was taken stays known."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def come_back(self) -> None:
        """Open the port, the same as before."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind((LOOPBACK, 0))
                self.port = probe.getsockname()[1]
        self._controller = _Controller(self, hostname=LOOPBACK, port=self.port, ready_timeout=20)
        self._controller.start()

    def ids_to(self, address: str) -> list[str]:
        """The Message-IDs of what was taken for an address, in order."""
        return [mail.message_id for mail in self.mails if mail.to == address]

    def wait_for(self, holds: Callable[[], bool], *, seconds: float = 20) -> None:
        """Wait until something holds; fail when it does not in time."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "the mail server waited in vain"
            time.sleep(0.01)

    # --- what aiosmtpd calls ---

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name, as below
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return ["250-PIPELINING", *responses] if self.pipelining else responses

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        self.tries[address] += 1
        if address in self._refused:
            return self._refused[address]
        if self._put_off[address] > 0:
            self._put_off[address] -= 1
            return "451 Not now, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [address] = envelope.rcpt_tos
        held = self._held.get(address)
        while held is not None and not held.is_set():
            await asyncio.sleep(0.01)
        content: Any = envelope.content
        self.mails.append(Mail(address, email.message_from_bytes(content, policy=default)))
        return "250 Taken"


class _Protocol(SMTP):
    """The dialogue, which can break off in the middle of a message."""

    peer: SmtpPeer

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        dropped = [address for address in self.envelope.rcpt_tos if self.peer._dropped[address] > 0]
        if dropped:
            self.peer._dropped[dropped[0]] -= 1
            await self.push("354 Go on")
            await self._reader.readline()  # its first line arrives, and no answer ever does
            self.transport.abort()
            return
        if self.peer.careless and not self.envelope.rcpt_tos:
            await self.push("354 Go on")
            while await self._reader.readline() != b".\r\n":
                pass
            await self.push("554 No valid recipients")
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def __init__(self, peer: SmtpPeer, **settings: Any) -> None:
        self._protocol = type("PeerProtocol", (_Protocol,), {"peer": peer})
        super().__init__(peer, **settings)

    def factory(self) -> SMTP:
        return self._protocol(self.handler, hostname="peer.example", enable_SMTPUTF8=False)
