"""Uploads by the tus protocol: what it answers, that nobody goes on with another's, and that quotas hold."""

import base64
import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from cases.conversation.actions import add_information
from portal.files import stores, uploads
from portal.files.uploads import UploadError
from portal.models import Upload
from portal.rules.refusal import Refusal
from tests.cases.world import NOW, World, make_world

URL = "/api/uploads/"
STREAM = "application/offset+octet-stream"
Signed = Callable[..., Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def signed(world: World, set_clock: Any) -> Signed:
    """A browser in which somebody of the world has signed in."""
    set_clock(NOW, speed=1e-12)

    def as_user(name: str = "technical") -> Client:
        client = Client()
        client.force_login(world.user(name))
        return client

    return as_user


def told(**pairs: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())


def begin(
    client: Client, place: str, size: int, name: str = "server.log", key: str = "", **more: Any
) -> Any:
    return client.post(
        URL,
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(size),
            "Upload-Metadata": told(filename=name, place=place, **({"key": key} if key else {})),
            **more.pop("headers", {}),
        },
        **more,
    )


def patch(client: Client, where: str, offset: int, data: bytes, **headers: str) -> Any:
    return client.patch(
        where,
        data=data,
        content_type=STREAM,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **headers},
    )


def bytes_of(upload: Upload) -> bytes:
    with stores.store().open(upload.path) as file:
        return file.read()


def uploaded(
    world: World, place: str, data: bytes, name: str = "server.log", by: str = "technical"
) -> Upload:
    return uploads.take_in(world.user(by), place, name=name, size=len(data), chunks=[data], at=NOW)


def test_an_upload_goes_on_where_it_stopped(world: World, signed: Signed) -> None:
    client, case = signed(), world.open()
    made = begin(client, f"case:{case.pk}:add", 10, name="../../etc/pass\nwd.log")
    assert made.status_code == 201
    assert made["Tus-Resumable"] == "1.0.0"
    assert made["Upload-Expires"]
    where = made["Location"]
    first = patch(client, where, 0, b"01234")
    assert (first.status_code, first["Upload-Offset"]) == (204, "5")
    asked = client.head(where, headers={"Tus-Resumable": "1.0.0"})
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("5", "10")
    assert asked["Cache-Control"]
    assert patch(client, where, 5, b"56789tail that is too long").status_code == 204
    upload = Upload.objects.get()
    assert bytes_of(upload) == b"0123456789"
    assert upload.name == "passwd.log"
    assert upload.path.startswith("files/")
    assert ".." not in upload.path
    assert upload.content_type == "text/plain"
    mine = client.get(f"{URL}?place=case:{case.pk}:add").json()
    assert [each["name"] for each in mine] == ["passwd.log"]


def test_an_upload_whose_first_answer_was_lost_is_begun_once(world: World, signed: Signed) -> None:
    client, case, key = signed(), world.open(), str(uuid4())
    place = f"case:{case.pk}:add"
    where = begin(client, place, 10, key=key)["Location"]
    patch(client, where, 0, b"01234")
    again = begin(client, place, 10, key=key, data=b"01234", content_type=STREAM)
    assert (again.status_code, again["Location"], again["Upload-Offset"]) == (201, where, "5")
    mine = Upload.objects.get()
    assert mine.path != f"files/{key[:2]}/{mine.pk.hex}", "a key names no file"

    theirs = begin(signed("engineer"), f"case:{case.pk}:reply", 10, key=key)
    assert theirs.status_code == 201
    assert theirs["Location"] != where
    assert begin(client, place, 10, key="no key").status_code == 201
    assert Upload.objects.count() == 3


