"""Delivery to a real SMTP server that refuses, delays, hangs up and goes away."""

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connections
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from portal import clock, watchdog
from portal.models import Heartbeat, JournalEntry, Notice, NoticeState
from portal.notices import outbox
from portal.notices.delivery import (
    MAIL_SERVER_AWAY,
    _lease,
    deliver,
    give_up_parked,
    retry_parked,
)
from portal.notices.outbox import Address
from portal.roles import Role
from tests.portal.engine import subject, told
from tests.smtp_peer import SmtpPeer

ANN = "ann@people.example"
BEN = "ben@people.example"
CEM = "cem@people.example"


def write(address: str = ANN, step: str = "told") -> Notice:
    """A mail that waits."""
    outbox.post(
        subject(1),
        step,
        to=[Address(address)],
        template="alarm",
        title=f"{step} to {address}",
        context={"text": "Something happened."},
        clause="ATSP 4.6",
        at=clock.now(),
    )
    return Notice.objects.get(step=step, address=address)


def time_passes(seconds: float = 3600) -> None:
    """Real time passes for what waits: tries and leases fall due so much earlier."""
    passed = dt.timedelta(seconds=seconds)
    Notice.objects.update(
        next_try_at=F("next_try_at") - passed,
        lease_until=F("lease_until") - passed,
        written_at=F("written_at") - passed,
    )
    Heartbeat.objects.update(at=F("at") - passed)


@pytest.mark.django_db
class TestTheServerIsWell:
    def test_a_mail_goes_out_once_in_text_and_html(self, mail_server: SmtpPeer) -> None:
        notice = write()
        assert deliver().sent == 1
        assert deliver().sent == 0
        [mail] = mail_server.mails
        assert mail.to == ANN
        assert mail.subject == "Alarm: told to ann@people.example"
        assert mail.message_id == notice.message_id
        assert mail.message["Auto-Submitted"] == "auto-generated"
        for kind in ("plain", "html"):
            assert "Something happened." in mail.body(kind)
            assert "ATSP 4.6" in mail.body(kind)
        notice.refresh_from_db()
        assert notice.state == NoticeState.SENT
        assert notice.sent_at is not None

    def test_whatever_is_in_it_arrives_as_it_was_written(self, mail_server: SmtpPeer) -> None:
        words = "Ümläut ends with a space \n.a dot\n..\n" + "long " * 400 + "\n"
        notice = write()
        Notice.objects.update(title="Señal — " + "überlang " * 12, context={"text": words})
        assert deliver().sent == 1
        [mail] = mail_server.mails
        assert mail.subject == f"Alarm: {('Señal — ' + 'überlang ' * 12).strip()}"
        assert words in mail.body("plain").replace("\r\n", "\n")
        assert notice.message_id == mail.message_id
        assert mail.message["From"] == "Legato Support <support@legato.example>"
        assert mail.message["To"] == ANN

    def test_what_was_taken_is_marked_while_the_server_takes_its_time(
        self, mail_server: SmtpPeer, transactional_db: None
    ) -> None:
        go_on = threading.Event()
        mail_server.hold(BEN, go_on)
        write(ANN)
        write(BEN)

        def work() -> None:
            try:
                deliver()
            finally:
                connections.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        mail_server.wait_for(lambda: Notice.objects.get(address=ANN).state == NoticeState.SENT)
        assert Notice.objects.get(address=BEN).state == NoticeState.WAITING
        go_on.set()
        worker.join(20)
        assert Notice.objects.get(address=BEN).state == NoticeState.SENT

    def test_it_is_sent_at_domain_time(self, mail_server: SmtpPeer, set_clock, at) -> None:
        set_clock(at)
        notice = write()
        deliver()
        notice.refresh_from_db()
        assert at <= notice.sent_at < at + dt.timedelta(minutes=1)

    def test_many_go_out_in_one_session_the_oldest_first(self, mail_server: SmtpPeer) -> None:
        for number in range(7):
            write(step=f"step {number}")
        assert deliver(batch=7).sent == 7
        assert [mail.subject for mail in mail_server.mails] == [
            f"Alarm: step {number} to {ANN}" for number in range(7)
        ]
        assert mail_server.sessions == 1

    def test_two_workers_at_once_send_each_once(
        self, mail_server: SmtpPeer, transactional_db: None
    ) -> None:
        for number in range(40):
            write(step=f"step {number}")
        gate = threading.Barrier(2, timeout=20)
        sent: list[int] = []

        def work() -> None:
            try:
                gate.wait()
                sent.append(deliver(batch=5).sent)
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert sum(sent) == 40
        assert set(Counter(mail_server.ids_to(ANN)).values()) == {1}
        assert len(mail_server.mails) == 40


