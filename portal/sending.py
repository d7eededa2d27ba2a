"""Each form is done once, however often it is sent: twice by a double click, again after a lost connection."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.transaction import TransactionManagementError, get_connection

from portal.models import User
from portal.models.sent import SentForm

FIELD = "form_key"
"""The hidden field of a form's key; a caller of the API sends the header Idempotency-Key."""
KEPT = dt.timedelta(days=30)
"""How long a form is remembered (see `portal.housekeeping`)."""


def new_key() -> str:
    """A key for a form that is shown."""
    return str(uuid.uuid4())


def key_in(typed: Mapping[str, Any]) -> str:
    """The key that a form carries; empty when it is none."""
    try:
        return str(uuid.UUID(str(typed.get(FIELD, ""))))
    except ValueError:
        return ""


def earlier(user: User, key: str, at: dt.datetime) -> SentForm | None:
    """What the form of that key did when it was sent before; None for the first, which is then to be done.

    The second of two at once waits for the first to be done, or undone. Raises TransactionManagementError outside the
    transaction in which it is done: what is refused has not been sent.
    """
    if not get_connection().in_atomic_block:
        raise TransactionManagementError("a form is noted in the transaction that does it")
    form, first = SentForm.objects.get_or_create(user=user, key=key, defaults={"at": at})
    return None if first else form


def note(user: User, key: str, *, said: str, led_to: str) -> None:
    """Remember what was said once it was done, and the page that it led to."""
    SentForm.objects.filter(user=user, key=key).update(said=said, led_to=led_to)
