"""The deadlines engine as it grows: ``python -m bench.engine``.

Times are medians of interleaved rounds of one run, so that the ratios hold whatever else the machine does. Every due
deadline's handler writes a journal entry and a notice, as the apps' handlers do. The floor is the least that
PostgreSQL can do for it: claim a batch with SKIP LOCKED, mark it and insert its notices, all inside the server.
"""

import argparse
import datetime as dt
import json
import os
import re
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import _databases as databases

SMALL, LARGE = 10_000, 1_000_000
DUE, BURST = 100, 10_000
BATCH = 500
START = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
KIND = "bench.timer"

# Pending deadlines, six on a subject, spread over the year after START.
FILL = """
    INSERT INTO portal_deadline (subject_type, subject_id, kind, step, due_at, fires_at, state, promise, unfinished,
                                 clause, words, data, set_at, late, cause, attempts, last_error)
    SELECT 'bench.case', n / 6, %s, n %% 6, due_at, due_at, 'pending', false, false,
           'ATSP 4.6', 'one business hour after the report', '{}', %s, false, '', 0, ''
      FROM generate_series(1, %s) AS n,
           LATERAL (SELECT %s::timestamptz + interval '1 day' + random() * interval '1 year') AS due (due_at)
"""
# Deadlines that fell due in the minute before an instant, each on a case of its own.
ADD_DUE = """
    INSERT INTO portal_deadline (subject_type, subject_id, kind, step, due_at, fires_at, state, promise, unfinished,
                                 clause, words, data, set_at, late, cause, attempts, last_error)
    SELECT 'bench.case', %s::bigint * 1000000 + n, %s, 'due', due_at, due_at, 'pending', false, false,
           'ATSP 4.6', 'one business hour after the report', '{}', %s, false, '', 0, ''
      FROM generate_series(1, %s) AS n,
           LATERAL (SELECT %s::timestamptz - random() * interval '50 seconds') AS due (due_at)
"""
FLOOR = """
    WITH claimed AS (
        SELECT id FROM portal_deadline WHERE state = 'pending' AND fires_at <= %s
         ORDER BY fires_at, id LIMIT %s FOR UPDATE SKIP LOCKED),
    marked AS (
        UPDATE portal_deadline SET state = 'fired', settled_at = %s FROM claimed
         WHERE portal_deadline.id = claimed.id RETURNING portal_deadline.id, subject_id)
    INSERT INTO portal_notice (subject_type, subject_id, step, address, recipient_key, channel, template, context,
                               title, url, clause, late, state, created_at, token, attempts, next_try_at, last_error)
    SELECT 'bench.case', subject_id, 'deadline:' || id, 'reader@people.example', 'mailto:reader@people.example',
           'email', 'alarm', '{}', 'due', '', 'ATSP 4.6', false, 'waiting', now(), gen_random_uuid(), 0, now(), ''
      FROM marked
"""


def register_kind() -> None:
    from portal import deadlines, journal
    from portal.models import Deadline
    from portal.notices import outbox
    from portal.notices.outbox import Address, NoticeDraft

    def handle(rows: Sequence[Deadline], now: dt.datetime) -> None:
        journal.record_many(
            journal.entry(
                row.subject, "bench.fired", by=None, at=now, clause=row.clause, late=row.late
            )
            for row in rows
        )
        outbox.post_many(
            [
                NoticeDraft(
                    row.subject,
                    f"deadline:{row.pk}",
                    [Address("reader@people.example", "The Reader")],
                    "alarm",
                    "A deadline is due",
                    {"text": f"The deadline of case {row.subject_id} is due"},
                    clause=row.clause,
                    late=row.late,
                )
                for row in rows
            ],
            at=now,
        )

    deadlines.register(
        deadlines.DeadlineKind(KIND, "Timer of the benchmark", promise=False, handle=handle)
    )


class Clock:
    """Domain time of the benchmark: each round a minute later, with cases of its own."""

    def __init__(self) -> None:
        self.round = 0
        self.now = START

    def next_round(self, due: int) -> dt.datetime:
        """Let a minute pass in which so many deadlines fall due."""
        self.round += 1
        self.now += dt.timedelta(minutes=1)
        databases.execute(ADD_DUE, [self.round, KIND, START, due, self.now])
        return self.now


