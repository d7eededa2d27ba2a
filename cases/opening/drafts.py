"""Drafts of reports: what was typed and not opened as a case yet (``portal.models.Draft``).

A page of the form carries a key of its own from the moment it is first shown, so that every save of it meets the same
draft, with scripts or without, and a form that was sent twice opens one case.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.db.models.fields.json import KT

from cases.case.models import Case
from portal import locks
from portal.models import Draft, User
from portal.prepared import Rows, given

FORM = "cases.open"
OPENED = "cases.opened"
LATEST = 5
_NOT_KEPT = ("csrfmiddlewaretoken", "solved_by")

_OF_THE_KEY = Rows(
    lambda: (
        Draft.objects.alias(key=KT("data__draft"))
        .filter(user=given("user"), form__in=(FORM, OPENED), key=given("key"))
        .order_by()
    )
)
"""The one row of a user's key, whether its case is open already or not."""
_LATEST = Rows(lambda: Draft.objects.filter(user=given("user"), form=FORM)[:LATEST])


def drafts_of(user: User) -> models.QuerySet[Draft]:
    """A user's drafts of reports, the latest first."""
    return Draft.objects.visible_to(user).filter(form=FORM)


def latest_drafts(user: User) -> list[Draft]:
    """The latest of a user's drafts of reports, for their home; one statement."""
    return _LATEST.read(user=user.pk)


def key_in(typed: Mapping[str, Any]) -> str:
    """The key that a form or an address carries; empty when it is none."""
    try:
        return str(uuid.UUID(str(typed.get("draft", ""))))
    except ValueError:
        return ""


def new_key() -> str:
    """A key for a form shown for the first time."""
    return str(uuid.uuid4())


def draft_of(user: User, key: str) -> Draft | None:
    """The user's draft of that key."""
    return drafts_of(user).filter(data__draft=key).first() if key else None


def keep(user: User, typed: Mapping[str, Any], key: str, at: dt.datetime) -> Draft | None:
    """Write what was typed to the draft of the key; None when its case is open already, and nothing is to be kept."""
    data = {name: value for name, value in typed.items() if name not in _NOT_KEPT}
    data["draft"] = key
    with transaction.atomic():
        draft = held(user, key)
        if draft.form == OPENED:
            return None
        draft.title = str(data.get("title", ""))[:200]
        draft.data = data
        draft.updated_at = at
        draft.save()
    return draft


def discard(user: User, key: str) -> bool:
    """Throw the draft of the key away; return whether there was one."""
    draft = draft_of(user, key)
    if draft is not None:
        draft.delete()
    return draft is not None


def held(user: User, key: str) -> Draft:
    """The one row of the key, or a new one that is not saved, held against everything else that this user sends.

    For a transaction: it takes the user's lock.
    """
    locks.lock(user)
    found = _OF_THE_KEY.read(user=user.pk, key=key)
    return next(iter(found), None) or Draft(user=user, form=FORM, data={"draft": key})


def case_of(draft: Draft) -> Case | None:
    """The case that was opened from a draft, if it was."""
    return Case.objects.get(pk=draft.data["case"]) if draft.form == OPENED else None


def became(draft: Draft, case: Case, at: dt.datetime) -> None:
    """Note that a draft became a case, so that the same form sent again leads to it."""
    draft.form = OPENED
    draft.title = case.title
    draft.data = {"draft": draft.data["draft"], "case": case.pk}
    draft.updated_at = at
    draft.save()
