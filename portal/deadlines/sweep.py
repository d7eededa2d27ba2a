"""The sweep: settles what is due now and nothing else, so its cost grows with what is due, not with what is pending.

Any number of workers may sweep at once and be killed at any moment. A batch is one transaction: its rows are claimed
with SKIP LOCKED, marked, and handed to their kinds' handlers, which write journal and notices; a crash undoes the
whole batch, and the rows are due again. The deadlines of one subject are settled in the order of their due times,
also after an outage and across workers; those that an earlier one calls off are not settled at all.
"""

import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Value, When

from portal import alarms, clock, locks
from portal.deadlines.kinds import kind_of
from portal.models import Deadline, DeadlineState, SubjectKey

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SweepReport:
    """What a sweep did: rows settled and how many of them late, failures, parked rows, batches, real seconds."""

    settled: int = 0
    late: int = 0
    failed: int = 0
    parked: int = 0
    batches: int = 0
    seconds: float = 0.0
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def sweep(
    now: dt.datetime, *, batch: int | None = None, most_seconds: float | None = None
) -> SweepReport:
    """Settle everything that is due at the domain instant `now`, the earliest first, batch by batch.

    Ends when nothing is left that this worker can claim, or after `most_seconds` of real time.
    """
    report = SweepReport()
    started = time.monotonic()
    size = batch or settings.DEADLINE_BATCH
    while True:
        progressed = _sweep_batch(now, size, report)
        report.seconds = time.monotonic() - started
        if not progressed or (most_seconds is not None and report.seconds > most_seconds):
            return report


def _sweep_batch(now: dt.datetime, size: int, report: SweepReport) -> bool:
    """Claim and settle one batch in one transaction; return whether it got anywhere."""
    with transaction.atomic():
        claimed = list(Deadline.objects.due(now).select_for_update(skip_locked=True)[:size])
        ours = _in_turn(claimed)
        for position, round_ in enumerate(_rounds(ours)):
            for kind, rows in _by_kind(round_ if position == 0 else _still_pending(round_)).items():
                _settle(kind, rows, now, report)
        if ours:
            report.batches += 1
        return bool(ours)


def _in_turn(claimed: Sequence[Deadline]) -> list[Deadline]:
    """Those claimed rows whose subject we can lock and whose subject has no earlier one claimed by another worker."""
    held = locks.try_lock_all({row.subject for row in claimed})
    rows = [row for row in claimed if row.subject in held]
    if not rows:
        return []
    elsewhere = (
        Deadline.objects.due(rows[-1].fires_at)
        .exclude(pk__in=[row.pk for row in claimed])
        .values_list("subject_type", "subject_id", "fires_at", "id")
    )
    first_elsewhere: dict[SubjectKey, tuple[dt.datetime, int]] = {}
    for subject_type, subject_id, fires_at, pk in elsewhere:
        first_elsewhere.setdefault(SubjectKey(subject_type, subject_id), (fires_at, pk))
    return [
        row
        for row in rows
        if row.subject not in first_elsewhere
        or (row.fires_at, row.pk) < first_elsewhere[row.subject]
    ]


def _rounds(rows: Sequence[Deadline]) -> Iterator[list[Deadline]]:
    """Rows in rounds, so that each round takes the next of every subject: few rounds, and each subject in order.

    What falls due on one subject at one instant and is of one kind goes in one round.
    """
    rounds: list[list[Deadline]] = []
    latest: dict[SubjectKey, tuple[int, Deadline]] = {}
    for row in rows:
        number, previous = latest.get(row.subject, (-1, None))
        together = previous and (previous.fires_at, previous.kind) == (row.fires_at, row.kind)
        if not together:
            number += 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(row)
        latest[row.subject] = (number, row)
    yield from rounds


def _still_pending(rows: Sequence[Deadline]) -> list[Deadline]:
    """Those that no handler of an earlier round has called off, as they are now."""
    fresh = Deadline.objects.pending().in_bulk([row.pk for row in rows])
    return [fresh[row.pk] for row in rows if row.pk in fresh]


def _by_kind(rows: Sequence[Deadline]) -> dict[str, list[Deadline]]:
    """Rows by the code of their kind, each in order."""
    kinds: dict[str, list[Deadline]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    return kinds


def _settle(kind: str, rows: list[Deadline], now: dt.datetime, report: SweepReport) -> None:
    """Mark and handle rows of one kind together; when that fails, one by one, so that the bad row stands alone."""
    try:
        with transaction.atomic():
            _mark_and_handle(kind, rows, now)
    except Exception as error:
        if len(rows) > 1:
            for row in rows:
                _settle(kind, [row], now, report)
        else:
            _set_aside(rows[0], error, now, report)
        return
    report.settled += len(rows)
    report.late += sum(row.late for row in rows)
    report.kinds[kind] += len(rows)


def _mark_and_handle(kind: str, rows: list[Deadline], now: dt.datetime) -> None:
    tolerance = dt.timedelta(seconds=settings.DEADLINE_LATE_AFTER_SECONDS * clock.speed())
    for row in rows:
        row.state = DeadlineState.MISSED if row.promise else DeadlineState.FIRED
        row.settled_at = now
        row.late = now - row.due_at > tolerance
    Deadline.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Case(
            When(promise=True, then=Value(DeadlineState.MISSED)), default=Value(DeadlineState.FIRED)
        ),
        settled_at=now,
        late=Case(When(due_at__lt=now - tolerance, then=Value(True)), default=Value(False)),
    )
    kind_of(kind).handle(rows, now)


def _set_aside(row: Deadline, error: Exception, now: dt.datetime, report: SweepReport) -> None:
    """Put off a row whose handler failed; after the last attempt park it and raise an alarm."""
    log.exception("deadline %s failed", row.pk, exc_info=error)
    attempts = row.attempts + 1
    reason = f"{type(error).__name__}: {error}"
    report.failed += 1
    row = Deadline.objects.get(pk=row.pk)
    row.attempts = attempts
    row.last_error = reason[:2000]
    if attempts < settings.DEADLINE_ATTEMPTS:
        row.fires_at = now + dt.timedelta(seconds=clock.speed() * 2**attempts)
    else:
        row.state = DeadlineState.PARKED
        row.settled_at = now
        report.parked += 1
        alarms.raise_alarm(
            row.subject,
            f"deadline-{row.pk}-parked",
            f"The deadline {row.kind} {row.step} of {row.subject_type} {row.subject_id}, due "
            f"{row.due_at:%Y-%m-%d %H:%M} UTC, failed {attempts} times and is set aside: {reason}",
            at=now,
        )
    row.save(update_fields=["attempts", "last_error", "fires_at", "state", "settled_at"])
