"""Uploads to a real S3 server: parts as they come, resumed by another process, read by ranges, signed addresses."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from django.test import Client
from storages.backends.s3 import S3Storage

from cases.conversation.actions import add_information
from devstack import seaweed
from portal import attachments
from portal.files import uploads
from portal.files.checking import check_waiting
from portal.files.stores import PART, S3Store
from portal.models import Attachment, Upload
from tests.cases.world import NOW, make_world

pytestmark = pytest.mark.process


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Store]:
    folder = tmp_path_factory.mktemp("s3")
    server = seaweed.start(folder / "data", log=folder / "log")
    with contextlib.closing(contextlib.ExitStack()) as stack:
        stack.callback(server.stop)
        storage = S3Storage(
            bucket_name="portal",
            endpoint_url=server.url,
            access_key=seaweed.ACCESS_KEY,
            secret_key=seaweed.SECRET_KEY,
            region_name="us-east-1",
            addressing_style="path",
            signature_version="s3v4",
        )
        store = S3Store(storage)
        store.client.create_bucket(Bucket="portal")
        yield store


def keys(s3: S3Store) -> list[str]:
    found = s3.client.list_objects_v2(Bucket="portal").get("Contents", [])
    return [each["Key"] for each in found]


def come(s3: S3Store, upload: Upload, data: bytes) -> int:
    """Let bytes come, and count them as a request does. Returns the most that was held in memory."""
    most = 0
    old = upload.parts.get("tail")
    with s3.writer(upload) as writer:
        held: Any = writer
        for at in range(0, len(data), 2**20):
            writer.write(data[at : at + 2**20])
            most = max(most, len(held.buffer))
        writer.settle(last=upload.offset + len(data) == upload.size)
    upload.offset, upload.parts = upload.offset + len(data), dict(writer.parts)
    if old and old != upload.parts["tail"]:
        s3.delete(old)
    return most


def test_a_file_comes_in_stretches_of_any_size(s3: S3Store) -> None:
    data = os.urandom(PART + 2 * 2**20 + 7)
    upload = Upload(path="files/aa/whole", size=len(data), offset=0, parts={})
    at = 0
    for length in (3 * 2**20, 6 * 2**20, 11, len(data)):
        piece = data[at : at + length]
        assert come(s3, upload, piece) <= PART
        at += len(piece)
    assert [key for key in keys(s3) if "whole" in key] == ["files/aa/whole"]  # no tail is left
    with contextlib.closing(s3.open(upload.path)) as file:
        assert file.read() == data
        file.seek(-5, os.SEEK_END)
        assert file.read() == data[-5:]
        file.seek(PART + 3)
        assert file.read(7) == data[PART + 3 : PART + 10]
    link = s3.link(upload.path, name='a "b".log', content_type="text/plain")
    with urlopen(link) as answer:  # noqa: S310  # our own server
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "text/plain"
        assert answer.read() == data
    s3.delete(upload.path)
    with pytest.raises(FileNotFoundError):
        s3.open(upload.path)


def test_a_stretch_that_was_not_counted_is_sent_again(s3: S3Store) -> None:
    data = os.urandom(PART + 100)
    upload = Upload(path="files/aa/again", size=len(data), offset=0, parts={})
    come(s3, upload, data[:50])
    with s3.writer(upload) as writer:  # a process that ended before it counted
        writer.write(data[50 : PART + 60])
        writer.settle(last=False)
    come(s3, upload, data[50:])
    with contextlib.closing(s3.open(upload.path)) as file:
        assert file.read() == data
    upload.offset = upload.size
    s3.drop(upload)


def test_what_is_thrown_away_leaves_nothing(s3: S3Store) -> None:
    upload = Upload(path="files/aa/dropped", size=PART * 2, offset=0, parts={})
    come(s3, upload, b"x" * (PART + 5))
    s3.drop(upload)
    s3.drop(upload)
    assert not [key for key in keys(s3) if "dropped" in key]
    assert not s3.client.list_multipart_uploads(Bucket="portal").get("Uploads")


@pytest.mark.django_db
def test_the_portal_keeps_checks_and_serves_files_of_a_bucket(
    s3: S3Store, settings: Any, set_clock: Any
) -> None:
    options = {
        name: getattr(s3.storage, name)
        for name in ("bucket_name", "endpoint_url", "access_key", "secret_key", "region_name")
    }
    backend = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**options, "addressing_style": "path", "signature_version": "s3v4"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    set_clock(NOW, speed=1e-12)
    world = make_world()
    case, user = world.open(), world.user("technical")
    data = b"\x89PNG\r\n\x1a\n" + bytes(32)
    place = f"case:{case.pk}:add"
    upload = uploads.take_in(
        user, place, name="a.png", size=len(data), chunks=[data[:5], data[5:]], at=NOW
    )
    add_information(case, by=user, at=NOW, body="", files=[upload])
    assert check_waiting(NOW) == 1
    file = Attachment.objects.get()
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    client = Client()
    client.force_login(world.engineer)
    led = client.get(f"/files/{file.pk}/")
    assert led.status_code == 302
    with urlopen(led["Location"]) as answer:  # noqa: S310  # our own server
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.read() == data
    picture = client.get(
        f"/files/{file.pk}/image/"
    )  # the page's policy lets no other origin show it
    assert b"".join(picture.streaming_content) == data
    paper = attachments.attach(
        world.agreement, "signed_copy", name="p.txt", content=b"signed", by=None, at=NOW
    )
    assert client.get(f"/files/{paper.pk}/").status_code == 302
