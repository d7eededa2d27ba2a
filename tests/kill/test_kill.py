"""The kill test: workers and beat are killed again and again, Redis forgets all and restarts; nothing is lost."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from portal import clock, deadlines
from portal.models import Deadline, DeadlineState, JournalEntry, Notice, NoticeState
from portal.notices.delivery import MARKED_TOGETHER
from tests.portal.engine import (
    CLAUSE,
    PROMISE,
    SECOND,
    TIMER,
    promise,
    registered,
    subject,
    timer,
    write_down,
)
from tests.smtp_peer import SmtpPeer
from tests.workers import Machinery, machinery

DUE = 2000
SUBJECTS = 700
WORKERS = 2
PROCESSES = 2
KILLS = 18
MOST_SECONDS = 240.0  # the machine may be busy with other things


def set_burst() -> None:
    """2,000 deadlines of two kinds on 700 subjects, all of them due within the last seconds."""
    now = clock.now()
    deadlines.set_deadlines(
        [
            deadlines.Setting(
                subject(number % SUBJECTS),
                (TIMER, PROMISE)[number % 2],
                due_at=now - 10 * SECOND + (number // SUBJECTS) * SECOND,
                clause=CLAUSE,
                step=f"{number:04}",
            )
            for number in range(DUE)
        ],
        at=now - 20 * SECOND,
    )


def progress() -> int:
    """Deadlines settled and notices marked sent so far."""
    settled = Deadline.objects.exclude(state=DeadlineState.PENDING).count()
    return settled + Notice.objects.filter(state=NoticeState.SENT).count()


def kill(machines: Machinery, turn: int) -> None:
    """Kill a process of a pool, or each third time a whole worker, and now and then beat."""
    if turn % 3 == 2:
        machines.replace_worker(turn // 3 % WORKERS, processes=PROCESSES)
    else:
        machines.kill_pool_process()
    if turn % 6 == 3:
        machines.replace_beat()
    if turn == KILLS // 4:
        machines.broker.flush()
    if turn == KILLS // 2:
        machines.broker.restart()


def kill_until_done(machines: Machinery) -> int:
    """Kill each time some more is done, until all is; return how often. Fails when time runs out."""
    kills = 0
    next_kill = 1
    end = time.monotonic() + MOST_SECONDS
    while (done := progress()) < 2 * DUE:
        assert time.monotonic() < end, f"{done} of {2 * DUE} after {MOST_SECONDS:.0f} s"
        if kills < KILLS and done >= next_kill:
            kill(machines, kills)
            kills += 1
            next_kill = done + random.randint(1, 2 * DUE // KILLS)
        time.sleep(0.01)
    return kills


@pytest.mark.kill
@pytest.mark.trap(1, 2, 28)
@pytest.mark.django_db(transaction=True)
def test_whatever_is_killed_every_effect_is_in_the_record_exactly_once(
    tmp_path: Path, set_clock, at
) -> None:
    set_clock(at)
    with (
        SmtpPeer() as peer,
        registered(timer(write_down), promise(write_down)),
        machinery(
            tmp_path,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=peer.port,
            EMAIL_TIMEOUT=1,
            NOTICE_LEASE_SECONDS=16,
            NOTICE_BATCH=25,
            NOTICE_BACKOFF_SECONDS=0.5,
            DEADLINE_BATCH=50,
            SWEEP_EVERY_SECONDS=0.1,
            DELIVER_EVERY_SECONDS=0.1,
        ) as machines,
    ):
        set_burst()
        for _ in range(WORKERS):
            machines.start_worker(processes=PROCESSES)
        machines.start_beat()
        kills = kill_until_done(machines)
        assert kills == KILLS

    rows = {row.pk: row for row in Deadline.objects.all()}
    assert Counter(row.state for row in rows.values()) == {"fired": DUE // 2, "missed": DUE // 2}

    # Exactly once in the record: one entry and one notice for each deadline, no more and no less.
    entries = JournalEntry.objects.exclude(verb="alarm.raised")
    assert Counter(entry.data["deadline"] for entry in entries) == Counter(list(rows))
    notices = list(Notice.objects.all())
    assert Counter(notice.step for notice in notices) == Counter(f"deadline:{pk}" for pk in rows)
    assert {notice.state for notice in notices} == {NoticeState.SENT}

    # In order on each subject, whoever settled it and whoever was killed over it.
    for number in range(SUBJECTS):
        steps = [entry.data["step"] for entry in entries.about(subject(number)).order_by("id")]
        assert steps == sorted(steps)

    # On the wire at least once; again only where a crash fell between sending and marking, with its Message-ID.
    arrived = Counter(mail.message_id for mail in peer.mails)
    assert set(arrived) == {notice.message_id for notice in notices}
    repeated = arrived.total() - DUE
    print(f"{kills} kills, {repeated} mails twice on the wire")  # noqa: T201
    assert repeated <= kills * PROCESSES * MARKED_TOGETHER
