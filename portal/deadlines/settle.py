"""Settling deadlines by acts: met, cancelled, superseded. (Missed and fired are the sweep's.)

Every function is for an act that holds the subject's lock (``portal.locks``). The ``_many`` forms do the same to
several subjects with the same number of statements: handlers of the sweep use them.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Case, F, Q, Value, When

from portal.models import Deadline, DeadlineState, SubjectKey
from portal.models.deadline import DeadlineQuerySet

Subject = models.Model | SubjectKey
CAUSE_LENGTH = Deadline._meta.get_field("cause").max_length


def meet(
    subject: Subject, kind: str, *, at: dt.datetime, steps: Iterable[str] | None = None
) -> int:
    """Record that the act a promise awaited was done at `at`: in time it is met, otherwise missed and done late.

    An act at the very instant is in time (D-8), also when it is logged after the sweep had called the promise missed:
    the record then says met, at the time of the act. A late act never rewrites that the promise was missed; it only
    adds when it was done. Without `steps` it finishes every unfinished promise of the kind, also those still to come.
    Returns how many promises it finished.
    """
    return meet_many([subject], kind, at=at, steps=steps)


def meet_many(
    subjects: Iterable[Subject],
    kind: str,
    *,
    at: dt.datetime,
    steps: Iterable[str] | None = None,
) -> int:
    """Record one act that keeps the promises of several subjects (see `meet`)."""
    in_time = Q(due_at__gte=at)
    return (
        _selected(subjects, [kind], steps)
        .unfinished()
        .update(
            state=Case(
                When(in_time, then=Value(DeadlineState.MET)), default=Value(DeadlineState.MISSED)
            ),
            met_at=at,
            settled_at=Case(
                When(Q(settled_at=None) | in_time, then=Value(at)), default=F("settled_at")
            ),
            unfinished=False,
        )
    )


def meet_earlier(subject: Subject, kind: str, *, at: dt.datetime) -> int:
    """Record that promises kept late had been kept in time at `at`, as is known only now (D-23); returns how many."""
    late = _selected([subject], [kind], None).filter(
        state=DeadlineState.MISSED, met_at__gt=at, due_at__gte=at
    )
    return late.update(state=DeadlineState.MET, met_at=at, settled_at=at)


def cancel(
    subject: Subject,
    *,
    at: dt.datetime,
    cause: str,
    kinds: Iterable[str] | None = None,
    steps: Iterable[str] | None = None,
) -> int:
    """Call off what is still to come on the subject, with the cause; promises already missed stay so, and are let go.

    Without `kinds` it calls off everything, what is parked too. Returns how many deadlines it cancelled.
    """
    return cancel_many([subject], at=at, cause=cause, kinds=kinds, steps=steps)


def cancel_many(
    subjects: Iterable[Subject],
    *,
    at: dt.datetime,
    cause: str,
    kinds: Iterable[str] | None = None,
    steps: Iterable[str] | None = None,
) -> int:
    """Call off what is still to come on several subjects (see `cancel`)."""
    rows = _selected(subjects, kinds, steps)
    return _put_away(rows, DeadlineState.CANCELLED, at=at, cause=cause)


def supersede(
    subject: Subject,
    *,
    at: dt.datetime,
    cause: str,
    kinds: Iterable[str],
    steps: Iterable[str] | None = None,
) -> int:
    """Put deadlines still to come aside because others take their place, with the cause. Returns how many."""
    return supersede_many([subject], at=at, cause=cause, kinds=kinds, steps=steps)


def supersede_many(
    subjects: Iterable[Subject],
    *,
    at: dt.datetime,
    cause: str,
    kinds: Iterable[str],
    steps: Iterable[str] | None = None,
) -> int:
    """Put pending deadlines of several subjects aside (see `supersede`)."""
    rows = _selected(subjects, kinds, steps)
    return _put_away(rows, DeadlineState.SUPERSEDED, at=at, cause=cause)


def call_back(
    subject: Subject, *, settled_at: dt.datetime, cause: str, kinds: Iterable[str]
) -> int:
    """Set going again what was cancelled at that instant for that cause, since it is taken back; returns how many.

    A promise that was missed before and let go then is owed again too. What has fallen due in between is the sweep's
    next, and late.
    """
    rows = _selected([subject], kinds, None).filter(cause=cause[:CAUSE_LENGTH])
    again = rows.filter(state=DeadlineState.CANCELLED, settled_at=settled_at).update(
        state=DeadlineState.PENDING, settled_at=None, cause="", unfinished=F("promise")
    )
    rows.filter(state=DeadlineState.MISSED, promise=True, met_at=None).update(
        unfinished=True, cause=""
    )
    return again


def _selected(
    subjects: Iterable[Subject], kinds: Iterable[str] | None, steps: Iterable[str] | None
) -> DeadlineQuerySet:
    rows = Deadline.objects.about_all(subjects)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if steps is not None:
        rows = rows.filter(step__in=list(steps))
    return rows


def _put_away(rows: DeadlineQuerySet, state: DeadlineState, *, at: dt.datetime, cause: str) -> int:
    cause = cause[:CAUSE_LENGTH]
    put_away = rows.to_come().update(state=state, settled_at=at, cause=cause, unfinished=False)
    rows.unfinished().update(unfinished=False, cause=cause)
    return put_away
