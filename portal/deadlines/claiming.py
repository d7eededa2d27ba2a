"""Claiming: which due deadlines this worker settles now, and the mark that each is settled only once.

Three things together keep any number of workers apart:

* a worker first locks the *subjects* of what is due, passing over those that others hold, so the deadlines of one
  subject are never with two workers;
* it then reads the due rows of those subjects afresh, so it sees what the last holder of a subject left, in order;
* a row is handed to its handler only if the worker's own UPDATE took it out of "pending", or put a reminder behind it.

Rows are locked by that UPDATE alone, and only on subjects that are held, so two workers never wait for each other.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from portal import bulk
from portal.deadlines.due import COLUMNS, Due
from portal.locks import NUMBER_SQL
from portal.models import DeadlineState, SubjectKey

WINDOW = 20
"""How many batches deep a worker looks past the subjects of others before it leaves the rest for the next sweep."""

# The window is materialised so that its rows come in the order of the index and one by one: the lock function is
# called for no row beyond the batch.
_LOCK_SUBJECTS = f"""
    WITH due AS MATERIALIZED (
        SELECT subject_type, subject_id, fires_at
          FROM portal_deadline
         WHERE state = 'pending' AND fires_at <= %s
         ORDER BY fires_at, id
         LIMIT %s)
    SELECT subject_type, subject_id, fires_at
      FROM due
     WHERE pg_try_advisory_xact_lock({NUMBER_SQL})
     LIMIT %s
"""  # noqa: S608  # the expression is ours

_DUE = f"""
    SELECT {COLUMNS}
      FROM portal_deadline
      JOIN unnest(%s::text[], %s::bigint[]) AS held (subject_type, subject_id) USING (subject_type, subject_id)
     WHERE state = 'pending' AND fires_at <= %s
     ORDER BY fires_at, id
     LIMIT %s
"""  # noqa: S608  # the columns are ours

_MARK = """
    UPDATE portal_deadline
       SET state = CASE WHEN promise THEN %s ELSE %s END, settled_at = %s, late = due_at < %s
      FROM unnest(%s::bigint[]) AS claimed (id)
     WHERE portal_deadline.id = claimed.id AND state = 'pending'
    RETURNING portal_deadline.id
"""


_PUT_OFF = """
    UPDATE portal_deadline SET fires_at = due_at + interval '1 microsecond'
     WHERE id = ANY(%s::bigint[]) AND state = 'pending' AND fires_at <= due_at
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """The subjects this transaction has locked, and the instant up to which to settle their due deadlines."""

    subjects: frozenset[SubjectKey]
    until: dt.datetime
    size: int

    def due(self, subjects: Collection[SubjectKey]) -> list[Due]:
        """What is due now on some of them, the earliest first: whole subjects, as their last holder left them."""
        types, ids = zip(*subjects, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_DUE, [bulk.array(types), bulk.array(ids), self.until, self.size])
            return [Due(*row) for row in cursor.fetchall()]


def claim(now: dt.datetime, size: int) -> Claim | None:
    """Lock the subjects of the first `size` rows due at `now` that nobody else holds; None when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_SUBJECTS, [now, size * WINDOW, size])
        seen = cursor.fetchall()
    if not seen:
        return None
    subjects = frozenset(SubjectKey(subject_type, pk) for subject_type, pk, _ in seen)
    return Claim(subjects, max(fires_at for _, _, fires_at in seen), size)


def put_off(rows: Sequence[Due]) -> list[Due]:
    """Let the sweep come to promises again when they are missed, and return those still pending, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_OFF, [bulk.array(row.pk for row in rows)])
        taken = {pk for (pk,) in cursor.fetchall()}
    return [row for row in rows if row.pk in taken]


def mark(rows: Sequence[Due], now: dt.datetime, *, late_before: dt.datetime) -> list[Due]:
    """Settle those rows that are still pending, and return them so, in their order.

    A promise becomes missed and a timer fired; what was due before `late_before` is marked late.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            [
                DeadlineState.MISSED.value,
                DeadlineState.FIRED.value,
                now,
                late_before,
                bulk.array(row.pk for row in rows),
            ],
        )
        taken = {pk for (pk,) in cursor.fetchall()}
    marked = [row for row in rows if row.pk in taken]
    for row in marked:
        row.marked(late_before=late_before)
    return marked
