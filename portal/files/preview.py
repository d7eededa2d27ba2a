"""What a file's page shows of it: a picture, some text, the names in an archive. Bounded, whatever it claims."""

import contextlib
import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

from portal.files import archives, kinds
from portal.files.archives import Listing
from portal.files.stores import store
from portal.files.text import Found, Text, TextPage
from portal.models import Attachment

PICTURE_MOST = 20 * 2**20
PIXELS_MOST = 60_000_000
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a text is asked for: the page at a byte, the one at a line, or the lines with some words."""

    at: int = 0
    line: int = 0
    find: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown. `why` says why nothing is, or what is left out."""

    picture: bool = False
    text: TextPage | None = None
    found: Found | None = None
    listing: Listing | None = None
    encoding: str = ""
    inside: str = ""
    why: str = ""


def preview(file: Attachment, asked: Asked) -> Preview:
    """What the page of a file shows. Raises FileNotFoundError where its bytes are gone."""
    with contextlib.closing(store().open(file.path)) as content:
        return _of(content, file, asked)


def _of(content: BinaryIO, file: Attachment, asked: Asked) -> Preview:
    kind = file.content_type
    head = content.read(kinds.HEAD)
    if kind in PICTURES:
        if file.size > PICTURE_MOST or pixels(head) > PIXELS_MOST:
            return Preview(why="The picture is too large to show here: download it.")
        return Preview(picture=True)
    if kind == kinds.TEXT:
        return _text(content, file.size, kinds.encoding(head), file.lines, asked)
    if kind == "application/zip":
        return Preview(listing=archives.zip_listing(content, file.size))
    if kind == "application/x-tar":
        return Preview(listing=archives.tar_listing(content))
    if kind == "application/gzip":
        content.seek(0)
        return _gzip(content, asked)
    return Preview(why="It is binary: there is nothing to read here.")


def _gzip(content: BinaryIO, asked: Asked) -> Preview:
    try:
        data, whole = archives.unpacked(content)
    except ValueError:
        return Preview(why="It cannot be unpacked: it is damaged, or no gzip file.")
    why = "" if whole else "Only the first 8 MB of what is inside are shown: download it for all."
    kind = kinds.content_type(data[: kinds.HEAD])
    if kind == "application/x-tar":
        return Preview(listing=archives.tar_listing(io.BytesIO(data)), inside="tar", why=why)
    if kind != kinds.TEXT:
        return Preview(why="What is inside is binary: there is nothing to read here.")
    shown = _text(io.BytesIO(data), len(data), kinds.encoding(data[: kinds.HEAD]), None, asked)
    return Preview(
        text=shown.text, found=shown.found, encoding=shown.encoding, inside="gzip", why=why
    )


def _text(
    content: BinaryIO, size: int, encoding: str, ends: list[int] | None, asked: Asked
) -> Preview:
    text = Text(content, size, encoding or "latin-1", ends)
    found = text.find(asked.find, min(asked.at, size)) if asked.find else None
    page = None
    if found is None:
        page = text.page(text.offset_of(asked.line) if asked.line else asked.at, asked.line)
    return Preview(text=page, found=found, encoding=encoding)


def pixels(head: bytes) -> int:
    """How many pixels a picture that begins so claims; 0 where its head does not say."""
    if head.startswith(b"\x89PNG") and len(head) >= 24:
        width, height = struct.unpack_from(">II", head, 16)
    elif head[:4] == b"GIF8" and len(head) >= 10:
        width, height = struct.unpack_from("<HH", head, 6)
    elif head[:2] == b"BM" and len(head) >= 26:
        width, height = map(abs, struct.unpack_from("<ii", head, 18))
    else:
        width, height = _of_jpeg(head)
    return int(width) * int(height)


def _of_jpeg(head: bytes) -> tuple[int, int]:
    at = 2
    while head[:2] == b"\xff\xd8" and at + 9 < len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return int(width), int(height)
        at += 2 + int(struct.unpack_from(">H", head, at + 2)[0])
    return 0, 0
