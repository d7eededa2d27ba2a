"""Where the bytes of an upload go while they come: appended to a file, or sent to S3 part by part. Never in memory.

Both write where the file will stay. `parts` of the upload is what a store must know to go on later, in any process.
"""

import contextlib
import io
import os
import posixpath
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol, cast

from django.core.files.storage import FileSystemStorage, default_storage

from portal.models import Upload

PART = 8 * 2**20
"""Bytes of one part in S3, which takes at least 5 MiB and at most 10,000 parts: files up to 78 GiB."""
READ = 2**20
"""Bytes that one reading from S3 fetches."""


class Writer(Protocol):
    """Writes one stretch of an upload; `parts` is what the store must know then."""

    parts: dict[str, Any]

    def write(self, data: bytes) -> None:
        """Take the next bytes."""

    def settle(self, *, last: bool) -> None:
        """Make what was taken stand, so that it may be counted; `last` for the end of the file."""


class Store(Protocol):
    """Keeps uploads, and gives them back."""

    def writer(self, upload: Upload) -> contextlib.AbstractContextManager[Writer]:
        """A writer that begins at the upload's offset; what lies beyond was never counted and is dropped."""

    def drop(self, upload: Upload) -> None:
        """Delete the bytes of an upload; nothing when none are there."""

    def open(self, path: str) -> BinaryIO:
        """A whole file for reading, from any place in it, without fetching the rest. Raises FileNotFoundError."""

    def delete(self, path: str) -> None:
        """Delete a whole file; nothing when it is not there."""

    def link(self, path: str, *, name: str, content_type: str) -> str:
        """A signed address that serves the file for a minute as a download; empty where the portal serves it."""


def store() -> Store:
    """The store of the storage that the settings name."""
    storage: Any = default_storage
    if isinstance(storage, FileSystemStorage):
        return LocalStore(storage)
    return S3Store(storage)


class LocalStore:
    """Files in a folder."""

    def __init__(self, storage: FileSystemStorage) -> None:
        self.storage = storage

    @contextlib.contextmanager
    def writer(self, upload: Upload) -> Iterator[Writer]:
        """Append to the file, which ends at the upload's offset first."""
        path = self.storage.path(upload.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
            file.truncate(upload.offset)
            file.seek(upload.offset)
            yield _LocalWriter(file)

    def drop(self, upload: Upload) -> None:
        """Delete the file."""
        self.storage.delete(upload.path)

    def open(self, path: str) -> BinaryIO:
        """The file."""
        return open(self.storage.path(path), "rb")  # the caller closes it

    def delete(self, path: str) -> None:
        """Delete the file."""
        self.storage.delete(path)

    def link(self, path: str, *, name: str, content_type: str) -> str:
        """None: the portal serves it."""
        return ""


class _LocalWriter:
    def __init__(self, file: io.FileIO) -> None:
        self.file = file
        self.parts: dict[str, Any] = {}

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self.file.write(view) or 0 :]

    def settle(self, *, last: bool) -> None:
        os.fsync(self.file.fileno())