def test_what_the_server_can_do_and_what_it_refuses(
    world: World, signed: Signed, settings: Any
) -> None:
    settings.FILE_MOST_BYTES = 100
    client, case = signed(), world.open()
    place = f"case:{case.pk}:add"
    can = client.options(URL)
    assert can["Tus-Version"] == "1.0.0"
    assert "checksum" in can["Tus-Extension"]
    assert can["Tus-Max-Size"] == "100"
    where = begin(client, place, 10)["Location"]
    answers = {
        "no version": client.patch(
            where, b"x", content_type=STREAM, headers={"Upload-Offset": "0"}
        ),
        "another type": client.patch(
            where,
            b"x",
            content_type="text/plain",
            headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
        ),
        "a hole": patch(client, where, 3, b"x"),
        "no number": client.patch(
            where,
            b"x",
            content_type=STREAM,
            headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "-1"},
        ),
        "too large": begin(client, place, 101),
        "empty": begin(client, place, 0),
        "no length": client.post(URL, headers={"Tus-Resumable": "1.0.0"}),
        "nowhere": begin(client, "case:999999:add", 5),
        "no base64": client.post(
            URL,
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Length": "5",
                "Upload-Metadata": "filename %",
            },
        ),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "no version": 412,
        "another type": 415,
        "a hole": 409,
        "no number": 400,
        "too large": 413,
        "empty": 413,
        "no length": 400,
        "nowhere": 413,
        "no base64": 400,
    }
    assert answers["too large"].json()["way_out"]
    assert Upload.objects.get().offset == 0


def test_a_stretch_with_a_wrong_checksum_counts_for_nothing(world: World, signed: Signed) -> None:
    client, case = signed(), world.open()
    made = begin(
        client,
        f"case:{case.pk}:add",
        6,
        data=b"abc",
        content_type=STREAM,
        headers={"Upload-Checksum": sum_of(b"abc")},
    )
    assert (made.status_code, made["Upload-Offset"]) == (201, "3")
    where = made["Location"]
    wrong = patch(client, where, 3, b"dXf", **{"Upload-Checksum": sum_of(b"def")})
    assert wrong.status_code == 460
    assert client.head(where)["Upload-Offset"] == "3"
    assert patch(client, where, 3, b"def", **{"Upload-Checksum": sum_of(b"def")}).status_code == 204
    assert bytes_of(Upload.objects.get()) == b"abcdef"


def sum_of(data: bytes) -> str:
    return f"sha256 {base64.b64encode(hashlib.sha256(data).digest()).decode()}"


