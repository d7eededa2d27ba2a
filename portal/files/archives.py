"""What is inside a packed file: its names and sizes only, read with bounds. Nothing is ever unpacked to disk."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

LISTED = 500
DIRECTORY_MOST = 4 * 2**20
"""Bytes of a ZIP's directory that are read: of a larger one only that it is large."""
UNPACKED = 8 * 2**20
"""Bytes that are unpacked of a gzip file to show what is in it."""
_READ_MOST = 2**20
_END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in an archive, as it stands there, and its size unpacked."""

    name: str
    size: int
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What an archive holds, as far as it is listed; `why` says why not, or not all."""

    entries: tuple[Entry, ...] = ()
    why: str = ""


def zip_listing(file: BinaryIO, size: int) -> Listing:
    """The names in a ZIP file of `size` bytes."""
    try:
        directory = _directory_size(file, size)
        if directory > DIRECTORY_MOST:
            return Listing(why="It holds too many files to list here: download it.")
        with zipfile.ZipFile(file) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return Listing(why="It cannot be read: it is damaged, or no ZIP file.")
    entries = tuple(
        Entry(_plain(one.filename), one.file_size, one.is_dir()) for one in found[:LISTED]
    )
    return Listing(entries, _more(len(found)))


def _more(count: int) -> str:
    return f"The first {LISTED} of {count:,} are listed." if count > LISTED else ""


def _directory_size(file: BinaryIO, size: int) -> int:
    """The bytes of a ZIP's directory, by the record at its end. Raises BadZipFile without one."""
    tail = min(size, 65_557)
    file.seek(size - tail)
    data = file.read(tail)
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or len(data) - at < _END.size:
        raise zipfile.BadZipFile
    return int(_END.unpack_from(data, at)[5])


def tar_listing(file: BinaryIO) -> Listing:
    """The names in a tar file. Its headers are read with a bound, so that none claims a gigabyte of memory."""
    entries: list[Entry] = []
    try:
        with tarfile.open(fileobj=_Bounded(file), mode="r:") as archive:
            for one in archive:
                entries.append(Entry(_plain(one.name), one.size, one.isdir()))
                if len(entries) > LISTED:
                    break
    except (tarfile.TarError, OSError, ValueError, EOFError):
        if not entries:
            return Listing(why="It cannot be read: it is damaged, or no tar file.")
        return Listing(tuple(entries[:LISTED]), "It ends early: only what could be read is listed.")
    more = f"The first {LISTED} are listed." if len(entries) > LISTED else ""
    return Listing(tuple(entries[:LISTED]), more)


def unpacked(file: BinaryIO) -> tuple[bytes, bool]:
    """The beginning of what a gzip file holds, at most `UNPACKED` bytes, and whether that is all.

    Raises ValueError for what cannot be unpacked at all.
    """
    out = bytearray()
    try:
        with gzip.GzipFile(fileobj=file) as inside:
            while len(out) <= UNPACKED and (data := inside.read(256 * 1024)):
                out += data
    except (OSError, EOFError, zlib.error) as error:
        if not out:
            raise ValueError("it is damaged") from error
    return bytes(out[:UNPACKED]), len(out) <= UNPACKED


def _plain(name: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)[:300]


class _Bounded(io.RawIOBase):
    """A file of which nobody reads more than a little at once."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _READ_MOST:
            raise ValueError("a header claims too much")
        return self.file.read(size)
