"""The sweep: at which instant, in which order, how often, and at what cost deadlines are settled."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from portal import deadlines, journal, locks
from portal.deadlines.parked import retry_parked
from portal.deadlines.sweep import settle_now, sweep
from portal.models import Deadline, DeadlineState, JournalEntry, Notice
from portal.roles import Role
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

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def kinds() -> Iterator[None]:
    with registered(timer(write_down), promise(write_down)):
        yield


def state_of(deadline: Deadline) -> str:
    deadline.refresh_from_db()
    return deadline.state


@pytest.mark.django_db
@pytest.mark.usefixtures("kinds")
class TestTheInstant:
    @pytest.mark.clause("D-8")
    @pytest.mark.parametrize(
        ("after", "state"),
        [
            pytest.param(-INSTANT, DeadlineState.PENDING, id="a microsecond before: to come"),
            pytest.param(0 * INSTANT, DeadlineState.FIRED, id="at the very instant: it acts"),
            pytest.param(INSTANT, DeadlineState.FIRED, id="a microsecond after"),
        ],
    )
    def test_a_timer_acts_from_its_instant_on(
        self, at: dt.datetime, after: dt.timedelta, state: str
    ) -> None:
        row = set_timer(1, at)
        sweep(at + after)
        assert state_of(row) == state

    @pytest.mark.clause("D-8")
    @pytest.mark.parametrize(
        ("after", "state"),
        [
            pytest.param(-INSTANT, DeadlineState.PENDING, id="a microsecond before: to come"),
            pytest.param(0 * INSTANT, DeadlineState.PENDING, id="at the instant: still in time"),
            pytest.param(INSTANT, DeadlineState.MISSED, id="a microsecond after: missed"),
        ],
    )
    def test_a_promise_is_missed_from_the_microsecond_after_its_instant_on(
        self, at: dt.datetime, after: dt.timedelta, state: str
    ) -> None:
        row = set_timer(1, at, kind=PROMISE)
        sweep(at + after)
        assert state_of(row) == state

    @pytest.mark.parametrize(
        ("after", "late"),
        [
            pytest.param(dt.timedelta(seconds=60), False, id="a minute after is in the rhythm"),
            pytest.param(dt.timedelta(seconds=60) + INSTANT, True, id="more than a minute is late"),
        ],
    )
    def test_late_rows_are_marked_late(
        self, at: dt.datetime, after: dt.timedelta, late: bool
    ) -> None:
        row = set_timer(1, at)
        report = sweep(at + after)
        row.refresh_from_db()
        assert (row.late, row.settled_at, report.late) == (late, at + after, int(late))
        assert JournalEntry.objects.get().data["late"] is late
        assert Notice.objects.get().late is late

    def test_late_is_measured_in_real_time_however_fast_the_domain_runs(
        self, at: dt.datetime, set_clock
    ) -> None:
        set_clock(at, 60.0)
        row = set_timer(1, at)
        sweep(at + dt.timedelta(minutes=59))
        row.refresh_from_db()
        assert row.late is False

    def test_nothing_due_is_an_empty_report(self, at: dt.datetime) -> None:
        set_timer(1, at + SECOND)
        report = sweep(at)
        assert (report.settled, report.late, report.failed, report.batches) == (0, 0, 0, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("kinds")
class TestOnce:
    def test_a_second_sweep_of_the_same_instant_does_nothing(self, at: dt.datetime) -> None:
        set_timer(1, at)
        assert [sweep(at).settled, sweep(at).settled] == [1, 0]
        assert JournalEntry.objects.count() == 1
        assert Notice.objects.count() == 1

    def test_every_row_of_many_batches_is_settled(self, at: dt.datetime) -> None:
        for number in range(23):
            set_timer(number, at)
        report = sweep(at, batch=5)
        assert (report.settled, report.batches) == (23, 5)
        assert report.kinds == {TIMER: 23}
        assert Counter(JournalEntry.objects.values_list("subject_id", flat=True)) == Counter(
            range(23)
        )

    def test_a_time_limit_leaves_the_rest_to_the_next_sweep(self, at: dt.datetime) -> None:
        for number in range(6):
            set_timer(number, at)
        assert sweep(at, batch=2, most_seconds=0).settled == 2
        assert sweep(at, batch=2).settled == 4


@pytest.mark.django_db
class TestOrder:
    def test_the_deadlines_of_a_subject_fire_in_order_after_an_outage(
        self, at: dt.datetime
    ) -> None:
        fired: list[tuple[int, str]] = []

        def note(rows: Sequence[Deadline], now: dt.datetime) -> None:
            fired.extend((row.subject_id, row.step) for row in rows)

        hours = range(1, 12)
        with registered(timer(note), timer(note, "tests.other")):
            for hour in reversed(hours):
                for number in (1, 2):
                    kind = TIMER if hour % 3 else "tests.other"
                    set_timer(number, at + hour * MINUTE, step=f"T+{hour}", kind=kind)
            sweep(at + dt.timedelta(days=2), batch=7)
        for number in (1, 2):
            assert [step for about, step in fired if about == number] == [
                f"T+{hour}" for hour in hours
            ]

    def test_a_chain_set_by_its_own_handler_catches_up_before_what_was_due_later(
        self, at: dt.datetime
    ) -> None:
        fired: list[str] = []

        def hourly(rows: Sequence[Deadline], now: dt.datetime) -> None:
            for row in rows:
                fired.append(row.step)
                hour = int(row.step) + 1
                if hour <= 4:
                    set_timer(1, at + hour * MINUTE, step=str(hour))

        def last(rows: Sequence[Deadline], now: dt.datetime) -> None:
            fired.append("last")

        with registered(timer(hourly), timer(last, "tests.last"), timer(write_down, "tests.other")):
            set_timer(1, at + MINUTE, step="1")
            set_timer(1, at + 9 * MINUTE, kind="tests.last")
            set_timer(2, at + 3 * MINUTE, kind="tests.other")
            sweep(at + dt.timedelta(days=1))
        assert fired == ["1", "2", "3", "4", "last"]

    def test_rows_of_a_kind_that_comes_in_runs_go_together_up_to_one_of_another_kind(
        self, at: dt.datetime
    ) -> None:
        calls: list[list[str]] = []

        def note(rows: Sequence[Deadline], now: dt.datetime) -> None:
            calls.append([f"{row.subject_id}:{row.step}" for row in rows])

        with registered(timer(note, in_runs=True), timer(note, "tests.other")):
            for minute in (1, 2, 4, 5):
                set_timer(1, at + minute * MINUTE, step=str(minute))
            set_timer(1, at + 3 * MINUTE, kind="tests.other", step="3")
            for minute in (1, 2):
                set_timer(2, at + minute * MINUTE, kind="tests.other", step=str(minute))
            assert sweep(at + dt.timedelta(days=1)).settled == 7
        assert calls == [["1:1", "1:2"], ["2:1"], ["2:2", "1:3"], ["1:4", "1:5"]]

    def test_a_deadline_canceled_by_an_earlier_one_does_not_fire(self, at: dt.datetime) -> None:
        fired: list[str] = []

        def first_ends_it(rows: Sequence[Deadline], now: dt.datetime) -> None:
            fired.extend(row.step for row in rows)
            deadlines.cancel_many([row.subject for row in rows], at=now, cause="the first ended it")

        with registered(timer(first_ends_it)):
            set_timer(1, at, step="first")
            later = [set_timer(1, at + minute * MINUTE, step=str(minute)) for minute in (1, 2)]
            sweep(at + dt.timedelta(days=1))
        assert fired == ["first"]
        assert [state_of(row) for row in later] == [DeadlineState.CANCELLED] * 2
        assert {row.cause for row in later} == {"the first ended it"}


@pytest.mark.django_db
class TestFailure:
    def test_a_poison_row_does_not_hold_up_the_others(self, at: dt.datetime) -> None:
        def fails_on_13(rows: Sequence[Deadline], now: dt.datetime) -> None:
            write_down(rows, now)
            if any(row.subject_id == 13 for row in rows):
                raise RuntimeError("thirteen")

        with registered(timer(fails_on_13)):
            rows = [set_timer(number, at) for number in range(20)]
            report = sweep(at)
        assert (report.settled, report.failed) == (19, 1)
        poison = rows.pop(13)
        assert {state_of(row) for row in rows} == {DeadlineState.FIRED}
        assert state_of(poison) == DeadlineState.PENDING
        assert (poison.attempts, poison.last_error) == (1, "RuntimeError: thirteen")
        assert not JournalEntry.objects.about(subject(13)).exists()
        assert JournalEntry.objects.count() == 19
        assert Notice.objects.count() == 19

    def test_it_is_tried_again_later_each_time_then_parked_with_an_alarm(
        self, at: dt.datetime, make_user
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        make_user("Cem Engineer", Role.CSE)

        def fails(rows: Sequence[Deadline], now: dt.datetime) -> None:
            raise RuntimeError("no way")

        waits = []
        with registered(timer(fails)):
            row = set_timer(1, at)
            now = at
            for _ in range(5):
                assert state_of(row) == DeadlineState.PENDING
                sweep(now)
                row.refresh_from_db()
                waits.append((row.fires_at - now).total_seconds())
                now = max(now, row.fires_at)
        assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
        assert state_of(row) == DeadlineState.PARKED
        assert sweep(now + dt.timedelta(days=1)).failed == 0
        [title] = told(dispatcher)
        assert title.startswith("The deadline tests.timer")
        assert "no way" in title
        entry = JournalEntry.objects.about(subject(1)).get(verb="alarm.raised")
        assert entry.text == title
        assert set(Notice.objects.values_list("recipient", flat=True)) == {dispatcher.pk}

    def test_parked_ones_are_tried_again_when_asked(self, at: dt.datetime) -> None:
        broken = True

        def mended_later(rows: Sequence[Deadline], now: dt.datetime) -> None:
            if broken:
                raise RuntimeError("not yet")
            write_down(rows, now)

        with registered(timer(mended_later)):
            row = set_timer(1, at)
            for day in range(5):
                sweep(at + dt.timedelta(days=day))
            assert state_of(row) == DeadlineState.PARKED
            broken = False
            now = at + dt.timedelta(days=6)
            assert retry_parked(now) == 1
            sweep(now)
        assert state_of(row) == DeadlineState.FIRED
        assert row.late

    def test_a_parked_row_stays_parked_when_its_step_was_set_again(self, at: dt.datetime) -> None:
        with registered(timer(write_down)):
            row = set_timer(1, at)
            Deadline.objects.filter(pk=row.pk).update(state="parked", settled_at=at)
            set_timer(1, at + MINUTE)
            assert retry_parked(at) == 0

    def test_a_kind_nobody_registered_is_put_off_and_the_rest_goes_on(
        self, at: dt.datetime
    ) -> None:
        with registered(timer(write_down), timer(write_down, "tests.gone")):
            gone = set_timer(1, at, kind="tests.gone")
            known = set_timer(2, at)
        with registered(timer(write_down)):
            sweep(at)
        assert state_of(known) == DeadlineState.FIRED
        assert state_of(gone) == DeadlineState.PENDING
        assert "tests.gone" in gone.last_error

    def test_an_entry_refused_only_at_commit_fails_alone_too(
        self, at: dt.datetime, transactional_db: None
    ) -> None:
        def by_nobody(rows: Sequence[Deadline], now: dt.datetime) -> None:
            for row in rows:
                entry = journal.entry(row.subject, "tests.done", by=None, at=now)
                if row.subject_id == 2:
                    entry.by_id = 999_999
                journal.record_many([entry])

        with registered(timer(by_nobody)):
            rows = [set_timer(number, at) for number in range(4)]
            sweep(at)
        assert [state_of(row) for row in rows] == ["fired", "fired", "pending", "fired"]

    def test_a_whole_batch_that_fails_costs_only_its_failing_rows(self, at: dt.datetime) -> None:
        def three_fail(rows: Sequence[Deadline], now: dt.datetime) -> None:
            if any(row.subject_id in (3, 4, 40) for row in rows):
                raise RuntimeError("these")

        with registered(timer(three_fail)):
            for number in range(64):
                set_timer(number, at)
            report = sweep(at)
        assert (report.settled, report.failed) == (61, 3)


@pytest.mark.django_db
@pytest.mark.usefixtures("kinds")
class TestCost:
    def test_statements_per_due_row(self, at: dt.datetime) -> None:
        deadlines.set_deadlines(
            [
                deadlines.Setting(subject(number), TIMER, due_at=at, clause=CLAUSE)
                for number in range(500)
            ],
            at=at,
        )
        with CaptureQueriesContext(connection) as statements:
            assert sweep(at).settled == 500
        assert len(statements) <= 0.1 * 500
        assert len(statements) <= 10  # and in truth hardly any: they go by the batch

    def test_an_idle_sweep_asks_once(self, at: dt.datetime) -> None:
        set_timer(1, at + SECOND)
        with CaptureQueriesContext(connection) as statements:
            sweep(at)
        asked = [query["sql"] for query in statements if "portal_deadline" in query["sql"]]
        assert len(asked) == 1

    def test_the_due_index_serves_it_whatever_is_pending(self, at: dt.datetime) -> None:
        deadlines.set_deadlines(
            [
                deadlines.Setting(
                    subject(number), TIMER, due_at=at + (number + 1) * SECOND, clause=CLAUSE
                )
                for number in range(5000)
            ],
            at=at,
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE portal_deadline")
        with CaptureQueriesContext(connection) as statements:
            sweep(at)
        [claim] = [query["sql"] for query in statements if "WITH due" in query["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {claim}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "deadline_due" in plan
        assert "Seq Scan on portal_deadline" not in plan


@pytest.mark.django_db(transaction=True)
class TestSeveralWorkers:
    def sweep_at_once(self, workers: int, now: dt.datetime, batch: int) -> int:
        """Sweep from several threads that start together; return how many rows they say they settled."""
        gate = threading.Barrier(workers, timeout=20)
        settled: list[int] = []
        failures: list[BaseException] = []

        def work() -> None:
            try:
                gate.wait()
                settled.append(sweep(now, batch=batch).settled)
            except BaseException as error:
                failures.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failures == []
        return sum(settled)

    @pytest.mark.trap(32)
    @pytest.mark.parametrize("workers", [2, 4])
    def test_each_row_is_settled_by_one_of_them(self, at: dt.datetime, workers: int) -> None:
        with registered(timer(write_down)):
            deadlines.set_deadlines(
                [
                    deadlines.Setting(
                        subject(number % 150), TIMER, due_at=at, clause=CLAUSE, step=str(number)
                    )
                    for number in range(600)
                ],
                at=at,
            )
            assert self.sweep_at_once(workers, at, batch=20) == 600
        entries = Counter(entry.data["deadline"] for entry in JournalEntry.objects.all())
        assert set(entries.values()) == {1}
        assert len(entries) == 600
        assert Notice.objects.count() == 600

    def test_each_subject_stays_in_order_across_workers(self, at: dt.datetime) -> None:
        with registered(timer(write_down), timer(write_down, "tests.other")):
            deadlines.set_deadlines(
                [
                    deadlines.Setting(
                        subject(number),
                        (TIMER, "tests.other")[step % 2],
                        due_at=at + step * SECOND,
                        clause=CLAUSE,
                        step=f"{step:02}",
                    )
                    for number in range(30)
                    for step in range(12)
                ],
                at=at,
            )
            assert self.sweep_at_once(4, at + dt.timedelta(hours=1), batch=25) == 360
        for number in range(30):
            steps = [
                entry.data["step"]
                for entry in JournalEntry.objects.about(subject(number)).order_by("id")
            ]
            assert steps == [f"{step:02}" for step in range(12)]

    def test_workers_that_call_off_each_others_rows_do_not_deadlock(self, at: dt.datetime) -> None:
        def first_ends_it(rows: Sequence[Deadline], now: dt.datetime) -> None:
            write_down(rows, now)
            deadlines.cancel_many([row.subject for row in rows], at=now, cause="ended")

        with registered(timer(first_ends_it)):
            deadlines.set_deadlines(
                [
                    deadlines.Setting(
                        subject(number),
                        TIMER,
                        due_at=at + step * SECOND,
                        clause=CLAUSE,
                        step=str(step),
                    )
                    for number in range(60)
                    for step in range(4)
                ],
                at=at,
            )
            assert self.sweep_at_once(4, at + dt.timedelta(hours=1), batch=7) == 60
        assert Deadline.objects.filter(state="cancelled").count() == 180
        assert Deadline.objects.filter(attempts__gt=0).count() == 0


@pytest.mark.django_db(transaction=True)
class TestActAndSweep:
    def test_the_sweep_passes_over_a_subject_that_an_act_holds(self, at: dt.datetime) -> None:
        held, over = threading.Event(), threading.Event()

        def act() -> None:
            try:
                with transaction.atomic():
                    locks.lock(subject(1))
                    deadlines.cancel(subject(1), at=at, cause="closed")
                    held.set()
                    over.wait(20)
            finally:
                connections.close_all()

        with registered(timer(write_down)):
            mine = set_timer(1, at)
            other = set_timer(2, at)
            acting = threading.Thread(target=act)
            acting.start()
            assert held.wait(20)
            assert sweep(at).settled == 1
            assert [state_of(mine), state_of(other)] == ["pending", "fired"]
            over.set()
            acting.join(20)
            assert sweep(at).settled == 0
        assert state_of(mine) == DeadlineState.CANCELLED

    def test_an_act_waits_for_the_sweep_that_holds_its_subject(self, at: dt.datetime) -> None:
        in_handler, go_on = threading.Event(), threading.Event()
        order: list[str] = []

        def slow(rows: Sequence[Deadline], now: dt.datetime) -> None:
            in_handler.set()
            assert go_on.wait(20)
            order.append("swept")

        def work() -> None:
            try:
                sweep(at + INSTANT)
            finally:
                connections.close_all()

        def act() -> None:
            try:
                with transaction.atomic():
                    locks.lock(subject(1))
                    deadlines.meet(subject(1), PROMISE, at=at)
                    order.append("acted")
            finally:
                connections.close_all()

        with registered(promise(slow)):
            row = set_timer(1, at, kind=PROMISE)
            sweeping, acting = threading.Thread(target=work), threading.Thread(target=act)
            sweeping.start()
            assert in_handler.wait(20)
            acting.start()
            self.wait_until_somebody_waits_for_a_lock()
            go_on.set()
            sweeping.join(20)
            acting.join(20)
        assert order == ["swept", "acted"]
        assert (
            state_of(row) == DeadlineState.MET
        )  # done at the very instant, logged after the sweep
        assert row.met_at == at

    def test_an_act_settles_first_what_a_lagging_sweep_left_of_its_subject(
        self, at: dt.datetime
    ) -> None:
        """In order, of the kinds it asks for and of no other subject; a handler that fails does not fail the act."""

        def fails(rows: Sequence[Deadline], now: dt.datetime) -> None:
            raise ZeroDivisionError

        with registered(promise(write_down), timer(write_down), promise(fails, "tests.poison")):
            later, first = (
                set_timer(1, at + hours * 60 * MINUTE, kind=PROMISE, step=f"T+{hours}")
                for hours in (1, 0)
            )
            poison = set_timer(1, at, kind="tests.poison")
            others = [set_timer(2, at, kind=PROMISE), set_timer(1, at)]
            to_come = set_timer(1, at + 2 * 60 * MINUTE, kind=PROMISE, step="T+2")
            with transaction.atomic():
                locks.lock(subject(1))
                settle_now([subject(1)], [PROMISE, "tests.poison"], at=at + 60 * MINUTE + INSTANT)
            assert [state_of(row) for row in (first, later)] == ["missed", "missed"]
            entries = JournalEntry.objects.about(subject(1)).in_order()
            assert [entry.data["step"] for entry in entries] == ["T+0", "T+1"]
            assert {state_of(row) for row in [*others, to_come, poison]} == {"pending"}
            assert poison.attempts == 1

    @staticmethod
    def wait_until_somebody_waits_for_a_lock() -> None:
        with connection.cursor() as cursor:
            for _ in range(100_000):
                cursor.execute(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
                if cursor.fetchone()[0]:
                    return
        raise AssertionError("the act did not wait")


# reminders


def remembering(reminded: list[dt.datetime]) -> deadlines.DeadlineKind:
    """A promise that is reminded of, and when it was."""
    return deadlines.DeadlineKind(
        PROMISE,
        "Promise",
        True,
        lambda rows, now: None,
        remind=lambda rows, now: reminded.append(now),
    )


@pytest.mark.clause("D-29")
def test_a_promise_is_reminded_of_once_and_missed_only_after_its_instant(
    at: dt.datetime, db: None
) -> None:
    reminded: list[dt.datetime] = []
    with registered(remembering(reminded)):
        deadlines.set_deadline(
            subject(1), PROMISE, due_at=at + HOUR, clause=CLAUSE, at=at, remind_at=at + HOUR / 2
        )
        assert sweep(at + HOUR / 2 - SECOND).looked_at == 0
        for now in (at + HOUR / 2, at + HOUR / 2 + SECOND, at + HOUR):
            sweep(now)
        assert reminded == [at + HOUR / 2]
        assert Deadline.objects.get().state == "pending"
        assert sweep(at + HOUR + INSTANT).settled == 1
        assert Deadline.objects.get().state == "missed"
    assert len(reminded) == 1


@pytest.mark.clause("D-29")
def test_a_promise_kept_before_its_reminder_is_not_reminded_of(at: dt.datetime, db: None) -> None:
    reminded: list[dt.datetime] = []
    with registered(remembering(reminded)):
        deadlines.set_deadline(
            subject(1), PROMISE, due_at=at + HOUR, clause=CLAUSE, at=at, remind_at=at + HOUR / 2
        )
        deadlines.meet(subject(1), PROMISE, at=at + SECOND)
        sweep(at + 2 * HOUR)
    assert reminded == []
    assert Deadline.objects.get().state == "met"


@pytest.mark.clause("D-29", "D-8")
def test_after_an_outage_a_reminder_is_passed_over_and_the_order_of_due_times_holds(
    at: dt.datetime, db: None
) -> None:
    reminded: list[dt.datetime] = []

    def calls_off(rows: Sequence[Any], now: dt.datetime) -> None:
        deadlines.cancel(subject(1), at=now, cause="called off", kinds=[PROMISE])

    with registered(remembering(reminded), timer(calls_off)):
        deadlines.set_deadline(
            subject(1), PROMISE, due_at=at + HOUR, clause=CLAUSE, at=at, remind_at=at + SECOND
        )
        deadlines.set_deadline(subject(1), TIMER, due_at=at + HOUR / 2, clause=CLAUSE, at=at)
        sweep(at + 2 * HOUR)
    assert reminded == []
    assert Deadline.objects.get(kind=PROMISE).state == "cancelled", "by what was due before it"


@pytest.mark.clause("D-29")
def test_a_reminder_that_fails_is_an_alarm_and_the_promise_goes_on(
    at: dt.datetime, db: None, make_user: Any
) -> None:
    make_user("Dina Patel", Role.DISPATCH)

    def fails(rows: Sequence[Any], now: dt.datetime) -> None:
        raise ValueError("no template")

    kind = deadlines.DeadlineKind(PROMISE, "Promise", True, lambda rows, now: None, remind=fails)
    with registered(kind):
        deadlines.set_deadline(
            subject(1), PROMISE, due_at=at + HOUR, clause=CLAUSE, at=at, remind_at=at + SECOND
        )
        assert sweep(at + MINUTE).failed == 1
        assert sweep(at + MINUTE).looked_at == 0
        assert sweep(at + HOUR + INSTANT).settled == 1
    (alarm,) = Notice.objects.filter(template="alarm", channel="email")
    assert "Nobody could be reminded of the deadline tests.promise" in alarm.title


@pytest.mark.clause("D-29")
def test_an_act_that_puts_promises_aside_reminds_nobody(at: dt.datetime, db: None) -> None:
    reminded: list[dt.datetime] = []
    with registered(remembering(reminded)), transaction.atomic():
        deadlines.set_deadline(
            subject(1), PROMISE, due_at=at + HOUR, clause=CLAUSE, at=at, remind_at=at + SECOND
        )
        locks.lock(subject(1))
        settle_now([subject(1)], [PROMISE], at=at + MINUTE)
        assert Deadline.objects.get().state == "pending"
        settle_now([subject(1)], [PROMISE], at=at + 2 * HOUR)
        assert Deadline.objects.get().state == "missed"
    assert reminded == []


@pytest.mark.clause("D-29")
@pytest.mark.parametrize("minutes", [-1, 0, 60, 61])
def test_a_reminder_that_is_past_or_not_before_the_due_time_is_left_out(
    at: dt.datetime, db: None, minutes: int
) -> None:
    with registered(remembering([])):
        row = deadlines.set_deadline(
            subject(1),
            PROMISE,
            due_at=at + HOUR,
            clause=CLAUSE,
            at=at,
            remind_at=at + minutes * MINUTE,
        )
    assert row.fires_at == at + HOUR + INSTANT
