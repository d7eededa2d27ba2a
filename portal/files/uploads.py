"""The life of an upload: a slot is taken, bytes come in stretches, and it is sent with a form or thrown away.

Who writes holds a lease, renewed while bytes come, so that two requests never write to one file. A stretch counts once
the store has it and the row says so: whatever breaks in between is sent again. Times are the database's.
"""

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now

from portal import locks
from portal.attachments import plain_name
from portal.files import kinds, stores
from portal.files.places import Place, place_of, require_room
from portal.models import SubjectKey, Upload, User
from portal.rules.refusal import Refusal
from portal.ui.words import size as in_words

BLOCK = 256 * 1024
"""Bytes read from a request at once."""
NOTED_SECONDS = 4.0
"""How often what came is counted while a request goes on."""
MOST_SWEPT = 200


class UploadError(Exception):
    """An upload cannot go on as asked: `status` is the answer of HTTP, the text says why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def begin(
    user: User,
    place_name: str,
    *,
    name: str,
    size: int,
    at: dt.datetime,
    key: uuid.UUID | None = None,
) -> Upload:
    """Take a slot for a file, which counts to its quotas from now on. Returns the upload.

    Asked again under the same `key`, as whoever lost the first answer does, it returns the upload that is there.

    Raises Refusal for a place where the user sends nothing, an empty file, one that is too large, and a full quota.
    """
    place, name = place_of(user, place_name, at), plain_name(name)
    if size <= 0:
        raise Refusal(f"{name} is empty.", way_out="Choose another file.", field="attached")
    if size > settings.FILE_MOST_BYTES:
        raise Refusal(
            f"{name} has {in_words(size)}; one file may have {in_words(settings.FILE_MOST_BYTES)}.",
            way_out="Compress it, or send the part of the time that matters.",
            field="attached",
        )
    with transaction.atomic():
        locks.lock(SubjectKey(f"portal.files.{place.account}", place.number))
        begun = Upload.objects.filter(pk=key).first() if key else None
        if begun is not None and (begun.owner_id, begun.place) == (user.pk, place.name):
            return begun
        _require_slot(user)
        require_room(place, size, name)
        number = uuid.uuid4()
        upload = Upload(
            pk=number if begun is not None else key or number,
            owner=user,
            place=place.name,
            account=account_of(place),
            name=name,
            size=size,
            path=f"files/{number.hex[:2]}/{number.hex}",
            created_at=Now(),
            expires_at=Now() + _kept(),
        )
        upload.save(force_insert=True)
        upload.refresh_from_db()
    return upload


def account_of(place: Place) -> str:
    """The account as an upload names it."""
    return f"{place.account}:{place.number}"


def write(
    upload: Upload,
    read: Callable[[int], bytes],
    *,
    offset: int,
    checksum: tuple[str, bytes] | None = None,
) -> Upload:
    """Take bytes by `read` from `offset` on, until they end, the file is whole, or the request took its time.

    With a `checksum` (algorithm and digest) all counts, or nothing. Returns the upload as it stands then. Raises
    UploadError: 409 for another offset than the upload's, 423 while somebody else writes, 410 for one whose time is
    over, 460 for another checksum, 404 for one that is gone.
    """
    mine = _lease(upload, offset)
    stretch = _Stretch(upload, mine, None if checksum is None else hashlib.new(checksum[0]))
    try:
        with stores.store().writer(upload) as writer:
            stretch.take(writer, read)
            if checksum is not None and stretch.digest.digest() != checksum[1]:
                raise UploadError(460, "The checksum is another: nothing of it is kept.")
            stretch.count(writer)
    finally:
        Upload.objects.filter(pk=upload.pk, lease=mine).update(lease=None, leased_until=None)
    upload.refresh_from_db()
    return upload


class _Stretch:
    """What one request brings."""

    def __init__(self, upload: Upload, lease: uuid.UUID, digest: "hashlib._Hash | None") -> None:
        self.upload, self.lease, self.summed = upload, lease, digest
        self.at = upload.offset
        self.began = self.noted = time.monotonic()

    @property
    def digest(self) -> "hashlib._Hash":
        """The digest so far."""
        assert self.summed is not None, "asked only where one is wanted"  # noqa: S101
        return self.summed

    def take(self, writer: stores.Writer, read: Callable[[int], bytes]) -> None:
        """Hand the bytes on as they come."""
        while (left := self.upload.size - self.at) > 0:
            try:
                data = read(min(BLOCK, left))
            except OSError:  # the connection broke: what came counts
                break
            now = time.monotonic()
            if now - self.noted >= 0.8 * settings.UPLOAD_LEASE_SECONDS:  # it may be another's soon
                raise UploadError(423, "It took too long; another request may go on with it.")
            if not data:
                break
            writer.write(data)
            self.at += len(data)
            if self.summed is not None:
                self.summed.update(data)
            if now - self.began >= settings.UPLOAD_REQUEST_SECONDS:
                break
            if now - self.noted >= NOTED_SECONDS:
                self.renew(writer)

    def renew(self, writer: stores.Writer) -> None:
        """Count what came and hold the file on; with a checksum to compare only the latter."""
        if self.summed is None:
            self.count(writer)
        else:
            self._hold({})
        self.noted = time.monotonic()

    def count(self, writer: stores.Writer) -> None:
        """Let the row say what the store has. Raises UploadError when the lease is another's by now."""
        whole = self.at == self.upload.size
        old = self.upload.parts.get("tail", "")
        if self.at > self.upload.offset:
            writer.settle(last=whole)
        values: dict[str, object] = {"offset": self.at, "parts": dict(writer.parts)}
        if whole:
            values["content_type"] = _kind_of(self.upload.path)
        self._hold(values | {"expires_at": Now() + _kept()})
        self.upload.offset, self.upload.parts = self.at, dict(writer.parts)
        if old and old != writer.parts.get("tail"):
            stores.store().delete(old)

    def _hold(self, values: dict[str, object]) -> None:
        held = Upload.objects.filter(pk=self.upload.pk, lease=self.lease)
        until = Now() + dt.timedelta(seconds=settings.UPLOAD_LEASE_SECONDS)
        if not held.update(leased_until=until, **values):
            raise UploadError(423, "Another request goes on with it.")


