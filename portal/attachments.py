"""Attaching files to subjects. A room tells who sees the files of its subjects; anybody else gets a 404.

attachments.register(Kind("contracts.agreement", Agreement.objects.all().visible_to, ("internal",)))
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models

from portal.models import Attachment, SubjectKey, User, key_of
from portal.rules.files import PAPERS, FileKind, kind_of
from portal.rules.refusal import Refusal

NAME_LENGTH = 160


@dataclass(frozen=True, slots=True)
class FileOwner:
    """A model whose rows have files: `visible` selects the rows that a user may see.

    Files for an internal purpose are for the provider's people only. Where people send files with what they write:
    `page` is where a file belongs, in words and its address; `removal` says how a user may take one away ("withdraw",
    "redact", or empty), `remove` does it with a reason; `refused` tells of one that the virus check refused.
    """

    subject_type: str
    visible: Callable[[Any], "models.QuerySet[Any, Any]"]
    internal_purposes: tuple[str, ...] = ()
    page: Callable[[Attachment], tuple[str, str]] | None = None
    removal: Callable[[Attachment, User], str] | None = None
    remove: Callable[[Attachment, User, str, dt.datetime], None] | None = None
    refused: Callable[[Attachment, dt.datetime], None] | None = None


_kinds: dict[str, FileOwner] = {}


def register(kind: FileOwner) -> None:
    """Let the rows of a model have files."""
    _kinds[kind.subject_type] = kind


def kinds() -> tuple[FileOwner, ...]:
    """All models whose rows have files."""
    return tuple(_kinds.values())


def owner_of(attachment: Attachment) -> FileOwner | None:
    """The model that a file belongs to, as its room registered it."""
    return _kinds.get(attachment.subject_type)


def attach(
    subject: models.Model | SubjectKey,
    purpose: str,
    *,
    name: str,
    content: bytes,
    by: User | None,
    at: dt.datetime,
    allowed: Sequence[FileKind] = PAPERS,
    field: str = "file",
) -> Attachment:
    """Keep a file with a subject, in the caller's transaction. Who may is the caller's question.

    Raises Refusal naming `field` for an empty one, one above ``ATTACHMENT_MOST_BYTES``, and one whose bytes are
    none of the `allowed` kinds, whatever its name says. The same file for the same purpose is kept once.
    """
    content_type = check(content, name=name, allowed=allowed, field=field).content_type
    key, digest = key_of(subject), hashlib.sha256(content).hexdigest()
    present = Attachment.objects.about(key).filter(purpose=purpose, sha256=digest).first()
    if present is not None:
        return present
    attachment = Attachment(
        subject_type=key.subject_type,
        subject_id=key.subject_id,
        purpose=purpose,
        name=plain_name(name),
        content_type=content_type,
        size=len(content),
        sha256=digest,
        added_at=at,
        added_by=by,
    )
    attachment.file.name = _stored(digest, content)
    attachment.save(force_insert=True)
    return attachment


def _stored(digest: str, content: bytes) -> str:
    """The storage path: by digest and once, so that a stranger's file name never becomes a path.

    What a crash left half written is written anew.
    """
    path = f"attachments/{digest[:2]}/{digest[2:]}"
    if default_storage.exists(path):
        if default_storage.size(path) == len(content):
            return path
        default_storage.delete(path)
    return default_storage.save(path, ContentFile(content))


def check(
    content: bytes, *, name: str, allowed: Sequence[FileKind] = PAPERS, field: str = "file"
) -> FileKind:
    """What an uploaded file is. Raises Refusal as `attach` does."""
    names = ", ".join(kind.name for kind in allowed)
    if not content:
        raise Refusal(f"{plain_name(name)} is empty.", way_out="Choose another file.", field=field)
    if len(content) > settings.ATTACHMENT_MOST_BYTES:
        most = settings.ATTACHMENT_MOST_BYTES // 2**20
        raise Refusal(
            f"{plain_name(name)} has {len(content) / 2**20:.1f} MB.",
            way_out=f"The most is {most} MB: scan it in gray, or split it.",
            field=field,
        )
    kind = kind_of(content)
    if kind is None or kind not in allowed:
        found = f"is a {kind.name}" if kind else "is of a kind that is not known"
        raise Refusal(f"{plain_name(name)} {found}.", way_out=f"Send it as: {names}.", field=field)
    return kind


def plain_name(name: str) -> str:
    """The last part of a file's name, without control characters; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip()[-NAME_LENGTH:] or "file"
