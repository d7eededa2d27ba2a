"""The machinery for real: Celery workers and beat, Redis, PostgreSQL, an SMTP server, and the sped-up clock."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock, deadlines, watchdog
from portal.models import Deadline, Heartbeat, JournalEntry, Notice
from tests.portal.engine import (
    CLAUSE,
    PROMISE,
    TIMER,
    promise,
    registered,
    subject,
    timer,
    write_down,
)
from tests.processes import wait_until
from tests.smtp_peer import SmtpPeer
from tests.workers import Machinery, machinery

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
SPEED = 60.0


@pytest.fixture
def machines(
    tmp_path: Path, mail_server: SmtpPeer, set_clock, at: dt.datetime
) -> Iterator[Machinery]:
    """A worker and a beat at sixty times the speed of real time."""
    set_clock(at, SPEED)
    with (
        registered(timer(write_down), promise(write_down)),
        machinery(
            tmp_path,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=mail_server.port,
            SWEEP_EVERY_SECONDS=0.2,
            DELIVER_EVERY_SECONDS=0.2,
        ) as machines,
    ):
        machines.start_worker(processes=2)
        machines.start_beat()
        yield machines


def set_one(number: int, after: dt.timedelta, kind: str = TIMER) -> Deadline:
    now = clock.now()
    return deadlines.set_deadline(subject(number), kind, due_at=now + after, clause=CLAUSE, at=now)


def test_a_due_deadline_fires_and_its_mail_arrives_and_redis_may_come_and_go(
    machines: Machinery, mail_server: SmtpPeer
) -> None:
    def arrived(number: int) -> bool:
        return len(mail_server.mails) == number

    def settle(number: int, kind: str, state: str) -> None:
        row = set_one(number, dt.timedelta(minutes=1), kind)
        wait_until(lambda: arrived(number), what=f"mail {number}")
        row.refresh_from_db()
        assert row.state == state
        assert row.settled_at >= row.fires_at
        entry = JournalEntry.objects.about(subject(number)).get()
        assert entry.data["deadline"] == row.pk
        notice = Notice.objects.about(subject(number)).get()
        assert mail_server.mails[-1].message_id == notice.message_id

    settle(1, TIMER, "fired")

    machines.broker.flush()
    settle(2, PROMISE, "missed")

    machines.broker.restart()
    settle(3, TIMER, "fired")

    machines.broker.go_away()
    due_meanwhile = set_one(4, dt.timedelta(seconds=10))
    wait_until(lambda: clock.now() > due_meanwhile.due_at, what="its time")
    due_meanwhile.refresh_from_db()
    assert due_meanwhile.state == "pending"
    machines.broker.come_back()
    wait_until(lambda: arrived(4), what="the mail after Redis came back")

    assert set(Heartbeat.objects.values_list("name", flat=True)) >= {
        "sweep",
        "deliver",
    }
    assert watchdog.measure(clock.now()).healthy
    assert machines.broker.waiting() < 20  # unread ticks expire
    assert machines.broker.kept() == 0  # a worker with one to acknowledge ends when Redis goes away
