"""Writing what texts mean and what is near them, some seconds after the acts: no act waits for it.

One at a time in the whole portal: whoever holds the row of the turn. A turn is one transaction, so that a worker
killed in it leaves nothing half-done, and its lock goes with its connection.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from cases.case.models import Case
from cases.meaning.comparing import FROM, compare
from cases.meaning.helper import Calculates, HelperError, helper
from cases.meaning.models import CaseMeaning, MeaningTurn
from portal import bulk

log = logging.getLogger(__name__)

MODEL = "use-multilingual-3"
"""Part of each digest: vectors of two models are not compared."""
MOST_SECONDS = 5.0
"""After so long a tick ends: what is due finds its worker free."""
TEXTS, COMPARED = 32, 256
"""So many texts are read, and so many vectors compared, in a turn."""
PAUSE_SECONDS = 300
"""After a failure."""
RECENT, LOOK_EVERY = 500, 60.0
"""Each tick looks for what is missing among so many of the newest numbers, and every so many seconds among all."""

_CASE = "left(concat_ws('. ', c.title, c.description), 1500)"
_ARTICLE = "left(concat_ws(' ', a.title || '.', a.symptom, a.cause), 1500)"
_DIGEST = "md5('{model} ' || {text})::uuid"
_OF_CASE = _DIGEST.format(model=MODEL, text=_CASE)
_OF_ARTICLE = _DIGEST.format(model=MODEL, text=_ARTICLE)

_NEW_CASES = f"""
    SELECT c.id, {_CASE}, {_OF_CASE} FROM cases_case c
     WHERE c.id > {FROM} AND NOT EXISTS (SELECT FROM cases_casemeaning m WHERE m.case_id = c.id)
     ORDER BY c.id DESC LIMIT %(most)s
"""  # noqa: S608  # our own words, here and below
_NEW_ARTICLES = f"""
    SELECT a.id, {_ARTICLE}, {_OF_ARTICLE} FROM cases_article a
     WHERE NOT EXISTS (SELECT FROM cases_articlemeaning m WHERE m.article_id = a.id)
     ORDER BY a.id DESC LIMIT %(most)s
"""  # noqa: S608
# Whose text changed meanwhile waits for the next turn, and so does what an act holds just now.
_KEEP_CASES = f"""
    INSERT INTO cases_casemeaning (case_id, digest, vector, compared, cases, own, articles)
    SELECT c.id, given.digest, given.vector, 0, '{{}}', '{{}}', '{{}}'
      FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[]) AS given (id, digest, vector)
      JOIN cases_case c ON c.id = given.id WHERE given.digest = {_OF_CASE}
       FOR SHARE OF c SKIP LOCKED
    ON CONFLICT DO NOTHING
"""  # noqa: S608
_KEEP_ARTICLES = f"""
    INSERT INTO cases_articlemeaning (article_id, digest, vector, compared)
    SELECT a.id, given.digest, given.vector, 0
      FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[]) AS given (id, digest, vector)
      JOIN cases_article a ON a.id = given.id WHERE given.digest = {_OF_ARTICLE}
       FOR SHARE OF a SKIP LOCKED
    ON CONFLICT DO NOTHING
"""  # noqa: S608
_WAITS = f"""
    SELECT NOT EXISTS (SELECT FROM cases_meaningturn WHERE not_before > clock_timestamp())
       AND (EXISTS (SELECT FROM cases_casemeaning WHERE compared < 2 AND case_id > {FROM})
            OR EXISTS (SELECT FROM cases_articlemeaning WHERE compared < 2)
            OR EXISTS ({_NEW_CASES}) OR EXISTS ({_NEW_ARTICLES}))
"""  # noqa: S608
_OUTDATED_CASES = f"""
    DELETE FROM cases_casemeaning m USING cases_case c WHERE c.id = m.case_id AND m.digest <> {_OF_CASE}
"""  # noqa: S608
_OUTDATED_ARTICLES = f"""
    DELETE FROM cases_articlemeaning m USING cases_article a WHERE a.id = m.article_id AND m.digest <> {_OF_ARTICLE}
"""  # noqa: S608


def learn_meaning(
    most_seconds: float | None = MOST_SECONDS,
    calculator: Callable[[], AbstractContextManager[Calculates]] = helper,
) -> int:
    """Write the vectors that are missing, then what is near; return how many rows were written.

    For so many seconds at most, None for all there is. One statement when there is nothing to do. A failure of the
    calculator is logged, and tried again in some minutes.
    """
    begun, written = time.monotonic(), 0
    if not _waits():
        return 0
    try:
        with calculator() as calculates:
            while most_seconds is None or time.monotonic() - begun < most_seconds:
                done = _turn(calculates)
                if not done:
                    break
                written += done
    except HelperError:
        log.exception("what texts mean is not learnt for %s s", PAUSE_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_meaningturn (id, not_before)"
                " VALUES (1, clock_timestamp() + make_interval(secs => %s))"
                " ON CONFLICT (id) DO UPDATE SET not_before = excluded.not_before",
                [PAUSE_SECONDS],
            )
    return written


def forget_outdated() -> int:
    """Delete the vectors that were not made of the texts as they are, or by another model; return how many.

    Triggers do it with each change: this is for what was restored or repaired by hand.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED_CASES)
        forgotten = cursor.rowcount
        cursor.execute(_OUTDATED_ARTICLES)
        return int(forgotten + cursor.rowcount)


def old(at: dt.datetime) -> QuerySet[CaseMeaning]:
    """The rows of cases that are compared no more, since so many are newer; whatever the instant."""
    last = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return CaseMeaning.objects.filter(pk__lte=last - settings.MEANING_NEWEST_CASES)


_looked_through: list[float] = []
"""When this process last found nothing missing among all, by its own clock."""


def _waits() -> bool:
    """Whether something is to be done. To look among all takes up to 0.1 s, which no tick of 3 s is to cost."""
    begun = time.monotonic()
    is_recent = bool(_looked_through) and begun - _looked_through[0] < LOOK_EVERY
    values = _values()
    if is_recent:
        values["newest"] = min(RECENT, values["newest"])
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, values)
        waits = bool(cursor.fetchone()[0])
    if not waits and not is_recent:
        _looked_through[:] = [begun]
    return waits


def _values(most: int = 1) -> dict[str, int]:
    return {"newest": settings.MEANING_NEWEST_CASES, "most": most}


@transaction.atomic
def _turn(calculates: Calculates) -> int:
    """One step: some texts, or when there are none some comparing. Returns how many rows were written."""
    MeaningTurn.objects.get_or_create(pk=1)
    if not MeaningTurn.objects.select_for_update(skip_locked=True).filter(pk=1).exists():
        return 0
    return (
        _read(calculates, _NEW_CASES, _KEEP_CASES)
        or _read(calculates, _NEW_ARTICLES, _KEEP_ARTICLES)
        or compare(calculates, _values(COMPARED))
    )


def _read(calculates: Calculates, new: str, keep: str) -> int:
    """Write vectors of some texts that have none; return how many. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute(new, _values(TEXTS))
        rows = cursor.fetchall()
        if not rows:
            return 0
        keys, texts, digests = zip(*rows, strict=True)
        vectors = calculates.vectors(texts)
        given: list[Any] = [bulk.array(keys), bulk.array(map(str, digests)), vectors]
        cursor.execute(keep, given)
        return int(cursor.rowcount)
