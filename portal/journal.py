"""Writing the journal. Every act leaves an entry in its own transaction; nothing ever changes one."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models

from portal import bulk
from portal.models import JournalEntry, SubjectKey, User, key_of
from portal.verbs import JournalVerb

SYSTEM = "the portal"


def entry(
    subject: models.Model | SubjectKey,
    verb: JournalVerb,
    *,
    by: User | None,
    at: dt.datetime,
    text: str = "",
    clause: str = "",
    public: bool = False,
    before: Any = None,
    after: Any = None,
    **data: Any,
) -> JournalEntry:
    """An unsaved entry: `by` did `verb` to `subject` at domain instant `at`; None means the portal itself.

    `public` entries may be read by the reseller. `before` and `after` hold what changed; anything else goes to `data`.
    """
    key = key_of(subject)
    return JournalEntry(
        subject_type=key.subject_type,
        subject_id=key.subject_id,
        verb=verb,
        by=by,
        by_name=by.name if by else SYSTEM,
        at=at,
        text=text,
        clause=clause,
        public=public,
        before=before,
        after=after,
        data=data,
    )


def record(
    subject: models.Model | SubjectKey,
    verb: JournalVerb,
    *,
    by: User | None,
    at: dt.datetime,
    **details: Any,
) -> JournalEntry:
    """Write one entry (see `entry`) and return it."""
    written = entry(subject, verb, by=by, at=at, **details)
    written.save(force_insert=True)
    return written


def record_many(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Write several entries in one statement, in their order."""
    entries = list(entries)
    written = bulk.insert(JournalEntry._meta.db_table, _COLUMNS, map(_values, entries))
    for entry_, pk in zip(entries, written, strict=True):
        entry_.pk = pk
    return entries


_COLUMNS = {
    "subject_type": "text",
    "subject_id": "bigint",
    "verb": "text",
    "at": "timestamptz",
    "by_id": "bigint",
    "by_name": "text",
    "text": "text",
    "clause": "text",
    "public": "boolean",
    "before": "jsonb",
    "after": "jsonb",
    "data": "jsonb",
}


def _values(unsaved: JournalEntry) -> tuple[Any, ...]:
    return (
        unsaved.subject_type,
        unsaved.subject_id,
        unsaved.verb,
        bulk.aware(unsaved.at),
        unsaved.by_id,
        unsaved.by_name,
        unsaved.text,
        unsaved.clause,
        unsaved.public,
        bulk.as_json(unsaved.before),
        bulk.as_json(unsaved.after),
        bulk.as_json(unsaved.data),
    )
