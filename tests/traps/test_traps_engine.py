"""The traps that engine, journal, outbox and clock avoid, by behavior on the real database."""

import ast
import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from portal import alarms, deadlines, tasks
from portal.celery import app
from portal.deadlines.sweep import sweep
from portal.models import Deadline, DeadlineState, JournalEntry, Notice, NoticeState
from portal.notices import outbox
from portal.notices.delivery import deliver
from portal.notices.outbox import Address
from tests.portal.engine import (
    CLAUSE,
    INSTANT,
    PROMISE,
    SECOND,
    TIMER,
    promise,
    registered,
    set_timer,
    subject,
    timer,
    told,
    write_down,
)
from tests.smtp_peer import SmtpPeer

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ROOMS = ("portal", "contracts", "cases", "escalation", "scorecard")


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with registered(timer(write_down), promise(write_down)):
        yield


def our_code() -> list[tuple[str, ast.Module]]:
    """Our modules, except those that run other programs rather than the agreement."""
    root = Path(django_settings.BASE_DIR)
    return [
        (str(path.relative_to(root)), ast.parse(path.read_text()))
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def entries_of(row: Deadline) -> int:
    return JournalEntry.objects.filter(data__deadline=row.pk).count()


@pytest.mark.trap(1)
@pytest.mark.django_db(transaction=True)
def test_trap_1_a_tick_that_runs_twice_does_its_work_once(at: dt.datetime, set_clock) -> None:
    set_clock(at + SECOND)
    rows = [set_timer(number, at) for number in range(20)]

    done = [tasks.sweep(), tasks.sweep()]

    assert [tick["settled"] for tick in done] == [20, 0]
    assert {entries_of(row) for row in rows} == {1}


@pytest.mark.trap(1)
def test_trap_1_nothing_is_scheduled_with_the_broker() -> None:
    scheduling = {"apply_async", "delay", "send_task", "eta", "countdown"}
    for name, tree in our_code():
        for call in calls(tree):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            given = {argument.arg for argument in call.keywords}
            assert not scheduling & {called, *given}, f"{name}:{call.lineno}"


@pytest.mark.trap(2)
@pytest.mark.django_db
def test_trap_2_a_deadline_needs_no_broker_to_be_set_or_kept(at: dt.datetime, settings) -> None:
    nobody_listens = "redis://127.0.0.1:1/0"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = nobody_listens
    row = set_timer(1, at)

    assert sweep(at).settled == 1

    assert entries_of(row) == 1
    assert Notice.objects.count() == 1


@pytest.mark.trap(4)
@pytest.mark.django_db
def test_trap_4_a_level_fires_once_however_often_it_is_swept(at: dt.datetime) -> None:
    levels = [set_timer(1, at + number * HOUR, step=f"T+{number}") for number in range(4)]

    for minute in range(0, 600, 10):
        sweep(at + dt.timedelta(minutes=minute))

    assert {entries_of(row) for row in levels} == {1}
    assert Notice.objects.count() == len(levels)


@pytest.mark.trap(5)
@pytest.mark.django_db
def test_trap_5_after_an_outage_every_level_fires_late_and_in_order(at: dt.datetime) -> None:
    marks = ["T", "T+30m", "T+1h", "T+2h", "T+4h", "T+8h", "T+12h", "T+24h"]
    hours = [0, 0.5, 1, 2, 4, 8, 12, 24]
    for mark, hour in reversed(list(zip(marks, hours, strict=True))):
        set_timer(1, at + hour * HOUR, step=mark)
    sweep(at)

    report = sweep(at + 2 * DAY)

    assert (report.settled, report.late) == (7, 7)
    entries = JournalEntry.objects.about(subject(1)).order_by("id")
    assert [entry.data["step"] for entry in entries] == marks
    assert [entry.data["late"] for entry in entries] == [False, *[True] * 7]
    assert Notice.objects.filter(late=True).count() == 7


@pytest.mark.trap(9)
@pytest.mark.django_db
def test_trap_9_a_schedule_row_exists_once_whoever_writes_it(at: dt.datetime) -> None:
    set_timer(1, at)
    with pytest.raises(IntegrityError, match="deadline_pending_once"), transaction.atomic():
        set_timer(1, at + HOUR)
    assert Deadline.objects.about(subject(1)).get().due_at == at


@pytest.mark.trap(14)
@pytest.mark.django_db
def test_trap_14_a_deadline_set_again_on_the_same_day_is_announced_again(at: dt.datetime) -> None:
    set_timer(1, at)
    sweep(at)
    set_timer(1, at + SECOND)
    sweep(at + SECOND)

    assert JournalEntry.objects.about(subject(1)).count() == 2
    assert Notice.objects.about(subject(1)).count() == 2


@pytest.mark.trap(14)
@pytest.mark.django_db
def test_trap_14_midnight_is_an_instant_like_any_other() -> None:
    midnight = dt.datetime(2003, 3, 6, 0, 0, tzinfo=dt.UTC)
    before, after = set_timer(1, midnight - INSTANT), set_timer(2, midnight)

    assert sweep(midnight - INSTANT).settled == 1
    assert sweep(midnight).settled == 1
    assert [entries_of(before), entries_of(after)] == [1, 1]


@pytest.mark.trap(16)
@pytest.mark.django_db
def test_trap_16_nothing_of_a_closed_subject_fires_not_even_when_it_was_due_already(
    at: dt.datetime,
) -> None:
    due, to_come = set_timer(1, at), set_timer(1, at + HOUR, kind=PROMISE)
    parked = set_timer(1, at, step="parked")
    Deadline.objects.filter(pk=parked.pk).update(state="parked", settled_at=at)
    other = set_timer(2, at)

    deadlines.cancel(subject(1), at=at + SECOND, cause="closed")
    for day in range(3):
        sweep(at + day * DAY)

    for row in (due, to_come, parked):
        row.refresh_from_db()
        assert row.state == DeadlineState.CANCELLED
        assert entries_of(row) == 0
    assert entries_of(other) == 1


@pytest.mark.trap(16)
@pytest.mark.django_db
def test_trap_16_a_deadline_that_closes_its_subject_silences_those_swept_with_it(
    at: dt.datetime,
) -> None:
    def closes(rows: Sequence[Deadline], now: dt.datetime) -> None:
        write_down(rows, now)
        deadlines.cancel_many([row.subject for row in rows], at=now, cause="closed")

    with registered(timer(closes, "tests.closes")):
        for number in range(5):
            set_timer(number, at, kind="tests.closes")
            set_timer(number, at + SECOND)
        sweep(at + DAY)

    assert Counter(JournalEntry.objects.values_list("verb", flat=True)) == {"tests.closes.fired": 5}


@pytest.mark.trap(18)
@pytest.mark.django_db
def test_trap_18_nobody_to_tell_is_an_alarm_and_never_silence(at: dt.datetime, make_user) -> None:
    alarms.raise_alarm(subject(1), "nobody-at-t+1h", "Nobody is PSAM of this reseller", at=at)
    someone = make_user("Enno Engineer", "cse")
    alarms.raise_alarm(subject(2), "nobody-at-t+1h", "Nobody is PSAM of this one either", at=at)

    assert JournalEntry.objects.filter(verb="alarm.raised").count() == 2
    assert told(someone) == ["Nobody is PSAM of this one either"]


@pytest.mark.trap(21)
@pytest.mark.django_db
def test_trap_21_a_chain_swept_late_again_and_again_keeps_its_marks(at: dt.datetime) -> None:
    def hourly(rows: Sequence[Deadline], now: dt.datetime) -> None:
        for row in rows:
            set_timer(1, row.due_at + HOUR, step=str(int(row.step) + 1), kind="tests.hourly")

    with registered(timer(hourly, "tests.hourly")):
        set_timer(1, at, step="0", kind="tests.hourly")
        for hour in range(12):
            sweep(at + hour * HOUR + dt.timedelta(minutes=7 * hour % 50))

    due = Deadline.objects.about(subject(1)).order_by("due_at").values_list("due_at", flat=True)
    assert list(due) == [at + hour * HOUR for hour in range(13)]


@pytest.mark.trap(25)
@pytest.mark.django_db
def test_trap_25_the_sweep_ticks_every_few_seconds_not_every_hour(at: dt.datetime) -> None:
    app.finalize()
    ticks = {tick["task"]: tick["schedule"] for tick in app.conf.beat_schedule.values()}
    assert dt.timedelta(seconds=float(ticks["portal.tasks.sweep"])) <= dt.timedelta(seconds=5)

    row = set_timer(1, at + dt.timedelta(minutes=30), kind=PROMISE)
    every = float(ticks["portal.tasks.sweep"]) * SECOND
    now = at
    while Deadline.objects.pending().exists():
        now += every
        sweep(now)
    row.refresh_from_db()
    assert row.due_at < row.settled_at <= row.due_at + every


@pytest.mark.trap(28)
@pytest.mark.django_db(transaction=True)
def test_trap_28_a_mail_is_marked_sent_only_when_the_server_has_taken_it(
    at: dt.datetime, settings
) -> None:
    address = "reader@people.example"
    taken = threading.Event()
    with SmtpPeer() as peer:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
        peer.hold(address, taken)
        outbox.post(subject(1), "x", to=[Address(address)], template="alarm", title="x", at=at)

        def work() -> None:
            try:
                deliver()
            finally:
                connections.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        peer.wait_for(lambda: peer.tries[address] == 1)
        assert Notice.objects.get().state == NoticeState.WAITING
        taken.set()
        worker.join(20)
    assert Notice.objects.get().state == NoticeState.SENT
    assert len(peer.mails) == 1


@pytest.mark.trap(30)
@pytest.mark.clause("D-8")
@pytest.mark.django_db
@pytest.mark.parametrize("late", [dt.timedelta(minutes=5, seconds=1), DAY, 400 * DAY])
def test_trap_30_however_late_it_still_fires(at: dt.datetime, late: dt.timedelta) -> None:
    row = set_timer(1, at)

    sweep(at + late)

    row.refresh_from_db()
    assert (row.state, row.late) == (DeadlineState.FIRED, True)
    assert entries_of(row) == 1


@pytest.mark.trap(30)
@pytest.mark.clause("D-8")
@pytest.mark.django_db
def test_trap_30_kept_at_the_very_instant_is_met_and_nothing_else(at: dt.datetime) -> None:
    row = set_timer(1, at, kind=PROMISE)

    assert sweep(at).settled == 0
    deadlines.meet(subject(1), PROMISE, at=at)
    assert sweep(at + DAY).settled == 0

    row.refresh_from_db()
    assert (row.state, row.met_at <= row.due_at) == (DeadlineState.MET, True)


def set_many(count: int, due_at: dt.datetime) -> None:
    deadlines.set_deadlines(
        [
            deadlines.Setting(
                subject(number % 500), TIMER, due_at, CLAUSE, step=f"{due_at} {number}"
            )
            for number in range(count)
        ],
        at=due_at,
    )


@pytest.mark.trap(31)
@pytest.mark.django_db
def test_trap_31_a_sweep_has_no_cap(at: dt.datetime) -> None:
    set_many(2500, at)
    assert sweep(at).settled == 2500
    assert not Deadline.objects.pending().exists()


@pytest.mark.trap(31)
@pytest.mark.django_db
def test_trap_31_the_history_of_a_subject_costs_a_sweep_nothing(at: dt.datetime) -> None:
    def statements(now: dt.datetime) -> int:
        set_many(100, now)
        with CaptureQueriesContext(connection) as captured:
            assert sweep(now).settled == 100
        return len(captured)

    first = statements(at)
    for hour in range(1, 6):
        set_many(500, at + hour * HOUR)
        sweep(at + hour * HOUR)
    assert statements(at + DAY) == first <= 10


@pytest.mark.trap(32)
@pytest.mark.django_db(transaction=True)
def test_trap_32_workers_that_sweep_at_once_share_the_rows(at: dt.datetime) -> None:
    set_many(400, at)
    gate = threading.Barrier(3, timeout=20)
    settled: list[int] = []

    def work() -> None:
        try:
            gate.wait()
            settled.append(sweep(at, batch=10).settled)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sum(settled) == 400
    once = Counter(entry.data["deadline"] for entry in JournalEntry.objects.all())
    assert (len(once), set(once.values())) == (400, {1})


@pytest.mark.trap(33)
def test_trap_33_only_the_clock_reads_the_time() -> None:
    reading = {"now", "utcnow", "today", "utcfromtimestamp", "time", "time_ns", "localtime"}
    of = {"datetime", "date", "timezone", "time", "dt.datetime", "dt.date", "datetime.datetime"}
    of |= {"datetime.date"}
    readers = {
        name
        for name, tree in our_code()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in reading
        and ast.unparse(call.func.value) in of
    }
    assert readers == {"portal/clock.py"}


@pytest.mark.trap(33)
def test_trap_33_no_instant_is_made_without_a_zone() -> None:
    for name, tree in our_code():
        for call in calls(tree):
            if ast.unparse(call.func) in {"datetime", "dt.datetime", "datetime.datetime"}:
                zoned = len(call.args) >= 8 or any(key.arg == "tzinfo" for key in call.keywords)
                assert zoned, f"{name}:{call.lineno}"


@pytest.mark.trap(33)
@pytest.mark.django_db
def test_trap_33_every_column_of_time_knows_its_zone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type LIKE 'timestamp%'"
        )
        columns = cursor.fetchall()
    ours = [column for column in columns if column[0].startswith(ROOMS)]
    assert ("portal_deadline", "due_at", "timestamp with time zone") in ours
    assert {kind for _, _, kind in columns} == {"timestamp with time zone"}


@pytest.mark.trap(33)
@pytest.mark.django_db
def test_trap_33_an_instant_without_a_zone_never_reaches_the_database(at: dt.datetime) -> None:
    with pytest.raises(RuntimeWarning, match="naive datetime"):
        Deadline.objects.pending().filter(due_at__lte=at.replace(tzinfo=None)).exists()
