"""Shared by the tests of the engine: kinds of their own, and subjects without a meaning."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from portal import deadlines, journal
from portal.deadlines import kinds
from portal.models import Deadline, SubjectKey, User
from portal.notices import outbox
from portal.notices.outbox import Address, NoticeDraft

TIMER = "tests.timer"
PROMISE = "tests.promise"
CLAUSE = "ATSP 4.6"
SECOND = dt.timedelta(seconds=1)
INSTANT = dt.timedelta(microseconds=1)

Handle = Callable[[Sequence[Deadline], dt.datetime], None]


def subject(number: int) -> SubjectKey:
    """A subject of its own for each number."""
    return SubjectKey("tests.thing", number)


@contextmanager
def registered(*wanted: deadlines.DeadlineKind) -> Iterator[None]:
    """Register kinds for the length of a test."""
    for kind in wanted:
        deadlines.register(kind)
    try:
        yield
    finally:
        for kind in wanted:
            del kinds._kinds[kind.code]


def timer(handle: Handle, code: str = TIMER, *, in_runs: bool = False) -> deadlines.DeadlineKind:
    """A timer with that handler."""
    return deadlines.DeadlineKind(code, "Timer of the tests", False, handle, in_runs)


def promise(handle: Handle, code: str = PROMISE) -> deadlines.DeadlineKind:
    """A promise with that handler."""
    return deadlines.DeadlineKind(code, "Promise of the tests", promise=True, handle=handle)


def write_down(rows: Sequence[Deadline], now: dt.datetime) -> None:
    """A handler as the apps write them: a journal entry and a notice for each deadline, in two statements."""
    journal.record_many(
        journal.entry(
            row.subject,
            f"{row.kind}.{row.state}",
            by=None,
            at=now,
            clause=row.clause,
            deadline=row.pk,
            step=row.step,
            late=row.late,
        )
        for row in rows
    )
    outbox.post_many(
        [
            NoticeDraft(
                row.subject,
                f"deadline:{row.pk}",
                [Address("reader@people.example", "The Reader")],
                template="alarm",
                title=f"{row.kind} {row.step}",
                context={"text": f"{row.kind} {row.step} on {row.subject_id}"},
                late=row.late,
            )
            for row in rows
        ],
        at=now,
    )


def set_timer(number: int, due_at: dt.datetime, *, step: str = "", kind: str = TIMER) -> Deadline:
    """Set a timer, or another kind, on a subject of the tests."""
    return deadlines.set_deadline(
        subject(number), kind, due_at=due_at, clause=CLAUSE, step=step, at=due_at - SECOND
    )


def told(user: User) -> list[str]:
    """The titles in a user's inbox, the oldest first."""
    return list(user.notices.filter(channel="inbox").order_by("id").values_list("title", flat=True))