class S3Store:
    """Objects in a bucket. What came and is too little for a part lies in an object of its own until more comes."""

    LINK_SECONDS = 60

    def __init__(self, storage: Any) -> None:
        self.storage = storage
        self.client = self.storage.connection.meta.client
        self.bucket = self.storage.bucket_name

    def key(self, path: str) -> str:
        """The object's key."""
        return posixpath.join(self.storage.location or "", path).lstrip("/")

    def _object(self, path: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key(path)}

    @contextlib.contextmanager
    def writer(self, upload: Upload) -> Iterator[Writer]:
        """Send parts of the multipart upload, which is begun at the first byte."""
        parts = {"id": "", "etags": [], "tail": "", **upload.parts}
        if not parts["id"]:
            begun = self.client.create_multipart_upload(**self._object(upload.path))
            parts["id"] = begun["UploadId"]
        yield _S3Writer(self, upload, parts)

    def drop(self, upload: Upload) -> None:
        """End the multipart upload, and delete what is there of it."""
        parts = upload.parts
        if parts.get("tail"):
            self.delete(parts["tail"])
        if parts.get("id") and not upload.is_complete:
            with contextlib.suppress(self.client.exceptions.NoSuchUpload):
                self.client.abort_multipart_upload(
                    **self._object(upload.path), UploadId=parts["id"]
                )
        self.delete(upload.path)

    def open(self, path: str) -> BinaryIO:
        """The object, read by ranges."""
        return cast(BinaryIO, io.BufferedReader(_S3Reader(self, path), READ))

    def delete(self, path: str) -> None:
        """Delete the object."""
        self.client.delete_object(**self._object(path))

    def link(self, path: str, *, name: str, content_type: str) -> str:
        """An address signed for a minute, by which the store itself sends it as a download."""
        from django.utils.http import content_disposition_header

        asked = {
            **self._object(path),
            "ResponseContentDisposition": content_disposition_header(True, name),
            "ResponseContentType": content_type,
        }
        return str(
            self.client.generate_presigned_url(
                "get_object", Params=asked, ExpiresIn=self.LINK_SECONDS
            )
        )

    def read(self, path: str) -> bytes:
        """All bytes of a small object."""
        return bytes(self.client.get_object(**self._object(path))["Body"].read())


class _S3Writer:
    """Holds at most a part in memory."""

    def __init__(self, to: S3Store, upload: Upload, parts: dict[str, Any]) -> None:
        self.store, self.upload, self.parts = to, upload, parts
        self.old_tail = parts["tail"]
        self.buffer = bytearray(to.read(self.old_tail) if self.old_tail else b"")
        self.offset = upload.offset
        self.parts["etags"] = list(parts["etags"])

    def write(self, data: bytes) -> None:
        self.buffer += data
        self.offset += len(data)
        while len(self.buffer) >= PART:
            self._send(bytes(self.buffer[:PART]))
            del self.buffer[:PART]

    def settle(self, *, last: bool) -> None:
        if last:
            self._finish()
        tail = f"{self.upload.path}.{self.offset}" if self.buffer and not last else ""
        if tail:
            self.store.client.put_object(**self.store._object(tail), Body=bytes(self.buffer))
        self.parts["tail"] = tail

    def _send(self, data: bytes) -> None:
        etags = self.parts["etags"]
        sent = self.store.client.upload_part(
            **self.store._object(self.upload.path),
            UploadId=self.parts["id"],
            PartNumber=len(etags) + 1,
            Body=data,
        )
        etags.append(sent["ETag"])

    def _finish(self) -> None:
        if self.buffer:
            self._send(bytes(self.buffer))
            self.buffer.clear()
        self.store.client.complete_multipart_upload(
            **self.store._object(self.upload.path),
            UploadId=self.parts["id"],
            MultipartUpload={
                "Parts": [
                    {"PartNumber": number, "ETag": etag}
                    for number, etag in enumerate(self.parts["etags"], start=1)
                ]
            },
        )


class _S3Reader(io.RawIOBase):
    """An object as a file that can be read from any place."""

    def __init__(self, of: S3Store, path: str) -> None:
        self.store, self.path, self.at = of, path, 0
        try:
            self.length = of.client.head_object(**of._object(path))["ContentLength"]
        except of.client.exceptions.ClientError as error:
            raise FileNotFoundError(path) from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.length}[whence]
        self.at = max(0, base + offset)
        return self.at

    def readall(self) -> bytes:
        """The rest, by large ranges: Python would ask for 8 kB at once."""
        found = bytearray()
        while data := self.read(READ):
            found += data
        return bytes(found)

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self.length - self.at)
        if wanted <= 0:
            return 0
        answer = self.store.client.get_object(
            **self.store._object(self.path), Range=f"bytes={self.at}-{self.at + wanted - 1}"
        )
        data = answer["Body"].read()
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)
