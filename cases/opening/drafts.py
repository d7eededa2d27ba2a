"""Drafts of reports: what was typed and not opened as a case yet (``portal.models.Draft``).

A page of the form carries a key of its own from the moment it is first shown, so that every save of it meets the same
draft, with scripts or without, and a form that was sent twice opens one case. Each page says on which version it
rests, as every form does (`portal.draft_rows`): what another tab typed becomes a draft of its own.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, models, transaction
from django.http import QueryDict
from django.urls import reverse

from cases.case.models import Case
from cases.case.rules.deeds import Deed
from portal import draft_kinds, draft_list, draft_rows
from portal import drafts as typed_drafts
from portal.draft_rows import Hand, Written
from portal.files.fields import MOST as MOST_FILES
from portal.models import Draft, Upload, User
from portal.models.sent import SentForm
from portal.prepared import Rows, given

FORM = "cases.open"
LATEST = 5
_BESIDE = ("draft", "save", "solved_by", "instead", "attached", "attached-place", "attached-off")
_LATEST = Rows(
    lambda: Draft.objects.filter(user=given("user"), form=FORM, became__isnull=True)[:LATEST]
)


class AlreadyOpenedError(Exception):
    """The draft has become a case, `case` where it is known: what was sent now is another text."""

    def __init__(self, case: Case | None = None) -> None:
        super().__init__()
        self.case = case


class Reports(draft_kinds.Kind):
    """Drafts of reports: as many as their writer begins, choices and all. One that gives way is one more of them."""

    form = FORM
    beside = _BESIDE

    def place(self, path: str, typed: Mapping[str, str]) -> tuple[str, str]:
        """The key that the form or its address carries; a new one where neither does."""
        key = key_in(typed) or key_in(QueryDict(path.partition("?")[2])) or new_key()
        return key, path_of(key)

    def title(self, typed: Mapping[str, str], said: str) -> str:
        """The Problem in one line."""
        return str(typed.get("title", ""))

    def lay_aside(self, draft: Draft) -> None:
        """Let it be a draft of its own."""
        _rename(draft, new_key())

    def go_on(self, draft: Draft, page: str) -> None:
        """Go on as another draft, the same whenever the page asks; files that wait go on with it."""
        seed = uuid.uuid5(uuid.UUID(draft.key), page).bytes if page else uuid.uuid4().bytes
        before = place_of_files(draft.key)
        _rename(draft, str(uuid.UUID(bytes=seed, version=4)))
        waiting = Upload.objects.filter(owner=draft.user_id, place=before)
        waiting.update(place=place_of_files(draft.key))


def _rename(draft: Draft, key: str) -> None:
    draft.key, draft.path = key, path_of(key)


def path_of(key: str) -> str:
    """Where the form of the draft of that key is shown, and sent to."""
    return f"{reverse('open_case')}?draft={key}"


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


def row_of(user: User, key: str) -> Draft | None:
    """The user's draft of that key, or what is left of it once it has become a case; one statement."""
    return Draft.objects.visible_to(user).filter(form=FORM, key=key).first() if key else None


def keep(
    user: User, typed: Mapping[str, Any], key: str, at: dt.datetime, hand: Hand | None = None
) -> Written:
    """Keep what was typed as the draft of the key; another text that stands there becomes a draft of its own.

    It is kept under another key where that one was discarded or its case is open: the row says which.
    """
    kept = {name: str(value) for name, value in typed.items()} | {"draft": key}
    return typed_drafts.keep_both(user, path_of(key), kept, at, hand)


def register_forms() -> None:
    """Say which forms keep what is typed here."""
    reports = Reports()
    draft_kinds.keeps_its_own("open_case", reports)
    draft_kinds.keeps_its_own("add_instead", reports)
    for asking in ("check_report", "matching", "product_questions", "discard_draft"):
        draft_kinds.only_asks(asking)
    draft_list.lists_its_own(
        FORM,
        lambda draft: (
            f"A case to open: {draft.title or 'without a title'}",
            path_of(draft.key),
        ),
    )


def discard(user: User, key: str, at: dt.datetime, hand: Hand | None = None) -> Draft | None:
    """Discard the draft of the key as its page saw it; return what stays, because it was typed elsewhere.

    A save of that page that arrives later brings nothing back; where nothing stays, the key is over.
    """
    if not key:
        return None
    hand = hand or Hand()
    drafts_of(user).filter(draft_rows.mine(hand), key=key).delete()
    left = draft_of(user, key)
    over = [key] if left is None else []
    rows = [SentForm(user=user, key=each, at=at) for each in (*over, hand.page) if each]
    SentForm.objects.bulk_create(rows, ignore_conflicts=True)
    return left


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
    discard(by, key, at, typed_drafts.hand_in(typed))
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


def became(user: User, key: str, case: Case, hand: Hand | None = None) -> None:
    """Note which case a draft became, whether it was ever saved or not. The same form sent again leads to that case.

    What another page typed into the same draft becomes a draft of its own. Waits for whoever writes the same draft at
    that moment; one statement. Raises AlreadyOpenedError when it has become one before.
    """
    hand, aside = hand or Hand(), new_key()
    values: dict[str, Any] = {
        "user": user.pk,
        "form": FORM,
        "key": key,
        "path": path_of(key),
        "title": case.title,
        "at": case.reported_at,
        "became": case.pk,
        "led_to": case.get_absolute_url(),
        "page": hand.page,
        "over": hand.version,
        "aside": aside,
        "aside_path": path_of(aside),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BECAME, values)
        if cursor.fetchone() is None:
            raise AlreadyOpenedError


_BECAME = """
    WITH others AS (
        SELECT * FROM portal_draft
         WHERE user_id = %(user)s AND form = %(form)s AND key = %(key)s AND became IS NULL
           AND %(page)s || %(over)s <> '' AND page <> %(page)s AND version::text <> %(over)s
           FOR UPDATE
    ), aside AS (
        INSERT INTO portal_draft (user_id, form, key, title, path, data, updated_at, version, page)
        SELECT user_id, form, %(aside)s, title, %(aside_path)s, data, updated_at, version, page FROM others
        RETURNING id
    ), done AS (
        INSERT INTO portal_sentform (user_id, key, at, said, led_to)
        SELECT %(user)s, %(page)s, %(at)s, '', %(led_to)s WHERE %(page)s <> ''
            ON CONFLICT DO NOTHING
    )
    INSERT INTO portal_draft (user_id, form, key, title, path, data, updated_at, became)
    SELECT %(user)s, %(form)s, %(key)s, %(title)s, %(path)s, '{}'::jsonb, %(at)s, %(became)s::bigint
      FROM (SELECT count(*) FROM aside) AS first
        ON CONFLICT ON CONSTRAINT draft_once_a_key DO UPDATE
       SET (title, data, updated_at, became)
         = (excluded.title, excluded.data, excluded.updated_at, excluded.became)
     WHERE portal_draft.became IS NULL
    RETURNING id
"""
