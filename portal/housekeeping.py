"""Throwing away what nobody needs any more: texts not sent in a month or of closed accounts, keys, old uploads."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from portal import drafts, sending
from portal.draft_kinds import ASIDE, FORM
from portal.files import uploads
from portal.models import Draft
from portal.models.sent import SentForm

MOST = 5_000
"""Rows of a kind that one turn deletes; the next one goes on."""


_others: dict[str, Callable[[dt.datetime], QuerySet[Any]]] = {}


def register(kind: str, old: Callable[[dt.datetime], QuerySet[Any]]) -> None:
    """Let rows of another room be thrown away: `old` selects those that nobody needs at an instant."""
    _others[kind] = old


def tidy(at: dt.datetime) -> dict[str, int]:
    """Delete at most `MOST` rows of each kind that are older than they are kept; return how many it were."""
    waited_long = Q(form__in=(FORM, ASIDE), updated_at__lt=at - drafts.KEPT)
    of_nobody = Q(user__is_active=False, became=None)  # who wrote them will not send them
    old = {
        "drafts": Draft.objects.filter(waited_long | of_nobody),
        "sent_forms": SentForm.objects.filter(at__lt=at - sending.KEPT),
        **{kind: select(at) for kind, select in _others.items()},
    }
    return {kind: _delete(rows) for kind, rows in old.items()} | {"uploads": uploads.sweep()}


def _delete(rows: QuerySet[Any]) -> int:
    some = rows.order_by("pk").values("pk")[:MOST]
    deleted, _ = rows.model._default_manager.filter(pk__in=some).delete()
    return int(deleted)
