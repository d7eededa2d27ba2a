"""The watchdog and the alarms: nothing lags or fails in silence."""

import datetime as dt

import pytest
from django.db.models import F

from portal import alarms, clock, watchdog
from portal.models import Channel, Deadline, Heartbeat, JournalEntry, Notice
from portal.notices import outbox
from portal.notices.delivery import MAIL_SERVER_AWAY
from portal.notices.outbox import Address
from portal.roles import Role
from tests.portal.engine import registered, set_timer, subject, timer, told, write_down

pytestmark = pytest.mark.django_db


def set_timers(*due: dt.datetime) -> None:
    with registered(timer(write_down)):
        for number, due_at in enumerate(due):
            set_timer(number, due_at)


class TestMeasure:
    def test_at_rest(self, at: dt.datetime) -> None:
        set_timers(at + dt.timedelta(seconds=1))
        state = watchdog.measure(at)
        assert state.deadline_lag_seconds == 0
        assert state.outbox_lag_seconds == 0
        assert state.since_sweep_seconds is None
        assert not state.healthy  # nobody has swept yet

    def test_the_lag_is_that_of_the_oldest_due_deadline(self, at: dt.datetime) -> None:
        set_timers(at - dt.timedelta(seconds=30), at - dt.timedelta(seconds=90), at)
        assert watchdog.measure(at).deadline_lag_seconds == 90

    def test_it_is_real_time_however_fast_the_domain_runs(self, at: dt.datetime, set_clock) -> None:
        set_clock(at, 60.0)
        set_timers(at - dt.timedelta(minutes=90))
        assert watchdog.measure(at).deadline_lag_seconds == 90

    def test_the_outbox_lags_by_what_has_waited_longest_put_off_or_not(
        self, at: dt.datetime
    ) -> None:
        for step in ("a", "b"):
            outbox.post(
                subject(1),
                step,
                to=[Address("a@people.example")],
                template="alarm",
                title=step,
                at=at,
            )
        Notice.objects.filter(step="a").update(
            written_at=clock.wall() - dt.timedelta(seconds=300),
            next_try_at=clock.wall() + dt.timedelta(hours=1),
        )
        assert watchdog.measure(at).outbox_lag_seconds == pytest.approx(300, abs=5)

    def test_parked_rows_are_counted(self, at: dt.datetime) -> None:
        set_timers(at, at)
        Deadline.objects.update(state="parked", settled_at=at)
        assert watchdog.measure(at).parked_deadlines == 2

    def test_a_mail_that_could_not_be_sent_is_not_health(self, at: dt.datetime) -> None:
        to = [Address("ann@people.example")]
        outbox.post(subject(1), "word", to=to, template="alarm", title="Word", at=at)
        assert watchdog.measure(at).mail_healthy
        Notice.objects.update(state="parked")
        state = watchdog.measure(at)
        assert (state.parked_notices, state.mail_healthy) == (1, False)

    def test_a_pause_of_the_mail_server_is_no_wrong_clock(self, at: dt.datetime) -> None:
        watchdog.beat(MAIL_SERVER_AWAY)
        Heartbeat.objects.update(at=F("at") + dt.timedelta(hours=1))  # when it is asked again
        assert watchdog.measure(at).clocks_healthy

    @pytest.mark.parametrize(
        ("seconds_ago", "healthy"),
        [pytest.param(0, True, id="just now"), pytest.param(61, False, id="over a minute ago")],
    )
    def test_healthy_is_swept_within_a_minute(
        self, at: dt.datetime, seconds_ago: int, healthy: bool
    ) -> None:
        watchdog.beat("sweep", settled=3)
        Heartbeat.objects.update(at=F("at") - dt.timedelta(seconds=seconds_ago))
        assert watchdog.measure(at).healthy is healthy

    def test_a_beat_replaces_the_last_in_one_statement(self, django_assert_num_queries) -> None:
        watchdog.beat("sweep", settled=3)
        with django_assert_num_queries(1):
            watchdog.beat("sweep", settled=4)
        assert Heartbeat.objects.get().figures == {"settled": 4}


