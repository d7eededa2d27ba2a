"""Alarms: what must not stay silent goes to dispatch and the contract administrators, once each, and to the journal."""

import datetime as dt
import logging

from django.db import models

from portal import journal
from portal.models import Channel, SubjectKey, User
from portal.notices import outbox
from portal.roles import Role

log = logging.getLogger(__name__)
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
    """Tell dispatch and the contract administrators `text` about the subject, once for each `key`."""
    log.error("alarm %s: %s", key, text)
    told = outbox.post(
        subject,
        f"alarm:{key}",
        to=User.objects.with_role(*AUDIENCE),
        template="alarm",
        context={"text": text},
        title=text[:250],
        url=url,
        at=at,
        channels=channels,
    )
    if told:
        journal.record(subject, "alarm.raised", by=None, at=at, text=text, key=key)
