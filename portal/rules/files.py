"""Recognize a file by its first bytes; its name is only the sender's claim."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that the portal takes: how it begins, and what people and browsers call it."""

    code: str
    name: str
    content_type: str
    beginnings: tuple[bytes, ...]


PDF = FileKind("pdf", "PDF", "application/pdf", (b"%PDF-",))
PNG = FileKind("png", "PNG picture", "image/png", (b"\x89PNG\r\n\x1a\n",))
JPEG = FileKind("jpeg", "JPEG picture", "image/jpeg", (b"\xff\xd8\xff",))
TIFF = FileKind("tiff", "TIFF picture", "image/tiff", (b"II*\x00", b"MM\x00*"))
ZIP = FileKind("zip", "ZIP or Office file", "application/zip", (b"PK\x03\x04",))
TEXT = FileKind("text", "plain text", "text/plain; charset=utf-8", ())

PAPERS = (PDF, PNG, JPEG, TIFF, TEXT)
"""What a signed paper, a purchase order or an e-mail may come as."""

_KNOWN = (PDF, PNG, JPEG, TIFF, ZIP)


def kind_of(content: bytes) -> FileKind | None:
    """The type of the bytes; None for a type the portal does not know. Text is UTF-8 without control codes."""
    for kind in _KNOWN:
        if content.startswith(kind.beginnings):
            return kind
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return TEXT if text and all(c >= " " or c in "\t\r\n\f" for c in text) else None
