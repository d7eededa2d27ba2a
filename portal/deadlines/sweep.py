"""The sweep: settles what is due now and nothing else, so its cost grows with what is due, not with what is pending.

Any number of workers may sweep at once and be killed at any moment. A batch is one transaction: its rows are claimed
(see ``claiming``), marked, and handed to their kinds' handlers, which write journal and notices; a crash undoes the
whole batch, and the rows are due again. The deadlines of one subject are settled in the order of their due times,
also after an outage and across workers; those that an earlier one calls off are not settled at all.
"""

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, models, transaction

from portal import alarms, clock
from portal.deadlines.claiming import Claim, claim, mark, put_off
from portal.deadlines.due import Due
from portal.deadlines.kinds import in_runs, kind_of
from portal.models import Deadline, DeadlineState, SubjectKey, key_of

log = logging.getLogger(__name__)

FRUITLESS_MOST = 3
"""After so many batches that other workers emptied first, they will do the rest too."""


@dataclass(slots=True)
class SweepReport:
    """What a sweep did: rows settled and how many of them late, reminders, failures, parked rows, batches, seconds.

    A reminder counts whether it was sent, or passed over since its promise is missed already.
    """

    settled: int = 0
    late: int = 0
    reminded: int = 0
    failed: int = 0
    parked: int = 0
    batches: int = 0
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def looked_at(self) -> int:
        """How many rows it came to."""
        return self.settled + self.reminded + self.failed

    def add(self, batch: "SweepReport") -> None:
        """Count in what a committed batch did."""
        self.settled += batch.settled
        self.late += batch.late
        self.reminded += batch.reminded
        self.failed += batch.failed
        self.parked += batch.parked
        self.batches += 1
        self.kinds += batch.kinds


def sweep(
    now: dt.datetime, *, batch: int | None = None, most_seconds: float | None = None
) -> SweepReport:
    """Settle everything that is due at the domain instant `now`, the earliest first, batch by batch.

    Ends when nothing is left that this worker can claim, or after `most_seconds` of real time. Raises what the
    database raises when it goes away; the batch then did not happen.
    """
    report = SweepReport()
    started = time.monotonic()
    size = batch or settings.DEADLINE_BATCH
    fruitless = 0
    while fruitless < FRUITLESS_MOST:
        done = _sweep_batch(now, size)
        report.seconds = time.monotonic() - started
        if done is None:
            break
        report.add(done)
        fruitless = 0 if done.looked_at else fruitless + 1
        if most_seconds is not None and report.seconds > most_seconds:
            break
    return report


def settle_now(
    subjects: Iterable[models.Model | SubjectKey], kinds: Collection[str], *, at: dt.datetime
) -> None:
    """Settle what of those kinds is due at `at` on subjects whose locks the caller's act holds.

    For an act that puts deadlines aside which a sweep in time would have settled before it. A row whose handler fails
    is set aside as a sweep would do it; the act goes on.
    """
    held = frozenset(map(key_of, subjects))
    claimed = Claim(held, at, settings.DEADLINE_BATCH)
    while rows := [
        row for row in claimed.due(held) if row.kind in kinds and not row.reminds_at(at)
    ]:
        _settle_with_care(_next_of_each_subject(rows), at, SweepReport())


def _sweep_batch(now: dt.datetime, size: int) -> SweepReport | None:
    """Claim and settle one batch in one transaction; None when there was nothing to claim.

    Nearly always nothing fails, so the batch is first done plainly. When something does, it is undone and done again
    with care: each group of rows in a savepoint of its own, divided until the failing rows stand alone.
    """
    try:
        return _settle_batch(now, size, _settle_plainly)
    except Exception as error:
        if _database_is_gone():
            raise
        log.warning("a batch of deadlines failed, doing it again with care: %s", error)
        return _settle_batch(now, size, _settle_with_care)


Settle = Callable[[list[Due], dt.datetime, SweepReport], None]


def _settle_batch(now: dt.datetime, size: int, settle: Settle) -> SweepReport | None:
    """Settle what is claimed in rounds. Between them the due rows are read again: a handler may have changed them."""
    with transaction.atomic():
        claimed = claim(now, size)
        if claimed is None:
            return None
        batch = SweepReport()
        rows = claimed.due(claimed.subjects)
        while rows:
            next_ = _next_of_each_subject(rows)
            settle(next_, now, batch)
            left = {row.subject for row in set(rows).difference(next_)}
            if not left or batch.looked_at >= size:
                break  # the next claim finds what is left, or has been set just now
            rows = claimed.due(left)
        return batch


