"""Alarms: what must not stay silent goes to dispatch and the contract administrators, once each, and to the journal."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import models, transaction

from portal import journal, locks
from portal.models import Channel, JournalEntry, SubjectKey, User
from portal.models.subject import key_of
from portal.notices import outbox
from portal.roles import Role
from portal.verbs import Verb

log = logging.getLogger(__name__)
Narrowing = Callable[
    [SubjectKey | None, models.QuerySet[User], dt.datetime | None], models.QuerySet[User]
]
_narrowings: list[Narrowing] = []
AUDIENCE = (Role.DISPATCH, Role.CONTRACT_ADMINISTRATOR)


def raise_alarm(
    subject: models.Model | SubjectKey,
    key: str,
    text: str,
    *,
    at: dt.datetime,
    url: str = "",
    channels: tuple[Channel, ...] = (Channel.INBOX, Channel.EMAIL),
) -> None:
    """Tell dispatch and the contract administrators `text` about the subject, once for each `key`.

    When nobody holds those roles every active provider user is told; the journal has it in any case. It holds the
    subject's lock, so call it where that may be waited for.
    """
    with transaction.atomic():
        locks.lock(subject)
        raised = JournalEntry.objects.about(subject).filter(verb=Verb.ALARM_RAISED, data__key=key)
        if raised.exists():
            return
        log.error("alarm %s: %s", key, text)
        journal.record(subject, Verb.ALARM_RAISED, by=None, at=at, text=text, key=key)
        outbox.post(
            subject,
            f"alarm:{key}",
            to=audience(key_of(subject), at),
            template="alarm",
            context={"text": text},
            title=text[:250],
            url=url,
            at=at,
            channels=channels,
        )


def audience(subject: SubjectKey | None = None, at: dt.datetime | None = None) -> list[User]:
    """The people to alarm about a subject: the holders of the roles, else every active user of the provider.

    Of them those who can act at `at` (D-29); whoever there is when nobody can.
    """
    some, everybody = AUDIENCE, tuple(Role)
    found = _told(subject, some, at) or _told(subject, everybody, at)
    return list(
        found
        if found or at is None
        else _told(subject, some, None) or _told(subject, everybody, None)
    )


def narrow(told: Narrowing) -> None:
    """Let the room that owns a subject choose which holders of the roles may hear about it."""
    _narrowings[:] = [told]


def _told(
    subject: SubjectKey | None, roles: tuple[Role, ...], at: dt.datetime | None
) -> models.QuerySet[User]:
    people = User.objects.with_role(*roles)
    for told in _narrowings:
        people = told(subject, people, at)
    return people
