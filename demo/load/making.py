"""Making a load: the mould, the copies of its resellers and cases, then sequences, indexes and statistics."""

import contextlib
import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection, models, transaction

from cases.case.models import Case
from cases.conversation.models import Message
from cases.search.learning import learn_words
from cases.search.rebuilding import rebuild, without_triggers
from cases.sub_cases.models import SubCase
from contracts.prepaid.models.ledger import CaseEntry
from demo.load import cases, mould, resellers
from demo.load.copying import SCHEMA, check_constraints, rows, run, table
from escalation.models import Step, Timeline
from portal.models import Deadline, JournalEntry, Notice

GROWN: tuple[type[models.Model], ...] = (
    Case,
    Message,
    SubCase,
    CaseEntry,
    Timeline,
    Step,
    Deadline,
    JournalEntry,
    Notice,
)


@dataclass(frozen=True, slots=True)
class Load:
    """What to make: how many cases, resellers and articles."""

    cases: int
    resellers: int
    articles: int
    seed: int
    workers: int = 1


def make(load: Load, now: dt.datetime, say: Callable[[str], None]) -> None:
    """Make it around the domain instant `now`. Expects the demonstration's data. `say` gets a line for each step."""
    run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    run("SELECT setseed(%s)", [load.seed % 1000 / 1000])
    mould.add_cases(load.seed, now)
    say("The mould is made")
    cases.write_texts(load.seed, load.articles, load.cases)
    resellers.write_names(load.seed)
    staff = resellers.hire(load.resellers)
    resellers.plan(load.resellers, load.cases)
    graphs = resellers.moulds()
    keys = resellers.number_keys(graphs, staff)
    resellers.keep_positions(graphs)
    keys_of_cases = cases.plan(graphs, keys, staff, now)
    say("The copies are planned")
    check_constraints()  # what waits for it holds the tables
    with without_triggers(), _without_indexes(say):
        with transaction.atomic():
            resellers.copy_resellers(graphs, keys)
        _set_sequences()
        say(f"{load.resellers:,} resellers are copied")
        _copy_cases(cases.copies(keys_of_cases), load.workers, say)
    rebuild(load.workers, say)
    learn_words(anew=True)
    say("The words for searching are written")
    resellers.settle()
    _set_sequences()
    run(f"DROP SCHEMA {SCHEMA} CASCADE")
    run("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
    say("The statistics are up to date")


def _copy_cases(copies: cases.Copies, workers: int, say: Callable[[str], None]) -> None:
    low, high = cases.numbers()
    starts = range(low, high + 1, cases.CHUNK)
    done = itertools.count(1)

    def write(start: int) -> None:
        copies.write(start, min(start + cases.CHUNK - 1, high))
        if next(done) % 5 == 0:
            say(f"{min(start + cases.CHUNK, high + 1) - low:,} cases are copied")

    if workers == 1:
        for start in starts:
            write(start)
        return
    with ThreadPoolExecutor(workers) as pool:
        try:
            list(pool.map(write, starts))
        finally:
            for _ in range(workers):
                pool.submit(connection.close)


@contextlib.contextmanager
def _without_indexes(say: Callable[[str], None]) -> Iterator[None]:
    """Take away the indexes that guard nothing while rows are written, and build them anew at the end, whatever
    happens in between: many times faster than to keep them.
    """
    plain = rows(
        """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
         WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique AND NOT i.indisprimary
        """,
        [[table(model) for model in GROWN]],
    )
    check_constraints()
    for name, _ in plain:
        run(f"DROP INDEX {name}")
    try:
        yield
    finally:
        check_constraints()
        run("SET maintenance_work_mem = '512MB'")
        for name, definition in plain:
            run(definition)
            if "gin" in definition:
                say(f"Index {name} is built")
        run("RESET maintenance_work_mem")
        say("The indexes are built")


def _set_sequences() -> None:
    """Let every sequence go on behind the highest key."""
    for name, column in rows(
        """
        SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND is_identity = 'YES'
        """
    ):
        run(
            f"SELECT setval(pg_get_serial_sequence('{name}', '{column}'), "
            f"greatest(nextval(pg_get_serial_sequence('{name}', '{column}')), "
            f"(SELECT coalesce(max({column}), 0) + 1 FROM {name})), false)"
        )
