"""Files of subjects: what they are by their bytes, who sees them, and that nothing changes them."""

import datetime as dt
from typing import Any

import pytest
from django.db import InternalError
from django.test import Client

from portal import attachments
from portal.models import Attachment, User
from portal.roles import Role
from portal.rules import files
from portal.rules.refusal import Refusal
from tests.contracts.factories import make_agreement, make_contact

AT = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)
PAPER = b"%PDF-1.7 signed"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def signed(agreement: Any, content: bytes = PAPER, name: str = "page 1.pdf") -> Attachment:
    return attachments.attach(agreement, "signed_copy", name=name, content=content, by=None, at=AT)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PAPER, files.PDF),
        (b"\x89PNG\r\n\x1a\n....", files.PNG),
        (b"\xff\xd8\xff\xe0", files.JPEG),
        (b"PK\x03\x04...", files.ZIP),
        ("Grüße\n".encode(), files.TEXT),
        (b"\x00\x01\x02", None),
        ("Grüße".encode("latin-1"), None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_are(content: bytes, kind: Any) -> None:
    assert files.kind_of(content) is kind


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "is a ZIP"),
        (b"\x00\x01", "kind that is not known"),
        (PAPER + b" " * 2**20, "has 1.0 MB"),
    ],
)
def test_a_file_that_is_not_taken_says_why(settings: Any, content: bytes, words: str) -> None:
    settings.ATTACHMENT_MOST_BYTES = 2**20
    with pytest.raises(Refusal, match=words) as refused:
        signed(make_agreement(), content)
    assert refused.value.field == "file"
    assert refused.value.way_out


def test_the_bytes_stand_for_ever_and_once() -> None:
    agreement, other = make_agreement(), make_agreement()
    first = signed(agreement)
    assert signed(agreement).pk == first.pk
    assert signed(other).file.name == first.file.name
    with pytest.raises(InternalError, match="paper_stands"):
        Attachment.objects.filter(pk=first.pk).update(name="another.pdf")


def test_a_file_half_written_by_a_crash_is_written_again() -> None:
    first = signed(make_agreement())
    with first.file.storage.open(first.file.name, "wb") as half:
        half.write(PAPER[:4])
    again = signed(make_agreement())
    assert again.file.name == first.file.name
    with again.file.open("rb") as whole:
        assert whole.read() == PAPER


def test_a_name_is_never_a_path() -> None:
    kept = signed(make_agreement(), name="..\\..\\C:/secrets/\x00pass\nwd.pdf")
    assert kept.name == "passwd.pdf"
    assert kept.file.name.startswith("attachments/")


def test_a_file_is_its_resellers_and_the_providers(client: Client, make_user: Any) -> None:
    agreement = make_agreement()
    kept = signed(agreement)
    own = make_contact(agreement.reseller).user
    foreign = make_contact(make_agreement().reseller).user
    answers = {}
    for user in (own, foreign, make_user("Cy Cole", Role.CSE)):
        assert isinstance(user, User)
        client.force_login(user)
        answer = client.get(f"/files/{kept.pk}/")
        answers[user] = answer.status_code
        if answer.status_code == 200:
            assert b"".join(answer.streaming_content) == PAPER
            assert answer["Content-Disposition"] == 'attachment; filename="page 1.pdf"'
            assert answer["Content-Type"] == "application/pdf"
    assert list(answers.values()) == [200, 404, 200]


def test_a_file_whose_bytes_are_gone_is_not_found(client: Client, make_user: Any) -> None:
    kept = signed(make_agreement())
    kept.file.storage.delete(kept.file.name)
    client.force_login(make_user("Cy Cole", Role.CSE))
    assert client.get(f"/files/{kept.pk}/").status_code == 404