class TestClocks:
    def test_a_heartbeat_of_the_future_says_nothing_and_is_not_health(
        self, at: dt.datetime, make_user
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        for part in ("sweep", "deliver"):
            watchdog.beat(part)
        assert watchdog.measure(at).healthy
        Heartbeat.objects.update(at=F("at") + dt.timedelta(hours=1))
        state = watchdog.measure(at)
        assert (state.since_sweep_seconds, state.since_delivery_seconds) == (None, None)
        assert (state.clocks_healthy, state.healthy) == (False, False)
        watchdog.watch()
        assert ["clock was set back" in said for said in told(dispatcher)] == [True]

    @pytest.mark.parametrize("seconds", [-3600, 3600])
    def test_a_machine_whose_clock_is_wrong_is_an_alarm(
        self, monkeypatch: pytest.MonkeyPatch, make_user, seconds: int
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        wall = clock.wall
        monkeypatch.setattr(clock, "wall", lambda: wall() + dt.timedelta(seconds=seconds))
        state = watchdog.watch()
        assert state.skew_seconds == pytest.approx(seconds, abs=5)
        assert not state.clocks_healthy
        assert ["off the database's" in said for said in told(dispatcher)] == [True]

    def test_a_lag_is_seen_by_the_databases_clock_when_the_machines_is_behind(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_timers(clock.now() - dt.timedelta(seconds=90))
        wall = clock.wall
        monkeypatch.setattr(clock, "wall", lambda: wall() - dt.timedelta(hours=1))
        lag = watchdog.measure(watchdog.domain_now()).deadline_lag_seconds
        assert lag == pytest.approx(90, abs=10)

    def test_a_demonstrations_clock_is_no_wrong_clock(self, at: dt.datetime, set_clock) -> None:
        set_clock(at, 60.0)
        assert watchdog.watch().clocks_healthy


class TestAlarmWhenItLags:
    def state(self, *, deadlines: float = 0, mail: float = 0) -> watchdog.MachineryState:
        return watchdog.MachineryState(deadlines, mail, 0, 0, 0.0, 0.0, False)

    def test_a_minute_is_no_alarm(self, at: dt.datetime) -> None:
        assert watchdog.alarm_if_needed(self.state(deadlines=60, mail=600), at=at) is False
        assert not JournalEntry.objects.exists()

    def test_more_is_one_once_an_hour(self, at: dt.datetime, make_user) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        for minutes in (0, 1, 59, 60):
            moment = at + dt.timedelta(minutes=minutes)
            assert watchdog.alarm_if_needed(self.state(deadlines=61), at=moment)
        assert told(dispatcher) == ["Deadlines lag by 61 s: workers are down or overloaded."] * 2

    def test_mail_that_waits_is_told_in_the_portal_not_by_mail(
        self, at: dt.datetime, make_user
    ) -> None:
        make_user("Dora Dispatch", Role.DISPATCH)
        assert watchdog.alarm_if_needed(self.state(mail=601), at=at)
        assert Notice.objects.get().channel == Channel.INBOX


class TestAlarms:
    def test_one_alarm_is_raised_once(self, at: dt.datetime, make_user) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        for text in ("It burns", "It still burns"):
            alarms.raise_alarm(subject(1), "fire", text, at=at)
        alarms.raise_alarm(subject(2), "fire", "Another burns", at=at)
        assert told(dispatcher) == ["It burns", "Another burns"]
        assert JournalEntry.objects.filter(verb="alarm.raised").count() == 2

    @pytest.mark.trap(18)
    def test_when_nobody_holds_the_roles_everybody_of_the_provider_is_told(
        self, at: dt.datetime, make_user
    ) -> None:
        engineer = make_user("Enno Engineer", Role.CSE)
        reseller = make_user("Rita Reseller")
        alarms.raise_alarm(subject(1), "fire", "It burns", at=at)
        assert told(engineer) == ["It burns"]
        assert told(reseller) == []

    @pytest.mark.trap(18)
    def test_without_anybody_to_alarm_the_journal_records_it_once(self, at: dt.datetime) -> None:
        for _ in range(2):
            alarms.raise_alarm(subject(1), "fire", "It burns", at=at)
        assert JournalEntry.objects.about(subject(1)).get().text == "It burns"
