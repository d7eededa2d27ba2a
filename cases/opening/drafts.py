"""Drafts of reports: what was typed and not opened as a case yet (``portal.models.Draft``).

A page of the form carries a key of its own from the moment it is first shown, so that every save of it meets the same
draft, with scripts or without, and a form that was sent twice opens one case.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, models, transaction
from django.http import QueryDict
from django.urls import reverse

from cases.case.models import Case
from cases.case.rules.deeds import Deed
from portal import draft_list
from portal import drafts as typed_drafts
from portal.files.fields import MOST as MOST_FILES
from portal.models import Draft, Upload, User
from portal.models.sent import SentForm
from portal.prepared import Rows, given

FORM = "cases.open"
LATEST = 5
_NOT_KEPT = ("csrfmiddlewaretoken", "draft", "solved_by")
_LATEST = Rows(
    lambda: Draft.objects.filter(user=given("user"), form=FORM, became__isnull=True)[:LATEST]
)


class AlreadyOpenedError(Exception):
    """The draft has become a case."""


def drafts_of(user: User) -> models.QuerySet[Draft]:
    """A user's drafts of reports, the latest first."""
    return Draft.objects.visible_to(user).filter(form=FORM, became=None)


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
    return drafts_of(user).filter(key=key).first() if key else None


def keep(
    user: User, typed: Mapping[str, Any], key: str, at: dt.datetime, *, by_itself: bool = False
) -> Draft | None:
    """Write what was typed to the draft of the key; None when its case is open already, and nothing is to be kept.

    A page that saves `by_itself` brings no draft back that was discarded; whoever sends the form does.
    """
    data = {name: value for name, value in typed.items() if name not in _NOT_KEPT}
    draft = Draft(
        user=user,
        form=FORM,
        key=key,
        title=str(data.get("title", ""))[:200],
        data=data,
        updated_at=at,
    )
    return draft if _write(draft, unless_done=by_itself) else None


def keep_at(user: User, path: str, typed: Mapping[str, Any], at: dt.datetime) -> None:
    """Keep a report that was sent to the path after its sender was signed out."""
    key = key_in(typed) or key_in(QueryDict(path.partition("?")[2]))
    if key:
        keep(user, typed, key, at)


def register_forms() -> None:
    """Say which forms keep what is typed here."""
    typed_drafts.keeps_its_own("open_case", keep_at)
    typed_drafts.keeps_its_own("save_case_draft")
    typed_drafts.keeps_its_own("discard_draft")
    typed_drafts.keeps_its_own("add_instead", keep_at)
    for asking in ("check_report", "matching", "product_questions"):
        typed_drafts.only_asks(asking)
    draft_list.lists_its_own(
        FORM,
        lambda draft: (
            f"A case to open: {draft.title or 'without a title'}",
            f"{reverse('open_case')}?draft={draft.key}",
        ),
    )


def discard(user: User, key: str, at: dt.datetime) -> bool:
    """Discard the draft of the key; return whether there was one. A save that arrives later brings nothing back."""
    if not key:
        return False
    SentForm.objects.get_or_create(user=user, key=key, defaults={"at": at})
    deleted, _ = drafts_of(user).filter(key=key).delete()
    return bool(deleted)


def is_discarded(user: User, key: str) -> bool:
    """Whether the draft of the key was discarded; a form goes on under another key then. One statement."""
    return SentForm.objects.filter(user=user, key=key).exists()


def place_of_files(key: str) -> str:
    """Where the files of a report wait until it is sent."""
    return f"new:{key}"


def files_of(user: User, typed: Mapping[str, Any]) -> list[str]:
    """The names of the files that wait for the report with that key to be sent; one statement."""
    key = key_in(typed)
    rows = Upload.objects.visible_to(user).complete().filter(place=place_of_files(key))
    return list(rows.values_list("name", flat=True)[:MOST_FILES]) if key else []


LIKE = (
    "release",
    "platform",
    "operating_system",
    "hardware",
    "other_software",
    "modified_software",
    "end_user",
)
"""What a report that is begun like a case takes from it besides the product: not its text, and no tick."""


def begun_like(case: Case) -> dict[str, Any]:
    """What a new report begins with that is like the case: where and for whom, not what happens."""
    return {"product": case.product_id, **{name: getattr(case, name) for name in LIKE}}


@transaction.atomic
def take_to(case: Case, typed: Mapping[str, Any], *, by: User, at: dt.datetime) -> str:
    """Let what is typed wait to be sent to the case, its files with it; the draft ends. Returns where it waits."""
    key = key_in(typed)
    path = reverse("case_act", args=[case.pk, Deed.ADD])
    typed_drafts.keep_both(by, path, {f"{Deed.ADD}-body": _as_a_message(typed)}, at)
    Upload.objects.visible_to(by).filter(place=place_of_files(key)).update(
        place=f"case:{case.pk}:{Deed.ADD}"
    )
    discard(by, key, at)
    return f"{case.get_absolute_url()}?act={Deed.ADD}#acts"


_TOLD = {
    "title": "",
    "description": "",
    "business_impact": "Business impact: ",
    "replication_steps": "Steps to replicate: ",
    "replication_evidence": "What was tried: ",
    "level_1_work": "Level 1 work: ",
    "level_2_work": "Level 2 work: ",
}


def _as_a_message(typed: Mapping[str, Any]) -> str:
    told = ((words, str(typed.get(name, "")).strip()) for name, words in _TOLD.items())
    return "\n\n".join(f"{words}{text}" for words, text in told if text)


def case_of(user: User, key: str) -> Case | None:
    """The case that was opened from the user's draft of that key, if it was."""
    became = Draft.objects.filter(user=user, form=FORM, key=key).values("became")
    return Case.objects.filter(pk__in=became).first()


def became(user: User, key: str, case: Case) -> None:
    """Note which case a draft became, whether it was ever saved or not. The same form sent again leads to that case.

    Waits for whoever writes the same draft at that moment. Raises AlreadyOpenedError when it has become one before.
    """
    draft = Draft(
        user=user,
        form=FORM,
        key=key,
        title=case.title,
        updated_at=case.reported_at,
        became=case.pk,
    )
    if not _write(draft):
        raise AlreadyOpenedError


_WRITE = """
    INSERT INTO portal_draft (user_id, form, key, title, data, updated_at, became)
    SELECT %(user)s, %(form)s, %(key)s, %(title)s, %(data)s::jsonb, %(at)s, %(became)s::bigint
     WHERE NOT %(unless_done)s
        OR NOT EXISTS (SELECT FROM portal_sentform WHERE user_id = %(user)s AND key = %(key)s)
        ON CONFLICT ON CONSTRAINT draft_once_a_key DO UPDATE
       SET (title, data, updated_at, became)
         = (excluded.title, excluded.data, excluded.updated_at, excluded.became)
     WHERE portal_draft.became IS NULL
    RETURNING id
"""


def _write(draft: Draft, *, unless_done: bool = False) -> bool:
    """Write the one row of a key, in one statement; return whether it was a draft still, else it stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "user": draft.user_id,
                "form": draft.form,
                "key": draft.key,
                "title": draft.title,
                "data": json.dumps(draft.data),
                "at": draft.updated_at,
                "became": draft.became,
                "unless_done": unless_done,
            },
        )
        row = cursor.fetchone()
    if row is not None:
        draft.pk = row[0]
    return row is not None
