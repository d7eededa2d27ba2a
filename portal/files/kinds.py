"""What a file is, by its first bytes; its name is only the sender's claim."""

import codecs

import puremagic

HEAD = 8192
"""How many of its first bytes say what a file is."""
BINARY = "application/octet-stream"
TEXT = "text/plain"
IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
}
_ARCHIVES = {
    b"PK\x03\x04": "application/zip",
    b"PK\x05\x06": "application/zip",
    b"\x1f\x8b": "application/gzip",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = frozenset(range(32)) - {7, 8, 9, 10, 12, 13, 27}
_ACTIVE = ("text/", "image/svg", "application/xhtml", "application/xml", "application/javascript")


def content_type(head: bytes) -> str:
    """The media type of a file that begins so. Text of any language is plain text, HTML and SVG too."""
    for beginning, kind in (IMAGES | _ARCHIVES).items():
        if head.startswith(beginning) and (beginning != b"BM" or head[6:10] == b"\0\0\0\0"):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    if encoding(head):
        return TEXT
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return BINARY
    return BINARY if not found or found.startswith(_ACTIVE) or len(found) > 100 else found


def encoding(head: bytes) -> str:
    """The encoding of a text that begins so: "utf-8", "utf-16-le", "latin-1" …; empty for what is no text.

    UTF-16 without a mark is known by its zeros: every second byte of Latin text is one.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if not head:
        return ""
    even, odd = head[0::2], head[1::2]
    if len(head) >= 16 and odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(head) >= 16 and even.count(0) > 0.6 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    if 0 in head:
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        name = "utf-8"
    except UnicodeDecodeError:
        name = "latin-1"
    strange = sum(byte in _CONTROLS for byte in head)
    if name == "latin-1":  # its own control codes are letters nowhere
        strange += sum(0x80 <= byte < 0xA0 for byte in head)
    return name if strange * 50 <= len(head) else ""
