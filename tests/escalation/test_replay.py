"""Outages, several workers, a killed worker: every effect once in the record, late as late, in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from portal.deadlines.sweep import sweep
from portal.models import Deadline, DeadlineState, JournalEntry, Notice
from tests.escalation.world import (
    HOUR,
    SECOND,
    T,
    World,
    deadline_of,
    journalled,
    make_reseller,
    make_world,
    states,
    swept,
    told,
)

ROOT = Path(__file__).resolve().parents[2]
AFTER_A_DAY = T + 25 * HOUR

WORKER = """
import datetime as dt, sys
import django
django.setup()
from django.db import transaction
from portal.deadlines.sweep import sweep
with transaction.atomic():
    sweep(dt.datetime.fromisoformat(sys.argv[1]))
    print("swept, not committed", flush=True)
    sys.stdin.read()
"""


def record(case: object) -> tuple[list[object], list[object]]:
    """Everything told and journalled about a case, without keys and real times."""
    notices = Notice.objects.about(case).order_by("step", "recipient_key", "channel")  # type: ignore[arg-type]
    entries = JournalEntry.objects.about(case).in_order()  # type: ignore[arg-type]
    return (
        list(notices.values_list("step", "address", "channel", "late")),
        list(entries.values_list("verb", "at", "text")),
    )


@pytest.mark.clause("ATSP Ex.C", "D-8")
def test_an_outage_makes_notices_late_but_keeps_the_order_of_the_marks(world: World) -> None:
    case = world.open_case()

    swept(AFTER_A_DAY)

    rows = Deadline.objects.about(case).filter(
        kind__startswith="escalation.", due_at__lt=AFTER_A_DAY
    )
    assert {row.state for row in rows} == {DeadlineState.FIRED, DeadlineState.MISSED}
    assert all(row.late for row in rows)
    fired = [entry for entry in journalled_in_writing_order(case) if "due_at" in entry.data]
    due = [entry.data["due_at"] for entry in fired]
    assert due == sorted(due)
    assert len(fired) == rows.count()
    assert told(case, "psam-1h") == ["psam@legato.example"]
    assert told(case, "hotshot-24h") == ["executive@legato.example"]


def journalled_in_writing_order(case: object) -> list[JournalEntry]:
    rows = JournalEntry.objects.about(case).filter(verb__startswith="escalation.")  # type: ignore[arg-type]
    return list(rows.order_by("id"))


@pytest.mark.clause("D-13")
def test_an_outage_of_days_replays_each_hour_and_goes_on_from_t(world: World) -> None:
    case = world.open_case()

    swept(T + 200 * HOUR + SECOND)
    swept(T + 200 * HOUR + SECOND)

    found = states(case)
    assert {found[f"update-{hour}h"] for hour in range(1, 201)} == {DeadlineState.MISSED}
    assert deadline_of(case, "update-201h").due_at == T + 201 * HOUR
    assert found["update-201h"] == DeadlineState.PENDING
    missed = [
        entry.data["due_at"]
        for entry in journalled_in_writing_order(case)
        if entry.verb == "escalation.duty_missed"
    ]
    assert missed == sorted(missed)


@pytest.mark.clause("ATSP Ex.C")
def test_sweeping_again_adds_nothing(world: World) -> None:
    case = world.open_case()
    swept(T + 9 * HOUR)
    before = record(case)

    assert swept(T + 9 * HOUR).settled == 0

    assert record(case) == before


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_each_person_once() -> None:
    world = make_world()
    cases = [world.open_case(T + n * SECOND) for n in range(6)]
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            barrier.wait(timeout=10)
            for hours in range(0, 26, 5):
                sweep(T + hours * HOUR, batch=7)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    swept(T + 26 * HOUR)

    assert failures == []
    for case in cases:
        assert told(case, "hotshot-24h") == ["executive@legato.example"]
        assert told(case, "senior-managers-8h") == ["senior@legato.example", "vp@legato.example"]
        fired = [entry.data["step"] for entry in journalled(case, "escalation.notice_sent")]
        missed = [entry.data["step"] for entry in journalled(case, "escalation.duty_missed")]
        assert len(fired) == len(set(fired)) == 5
        assert len(missed) == len(set(missed))


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_before_it_commits_leaves_no_trace_and_loses_nothing() -> None:
    world = make_world()
    case = world.open_case()
    before = record(case)
    database = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, AFTER_A_DAY.isoformat()],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        assert "swept" in worker.stdout.readline()
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate(timeout=10)
    assert record(case) == before

    _wait_until_nobody_holds_a_subject()
    swept(AFTER_A_DAY)
    once = record(case)
    swept(AFTER_A_DAY)

    assert told(case, "hotshot-24h") == ["executive@legato.example"]
    assert record(case) == once


def _wait_until_nobody_holds_a_subject() -> None:
    """Until the server has noticed that the worker is gone: sweeps pass over what its transaction still holds."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
                "WHERE datname = current_database() AND locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise AssertionError("the killed worker's transaction still holds its subjects")


@pytest.mark.clause("ATSP Ex.C")
def test_a_mark_of_many_cases_costs_as_many_statements_as_of_one(world: World) -> None:
    provider = world.agreement.provider
    worlds = [world]
    for name in ("Nordlicht", "Plainview", "Quill"):
        agreement, contact = make_reseller(world.version, provider, name, world.people)
        worlds.append(World(world.people, world.version, agreement, contact, world.product))
    worlds[0].open_case()
    swept(T)
    one = _statements(T + HOUR + SECOND)

    later = T + 100 * HOUR
    for each in worlds:
        for _ in range(5):
            each.open_case(later)
    swept(later)
    report_before = Deadline.objects.exclude(state=DeadlineState.PENDING).count()
    many = _statements(later + HOUR + SECOND)
    settled = Deadline.objects.exclude(state=DeadlineState.PENDING).count() - report_before

    assert settled > 20 * 3
    assert many <= one + 10, "a few more only where the first had nothing of a kind"


def test_a_long_outage_costs_a_case_no_round_for_each_hour_missed(world: World) -> None:
    case = world.open_case()
    swept(T)
    swept(T + 12 * HOUR + SECOND)
    # the reminders of the last hour part the run once; a round for each hour makes 116
    assert _statements(T + 24 * HOUR - SECOND) <= 48
    found = states(case)
    assert {found[f"update-{hour}h"] for hour in range(13, 24)} == {DeadlineState.MISSED}


def _statements(at: object) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        swept(at)  # type: ignore[arg-type]
    return len(captured)
