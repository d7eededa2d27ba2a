"""Writing notices. They are rows of the transaction of the fact they tell: no fact without them, none without it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from portal import clock
from portal.models import Channel, Notice, NoticeState, SubjectKey, User, key_of

BOTH = (Channel.EMAIL, Channel.INBOX)


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody who is told by e-mail and does not sign in."""

    email: str
    name: str = ""


Recipient = User | Address


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to tell: `step` says what, once per subject and recipient and channel, for ever.

    `template` names the trio under templates/emails/; `context` is JSON-able; `title` is the line in the inbox.
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
    """Write several tellings in one statement. One already written is left as it is. Returns how many are new."""
    wall = clock.wall()
    rows = [
        row
        for telling in tellings
        for recipient in telling.to
        for row in _rows(telling, recipient, at, wall)
    ]
    if not rows:
        return 0
    before = {row.token for row in rows}
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return Notice.objects.filter(token__in=before).count()


def _rows(
    telling: Telling, recipient: Recipient, at: dt.datetime, wall: dt.datetime
) -> Iterable[Notice]:
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
