"""Deadlines as acts see them: set, met, cancelled, superseded."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from portal import deadlines
from portal.deadlines import kinds as registry
from portal.deadlines.sweep import sweep
from portal.models import Deadline, DeadlineState
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
    write_down,
)

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with registered(timer(write_down), promise(write_down)):
        yield


def fresh(row: Deadline) -> Deadline:
    row.refresh_from_db()
    return row


class TestKinds:
    def test_a_kind_is_found_by_its_code(self) -> None:
        assert registry.kind_of(TIMER).code == TIMER
        assert registry.kind_of(TIMER).code == TIMER

    def test_registering_the_same_again_is_nothing_new(self) -> None:
        deadlines.register(timer(write_down))

    def test_a_code_is_one_kind(self) -> None:
        with pytest.raises(ValueError, match=r"tests\.timer.*twice"):
            deadlines.register(promise(write_down, TIMER))

    def test_an_unknown_code_says_so(self) -> None:
        with pytest.raises(LookupError, match=r"no deadline kind 'tests\.unknown'"):
            registry.kind_of("tests.unknown")


@pytest.mark.django_db
class TestSetting:
    def test_it_keeps_clause_words_and_data(self, at: dt.datetime) -> None:
        deadlines.set_deadline(
            subject(1),
            PROMISE,
            due_at=at + HOUR,
            clause="ATSP 4.6",
            step="first",
            words="one hour after the report",
            data={"reported_at": at},
            at=at,
        )
        row = Deadline.objects.get()
        assert (row.kind, row.step, row.clause) == (PROMISE, "first", "ATSP 4.6")
        assert (row.state, row.due_at, row.set_at) == (DeadlineState.PENDING, at + HOUR, at)
        assert row.words == "one hour after the report"
        assert row.promise
        assert row.unfinished

    def test_several_are_set_in_one_statement(self, at, django_assert_num_queries) -> None:
        with django_assert_num_queries(1):
            deadlines.set_deadlines(
                [
                    deadlines.Setting(subject(1), TIMER, at, CLAUSE, step=str(number))
                    for number in range(9)
                ],
                at=at,
            )

    def test_the_due_time_may_come_in_any_zone_but_not_in_none(self, at: dt.datetime) -> None:
        tokyo = dt.timezone(dt.timedelta(hours=9))
        assert set_timer(1, at.astimezone(tokyo)).due_at == at
        with pytest.raises(ValueError, match="names no zone"):
            set_timer(2, at.replace(tzinfo=None))

    @pytest.mark.trap(9)
    def test_the_same_step_is_not_pending_twice(self, at: dt.datetime) -> None:
        set_timer(1, at)
        with pytest.raises(IntegrityError, match="deadline_pending_once"), transaction.atomic():
            set_timer(1, at + HOUR)
        set_timer(1, at, step="another")
        set_timer(2, at)
        deadlines.supersede(subject(1), at=at, cause="moved", kinds=[TIMER], steps=[""])
        set_timer(1, at + HOUR)
        assert Deadline.objects.pending().count() == 3


@pytest.mark.django_db
class TestMeeting:
    @pytest.mark.clause("D-8")
    @pytest.mark.trap(30)
    @pytest.mark.parametrize(
        ("after", "state"),
        [
            pytest.param(-SECOND, DeadlineState.MET, id="a second before"),
            pytest.param(-INSTANT, DeadlineState.MET, id="a microsecond before"),
            pytest.param(0 * SECOND, DeadlineState.MET, id="at the very instant"),
            pytest.param(INSTANT, DeadlineState.MISSED, id="a microsecond after"),
            pytest.param(SECOND, DeadlineState.MISSED, id="a second after"),
        ],
    )
    @pytest.mark.parametrize("swept", [False, True], ids=["before the sweep", "after the sweep"])
    def test_in_time_is_up_to_the_very_instant_whenever_it_is_logged(
        self, at: dt.datetime, after: dt.timedelta, state: str, swept: bool
    ) -> None:
        row = set_timer(1, at, kind=PROMISE)
        if swept:
            sweep(at + HOUR)
        assert deadlines.meet(subject(1), PROMISE, at=at + after) == 1
        fresh(row)
        assert (row.state, row.met_at, row.unfinished) == (state, at + after, False)
        assert (row.met_at > row.due_at) is (state == DeadlineState.MISSED)

    def test_a_late_act_adds_when_it_was_done_and_leaves_that_it_was_missed(
        self, at: dt.datetime
    ) -> None:
        row = set_timer(1, at, kind=PROMISE)
        sweep(at + SECOND)
        deadlines.meet(subject(1), PROMISE, at=at + HOUR)
        fresh(row)
        assert (row.state, row.settled_at, row.met_at) == (
            DeadlineState.MISSED,
            at + SECOND,
            at + HOUR,
        )

    def test_a_promise_is_finished_once(self, at: dt.datetime) -> None:
        row = set_timer(1, at, kind=PROMISE)
        assert deadlines.meet(subject(1), PROMISE, at=at) == 1
        assert deadlines.meet(subject(1), PROMISE, at=at - HOUR) == 0
        assert fresh(row).met_at == at

    def test_a_met_promise_is_not_swept(self, at: dt.datetime) -> None:
        row = set_timer(1, at, kind=PROMISE)
        deadlines.meet(subject(1), PROMISE, at=at)
        assert sweep(at + HOUR).settled == 0
        assert fresh(row).state == DeadlineState.MET

    def test_only_the_steps_asked_for(self, at: dt.datetime) -> None:
        for step in ("T+1", "T+2", "T+3"):
            set_timer(1, at, kind=PROMISE, step=step)
        assert deadlines.meet(subject(1), PROMISE, at=at, steps=["T+1", "T+3"]) == 2
        assert [row.step for row in Deadline.objects.unfinished()] == ["T+2"]

    def test_another_subject_and_another_kind_stay(self, at: dt.datetime) -> None:
        other = set_timer(2, at, kind=PROMISE)
        a_timer = set_timer(1, at)
        set_timer(1, at, kind=PROMISE)
        deadlines.meet(subject(1), PROMISE, at=at)
        assert {fresh(other).state, fresh(a_timer).state} == {DeadlineState.PENDING}

    def test_many_subjects_cost_one_statement(self, at, django_assert_num_queries) -> None:
        for number in range(5):
            set_timer(number, at, kind=PROMISE)
        with django_assert_num_queries(1):
            met = deadlines.meet_many([subject(number) for number in range(4)], PROMISE, at=at)
        assert met == 4


@pytest.mark.django_db
class TestPuttingAway:
    @pytest.mark.trap(16)
    def test_a_canceled_deadline_never_fires(self, at: dt.datetime) -> None:
        rows = [set_timer(1, at), set_timer(1, at, kind=PROMISE)]
        assert deadlines.cancel(subject(1), at=at, cause="the case was closed") == 2
        assert sweep(at + 1000 * HOUR).settled == 0
        for row in rows:
            fresh(row)
            assert (row.state, row.cause) == (DeadlineState.CANCELLED, "the case was closed")
            assert (row.settled_at, row.unfinished) == (at, False)

    def test_a_missed_promise_stays_missed_and_is_let_go(self, at: dt.datetime) -> None:
        row = set_timer(1, at, kind=PROMISE)
        sweep(at + SECOND)
        assert deadlines.cancel(subject(1), at=at + HOUR, cause="closed") == 0
        fresh(row)
        assert (row.state, row.unfinished, row.cause) == (DeadlineState.MISSED, False, "closed")
        assert deadlines.meet(subject(1), PROMISE, at=at + HOUR) == 0

    def test_a_parked_one_is_called_off_too(self, at: dt.datetime) -> None:
        row = set_timer(1, at)
        Deadline.objects.update(state="parked", settled_at=at)
        assert deadlines.cancel(subject(1), at=at, cause="closed") == 1
        assert fresh(row).state == DeadlineState.CANCELLED

    def test_a_settled_deadline_stays_settled(self, at: dt.datetime) -> None:
        fired, met = set_timer(1, at), set_timer(1, at, kind=PROMISE)
        deadlines.meet(subject(1), PROMISE, at=at)
        sweep(at)
        deadlines.cancel(subject(1), at=at, cause="closed")
        assert [fresh(fired).state, fresh(met).state] == ["fired", "met"]

    def test_only_the_kinds_and_steps_asked_for(self, at: dt.datetime) -> None:
        set_timer(1, at, step="a")
        set_timer(1, at, step="b")
        set_timer(1, at, step="a", kind=PROMISE)
        assert deadlines.cancel(subject(1), at=at, cause="x", kinds=[TIMER], steps=["a"]) == 1
        assert deadlines.supersede(subject(1), at=at, cause="x", kinds=[PROMISE]) == 1
        assert Deadline.objects.pending().get().step == "b"

    def test_superseded_says_that_another_took_its_place(self, at: dt.datetime) -> None:
        row = set_timer(1, at)
        deadlines.supersede(subject(1), at=at, cause="severity 2 became 1", kinds=[TIMER])
        assert (fresh(row).state, row.cause) == (DeadlineState.SUPERSEDED, "severity 2 became 1")

    def test_a_long_cause_is_cut_not_refused(self, at: dt.datetime) -> None:
        row = set_timer(1, at)
        deadlines.cancel(subject(1), at=at, cause="because " * 100)
        assert fresh(row).cause == ("because " * 100)[:200]

    def test_many_subjects_cost_two_statements(self, at, django_assert_num_queries) -> None:
        for number in range(5):
            set_timer(number, at)
        subjects = [subject(number) for number in range(4)]
        with django_assert_num_queries(2):
            assert deadlines.cancel_many(subjects, at=at, cause="closed") == 4
        assert deadlines.supersede_many([], at=at, cause="nothing", kinds=[TIMER]) == 0


@pytest.mark.django_db
class TestTheDatabaseHolds:
    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ("state = 'fired'", "deadline_settled_when_not_pending"),
            ("settled_at = due_at", "deadline_settled_when_not_pending"),
            (
                "state = 'met', settled_at = due_at, met_at = due_at + interval '1 microsecond'",
                "deadline_met_is_in_time",
            ),
            ("promise = false, unfinished = true", "deadline_only_promises_wait"),
        ],
    )
    def test_a_state_that_cannot_be(self, at: dt.datetime, change: str, constraint: str) -> None:
        set_timer(1, at)
        with (
            pytest.raises(IntegrityError, match=constraint),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE portal_deadline SET {change}")  # noqa: S608  # ours, above
