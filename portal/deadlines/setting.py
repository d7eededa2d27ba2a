"""Setting deadlines."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db import connection, models

from portal import bulk
from portal.deadlines.kinds import DeadlineKind, kind_of
from portal.instants import InstantEncoder
from portal.models import Deadline, SubjectKey, key_of

_encode = InstantEncoder().encode
AN_INSTANT = dt.timedelta(microseconds=1)  # the finest that the database keeps


@dataclass(frozen=True, slots=True)
class Setting:
    """A deadline to set on `subject`: due at an aware instant under a clause, with the sum in words and data.

    A promise may have `remind_at`: whoever owes it is reminded then, if it is still unfinished (D-29). One that is past
    when the promise is set, or not before its due time, is left out.
    """

    subject: models.Model | SubjectKey
    kind: str
    due_at: dt.datetime
    clause: str
    step: str = ""
    words: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    remind_at: dt.datetime | None = None


def set_deadline(
    subject: models.Model | SubjectKey,
    kind: str,
    *,
    due_at: dt.datetime,
    clause: str,
    at: dt.datetime,
    step: str = "",
    words: str = "",
    data: dict[str, Any] | None = None,
    remind_at: dt.datetime | None = None,
) -> Deadline:
    """Set one deadline (see `Setting`) at domain instant `at`."""
    setting = Setting(subject, kind, due_at, clause, step, words, data or {}, remind_at)
    return set_deadlines([setting], at=at)[0]


def set_deadlines(settings: Iterable[Setting], *, at: dt.datetime) -> list[Deadline]:
    """Set several deadlines in one statement. For an act that holds the subjects' locks.

    Raises ValueError for a naive due time, LookupError for a kind that nobody registered, and
    IntegrityError (deadline_pending_once) when one of the same kind and step is pending on its subject: supersede
    that one first.
    """
    rows = [_row(setting, at) for setting in settings]
    ids = bulk.insert(Deadline._meta.db_table, _COLUMNS, map(_values, rows), encode=_encode)
    for row, pk in zip(rows, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias
    return rows


_COLUMNS = {
    "subject_type": "text",
    "subject_id": "bigint",
    "kind": "text",
    "step": "text",
    "due_at": "timestamptz",
    "fires_at": "timestamptz",
    "state": "text",
    "promise": "boolean",
    "unfinished": "boolean",
    "clause": "text",
    "words": "text",
    "data": "jsonb",
    "set_at": "timestamptz",
    "late": "boolean",
    "cause": "text",
    "attempts": "smallint",
    "last_error": "text",
}
_values = attrgetter(*_COLUMNS)


def _first_looked_at(
    setting: Setting, kind: DeadlineKind, due_at: dt.datetime, at: dt.datetime
) -> dt.datetime:
    """When the sweep first comes to it: to remind of a promise, to call it missed, or to let a timer act."""
    remind_at = setting.remind_at
    if kind.remind is not None and remind_at is not None and at < remind_at < due_at:
        return remind_at.astimezone(dt.UTC)
    return due_at + AN_INSTANT if kind.promise else due_at


def _row(setting: Setting, at: dt.datetime) -> Deadline:
    kind = kind_of(setting.kind)
    key = key_of(setting.subject)
    if setting.due_at.tzinfo is None:
        raise ValueError(f"{setting.kind} is due at {setting.due_at}, which names no zone")
    due_at = setting.due_at.astimezone(dt.UTC)
    return Deadline(
        subject_type=key.subject_type,
        subject_id=key.subject_id,
        kind=kind.code,
        step=setting.step,
        due_at=due_at,
        fires_at=_first_looked_at(setting, kind, due_at, at),
        promise=kind.promise,
        unfinished=kind.promise,
        clause=setting.clause,
        words=setting.words,
        data=setting.data,
        set_at=at,
    )
