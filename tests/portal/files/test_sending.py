"""Files of messages: who sees them, how they leave the portal, how they are checked and taken away."""

import hashlib
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError
from django.db.models.functions import Now
from django.test import Client

from cases.case.models import Case
from cases.conversation.actions import add_information, note, reply
from cases.conversation.files import redact, withdraw
from cases.information.actions import request_information
from cases.verbs import Verb
from portal.files import clamd, stores, uploads
from portal.files.checking import check_waiting
from portal.models import Attachment, Checked, JournalEntry, Notice, Upload
from portal.rules.refusal import Refusal
from tests.cases.world import HOUR, MINUTE, NOW, World, again, make_world
from tests.portal.files.clamd_peer import EICAR, ClamdPeer

LOG = b"line one\nline two\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
Signed = Callable[[str], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def signed(world: World, set_clock: Any) -> Signed:
    set_clock(NOW, speed=1e-12)

    def as_user(name: str) -> Client:
        client = Client()
        client.force_login(world.user(name))
        return client

    return as_user


def uploaded(
    world: World, case: Case, data: bytes = LOG, *, by: str, name: str = "a.log"
) -> Upload:
    return uploads.take_in(
        world.user(by), f"case:{case.pk}:add", name=name, size=len(data), chunks=[data], at=NOW
    )


def sent(
    world: World, case: Case, data: bytes = LOG, *, by: str = "technical", name: str = "a.log"
) -> Attachment:
    """A file that somebody sent on the case, with nothing else."""
    file, user = uploaded(world, case, data, by=by, name=name), world.user(by)
    if user.is_provider:
        reply(case, by=user, at=NOW, body="", files=[file])
    else:
        add_information(case, by=user, at=NOW, body="", files=[file])
    return Attachment.objects.latest("pk")


def status(client: Client, path: str) -> int:
    """What a page or a file is answered with, read to its end."""
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


@pytest.mark.clause("ATSP 4.9.1")
def test_a_file_alone_is_the_information_asked_for(world: World) -> None:
    case = world.open(NOW - HOUR)
    request_information(case, by=world.engineer, at=NOW - MINUTE, missing=["the recover log"])
    file = uploaded(world, case, by="technical")
    add_information(case, by=world.user("technical"), at=NOW, body="", answers=True, files=[file])
    assert again(case).information_received_at == NOW
    message = case.messages.latest("pk")
    assert (message.body, message.file_count) == ("", 1)
    assert not Upload.objects.exists()
    told = Notice.objects.filter(template="case_activity").latest("pk")
    assert told.context["body"] == "1 file: a.log"


def test_nothing_at_all_is_no_message(world: World) -> None:
    with pytest.raises(Refusal, match="is empty"):
        add_information(world.open(), by=world.user("technical"), at=NOW, body=" ")


def test_a_file_of_a_note_is_the_providers(world: World, signed: Signed) -> None:
    case = world.open()
    file = uploaded(world, case, by="engineer", name="dump.txt")
    note(case, by=world.engineer, at=NOW, body="", files=[file])
    shared = sent(world, case)
    inner = Attachment.objects.get(name="dump.txt")
    answers = {
        who: [
            status(signed(who), f"/files/{each.pk}/{page}")
            for each in (inner, shared)
            for page in ("", "view/")
        ]
        for who in ("colleague", "technical", "foreign")
    }
    assert answers == {
        "colleague": [200, 200, 200, 200],
        "technical": [404, 404, 200, 200],
        "foreign": [404, 404, 404, 404],
    }
    page = signed("technical").get(case.get_absolute_url()).content.decode()
    assert "a.log" in page
    assert "dump.txt" not in page


def test_a_file_is_never_a_page_of_the_portal(world: World, signed: Signed) -> None:
    html = b"<script>alert(document.cookie)</script>"
    file = sent(world, world.open(), html, name="report.html")
    client = signed("engineer")
    answer = client.get(f"/files/{file.pk}/")
    assert b"".join(answer.streaming_content) == html
    assert answer["Content-Disposition"] == 'attachment; filename="report.html"'
    assert answer["Content-Type"] == "text/plain"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert client.get(f"/files/{file.pk}/image/").status_code == 404
    page = client.get(f"/files/{file.pk}/view/").content.decode()
    assert "&lt;script&gt;alert(document.cookie)" in page
    assert "<script>alert" not in page
    picture = sent(world, world.open(), PNG, name="screen.svg")
    shown = client.get(f"/files/{picture.pk}/image/")
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Security-Policy"].startswith("sandbox")
    b"".join(shown.streaming_content)


def test_a_part_of_a_file_can_be_asked_for(world: World, signed: Signed) -> None:
    file = sent(world, world.open(), b"0123456789")
    client = signed("technical")

    def part(asked: str) -> tuple[int, bytes, str]:
        answer = client.get(f"/files/{file.pk}/", headers={"Range": asked})
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, content, answer.get("Content-Range", "")

    assert part("bytes=2-4") == (206, b"234", "bytes 2-4/10")
    assert part("bytes=7-") == (206, b"789", "bytes 7-9/10")
    assert part("bytes=-2") == (206, b"89", "bytes 8-9/10")
    assert part("bytes=8-99") == (206, b"89", "bytes 8-9/10")
    assert part("bytes=10-") == (416, b"", "bytes */10")
    for odd in ("bytes=4-2", "bytes=-", "lines=1-2", "bytes=1-2,4-5", "bytes=0-"):
        assert part(odd) == (200, b"0123456789", "")


def test_a_message_with_a_file_comes_without_scripts(world: World, signed: Signed) -> None:
    case = world.open()
    client = signed("technical")
    form = {
        "add-body": "",
        "add-attached-place": f"case:{case.pk}:add",
        "add-attached-chosen": [SimpleUploadedFile("a.log", LOG), SimpleUploadedFile("b.log", LOG)],
    }
    answer = client.post(f"/cases/{case.pk}/add/", form)
    assert answer.status_code == 302
    assert [file.name for file in Attachment.objects.order_by("name")] == ["a.log", "b.log"]
    assert case.messages.latest("pk").file_count == 2


def test_a_refused_form_keeps_its_files(world: World, signed: Signed, settings: Any) -> None:
    settings.FILE_MOST_BYTES = 20
    case = world.open()
    client = signed("engineer")
    form = {
        "reply-body": "See these.",
        "reply-attached-place": f"case:{case.pk}:reply",
        "reply-attached-chosen": [
            SimpleUploadedFile("a.log", LOG),
            SimpleUploadedFile("big.log", LOG * 2),
        ],
    }
    answer = client.post(f"/cases/{case.pk}/reply/", form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "big.log has 36 bytes; one file may have 20 bytes." in page
    assert "See these." in page
    kept = Upload.objects.get()
    assert f'name="reply-attached" value="{kept.pk}"' in page
    again_sent = client.post(
        f"/cases/{case.pk}/reply/", {"reply-body": "See it.", "reply-attached": str(kept.pk)}
    )
    assert again_sent.status_code == 302
    assert case.messages.latest("pk").file_count == 1
    gone = client.post(
        f"/cases/{case.pk}/reply/", {"reply-body": "Twice.", "reply-attached": str(kept.pk)}
    )
    assert "is not here any more" in gone.content.decode()


def test_a_file_that_is_left_out_is_not_sent(world: World, signed: Signed) -> None:
    case = world.open()
    one, two = (uploaded(world, case, by="technical", name=name) for name in ("a.log", "b.log"))
    form = {"add-body": "Here.", "add-attached": [one.pk, two.pk], "add-attached-off": [one.pk]}
    assert signed("technical").post(f"/cases/{case.pk}/add/", form).status_code == 302
    assert Attachment.objects.get().name == "b.log"


def test_a_new_report_and_a_call_bring_files(world: World, signed: Signed) -> None:
    key = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"
    typed = world.typed(draft=key, severity=3)
    form = {
        **typed,
        "title": "",
        "attached-place": f"new:{key}",
        "attached-chosen": SimpleUploadedFile("trace.log", LOG),
    }
    client = signed("technical")
    refused = client.post(f"/cases/new/?draft={key}", form)
    upload = Upload.objects.get()
    assert refused.status_code == 409
    assert str(upload.pk) in client.get(f"/cases/new/?draft={key}").content.decode()
    opened = client.post(f"/cases/new/?draft={key}", {**typed, "attached": str(upload.pk)})
    assert opened.status_code == 302
    case = Case.objects.latest("pk")
    assert Attachment.objects.get().subject_id == case.messages.get().pk
    where = f"/telephone/?contact={world.technical.pk}"
    taken = signed("dispatch").post(
        where,
        {
            **typed,
            "attached-place": f"call:{world.technical.pk}",
            "attached-chosen": SimpleUploadedFile("call.log", LOG),
        },
    )
    assert taken.status_code == 302
    assert Attachment.objects.filter(name="call.log").exists()


def test_a_sender_withdraws_and_an_engineer_removes_with_a_reason(
    world: World, signed: Signed
) -> None:
    case = world.open()
    mine, other = sent(world, case, name="mine.log"), sent(world, case, name="other.log")
    with pytest.raises(Refusal, match="Only its sender"):
        withdraw(mine, by=world.user("alternate"), at=NOW)
    with pytest.raises(Refusal, match="needs a reason"):
        redact(other, by=world.engineer, at=NOW, reason=" ")
    with pytest.raises(Refusal, match="may not remove a file"):
        redact(other, by=world.dispatch, at=NOW, reason="It holds a password.")
    technical, engineer = signed("technical"), signed("engineer")
    assert "Withdraw this file" in technical.get(f"/files/{mine.pk}/view/").content.decode()
    assert engineer.post(f"/files/{other.pk}/remove/", {"reason": ""}).status_code == 409
    assert technical.post(f"/files/{mine.pk}/remove/").status_code == 302
    with_reason = {"reason": "It holds a password."}
    assert engineer.post(f"/files/{other.pk}/remove/", with_reason).status_code == 302
    assert technical.post(f"/files/{mine.pk}/remove/").status_code == 302  # once is enough
    told = JournalEntry.objects.about(case).filter(verb__startswith="case.file").order_by("pk")
    assert [(entry.verb, entry.text, entry.public) for entry in told] == [
        (Verb.CASE_FILE_WITHDRAWN, "mine.log", True),
        (Verb.CASE_FILE_REDACTED, "other.log: It holds a password.", True),
    ]
    page = technical.get(case.get_absolute_url()).content.decode()
    assert "mine.log" in page
    assert "It holds a password." in page
    assert technical.get(f"/files/{mine.pk}/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_bytes_of_a_removed_file_go_once_that_stands() -> None:
    world = make_world()
    file = sent(world, world.open())
    path = file.path
    withdraw(file, by=world.user("technical"), at=NOW)
    with pytest.raises(FileNotFoundError):
        stores.store().open(path)
    with pytest.raises(InternalError, match="stands"):
        Attachment.objects.filter(pk=file.pk).update(name="another.log")


def test_a_file_is_read_once_for_its_digest_and_its_lines(world: World) -> None:
    file = sent(world, world.open())
    assert (file.checked, file.sha256) == (Checked.UNCHECKED, "")
    assert check_waiting(NOW) == 1
    assert check_waiting(NOW) == 0
    file.refresh_from_db()
    assert file.sha256 == hashlib.sha256(LOG).hexdigest()
    assert file.lines == [2]
    assert (file.checked, file.found) == (Checked.UNCHECKED, "No virus scanner is set up.")


def test_what_the_scanner_finds_is_refused_and_told(
    world: World, signed: Signed, settings: Any, tmp_path: Path
) -> None:
    case = world.open()
    with ClamdPeer(tmp_path) as peer:
        settings.CLAMD = peer.url
        good, bad = sent(world, case), sent(world, case, b"so: " + EICAR, name="bad.log")
        assert status(signed("engineer"), f"/files/{bad.pk}/") == 403  # being checked
        assert status(signed("technical"), f"/files/{bad.pk}/") == 200  # its own side
        assert "being checked" in signed("engineer").get(case.get_absolute_url()).content.decode()
        assert check_waiting(NOW) == 2
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.checked, good.is_here) == (Checked.CLEAN, True)
    assert (bad.checked, bad.found, bad.path) == (Checked.REFUSED, "Eicar-Test-Signature", "")
    assert status(signed("engineer"), f"/files/{good.pk}/") == 200
    entry = JournalEntry.objects.about(case).get(verb=Verb.CASE_FILE_REFUSED)
    assert "Eicar-Test-Signature" in entry.text
    told = Notice.objects.filter(step=f"file-refused:{bad.pk}")
    assert world.user("technical") in {notice.recipient for notice in told}
    page = signed("technical").get(f"/files/{bad.pk}/view/").content.decode()
    assert "send another copy" in page


def test_a_scanner_that_is_away_is_asked_again(world: World, settings: Any, tmp_path: Path) -> None:
    peer = ClamdPeer(tmp_path)
    settings.CLAMD = peer.url
    file = sent(world, world.open())
    assert check_waiting(NOW) == 0
    file.refresh_from_db()
    assert (file.checked, file.tries) == (Checked.CHECKING, 1)
    assert file.check_at is not None
    assert check_waiting(NOW) == 0  # not before its pause is over
    Attachment.objects.filter(pk=file.pk).update(check_at=Now())
    with peer:
        assert check_waiting(NOW) == 1
    file.refresh_from_db()
    assert (file.checked, file.found) == (Checked.CLEAN, "")


def test_what_is_too_large_for_the_scanner_says_so(
    world: World, settings: Any, tmp_path: Path
) -> None:
    with ClamdPeer(tmp_path, most=4) as peer:
        settings.CLAMD = peer.url
        file = sent(world, world.open())
        check_waiting(NOW)
    file.refresh_from_db()
    assert (file.checked, file.found) == (
        Checked.UNCHECKED,
        "It is larger than the virus scanner takes.",
    )


def test_what_a_scanner_said_before_it_hung_up_is_read(settings: Any, tmp_path: Path) -> None:
    with ClamdPeer(tmp_path, most=4) as peer:
        settings.CLAMD = peer.url
        with clamd.scan() as asked:
            asked.feed(LOG)
            gone = select.poll()
            gone.register(asked.connection, select.POLLHUP)
            assert gone.poll(20_000)  # its answer has come, and nobody listens any more
            assert asked.found() is None


def test_a_program_lists_and_sends_files(world: World, signed: Signed) -> None:
    case = world.open()
    client, where = signed("technical"), f"/api/cases/{case.pk}/files/"
    file, stray = (
        uploaded(world, case, by="technical"),
        uploaded(world, world.open(), by="technical"),
    )
    refused = client.post(where, {"uploads": [str(stray.pk)]}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (409, "uploads")
    sent_by = client.post(where, {"uploads": [str(file.pk)]}, content_type="application/json")
    assert sent_by.status_code == 201
    listed = client.get(where).json()
    assert [(each["name"], each["size"], each["removed_at"]) for each in listed] == [
        ("a.log", len(LOG), None)
    ]
    assert status(client, listed[0]["url"]) == 200
    assert client.get("/api/schema/").content.count(b"/api/uploads/") >= 2
