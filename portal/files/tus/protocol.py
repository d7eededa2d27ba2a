"""The headers of the tus protocol 1.0 as values. Pure; whatever is not understood is an UploadError of 400."""

import base64
import binascii
import re
from collections.abc import Mapping
from uuid import UUID

from portal.files.uploads import UploadError

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
ALGORITHMS = ("sha1", "sha256")
CONTENT = "application/offset+octet-stream"
LONGEST = 4096
_NUMBER = re.compile(r"\d{1,18}")


def number_of(text: str | None, name: str) -> int:
    """A header's number of bytes. Raises UploadError (400) for none, and for what is no number."""
    if text is None or not _NUMBER.fullmatch(text):
        raise UploadError(400, f"{name} is no number of bytes.")
    return int(text)


def key_in(metadata: dict[str, str]) -> UUID | None:
    """The `key` by which an upload that is begun again is known; None without one, and for what is no UUID."""
    try:
        return UUID(metadata.get("key", ""))
    except ValueError:
        return None


def metadata_of(text: str | None) -> dict[str, str]:
    """The pairs of Upload-Metadata: names with values in base64 of UTF-8. Raises UploadError (400)."""
    pairs: dict[str, str] = {}
    if len(text or "") > LONGEST:
        raise UploadError(400, "Upload-Metadata is too long.")
    for pair in filter(None, (each.strip() for each in (text or "").split(","))):
        name, _, value = pair.partition(" ")
        try:
            pairs[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise UploadError(
                400, f"Upload-Metadata: {name[:40]} is not base64 of UTF-8."
            ) from error
    return pairs


def checksum_of(text: str | None) -> tuple[str, bytes] | None:
    """The algorithm and the digest of Upload-Checksum; None without one. Raises UploadError (400)."""
    if text is None:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise UploadError(400, f"Upload-Checksum takes {' or '.join(ALGORITHMS)}.")
    try:
        return algorithm, base64.b64decode(digest, validate=True)
    except binascii.Error as error:
        raise UploadError(400, "Upload-Checksum is not base64.") from error


def require_version(headers: Mapping[str, str]) -> None:
    """Raise UploadError (412) for a request of another version."""
    if headers.get("Tus-Resumable") != VERSION:
        raise UploadError(412, f"Tus-Resumable is not {VERSION}.")
