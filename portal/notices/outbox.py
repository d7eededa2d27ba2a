"""Writing notices. They are rows of the transaction of the fact they tell: no fact without them, none without it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from portal import bulk, clock
from portal.instants import InstantEncoder
from portal.models import Channel, Notice, NoticeState, SubjectKey, User, key_of

BOTH = (Channel.EMAIL, Channel.INBOX)
ROWS_A_STATEMENT = 1000
TITLE_LENGTH = 250
_encode = InstantEncoder().encode


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody who gets e-mail and does not sign in."""

    email: str
    name: str = ""


Recipient = User | Address


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """Something to tell: `step` says what, once per subject and recipient and channel, for ever.

    `template` names the trio under templates/emails/ (see base.txt there); `context` is what JSON can say, and
    instants, which stay instants; `title` is the line in the inbox, `url` the path of the page it leads to.
    """

    subject: models.Model | SubjectKey
    step: str
    to: Sequence[Recipient]
    template: str
    title: str
    context: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    clause: str = ""
    late: bool = False
    channels: tuple[Channel, ...] = BOTH


def post(
    subject: models.Model | SubjectKey,
    step: str,
    *,
    to: Iterable[Recipient],
    template: str,
    title: str,
    at: dt.datetime,
    context: dict[str, Any] | None = None,
    url: str = "",
    clause: str = "",
    late: bool = False,
    channels: tuple[Channel, ...] = BOTH,
) -> int:
    """Write one notice (see `NoticeDraft`) at domain instant `at`; return how many notices are new."""
    telling = NoticeDraft(
        subject, step, list(to), template, title, context or {}, url, clause, late, channels
    )
    return post_many([telling], at=at)


def post_many(tellings: Iterable[NoticeDraft], *, at: dt.datetime) -> int:
    """Write several tellings, a thousand notices a statement. One already written is left as it is.

    Returns how many are new.
    """
    at, wall = bulk.aware(at), clock.wall()
    rows = [row for telling in tellings for row in _rows(telling, at, wall)]
    return sum(
        len(bulk.insert(Notice._meta.db_table, _COLUMNS, thousand, unless="notice_once"))
        for thousand in (
            rows[start : start + ROWS_A_STATEMENT]
            for start in range(0, len(rows), ROWS_A_STATEMENT)
        )
    )


_COLUMNS = {
    "subject_type": "text",
    "subject_id": "bigint",
    "step": "text",
    "recipient_id": "bigint",
    "address": "text",
    "recipient_key": "text",
    "channel": "text",
    "template": "text",
    "context": "jsonb",
    "title": "text",
    "url": "text",
    "clause": "text",
    "late": "boolean",
    "state": "text",
    "created_at": "timestamptz",
    "sent_at": "timestamptz",
    "token": "uuid",
    "attempts": "smallint",
    "next_try_at": "timestamptz",
    "last_error": "text",
}


def _rows(telling: NoticeDraft, at: dt.datetime, wall: dt.datetime) -> Iterator[tuple[Any, ...]]:
    """A row for each recipient and channel, in the order of `_COLUMNS`. The inbox is of those who sign in."""
    key = key_of(telling.subject)
    context = _encode(telling.context)
    for recipient in telling.to:
        user = recipient if isinstance(recipient, User) else None
        for channel in telling.channels:
            inbox = channel == Channel.INBOX
            if inbox and user is None:
                continue
            yield (
                key.subject_type,
                key.subject_id,
                telling.step,
                user.pk if user else None,
                recipient.email,
                f"user:{user.pk}" if user else f"mailto:{recipient.email.lower()}",
                channel.value,
                telling.template,
                context,
                telling.title[:TITLE_LENGTH],
                telling.url,
                telling.clause,
                telling.late,
                NoticeState.SENT.value if inbox else NoticeState.WAITING.value,
                at,
                at if inbox else None,
                str(uuid.uuid4()),
                0,
                wall,
                "",
            )