def _kind_of(path: str) -> str:
    with stores.store().open(path) as file:
        return kinds.content_type(file.read(kinds.HEAD))


def _lease(upload: Upload, offset: int) -> uuid.UUID:
    mine = uuid.uuid4()
    free = models.Q(lease=None) | models.Q(leased_until__lt=Now())
    taken = (
        Upload.objects.filter(free, pk=upload.pk, offset=offset, expires_at__gt=Now())
        .filter(offset__lt=models.F("size"))
        .update(
            lease=mine,
            leased_until=Now() + dt.timedelta(seconds=settings.UPLOAD_LEASE_SECONDS),
        )
    )
    if taken:
        upload.refresh_from_db()
        return mine
    found = Upload.objects.filter(pk=upload.pk).annotate(
        over=models.ExpressionWrapper(
            models.Q(expires_at__lte=Now()), output_field=models.BooleanField()
        )
    )
    for each in found:
        if each.over:
            raise UploadError(410, "Its time is over: begin again.")
        if each.offset != offset:
            raise UploadError(409, f"{each.offset} bytes are here: go on from there.")
        if each.is_complete:
            raise UploadError(409, "All of it is here.")
        raise UploadError(423, "Another request writes to it.")
    raise UploadError(404, "There is no such upload.")


def take_in(
    user: User,
    place_name: str,
    *,
    name: str,
    size: int,
    chunks: Iterable[bytes],
    at: dt.datetime,
) -> Upload:
    """Keep a file that came with a form, as an upload that is whole. Raises Refusal as `begin` does."""
    upload = begin(user, place_name, name=name, size=size, at=at)
    waiting = bytearray()
    source = iter(chunks)

    def read(most: int) -> bytes:
        while len(waiting) < most and (more := next(source, b"")):
            waiting.extend(more)
        data = bytes(waiting[:most])
        del waiting[:most]
        return data

    while not upload.is_complete:
        before = upload.offset
        write(upload, read, offset=before)
        if upload.offset == before:
            break
    return upload


def discard(upload: Upload) -> None:
    """Throw an upload away with its bytes, at once. Raises UploadError while a request writes to it."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk)
        found = row.filter(models.Q(lease=None) | models.Q(leased_until__lt=Now())).first()
        if found is None:
            raise UploadError(423, "Another request writes to it.")
        stores.store().drop(found)
        found.delete()


def sweep() -> int:
    """Throw away what nobody went on with, or sent, in time; the bytes first. Returns how many it were."""
    swept = 0
    for _ in range(MOST_SWEPT):
        with transaction.atomic():
            row = (
                Upload.objects.select_for_update(skip_locked=True)
                .filter(expires_at__lte=Now())
                .filter(models.Q(lease=None) | models.Q(leased_until__lt=Now()))
                .first()
            )
            if row is None:
                break
            stores.store().drop(row)
            row.delete()
            swept += 1
    return swept


def _require_slot(user: User) -> None:
    if Upload.objects.filter(owner=user).count() >= settings.UPLOADS_MOST:
        raise Refusal(
            f"{settings.UPLOADS_MOST} files of yours are on their way or not sent yet.",
            way_out="Send or remove some of them first.",
            field="attached",
        )


def _kept() -> dt.timedelta:
    return dt.timedelta(hours=settings.UPLOAD_KEPT_HOURS)
