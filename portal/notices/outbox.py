"""Writing notices. They are rows of the transaction of the fact they tell: no fact without them, none without it."""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from portal import bulk
from portal.instants import InstantEncoder
from portal.models import Channel, Notice, NoticeState, SubjectKey, User, key_of
from portal.notices.wishes import Copies, Wishes

BOTH = (Channel.EMAIL, Channel.INBOX)
DRAFTS_A_STATEMENT = 1000
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
    `as_asked` is one that its recipients asked for at this time: no wish of theirs holds it back.
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
    as_asked: bool = False


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
    """Write several drafts, a thousand a statement. A notice already written is left as it is.

    Returns how many are new.
    """
    drafts, at = list(tellings), bulk.aware(at)
    return sum(
        _write(drafts[start : start + DRAFTS_A_STATEMENT], at)
        for start in range(0, len(drafts), DRAFTS_A_STATEMENT)
    )


# What a draft says goes to the server once, however many it is for; a copy is one of it for a recipient and channel.
_INSERT = """
    INSERT INTO portal_notice (
           subject_type, subject_id, step, recipient_id, address, recipient_key, channel, template, context, title,
           url, clause, late, held, state, created_at, sent_at, token, attempts, last_error)
    SELECT draft.subject_type, draft.subject_id, draft.step, copy.recipient_id, copy.address, copy.recipient_key,
           copy.channel, draft.template, draft.context, draft.title, draft.url, draft.clause, draft.late, copy.held,
           CASE WHEN copy.channel = 'inbox' THEN 'sent' WHEN copy.held <> '' THEN 'held' ELSE 'waiting' END,
           %(at)s, CASE WHEN copy.channel = 'inbox' THEN %(at)s::timestamptz END, copy.token, 0, ''
      FROM ROWS FROM (
               unnest(%(subject_type)s::text[], %(subject_id)s::bigint[], %(step)s::text[], %(template)s::text[],
                      %(title)s::text[], %(url)s::text[], %(clause)s::text[], %(late)s::boolean[]),
               jsonb_array_elements(%(contexts)s::jsonb))
           WITH ORDINALITY
           AS draft (subject_type, subject_id, step, template, title, url, clause, late, context, number)
      JOIN unnest(%(draft)s::bigint[], %(recipient_id)s::bigint[], %(address)s::text[], %(recipient_key)s::text[],
                  %(channel)s::text[], %(held)s::text[], %(token)s::uuid[])
           WITH ORDINALITY AS copy (draft, recipient_id, address, recipient_key, channel, held, token, number)
           ON copy.draft = draft.number
     ORDER BY copy.number
        ON CONFLICT ON CONSTRAINT notice_once DO NOTHING
"""
_OF_A_DRAFT = ("subject_type", "subject_id", "step", "template", "title", "url", "clause", "late")
_OF_A_COPY = ("draft", "recipient_id", "address", "recipient_key", "channel", "held")
_TABLE = Notice._meta.db_table
_ROW = {
    "subject_type": "text",
    "subject_id": "bigint",
    "step": "text",
    "template": "text",
    "title": "text",
    "url": "text",
    "clause": "text",
    "late": "boolean",
    "context": "jsonb",
    "recipient_id": "bigint",
    "address": "text",
    "recipient_key": "text",
    "channel": "text",
    "held": "text",
    "state": "text",
    "created_at": "timestamptz",
    "sent_at": "timestamptz",
    "token": "uuid",
    "attempts": "smallint",
    "last_error": "text",
}


def _write(drafts: Sequence[NoticeDraft], at: dt.datetime) -> int:
    wishes = Wishes(drafts, at)
    copies = [
        copy for number, draft in enumerate(drafts, 1) for copy in _copies(number, draft, wishes)
    ]
    if not copies:
        return 0
    if len(copies) <= bulk.FEW:
        rows = [
            _row(drafts[number - 1], copy, token, at)
            for (number, *copy), token in zip(copies, _tokens(len(copies)), strict=True)
        ]
        return len(bulk.insert(_TABLE, _ROW, rows, encode=_encode, unless="notice_once"))
    columns = zip(_OF_A_DRAFT, zip(*map(_said, drafts), strict=True), strict=True)
    copied = zip(_OF_A_COPY, zip(*copies, strict=True), strict=True)
    arrays = {name: bulk.array(values) for name, values in (*columns, *copied)}
    arrays["token"] = bulk.array(_tokens(len(copies)))
    contexts = _encode([draft.context for draft in drafts])
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"at": at, "contexts": contexts, **arrays})
        return int(cursor.rowcount)


def _tokens(count: int) -> Iterator[str]:
    """So many random UUIDs, drawn in one go: the server would ask the system for each."""
    drawn = secrets.token_hex(16 * count)
    return (drawn[start : start + 32] for start in range(0, len(drawn), 32))


def _row(draft: NoticeDraft, copy: Sequence[Any], token: str, at: dt.datetime) -> tuple[Any, ...]:
    """A copy of a draft in the order of `_ROW`, as `_INSERT` makes many."""
    said, channel, held = _said(draft), *copy[-2:]
    sent_at: dt.datetime | None = None
    state = NoticeState.HELD if held else NoticeState.WAITING
    if channel == Channel.INBOX:
        state, sent_at = NoticeState.SENT, at
    return (*said, draft.context, *copy, state, at, sent_at, token, 0, "")


def _said(draft: NoticeDraft) -> tuple[Any, ...]:
    """What a draft says to everybody, in the order of `_OF_A_DRAFT`."""
    key = key_of(draft.subject)
    return (
        key.subject_type,
        key.subject_id,
        draft.step,
        draft.template,
        draft.title[:TITLE_LENGTH],
        draft.url,
        draft.clause,
        draft.late,
    )


def _copies(number: int, draft: NoticeDraft, wishes: Wishes) -> list[tuple[Any, ...]]:
    """A copy for each recipient and channel they want, in the order of `_OF_A_COPY`; the inbox is of who signs in."""
    copies = []
    for recipient in draft.to:
        told: Copies
        if isinstance(recipient, User):
            pk, key, told = recipient.pk, f"user:{recipient.pk}", wishes.copies(draft, recipient)
        else:
            pk, key = None, f"mailto:{recipient.email.lower()}"
            told = [(channel, "") for channel in draft.channels if channel != Channel.INBOX]
        copies += [(number, pk, recipient.email, key, one.value, held) for one, held in told]
    return copies
