"""Sending uploads with a form: each becomes an attachment of what the form made. No byte moves."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now

from portal.models import SENT, Attachment, Checked, Upload, User, key_of
from portal.rules.refusal import Refusal


def attach_all(
    subject: models.Model, uploads: Sequence[Upload], *, by: User, at: dt.datetime
) -> list[Attachment]:
    """Make attachments of the sender's own whole uploads, in the caller's transaction.

    Raises Refusal for one that is not theirs, not whole, or not there any more: sent already, or its time is over.
    """
    if not uploads:
        return []
    wanted = [upload.pk for upload in uploads]
    found = {
        row.pk: row
        for row in Upload.objects.select_for_update()
        .visible_to(by)
        .complete()
        .filter(pk__in=wanted)
    }
    if len(found) != len(set(wanted)):
        raise Refusal(
            "A file is not here any more, or not whole yet.",
            way_out="Wait until each is sent, or remove it and choose it again.",
            field="attached",
        )
    key = key_of(subject)
    made = [
        Attachment(
            subject_type=key.subject_type,
            subject_id=key.subject_id,
            purpose=SENT,
            name=row.name,
            content_type=row.content_type,
            size=row.size,
            file=row.path,
            added_at=at,
            added_by=by,
            checked=Checked.CHECKING if settings.CLAMD else Checked.UNCHECKED,
            found="" if settings.CLAMD else "No virus scanner is set up.",
            check_at=Now(),
        )
        for row in (found[pk] for pk in dict.fromkeys(wanted))
    ]
    made = Attachment.objects.bulk_create(made)
    Upload.objects.filter(pk__in=list(found)).delete()
    return made


def words_of(files: Sequence[Attachment | Upload]) -> str:
    """What a message says that is only files: "2 files: server.log, index.gz"."""
    names = ", ".join(file.name for file in files)
    return f"{len(files)} file{'s' if len(files) != 1 else ''}: {names}"


def take_away(attachment: Attachment, *, by: User | None, at: dt.datetime, because: str) -> None:
    """Remove the bytes of a sent file for good, once this transaction stands; its line stays, with the reason."""
    path = attachment.path
    attachment.removed_at, attachment.removed_by = at, by
    attachment.removed_because, attachment.file = because, ""
    attachment.check_at = None
    attachment.save(
        update_fields=["removed_at", "removed_by", "removed_because", "file", "check_at"]
    )
    transaction.on_commit(lambda: _delete(path))


def _delete(path: str) -> None:
    from portal.files import stores

    stores.store().delete(path)