def fill(pending: int) -> None:
    databases.execute(FILL, [KIND, START, pending, START])
    databases.execute("VACUUM ANALYZE portal_deadline")


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Count the statements of the block."""
    from django.db import connection

    count = 0

    def wrap(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(wrap):
        yield lambda: count


# --- growth: a sweep with little due, among few and among many pending ---------------------------------


def measure_growth(names: dict[int, str], clock: Clock, rounds: int, idle: int) -> dict[str, Any]:
    """Milliseconds and statements of a sweep with 100 due, and of an idle one, by what is pending."""
    from portal.deadlines.sweep import sweep

    busy: dict[int, list[float]] = {size: [] for size in names}
    idly: dict[int, list[float]] = {size: [] for size in names}
    statements: dict[int, int] = {}
    for _ in range(rounds + 1):
        for size, name in names.items():
            databases.use(name)
            sweep(clock.now)  # warms the connection
            now = clock.next_round(DUE)
            with counted() as count:
                begun = perf_counter()
                settled = sweep(now).settled
                busy[size].append((perf_counter() - begun) * 1000)
            if settled != DUE:
                sys.exit(f"a sweep settled {settled} instead of {DUE}")
            statements[size] = count()
            begun = perf_counter()
            for _ in range(idle):
                sweep(now)
            idly[size].append((perf_counter() - begun) * 1000 / idle)
    return {
        "busy": {size: statistics.median(times[1:]) for size, times in busy.items()},
        "idle": {size: statistics.median(times[1:]) for size, times in idly.items()},
        "statements": statements,
    }


# --- burst: 10,000 due at once, by one process and by two -------------------------------------------------


def worker(now: dt.datetime) -> None:
    """The body of a worker process: sweep when told, and say what it took. As fat as a Celery worker's process."""
    import django

    django.setup()
    import celery.apps.worker
    import celery.concurrency.prefork  # noqa: F401

    from portal.celery import app
    from portal.deadlines.sweep import sweep

    app.finalize()
    register_kind()
    sweep(START - dt.timedelta(days=1))  # connects
    print("ready", flush=True)
    sys.stdin.readline()
    with counted() as count:
        report = sweep(now, batch=BATCH)
    said = {"settled": report.settled, "statements": count(), "megabytes": peak_megabytes()}
    print(json.dumps(said), flush=True)


def peak_megabytes() -> float:
    """The most memory that this process has held.

    On Linux ``ru_maxrss`` is no less than what the process that started it held, so the kernel's own mark is read.
    """
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        return int(kilobytes) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def burst(processes: int, now: dt.datetime) -> dict[str, Any]:
    """Let so many processes sweep at once; the seconds until the last is done, and what they say."""
    arguments = [sys.executable, "-m", "bench.engine", "--worker", now.isoformat()]
    workers = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    pipes = [(each.stdin, each.stdout) for each in workers if each.stdin and each.stdout]
    for _, told in pipes:
        told.readline()
    begun = perf_counter()
    for tell, _ in pipes:
        tell.write("go\n")
        tell.flush()
    said = [json.loads(told.readline()) for _, told in pipes]
    seconds = perf_counter() - begun
    for each in workers:
        each.communicate()
    settled = sum(one["settled"] for one in said)
    if settled != BURST:
        sys.exit(f"{processes} processes settled {settled} instead of {BURST}")
    return {
        "seconds": seconds,
        "statements": sum(one["statements"] for one in said) / BURST,
        "megabytes": max(one["megabytes"] for one in said),
    }


def floor(now: dt.datetime) -> float:
    """Seconds in which PostgreSQL alone claims, marks and tells the burst, batch by batch."""
    from django.db import connection

    begun = perf_counter()
    done = 0
    while done < BURST:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR, [now, BATCH, now])
            done += cursor.rowcount
    return perf_counter() - begun


