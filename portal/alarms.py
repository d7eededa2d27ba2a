"""Alarms: what must not stay silent goes to dispatch and the contract administrators, once each, and to the journal."""

import datetime as dt
import logging

from django.db import models, transaction

from portal import journal, locks
from portal.models import Channel, JournalEntry, SubjectKey, User
from portal.notices import outbox
from portal.roles import Role

log = logging.getLogger(__name__)
AUDIENCE = (Role.DISPATCH, Role.CONTRACT_ADMINISTRATOR)
RAISED = "alarm.raised"


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
        raised = JournalEntry.objects.about(subject).filter(verb=RAISED, data__key=key)
        if raised.exists():
            return
        log.error("alarm %s: %s", key, text)
        journal.record(subject, RAISED, by=None, at=at, text=text, key=key)
        outbox.post(
            subject,
            f"alarm:{key}",
            to=audience(),
            template="alarm",
            context={"text": text},
            title=text[:250],
            url=url,
            at=at,
            channels=channels,
        )


def audience() -> list[User]:
    """Who is told: the holders of the roles, else every active user of the provider."""
    return list(User.objects.with_role(*AUDIENCE) or User.objects.with_role(*Role))