def test_nobody_goes_on_with_anothers_upload(world: World, signed: Signed) -> None:
    case = world.open()
    where = begin(signed(), f"case:{case.pk}:add", 10)["Location"]
    for other in ("alternate", "foreign", "engineer"):
        client = signed(other)
        assert client.head(where).status_code == 404
        assert patch(client, where, 0, b"x").status_code == 404
        assert client.delete(where, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
        assert client.get(f"{URL}?place=case:{case.pk}:add").json() == []
    theirs = uploaded(world, f"case:{case.pk}:reply", b"evil", by="engineer")
    with pytest.raises(Refusal, match="not here any more"):
        add_information(case, by=world.user("technical"), at=NOW, body="", files=[theirs])
    anonymous = Client().post(URL, headers={"Tus-Resumable": "1.0.0", "Upload-Length": "5"})
    assert anonymous.status_code == 403


def test_a_foreign_case_takes_no_file(world: World, signed: Signed) -> None:
    case = world.open()
    assert begin(signed("foreign"), f"case:{case.pk}:add", 5).status_code == 413
    assert begin(signed("administrative"), f"case:{case.pk}:add", 5).status_code == 413
    assert begin(signed("technical"), f"call:{world.technical.pk}", 5).status_code == 413
    assert begin(signed("dispatch"), f"call:{world.technical.pk}", 5).status_code == 201
    assert begin(signed("technical"), "new:draft", 5).status_code == 201
    assert Upload.objects.count() == 2


def test_what_was_thrown_away_is_gone_with_its_bytes(world: World, signed: Signed) -> None:
    client, case = signed(), world.open()
    where = begin(client, f"case:{case.pk}:add", 10)["Location"]
    patch(client, where, 0, b"01234")
    upload = Upload.objects.get()
    assert client.delete(where, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert client.head(where).status_code == 404
    with pytest.raises(FileNotFoundError):
        bytes_of(upload)


def test_an_upload_that_nobody_goes_on_with_is_swept_with_its_bytes(
    world: World, signed: Signed
) -> None:
    case = world.open()
    old, young = (uploaded(world, f"case:{case.pk}:add", b"some") for _ in range(2))
    past = old.created_at - dt.timedelta(hours=1)
    Upload.objects.filter(pk=old.pk).update(expires_at=past)
    where = f"{URL}{old.pk}/"
    assert patch(signed(), where, 4, b"x").status_code == 410
    assert uploads.sweep() == 1
    assert list(Upload.objects.all()) == [young]
    with pytest.raises(FileNotFoundError):
        bytes_of(old)
    assert bytes_of(young) == b"some"


def test_one_request_writes_at_a_time_and_a_dead_one_gives_way(world: World) -> None:
    case = world.open()
    upload = uploads.begin(world.user("technical"), f"case:{case.pk}:add", name="a", size=8, at=NOW)
    other = Upload.objects.get(pk=upload.pk)
    tried: list[int] = []

    def read(most: int) -> bytes:
        if not tried:
            with pytest.raises(UploadError) as refused:
                uploads.write(other, lambda most: b"evil", offset=0)
            tried.append(refused.value.status)
            with pytest.raises(UploadError) as kept:
                uploads.discard(other)
            tried.append(kept.value.status)
            return b"good"
        return b""

    uploads.write(upload, read, offset=0)
    assert tried == [423, 423]
    assert upload.offset == 4
    # a request whose process died left its lease: once that is over another goes on
    Upload.objects.filter(pk=upload.pk).update(
        lease="00000000-0000-4000-8000-000000000000", leased_until=upload.created_at
    )
    uploads.write(other, lambda most: b"over", offset=4)
    assert bytes_of(upload) == b"goodover"


def test_who_lost_the_lease_writes_no_more(world: World, settings: Any) -> None:
    settings.UPLOAD_LEASE_SECONDS = 0.0
    case = world.open()
    upload = uploads.begin(world.user("technical"), f"case:{case.pk}:add", name="a", size=8, at=NOW)
    with pytest.raises(UploadError) as refused:
        uploads.write(upload, lambda most: b"late", offset=0)
    assert refused.value.status == 423
    upload.refresh_from_db()
    assert upload.offset == 0


def test_a_broken_connection_keeps_what_came(world: World) -> None:
    case = world.open()
    upload = uploads.begin(world.user("technical"), f"case:{case.pk}:add", name="a", size=8, at=NOW)
    came = [b"abc"]

    def read(most: int) -> bytes:
        if came:
            return came.pop()
        raise OSError("the connection broke")

    uploads.write(upload, read, offset=0)
    assert upload.offset == 3
    uploads.write(upload, lambda most: b"defgh"[:most], offset=3)
    assert bytes_of(upload) == b"abcdefgh"


def test_a_slow_sender_holds_a_web_process_for_a_while_only(world: World, settings: Any) -> None:
    settings.UPLOAD_REQUEST_SECONDS = 0.0
    case = world.open()
    upload = uploads.begin(
        world.user("technical"), f"case:{case.pk}:add", name="a", size=1000, at=NOW
    )
    uploads.write(upload, lambda most: b"x", offset=0)
    assert upload.offset == 1  # the client goes on in a request of its own


def test_quotas_say_what_is_used_and_the_way_out(world: World, settings: Any) -> None:
    case, user = world.open(), world.user("technical")
    settings.CASE_FILES_MOST_BYTES = 10
    first = uploaded(world, f"case:{case.pk}:add", b"123456")
    with pytest.raises(Refusal, match=r"case .* has 6 bytes of 10 bytes already") as full:
        uploads.begin(user, f"case:{case.pk}:add", name="b.log", size=5, at=NOW)
    assert "Remove a file" in full.value.way_out
    add_information(case, by=user, at=NOW, body="", files=[first])  # sent, it counts on
    with pytest.raises(Refusal, match="has 6 bytes of 10 bytes"):
        uploads.begin(user, f"case:{case.pk}:note", name="b.log", size=5, at=NOW)
    settings.CASE_FILES_MOST_BYTES = 100
    settings.RESELLER_FILES_MOST_BYTES = 10
    with pytest.raises(Refusal, match="your company has 6 bytes"):
        uploads.begin(user, "new:draft", name="b.log", size=5, at=NOW)
    settings.RESELLER_FILES_MOST_BYTES = 100
    settings.UPLOADS_MOST = 0
    with pytest.raises(Refusal, match="on their way"):
        uploads.begin(user, "new:draft", name="b.log", size=5, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_both_take_the_last_place(settings: Any) -> None:
    settings.CASE_FILES_MOST_BYTES = 10
    world = make_world()
    case, user = world.open(), world.user("technical")
    start, taken = threading.Barrier(4), []

    def take() -> None:
        start.wait()
        try:
            taken.append(uploads.begin(user, f"case:{case.pk}:add", name="a", size=6, at=NOW))
        except Refusal:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
