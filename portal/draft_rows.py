"""The rows of drafts: written and ended by the page that typed them, each in one statement.

A page says by which key it was shown and on which version of the draft it rests. It writes over what it rests on or
wrote itself, and over nothing else: what was typed in another tab or on another device stays, and is answered with.
"""

import datetime as dt
import json
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Q

from portal.models import Draft, User
from portal.models.sent import SentForm


@dataclass(frozen=True, slots=True)
class Hand:
    """Which page of a form writes: its key, the version of the draft that it rests on, what a list calls the form."""

    page: str = ""
    version: str = ""
    title: str = ""

    def __bool__(self) -> bool:
        """Whether it says on what it rests."""
        return bool(self.page or self.version)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write: the `draft` as it is kept; or `elsewhere`, what stands there; or the form is `done`.

    Or the draft's own key `is_over`: it was discarded, or became what it was for. `is_anew` when the draft that the
    page rested on is not there any more; `aside` is a draft that gave way.
    """

    draft: Draft | None = None
    elsewhere: Draft | None = None
    done: SentForm | None = None
    is_over: bool = False
    is_anew: bool = False
    aside: Draft | None = None


_WRITE = """
    INSERT INTO portal_draft (user_id, form, key, title, path, data, updated_at, version, page)
    SELECT %(user)s, %(form)s, %(key)s, %(title)s, %(path)s, %(data)s::jsonb, %(at)s, %(new)s::uuid, %(page)s
     WHERE NOT EXISTS (SELECT FROM portal_sentform WHERE user_id = %(user)s AND key IN (%(page)s, %(key)s))
        ON CONFLICT ON CONSTRAINT draft_once_a_key DO UPDATE
       SET (title, path, data, updated_at, version, page) = (
               coalesce(nullif(excluded.title, ''), portal_draft.title),
               excluded.path, excluded.data, excluded.updated_at, excluded.version, excluded.page)
     WHERE portal_draft.became IS NULL
       AND (portal_draft.version::text = %(over)s
            OR (portal_draft.page = %(page)s AND %(page)s <> '')
            OR portal_draft.data - %(beside)s::text[] = excluded.data - %(beside)s::text[]
            OR EXISTS (SELECT FROM portal_sentform sent
                        WHERE sent.user_id = portal_draft.user_id AND sent.key = portal_draft.page))
    RETURNING id, xmax = 0
"""
_END = """
    WITH gone AS (
        DELETE FROM portal_draft
         WHERE user_id = %(user)s AND form = %(form)s AND key = %(key)s AND became IS NULL
           AND (%(page)s || %(over)s = '' OR page = %(page)s OR version::text = %(over)s)
    )
    INSERT INTO portal_sentform (user_id, key, at, said, led_to)
    SELECT %(user)s, %(page)s, %(at)s, '', '' WHERE %(page)s <> ''
        ON CONFLICT DO NOTHING
"""
_BESIDE = ["form_key", "seen"]


def write(draft: Draft, hand: Hand) -> Written:
    """Write the one row of a key, where the page rests on what stands there. Notes its new version on the draft."""
    draft.version, draft.page = uuid4(), hand.page
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "user": draft.user_id,
                "form": draft.form,
                "key": draft.key,
                "title": draft.title,
                "path": draft.path,
                "data": json.dumps(draft.data),
                "at": draft.updated_at,
                "new": str(draft.version),
                "page": hand.page,
                "over": _plain(hand.version),
                "beside": _BESIDE,
            },
        )
        row = cursor.fetchone()
    if row is not None:
        draft.pk = row[0]
        return Written(draft, is_anew=bool(row[1] and hand.version))
    keys = {hand.page, draft.key} - {""}
    rows = SentForm.objects.filter(user=draft.user_id, key__in=keys)
    sent = {form.key: form for form in rows}
    if hand.page in sent:
        return Written(done=sent[hand.page])
    there = Draft.objects.filter(user=draft.user_id, form=draft.form, key=draft.key).first()
    if draft.key in sent or (there is not None and there.became is not None):
        return Written(is_over=True)
    return Written(elsewhere=there)


def mine(hand: Hand) -> Q:
    """Of rows, those that the page wrote or rests on; all for a page that says nothing of itself."""
    written = Q(page=hand.page) if hand.page else Q(pk=None)
    rested = Q(version=hand.version) if hand.version else Q(pk=None)
    return written | rested if hand else Q()


def end(user: User, form: str, key: str, hand: Hand, at: dt.datetime) -> None:
    """Delete the row of a key, where the page wrote it or rests on it, and note that the page is done with it.

    A page that says nothing of itself ends whatever stands there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _END,
            {
                "user": user.pk,
                "form": form,
                "key": key,
                "page": hand.page,
                "over": _plain(hand.version),
                "at": at,
            },
        )


def _plain(version: str) -> str:
    return str(UUID(version)) if version else ""