def measure_bursts(name: str, clock: Clock, rounds: int) -> dict[str, Any]:
    """Medians of bursts by one process, by two, and of the floor."""
    os.environ["DATABASE_URL"] = databases.url_of(name)
    runs: dict[str, list[dict[str, Any]]] = {"one": [], "two": []}
    floors: list[float] = []
    databases.use(name)
    for _ in range(rounds):
        runs["one"].append(burst(1, clock.next_round(BURST)))
        runs["two"].append(burst(2, clock.next_round(BURST)))
        floors.append(floor(clock.next_round(BURST)))
    return {
        "one": {key: statistics.median(run[key] for run in runs["one"]) for key in runs["one"][0]},
        "two": {key: statistics.median(run[key] for run in runs["two"]) for key in runs["two"][0]},
        "peak": max(run["megabytes"] for kind in runs.values() for run in kind),
        "floor": statistics.median(floors),
    }


# --- the tables ----------------------------------------------------------------------------------------------


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Lines of: what, figure, goal."""
    wide = max(len(what) for what, _, _ in rows)
    return "\n".join(
        f"{what:<{wide}}  {figure:>14}  {goal}".rstrip() for what, figure, goal in rows
    )


def goal(kept: bool, words: str) -> str:
    return f"goal {words}: {'kept' if kept else 'MISSED'}"


def growth_table(figures: dict[str, Any]) -> str:
    busy, idle, statements = figures["busy"], figures["idle"], figures["statements"]
    rows = []
    for words, times in ((f"sweep, {DUE} due", busy), ("idle sweep", idle)):
        for size, ms in times.items():
            rows.append((f"{words} among {size:,} pending", f"{ms:.2f} ms", ""))
        ratio = times[LARGE] / times[SMALL]
        rows.append((f"{words}: many / few", f"{ratio:.2f}", goal(ratio <= 1.5, "≤ 1.5")))
    for size, count in statements.items():
        each = count / DUE
        rows.append(
            (
                f"statements of a sweep, {DUE} due among {size:,}",
                f"{count} ({each:.2f} a row)",
                goal(each <= 0.1, "≤ 0.1 a row"),
            )
        )
    same = len(set(statements.values())) == 1
    rows.append(("statements: many = few", "yes" if same else "no", goal(same, "the same")))
    return table(rows)


def burst_table(figures: dict[str, Any]) -> str:
    one, two, least = figures["one"], figures["two"], figures["floor"]
    faster = one["seconds"] / two["seconds"]
    share = least / one["seconds"]
    return table(
        [
            ("one process", f"{BURST / one['seconds']:,.0f} rows/s", f"{one['seconds']:.2f} s"),
            ("two processes", f"{BURST / two['seconds']:,.0f} rows/s", f"{two['seconds']:.2f} s"),
            ("two / one", f"{faster:.2f}", goal(faster >= 1.5, "≥ 1.5")),
            ("PostgreSQL alone", f"{BURST / least:,.0f} rows/s", f"{least:.2f} s"),
            ("share of it, one process", f"{share:.0%}", goal(share >= 0.15, "≥ 15 %")),
            (
                "statements a row",
                f"{one['statements']:.3f}",
                goal(one["statements"] <= 0.1, "≤ 0.1"),
            ),
            (
                "peak memory of a worker",
                f"{figures['peak']:.0f} MB",
                goal(figures["peak"] < 250, "< 250 MB"),
            ),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds of growth")
    parser.add_argument("--idle", type=int, default=100, help="idle sweeps in each round")
    parser.add_argument("--bursts", type=int, default=5, help="interleaved rounds of bursts")
    parser.add_argument("--worker", type=dt.datetime.fromisoformat, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        worker(chosen.worker)
        return
    clock = Clock()
    with databases.own_database() as empty:
        register_kind()
        names = {SMALL: databases.copy(empty, 1), LARGE: databases.copy(empty, 2)}
        for size, name in names.items():
            databases.use(name)
            fill(size)
        print(f"Growth: medians of {chosen.rounds} interleaved rounds")
        print(growth_table(measure_growth(names, clock, chosen.rounds, chosen.idle)), flush=True)
        print(
            f"\nBurst: {BURST:,} due among {LARGE:,}; medians of {chosen.bursts} interleaved rounds"
        )
        print(burst_table(measure_bursts(names[LARGE], clock, chosen.bursts)))


if __name__ == "__main__":
    main()