def _next_of_each_subject(rows: Sequence[Due]) -> list[Due]:
    """The earliest row of each subject, with what goes together with it: those of the same kind right after it, at the
    same instant or, of a kind whose rows leave each other alone, whenever they were due.
    """
    first: dict[SubjectKey, Due] = {}
    parted: set[SubjectKey] = set()
    next_: list[Due] = []
    for row in rows:
        before = first.setdefault(row.subject, row)
        together = row.fires_at == before.fires_at or in_runs(row.kind)
        if row.kind != before.kind or not together:
            parted.add(row.subject)
        elif row.subject not in parted:
            next_.append(row)
    return next_


def _by_kind(rows: Sequence[Due]) -> dict[str, list[Due]]:
    """Rows by the code of their kind, each in order."""
    kinds: dict[str, list[Due]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    return kinds


def _settle_plainly(rows: list[Due], now: dt.datetime, batch: SweepReport) -> None:
    """Mark rows, and hand those that were still pending to their kinds; of what is not due yet, remind only."""
    early = [row for row in rows if row.is_early]
    due = [row for row in rows if not row.is_early]
    if early:
        _remind(early, now, batch)
    marked = mark(due, now, late_before=_late_before(now)) if due else []
    for kind, ours in _by_kind(marked).items():
        kind_of(kind).handle(ours, now)
        _count(ours, batch)


def _remind(rows: list[Due], now: dt.datetime, batch: SweepReport) -> None:
    """Put promises off to the instant at which they are missed, and remind of those that can still be kept."""
    pending = put_off(rows)
    batch.reminded += len(pending)
    for kind, ours in _by_kind([row for row in pending if row.reminds_at(now)]).items():
        remind = kind_of(kind).remind
        if remind is not None:
            remind(ours, now)


def _settle_with_care(rows: list[Due], now: dt.datetime, batch: SweepReport) -> None:
    """Mark and handle rows kind by kind, so that what fails is set aside and the rest is done."""
    for ours in _by_kind(rows).values():
        _settle_or_divide(ours, now, batch)


def _settle_or_divide(rows: list[Due], now: dt.datetime, batch: SweepReport) -> None:
    """Settle rows of one kind in a savepoint; when that fails, each half, down to the row that fails alone."""
    trial = SweepReport()
    try:
        with transaction.atomic():
            _settle_plainly(rows, now, trial)
            connection.check_constraints()  # a foreign key that hangs would fail only the commit
    except Exception as error:
        if _database_is_gone():
            raise
        if len(rows) == 1:
            _set_aside(rows[0], error, now, batch)
            return
        middle = len(rows) // 2
        _settle_or_divide(rows[:middle], now, batch)
        _settle_or_divide(rows[middle:], now, batch)
        return
    batch.settled += trial.settled
    batch.late += trial.late
    batch.reminded += trial.reminded
    batch.kinds += trial.kinds


def _count(rows: Sequence[Due], batch: SweepReport) -> None:
    batch.settled += len(rows)
    batch.late += sum(row.late for row in rows)
    batch.kinds[rows[0].kind] += len(rows)


def _late_before(now: dt.datetime) -> dt.datetime:
    """Rows due before this domain instant are late. The limit is real time, since it measures our machinery."""
    return now - dt.timedelta(seconds=settings.DEADLINE_LATE_AFTER_SECONDS * clock.speed())


def _database_is_gone() -> bool:
    """Whether the connection broke: then nothing is wrong with the rows, and nothing can be written about them."""
    return connection.connection is None or connection.connection.closed != 0


def _set_aside(row: Due, error: Exception, now: dt.datetime, batch: SweepReport) -> None:
    """Put off a row whose handler failed; after the last attempt park it and raise an alarm."""
    log.error("deadline %s (%s) failed", row.pk, row.kind, exc_info=error)
    reason = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
    batch.failed += 1
    attempts = row.attempts + 1
    kept = Deadline.objects.filter(pk=row.pk)
    if row.is_early:
        put_off([row])
        alarms.raise_alarm(
            row.subject,
            f"deadline-{row.pk}-reminder",
            f"Nobody could be reminded of the deadline {row.kind} {row.step} of {row.subject_type} {row.subject_id}, "
            f"due {row.due_at:%Y-%m-%d %H:%M} UTC: {reason}",
            at=now,
        )
        return
    if attempts < settings.DEADLINE_ATTEMPTS:
        again = now + dt.timedelta(seconds=clock.speed() * 2**attempts)
        kept.update(attempts=attempts, last_error=reason, fires_at=again)
        return
    kept.update(attempts=attempts, last_error=reason, state=DeadlineState.PARKED, settled_at=now)
    batch.parked += 1
    alarms.raise_alarm(
        row.subject,
        f"deadline-{row.pk}-parked",
        f"The deadline {row.kind} {row.step} of {row.subject_type} {row.subject_id}, due "
        f"{row.due_at:%Y-%m-%d %H:%M} UTC, failed {attempts} times and is set aside: {reason}",
        at=now,
    )
