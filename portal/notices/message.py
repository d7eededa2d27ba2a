"""The message that carries a notice: headers, plain text and HTML as bytes, ready for any SMTP server.

The parts are put together here, since the email package's own generator takes longer than rendering does. Everything
is 7-bit: what is not ASCII is encoded, so no server needs to offer 8BITMIME or SMTPUTF8.
"""

import binascii
import datetime as dt
import re
from collections.abc import Iterator
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings

from portal.models import Notice
from portal.notices.rendering import Rendered

LINE_MOST = 998
"""Bytes of a line that every server takes (RFC 5321)."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_PLAIN_SUBJECT = 78 - len("Subject: ")
_WORD_MOST = 39
"""Bytes of an encoded word: 52 characters in base64, which with "Subject: " and the rest make no more than 76."""
_NOT_IN_AN_ADDRESS = re.compile(r"[\s<>\x00-\x1f\x7f]")


def message_of(
    notice: Notice, rendered: Rendered, *, sender: str, at: dt.datetime, stop_link: str = ""
) -> bytes:
    """The notice as a message of two alternative parts, its lines parted by CRLF, dated `at` (real time, UTC).

    `stop_link` is the address that ends mails of its kind by one POST (RFC 8058), if they can be ended.

    `sender` is the From header as it stands in a message (see `from_header`). Raises ValueError for an address that no
    message can go to.
    """
    boundary = f"part-{notice.token}"
    head = (
        f"From: {sender}\r\n"
        f"To: {envelope_address(notice.address)}\r\n"
        f"Subject: {_subject(rendered.subject)}\r\n"
        f"Date: {format_datetime(at)}\r\n"
        f"Message-ID: {notice.message_id}\r\n"
        "Auto-Submitted: auto-generated\r\n"
        f"{_ending(_leaving(notice) or stop_link)}"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
    )
    return b"".join(
        (
            head.encode("ascii"),
            *_part(boundary, "plain", rendered.text),
            *_part(boundary, "html", rendered.html),
            f"\r\n--{boundary}--".encode("ascii"),
        )
    )


def _leaving(notice: Notice) -> str:
    """The link that ends what its reader follows; "" where they follow nothing by it."""
    path = notice.context.get("leave", "")
    return f"{settings.BASE_URL}{path}" if path else ""


def _ending(stop_link: str) -> str:
    """The headers by which a mail program offers to end such mails, in one click of its own (RFC 8058)."""
    if not stop_link:
        return ""
    return (
        f"List-Unsubscribe: <{stop_link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )


def from_header() -> str:
    """DEFAULT_FROM_EMAIL as the From header of a message: its name encoded where it is not ASCII."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name, envelope_address(address)))


def envelope_address(address: str) -> str:
    """An address as an SMTP dialogue names it, its domain in ASCII. Raises ValueError where that cannot be."""
    if _NOT_IN_AN_ADDRESS.search(address):
        raise ValueError(f"{address!r} is not an address")
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise ValueError(f"{address!r} cannot be written in ASCII")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _subject(subject: str) -> str:
    """The subject as a header: as it is, or else in encoded words (RFC 2047), a line each."""
    if subject.isascii() and subject.isprintable() and len(subject) <= _PLAIN_SUBJECT:
        return subject
    words = [
        f"=?utf-8?b?{binascii.b2a_base64(piece.encode(), newline=False).decode()}?="
        for piece in _pieces(subject)
    ]
    return "\r\n ".join(words)


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that make an encoded word each; no character is divided."""
    piece, size = "", 0
    for character in text:
        length = len(character.encode())
        if size + length > _WORD_MOST:
            yield piece
            piece, size = "", 0
        piece += character
        size += length
    yield piece


def _part(boundary: str, kind: str, text: str) -> tuple[bytes, bytes]:
    """One part: as it is when it is plain ASCII in lines of allowed length, otherwise quoted-printable."""
    body = _LINE_END.sub("\r\n", text).encode("utf-8")
    plain = body.isascii() and max(map(len, body.split(b"\r\n"))) <= LINE_MOST
    head = (
        f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {'7bit' if plain else 'quoted-printable'}\r\n\r\n"
    )
    return head.encode("ascii"), body if plain else binascii.b2a_qp(body, istext=True)
