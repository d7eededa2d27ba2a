"""Writing notices. They are rows of the transaction of the fact they tell: no fact without them, none without it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from portal import clock
from portal.models import Channel, Notice, NoticeState, SubjectKey, User, key_of

BOTH = (Channel.EMAIL, Channel.INBOX)
ROWS_A_STATEMENT = 1000


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody who is told by e-mail and does not sign in."""

    email: str
    name: str = ""


Recipient = User | Address


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to tell: `step` says what, once per subject and recipient and channel, for ever.

    `template` names the trio under templates/emails/ (its README there); `context` is JSON-able, its keys ending in
    `_at` may hold instants; `title` is the line in the inbox, `url` the path of the page it leads to.
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
    """Write one telling (see `Telling`) at domain instant `at`; return how many notices are new."""
    telling = Telling(
        subject, step, list(to), template, title, context or {}, url, clause, late, channels
    )
    return post_many([telling], at=at)


def post_many(tellings: Iterable[Telling], *, at: dt.datetime) -> int:
    """Write several tellings, a thousand notices a statement. One already written is left as it is.

    Returns how many are new.
    """
    wall = clock.wall()
    rows = [
        row
        for telling in tellings
        for recipient in telling.to
        for row in _rows(telling, recipient, at, wall)
    ]
    return sum(
        _insert(rows[start : start + ROWS_A_STATEMENT])
        for start in range(0, len(rows), ROWS_A_STATEMENT)
    )


_FIELDS = [
    column
    for column in Notice._meta.concrete_fields
    if not column.primary_key and column.name != "written_at"
]


def _insert(rows: Sequence[Notice]) -> int:
    """Write the rows that are new, and count them. (``bulk_create`` cannot tell the new ones from the others.)"""
    columns = ", ".join(connection.ops.quote_name(str(column.column)) for column in _FIELDS)
    row_of_places = f"({', '.join(['%s'] * len(_FIELDS))})"
    places = ", ".join([row_of_places] * len(rows))
    values = [
        column.get_db_prep_save(getattr(row, column.attname), connection)
        for row in rows
        for column in _FIELDS
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Notice._meta.db_table} ({columns}) VALUES {places} "  # noqa: S608
            "ON CONFLICT ON CONSTRAINT notice_once DO NOTHING",
            values,
        )
        return int(cursor.rowcount)


def _rows(
    telling: Telling, recipient: Recipient, at: dt.datetime, wall: dt.datetime
) -> Iterator[Notice]:
    key = key_of(telling.subject)
    user = recipient if isinstance(recipient, User) else None
    for channel in telling.channels:
        if channel == Channel.INBOX and user is None:
            continue
        inbox = channel == Channel.INBOX
        yield Notice(
            subject_type=key.subject_type,
            subject_id=key.subject_id,
            step=telling.step,
            recipient=user,
            address=recipient.email,
            recipient_key=f"user:{user.pk}" if user else f"mailto:{recipient.email.lower()}",
            channel=channel,
            template=telling.template,
            context=telling.context,
            title=telling.title[:250],
            url=telling.url,
            clause=telling.clause,
            late=telling.late,
            created_at=at,
            state=NoticeState.SENT if inbox else NoticeState.WAITING,
            sent_at=at if inbox else None,
            next_try_at=wall,
        )
