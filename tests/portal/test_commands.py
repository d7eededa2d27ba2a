"""The commands that replace Celery."""

import datetime as dt
import io
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.models import Deadline, Heartbeat, Notice
from portal.notices import outbox
from portal.notices.outbox import Address
from tests.portal.engine import registered, set_timer, subject, timer, write_down
from tests.processes import environment, running, wait_until
from tests.smtp_peer import SmtpPeer


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db
class TestSweepDeadlines:
    def test_at_sweeps_once_as_of_that_instant(self, at: dt.datetime) -> None:
        with registered(timer(write_down)):
            rows = [set_timer(number, at) for number in range(3)]
            before = (at - dt.timedelta(microseconds=1)).isoformat()
            assert run("sweep_deadlines", "--at", before) == "Nothing to do."
            said = run("sweep_deadlines", "--at", "2003-03-05T10:00:00-08:00")
        assert said.startswith("Settled 3 in ")
        assert said.endswith("(3 tests.timer).")
        assert {row.state for row in Deadline.objects.all()} == {"fired"}
        assert Deadline.objects.get(pk=rows[0].pk).settled_at == at

    def test_once_sweeps_now_and_leaves_a_heartbeat(self, at: dt.datetime) -> None:
        with registered(timer(write_down)):
            set_timer(1, at)
            assert "1 of them late" in run("sweep_deadlines", "--once")
        assert Heartbeat.objects.get(name="sweep").figures["settled"] == 1

    @pytest.mark.parametrize(
        ("text", "why"),
        [("noon", "is not an instant"), ("2003-03-05T18:00:00", "names no zone")],
    )
    def test_an_instant_that_is_none_is_refused(self, text: str, why: str) -> None:
        with pytest.raises(CommandError, match=why):
            run("sweep_deadlines", "--at", text)

    def test_failures_and_parked_rows_are_reported(self, at: dt.datetime) -> None:
        def fails(rows: Sequence[Deadline], now: dt.datetime) -> None:
            raise RuntimeError("no")

        with registered(timer(fails)):
            row = set_timer(1, at)
            said = run("sweep_deadlines", "--once")
            assert said.startswith("Settled 0, 1 failed in ")
            Deadline.objects.filter(pk=row.pk).update(attempts=4, fires_at=at)
            assert "1 failed, 1 set aside" in run("sweep_deadlines", "--once")

    def test_parked_rows_can_be_retried(self, at: dt.datetime) -> None:
        with registered(timer(write_down)):
            set_timer(1, at)
            Deadline.objects.update(state="parked", settled_at=at)
            said = run("sweep_deadlines", "--once", "--retry-parked")
        assert "Made 1 parked deadlines pending again." in said
        assert "Settled 1" in said


@pytest.mark.django_db
class TestDeliverNotices:
    def write(self, address: str, at: dt.datetime) -> None:
        to = [Address(address)]
        outbox.post(subject(1), "step", to=to, template="alarm", title="x", at=at)

    def test_once_sends_waiting_notices(self, mail_server: SmtpPeer, at: dt.datetime) -> None:
        self.write("ann@people.example", at)
        assert run("deliver_notices", "--once") == "Sent 1."
        assert run("deliver_notices", "--once") == "Nothing to do."
        assert len(mail_server.mails) == 1

    def test_errors_are_reported(self, mail_server: SmtpPeer, at: dt.datetime) -> None:
        mail_server.refuse("ann@people.example")
        self.write("ann@people.example", at)
        assert run("deliver_notices", "--once") == "1 could not be sent."
        mail_server.behave()
        said = run("deliver_notices", "--once", "--retry-parked")
        assert said == "Made 1 parked notices wait again.\nSent 1."

    def test_an_absent_server_is_said(self, mail_server: SmtpPeer, at: dt.datetime) -> None:
        self.write("ann@people.example", at)
        mail_server.go_away()
        assert run("deliver_notices", "--once") == "Put off 1, the mail server is away."


@pytest.mark.django_db
def test_watch_says_how_the_machinery_is(at: dt.datetime) -> None:
    said = run("watch", "--once")
    assert said.startswith("Deadlines lag 0 s (last sweep never, 0 set aside)")


@pytest.mark.django_db(transaction=True)
@pytest.mark.process
def test_the_loop_goes_on_until_it_is_asked_to_end(mail_server: SmtpPeer, tmp_path: Path) -> None:
    env = environment(
        EMAIL_HOST="127.0.0.1", EMAIL_PORT=mail_server.port, DELIVER_EVERY_SECONDS="0.1"
    )
    log = tmp_path / "deliver.log"
    with running("manage", "deliver_notices", "--skip-checks", env=env, log=log) as process:
        for number in range(2):
            to = [Address("ann@people.example")]
            outbox.post(
                subject(number),
                "step",
                to=to,
                template="alarm",
                title="x",
                at=dt.datetime(2003, 3, 5, tzinfo=dt.UTC),
            )
            wait_until(lambda: not Notice.objects.exclude(state="sent").exists(), what="delivery")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert log.read_text().splitlines()[-1] == "Ended."
    assert len(mail_server.mails) == 2
