"""Rows inside a row are the rows that a statement of their own would find."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Count, OuterRef, Window

from portal.models import Attachment, Deadline, Draft, User
from portal.nested import nested, rows_in

AT = dt.datetime(2003, 3, 5, 18, 0, 0, 123456, tzinfo=dt.UTC)


def values(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def deadline_of(user: User, step: str) -> Deadline:
    return Deadline.objects.create(
        subject_type="portal.user",
        subject_id=user.pk,
        kind="tests.nested",
        step=step,
        due_at=AT,
        fires_at=AT,
        promise=False,
        unfinished=False,
        clause="ATSP 4.7",
        words="100 % of “it”,\nand more",
        data={"at": AT, "of": [1, None, "x"], "act": step},
        set_at=AT,
    )


@pytest.mark.django_db
def test_rows_of_any_kind_of_field_come_as_they_are(django_assert_num_queries: Any) -> None:
    ann, ben = (User.objects.create(email=f"{name}@mti.example") for name in ("ann", "ben"))
    found = [deadline_of(ann, "first"), deadline_of(ann, "second")]
    Draft.objects.create(user=ann, form="cases.open", key="1", data={"a": ["b"]}, updated_at=AT)
    file = Attachment.objects.create(
        subject_type="portal.user",
        subject_id=ann.pk,
        purpose="evidence",
        name="a.txt",
        content_type="text/plain",
        size=2**40,
        sha256="0" * 64,
        file="attachments/a",
        added_at=AT,
    )
    about = {"subject_type": "portal.user", "subject_id": OuterRef("pk")}
    users = (
        User.objects.filter(pk__in=[ann.pk, ben.pk])
        .order_by("pk")
        .annotate(
            owed=nested(
                Deadline.objects.filter(**about)
                .annotate(so_many=Window(Count("pk")))
                .order_by("-pk")[:1]
            ),
            files=nested(Attachment.objects.filter(**about)),
            texts=nested(Draft.objects.filter(user=OuterRef("pk"))),
        )
    )
    with django_assert_num_queries(1):
        (one, other), rows = users, rows_in
        owed = rows(Deadline, one.owed)
        files = rows(Attachment, one.files)
        texts = rows(Draft, one.texts)

    assert [values(row) for row in owed] == [values(Deadline.objects.get(pk=found[1].pk))]
    assert owed[0].data["at"] == AT, "read as its field reads it"
    assert owed[0].so_many == 2  # type: ignore[attr-defined]
    assert not owed[0]._state.adding
    assert values(files[0]) == values(Attachment.objects.get(pk=file.pk))
    assert files[0].file.name == "attachments/a"
    assert [values(row) for row in texts] == [values(Draft.objects.get(user=ann))]
    assert (other.owed, other.files, other.texts) == ([], [], [])