@pytest.mark.django_db
@pytest.mark.parametrize("pipelining", [True, False], ids=["all in one go", "one by one"])
class TestTheServerRefuses:
    @pytest.fixture(autouse=True)
    def _offer(self, mail_server: SmtpPeer, pipelining: bool) -> None:
        mail_server.pipelining = pipelining

    def test_the_session_goes_on(self, mail_server: SmtpPeer) -> None:
        mail_server.refuse(ANN)
        for number in range(3):
            write(ANN, f"step {number}")
            write(BEN, f"step {number}")
        report = deliver()
        assert (report.sent, report.parked, mail_server.sessions) == (3, 3, 1)

    def test_also_when_the_server_would_take_a_message_for_nobody(
        self, mail_server: SmtpPeer
    ) -> None:
        mail_server.careless = True
        mail_server.refuse(ANN)
        write(ANN)
        write(BEN)
        report = deliver()
        assert (report.sent, report.parked) == (1, 1)
        assert [mail.to for mail in mail_server.mails] == [BEN]

    def test_a_refusal_for_good_parks_at_once_with_an_alarm_and_the_rest_goes(
        self, mail_server: SmtpPeer, make_user
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        mail_server.refuse(ANN)
        notice = write(ANN)
        write(BEN)
        report = deliver()
        assert (report.sent, report.parked, report.server_away) == (1, 1, False)
        notice.refresh_from_db()
        assert notice.state == NoticeState.PARKED
        assert "550 No such person here" in notice.last_error
        assert told(dispatcher) == [
            f"“told to {ANN}” could not be sent to {ANN}: 550 No such person here"
        ]
        assert JournalEntry.objects.about(subject(1)).get().verb == "alarm.raised"
        time_passes()
        assert deliver().sent == 0
        assert mail_server.tries[ANN] == 1

    def test_not_now_is_tried_again_later_and_later_with_the_same_message_id(
        self, mail_server: SmtpPeer, settings
    ) -> None:
        settings.NOTICE_BACKOFF_SECONDS = 5.0
        mail_server.put_off(ANN, times=3)
        notice = write(ANN)
        waits = []
        for _ in range(3):
            before = clock.wall()
            assert deliver().put_off == 1
            notice.refresh_from_db()
            waits.append(round((notice.next_try_at - before).total_seconds()))
            assert deliver().put_off == 0  # its time has not come
            time_passes(waits[-1] + 1)
        assert waits == [5, 10, 20]
        assert deliver().sent == 1
        assert mail_server.ids_to(ANN) == [notice.message_id]
        assert mail_server.tries[ANN] == 4

    def test_the_wait_has_a_bound(self, mail_server: SmtpPeer, settings) -> None:
        settings.NOTICE_BACKOFF_SECONDS = 5.0
        settings.NOTICE_BACKOFF_MOST_SECONDS = 8.0
        mail_server.put_off(ANN, times=3)
        notice = write(ANN)
        deliver()
        time_passes()
        before = clock.wall()
        deliver()
        notice.refresh_from_db()
        assert (notice.next_try_at - before).total_seconds() == pytest.approx(8, abs=1)

    def test_after_the_last_try_it_is_parked_with_an_alarm_and_can_be_tried_again(
        self, mail_server: SmtpPeer, settings, make_user
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        settings.NOTICE_RETRY_DAYS = 2
        mail_server.put_off(ANN, times=1_000)
        notice = write(ANN)
        for _ in range(60):
            deliver()
            time_passes()
        notice.refresh_from_db()
        assert notice.state == NoticeState.PARKED
        assert 45 <= mail_server.tries[ANN] <= 50  # once an hour, for two days
        assert len(told(dispatcher)) == 1
        assert retry_parked() == 1
        assert deliver().parked == 0, "it waits anew, with all its tries and days"
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == (NoticeState.WAITING, 1)
        mail_server.behave()
        time_passes()
        assert deliver().sent == 1
        assert mail_server.ids_to(ANN) == [notice.message_id]
        notice.refresh_from_db()
        assert notice.last_error == "", "what is sent has no error"

    def test_an_hour_of_not_now_loses_nothing(
        self, mail_server: SmtpPeer, make_user, client: Client
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        mail_server.put_off(ANN, times=1_000)
        write(ANN)
        for _ in range(100):  # more often than it would be tried in an hour
            deliver()
            Notice.objects.update(next_try_at=Now() - dt.timedelta(seconds=1))
        Notice.objects.update(
            written_at=Now() - dt.timedelta(hours=1), next_try_at=Now() + dt.timedelta(minutes=5)
        )
        assert Notice.objects.get(address=ANN).state == NoticeState.WAITING
        assert client.get("/health/ready").json()["mail"] == "waiting"
        assert watchdog.measure(clock.now()).put_off_notices == 1
        watchdog.watch()
        assert any("Mail has waited" in said for said in told(dispatcher))
        mail_server.behave()
        time_passes()
        assert deliver().sent == 1

    def test_a_mail_that_failed_is_said_by_health_until_it_is_sent_or_given_up(
        self, mail_server: SmtpPeer, client: Client
    ) -> None:
        mail_server.refuse(ANN)
        write(ANN)
        deliver()
        assert client.get("/health/ready").json()["mail"] == "failed"
        assert retry_parked() == 1
        deliver()
        assert client.get("/health/ready").json()["mail"] == "failed"
        assert give_up_parked() == 1
        assert client.get("/health/ready").json()["mail"] == "ok"
        time_passes()
        deliver()
        assert Notice.objects.get(address=ANN).state == NoticeState.GIVEN_UP
        assert mail_server.tries[ANN] == 2

    def test_a_notice_that_cannot_be_rendered_holds_up_no_other(
        self, mail_server: SmtpPeer, settings
    ) -> None:
        settings.NOTICE_ATTEMPTS = 2
        broken = write(ANN)
        Notice.objects.filter(pk=broken.pk).update(template="no_such_mail")
        write(BEN)
        report = deliver()
        assert (report.sent, report.put_off) == (1, 1)
        broken.refresh_from_db()
        assert "no_such_mail" in broken.last_error
        time_passes()
        assert deliver().parked == 1, "the last of its tries"


@pytest.mark.django_db
class TestTheServerHangsUp:
    def test_it_hangs_up_once_and_the_mail_goes_again_with_its_message_id(
        self, mail_server: SmtpPeer
    ) -> None:
        mail_server.drop_in_data(ANN, times=1)
        notice = write(ANN)
        report = deliver()
        assert (report.sent, report.server_away) == (0, True)
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == (NoticeState.WAITING, 0)
        time_passes()
        assert deliver().sent == 1
        assert mail_server.ids_to(ANN) == [notice.message_id]

    def test_a_mail_on_which_it_always_hangs_up_uses_its_tries_and_holds_up_no_other(
        self, mail_server: SmtpPeer, settings
    ) -> None:
        settings.NOTICE_RETRY_DAYS = 0.1
        mail_server.drop_in_data(ANN)
        odd = write(ANN)
        for number in range(4):
            write(BEN, f"step {number}")
            assert deliver().sent == 1
            time_passes()
        odd.refresh_from_db()
        assert odd.state == NoticeState.PARKED
        assert len(mail_server.ids_to(BEN)) == 4

    def test_when_it_hangs_up_on_everything_nothing_is_counted_and_nothing_parked(
        self, mail_server: SmtpPeer, settings
    ) -> None:
        settings.NOTICE_ATTEMPTS = 2
        for address in (ANN, BEN, CEM):
            mail_server.drop_in_data(address)
            write(address)
            write(address, "more")
        for _ in range(10):
            assert deliver().server_away
            time_passes()
        assert set(Notice.objects.values_list("state", "attempts")) == {("waiting", 0)}
        mail_server.behave()
        assert deliver().sent == 6

    def test_what_it_hung_up_on_goes_after_the_others_when_it_is_asked_again(
        self, mail_server: SmtpPeer, settings
    ) -> None:
        settings.NOTICE_BACKOFF_SECONDS = 5.0
        mail_server.drop_in_data(ANN)
        write(ANN)
        assert deliver().server_away
        write(BEN)
        time_passes(6)
        assert deliver().sent == 1
        assert mail_server.tries[ANN] == 1, "not asked for again yet"

    def test_closing_for_maintenance_is_not_a_refusal(self, mail_server: SmtpPeer) -> None:
        mail_server.refuse(ANN, "421 Closing for maintenance")
        notice = write(ANN)
        assert deliver().server_away
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == (NoticeState.WAITING, 0)


@pytest.mark.django_db
class TestTheServerIsAway:
    def test_nothing_is_counted_or_parked_however_long(
        self, mail_server: SmtpPeer, settings, make_user
    ) -> None:
        make_user("Dora Dispatch", Role.DISPATCH)
        settings.NOTICE_ATTEMPTS = 2
        mail_server.go_away()
        for number in range(5):
            write(step=f"step {number}")
        for _ in range(20):
            report = deliver()
            assert (report.sent, report.parked, report.server_away) == (0, 0, True)
            time_passes()
        assert set(Notice.objects.values_list("state", "attempts", "lease_until")) == {
            ("waiting", 0, None)
        }
        assert Notice.objects.filter(last_error="").count() == 0
        mail_server.come_back()
        assert deliver().sent == 5

    def test_until_it_is_asked_again_nobody_else_waits_for_it(self, mail_server: SmtpPeer) -> None:
        mail_server.go_away()
        write()
        assert deliver().put_off == 1
        mail_server.come_back()
        report = deliver()
        assert (report.server_away, report.put_off, report.sent) == (True, 0, 0)
        time_passes(10)
        assert deliver().sent == 1
        assert not Heartbeat.objects.filter(name=MAIL_SERVER_AWAY).exists()


@pytest.mark.django_db(transaction=True)
class TestLease:
    def test_a_slow_server_does_not_cost_the_lease(self, mail_server: SmtpPeer, settings) -> None:
        settings.NOTICE_LEASE_SECONDS = 1.0
        answers = {BEN: threading.Event(), CEM: threading.Event()}
        for address in (ANN, BEN, CEM):
            write(address)
            if address in answers:
                mail_server.hold(address, answers[address])
        sent: list[int] = []

        def work() -> None:
            try:
                sent.append(deliver().sent)
            finally:
                connections.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        mail_server.wait_for(lambda: mail_server.tries[BEN] == 1)
        first_lease = Notice.objects.get(address=CEM).lease_until
        mail_server.wait_for(lambda: clock.wall() > first_lease - dt.timedelta(seconds=0.3))
        answers[BEN].set()
        mail_server.wait_for(lambda: mail_server.tries[CEM] == 1)
        mail_server.wait_for(lambda: clock.wall() > first_lease)
        assert deliver().sent == 0  # the other worker has it still, by a renewed lease
        answers[CEM].set()
        worker.join(20)
        assert sent == [3]
        assert Counter(mail.to for mail in mail_server.mails) == Counter([ANN, BEN, CEM])

    @pytest.mark.parametrize("has_sent", [True, False])
    def test_a_lost_lease_leaves_the_notice_to_the_other_worker(
        self, mail_server: SmtpPeer, settings, has_sent: bool
    ) -> None:
        settings.NOTICE_LEASE_SECONDS = 60.0
        go_on = threading.Event()
        mail_server.hold(ANN, go_on)
        write(ANN)
        write(BEN)
        sent: list[int] = []

        def work() -> None:
            try:
                sent.append(deliver().sent)
            finally:
                connections.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        mail_server.wait_for(lambda: mail_server.tries[ANN] == 1)
        # The worker hangs so long that its lease runs out, and another takes what it had.
        ben = Notice.objects.get(address=BEN)
        until = clock.wall() + dt.timedelta(seconds=-1 if has_sent else 90)
        Notice.objects.filter(pk=ben.pk).update(lease_until=until)
        assert deliver().sent == has_sent
        settings.NOTICE_LEASE_SECONDS = 10_000.0  # to the first worker half of its lease is over
        go_on.set()
        worker.join(20)
        assert sent == [1]
        assert len(mail_server.ids_to(BEN)) == has_sent

    def test_who_lost_the_lease_parks_nothing_and_alarms_nobody(
        self, mail_server: SmtpPeer, settings, make_user
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        settings.NOTICE_LEASE_SECONDS = 60.0
        go_on = threading.Event()
        mail_server.hold(ANN, go_on)
        mail_server.refuse(BEN)
        write(ANN)
        ben = write(BEN)
        parked: list[int] = []

        def work() -> None:
            try:
                parked.append(deliver().parked)
            finally:
                connections.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        mail_server.wait_for(lambda: mail_server.tries[ANN] == 1)
        others = clock.wall() + dt.timedelta(seconds=90)
        Notice.objects.filter(pk=ben.pk).update(lease_until=others)
        go_on.set()
        worker.join(20)
        ben.refresh_from_db()
        assert (parked, ben.state, ben.lease_until) == ([0], NoticeState.WAITING, others)
        assert told(dispatcher) == []

    @pytest.mark.trap(28)
    def test_a_worker_that_dies_before_the_mark_leaves_a_lease_that_runs_out(
        self, mail_server: SmtpPeer, settings
    ) -> None:
        notice = write()
        died = clock.wall()
        Notice.objects.filter(pk=notice.pk).update(
            lease_until=died + dt.timedelta(seconds=60), attempts=1
        )
        assert deliver().sent == 0
        time_passes(61)
        assert deliver().sent == 1
        assert mail_server.ids_to(ANN) == [notice.message_id]


@pytest.mark.django_db
class TestClocks:
    """Leases and pauses go by the database's clock, whatever the worker's says (ADR 42)."""

    @pytest.mark.parametrize("hours", [-1, 1], ids=["set back", "set forward"])
    def test_a_workers_clock_that_is_set_stalls_no_mail(
        self, mail_server: SmtpPeer, monkeypatch: pytest.MonkeyPatch, hours: int
    ) -> None:
        mail_server.put_off(BEN, times=1)
        write(BEN)
        deliver()
        wall = clock.wall
        monkeypatch.setattr(clock, "wall", lambda: wall() + dt.timedelta(hours=hours))
        write(ANN)
        assert deliver().sent == 1
        time_passes(6)
        assert deliver().sent == 1

    def test_a_databases_clock_that_was_set_back_is_an_alarm_and_the_mail_goes(
        self, mail_server: SmtpPeer, make_user
    ) -> None:
        dispatcher = make_user("Dora Dispatch", Role.DISPATCH)
        mail_server.put_off(ANN, times=1)
        write(ANN)
        write(BEN)
        deliver()
        watchdog.watch()
        mail_server.go_away()
        write(CEM)
        deliver()
        time_passes(-7200)  # to the database it is two hours earlier than to its rows
        mail_server.come_back()
        assert deliver().sent == 0
        assert watchdog.measure(clock.now()).ahead_seconds == pytest.approx(7200, abs=30)
        watchdog.watch()
        assert ["clock was set back" in said for said in told(dispatcher)] == [True]
        assert deliver().sent == 3  # the alarm itself too
        assert {ANN, BEN, CEM, dispatcher.email} == {mail.to for mail in mail_server.mails}
        watchdog.watch()
        assert watchdog.measure(clock.now()).clocks_healthy


@pytest.mark.django_db
def test_a_run_ends_in_time_and_returns_what_it_did_not_send(mail_server: SmtpPeer) -> None:
    for number in range(5):
        write(step=f"step {number}")
    started = time.monotonic()
    report = deliver(batch=5, most_seconds=0)
    assert time.monotonic() - started < 5
    assert report.sent == 0
    assert not Notice.objects.exclude(lease_until=None).exists()
    assert not Notice.objects.exclude(attempts=0).exists()
    assert deliver().sent == 5


@pytest.mark.django_db
def test_a_lease_reads_no_more_of_a_long_queue() -> None:
    """Those leased come from the index in their order, unsorted, though the statistics call the queue empty."""
    first, now = write(), clock.now()

    def mails(numbers: Iterable[int], **state: Any) -> None:
        Notice.objects.bulk_create(
            Notice(
                subject_type=first.subject_type,
                subject_id=first.subject_id,
                step=f"step {number}",
                recipient_key=ANN,
                channel=first.channel,
                address=ANN,
                template="alarm",
                title="Alarm",
                created_at=now,
                next_try_at=now - dt.timedelta(seconds=number),
                **state,
            )
            for number in numbers
        )

    def read() -> int:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'portal_notice'"
            )
            return int(cursor.fetchone()[0])

    mixed = random.Random(1).sample(range(3020), 3020)  # they were not written in their order
    mails(mixed[20:], state=NoticeState.SENT, sent_at=now)
    mails(mixed[:20])
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE portal_notice")  # as it usually finds them: hardly any waits
        cursor.execute("SET LOCAL enable_seqscan = off")  # as in a table of millions,
        cursor.execute("SET LOCAL random_page_cost = 40")  # whose pages lie far apart
    mails(range(3020, 5000))
    before = read()
    leased = _lease(100)
    assert {mail.step for mail in leased} == {f"step {number}" for number in range(4900, 5000)}
    assert read() - before < 1000  # of 2,000 that wait
