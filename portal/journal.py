"""Writing the journal. Every act leaves an entry in its own transaction; nothing ever changes one."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import models

from portal import bulk
from portal.models import JournalEntry, SubjectKey, User, key_of
from portal.verbs import JournalVerb

SYSTEM = "the portal"


@dataclass(slots=True)
class Entry:
    """A journal entry to write: quicker to make than a `JournalEntry`. `pk` is known once written."""

    subject_type: str
    subject_id: int
    verb: str
    at: dt.datetime
    by_id: int | None
    by_name: str
    text: str
    clause: str
    public: bool
    before: Any
    after: Any
    data: dict[str, Any]
    logged_at: dt.datetime | None = None
    changed: dict[str, Any] | None = None
    pk: int | None = None


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
    logged_at: dt.datetime | None = None,
    changed: dict[str, Any] | None = None,
    **data: Any,
) -> Entry:
    """An entry to write: `by` did `verb` to `subject` at domain instant `at`; None means the portal itself.

    `logged_at` is when it was logged, kept where that was not at `at` (D-23). `public` entries may be read by the
    reseller. `before` and `after` say what changed, for readers; `changed` is that of the subject's row, by column
    (`portal.telling`); anything else goes to `data`.
    """
    subject_type, subject_id = key_of(subject)
    return Entry(
        subject_type,
        subject_id,
        verb,
        at,
        by.pk if by else None,
        by.name if by else SYSTEM,
        text,
        clause,
        public,
        before,
        after,
        data,
        logged_at if logged_at != at else None,
        changed,
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
    said = entry(subject, verb, by=by, at=at, **details)
    return JournalEntry.objects.create(**{name: getattr(said, name) for name in _COLUMNS})


def record_many(entries: Iterable[Entry]) -> None:
    """Write several entries in one statement, in their order."""
    entries = list(entries)
    written = bulk.insert(JournalEntry._meta.db_table, _COLUMNS, map(_values, entries))
    for said, pk in zip(entries, written, strict=True):
        said.pk = pk


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
    "logged_at": "timestamptz",
    "changed": "jsonb",
}


_values = attrgetter(*_COLUMNS)
