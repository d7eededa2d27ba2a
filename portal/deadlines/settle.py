"""Settling deadlines by acts: met, cancelled, superseded. (Missed and fired are the sweep's.)"""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Case, F, Q, Value, When

from portal.models import Deadline, DeadlineState, SubjectKey


def meet(
    subject: models.Model | SubjectKey,
    kind: str,
    *,
    at: dt.datetime,
    steps: Iterable[str] | None = None,
) -> int:
    """Record that the act a promise awaited was done at `at`: in time it is met, otherwise missed and done late.

    An act at the very instant is in time (D-8), also when it is logged after the sweep had called the promise missed:
    the record then says met, at the time of the act. A late act never rewrites that the promise was missed; it only
    adds when it was done. Returns how many promises it finished.
    """
    rows = Deadline.objects.about(subject).unfinished().filter(kind=kind)
    if steps is not None:
        rows = rows.filter(step__in=list(steps))
    in_time = Q(due_at__gte=at)
    return rows.update(
        state=Case(
            When(in_time, then=Value(DeadlineState.MET)), default=Value(DeadlineState.MISSED)
        ),
        met_at=at,
        settled_at=Case(
            When(Q(settled_at=None) | in_time, then=Value(at)), default=F("settled_at")
        ),
        unfinished=False,
    )


def cancel(
    subject: models.Model | SubjectKey,
    *,
    at: dt.datetime,
    cause: str,
    kinds: Iterable[str] | None = None,
    steps: Iterable[str] | None = None,
) -> int:
    """Call off what is still to come on the subject, with the cause; promises already missed stay so, and are let go.

    Returns how many pending deadlines it cancelled.
    """
    return _put_away(subject, DeadlineState.CANCELLED, at=at, cause=cause, kinds=kinds, steps=steps)


def supersede(
    subject: models.Model | SubjectKey,
    *,
    at: dt.datetime,
    cause: str,
    kinds: Iterable[str],
    steps: Iterable[str] | None = None,
) -> int:
    """Put pending deadlines aside because others take their place, with the cause. Returns how many."""
    return _put_away(
        subject, DeadlineState.SUPERSEDED, at=at, cause=cause, kinds=kinds, steps=steps
    )


def _put_away(
    subject: models.Model | SubjectKey,
    state: DeadlineState,
    *,
    at: dt.datetime,
    cause: str,
    kinds: Iterable[str] | None,
    steps: Iterable[str] | None,
) -> int:
    rows = Deadline.objects.about(subject)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if steps is not None:
        rows = rows.filter(step__in=list(steps))
    put_away = rows.pending().update(state=state, settled_at=at, cause=cause, unfinished=False)
    rows.unfinished().update(unfinished=False, cause=cause)
    return put_away
