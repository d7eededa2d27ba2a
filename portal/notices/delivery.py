"""Delivery: hands waiting e-mail to the SMTP server, at least once, each time with the same Message-ID.

A batch is leased, then sent one by one. What the server has taken is marked sent, up to `MARKED_TOGETHER` in one
statement, and at once when the server takes its time with the next. A process killed between the two lets the lease
run out, and those mails go again with their Message-IDs; nothing is ever marked sent before it is.

A try counts only when the notice may be at fault: when the server refused it, or hung up on it and then took another.
Such a notice is tried again for ``NOTICE_RETRY_DAYS`` with growing pauses, as mail servers do among themselves; one
refused for good is parked at once. While the server is away nothing is counted and nothing parked, however long that
lasts, and one worker at a time asks whether it is back.

Leases, pauses and ages are measured by the database's clock (ADR 42).
"""

import contextlib
import datetime as dt
import logging
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from portal import alarms, clock, database_clock
from portal.models import Channel, Heartbeat, Notice, NoticeState
from portal.notices.last_words import last_words
from portal.notices.leaving import link_of
from portal.notices.message import from_header, message_of
from portal.notices.rendering import render
from portal.notices.session import HungUp, Refused, ServerAway, Session

log = logging.getLogger(__name__)

MAIL_SERVER_AWAY = "mail server away"
"""The heartbeat that stands while the server is away; its time is when somebody asks again."""
NO_TIME = dt.timedelta()
MARKED_TOGETHER = 20
"""At most so many mails go again after a worker was killed."""
DOUBLED_MOST = 20
MARGIN_SECONDS = 60.0
HUNG_UP_MOST = 3
"""When the server hung up on so many in a row it is the server, not the notices."""


@dataclass(slots=True)
class DeliveryReport:
    """What a delivery run did."""

    sent: int = 0
    put_off: int = 0
    parked: int = 0
    dropped: int = 0
    server_away: bool = False


def deliver(
    *, batch: int | None = None, most_batches: int = 20, most_seconds: float | None = None
) -> DeliveryReport:
    """Send what waits, oldest first, until nothing is ready, the server is away, or the bounds are reached."""
    report = DeliveryReport()
    if not _worth_asking():
        report.server_away = True
        return report
    until = None if most_seconds is None else time.monotonic() + most_seconds
    for _ in range(most_batches):
        leased = _lease(batch or settings.NOTICE_BATCH)
        if not leased:
            break
        _Batch(leased, report, until).send()
        if report.server_away or _over(until):
            break
    return report


def _over(until: float | None) -> bool:
    return until is not None and time.monotonic() > until


def _worth_asking() -> bool:
    """Whether the server was there when last asked, or it is our turn to ask again."""
    away = Heartbeat.objects.filter(name=MAIL_SERVER_AWAY)
    if not away.exists():
        return True
    return away.filter(at__lte=Now()).update(at=_from_now(settings.NOTICE_BACKOFF_SECONDS)) > 0


def _lease(size: int) -> list[Notice]:
    """Take a lease on a batch, in a transaction of its own; other workers pass over it until it runs out."""
    with transaction.atomic():
        # Its statistics nearly always call the queue empty. Then PostgreSQL would read all that waits, and sort it, for
        # each batch, where the index has it in order.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")
        ids = list(
            Notice.objects.ready()
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:size]
        )
        if not ids:
            return []
        Notice.objects.filter(pk__in=ids).update(
            lease_until=_from_now(settings.NOTICE_LEASE_SECONDS), attempts=F("attempts") + 1
        )
    leased = Notice.objects.filter(pk__in=ids).select_related("recipient")
    return list(leased.annotate(waited=Now() - F("written_at")).order_by("id"))


def _lease_length() -> dt.timedelta:
    return _seconds(settings.NOTICE_LEASE_SECONDS)


def _from_now(seconds: float) -> CombinedExpression:
    """So many seconds from now, as an expression of the database."""
    return Now() + _seconds(seconds)


def _seconds(number: float) -> dt.timedelta:
    return dt.timedelta(seconds=number)


class _Batch:
    """A leased batch on its way: what is still to be sent, and what the server hung up on, its guilt open."""

    def __init__(
        self, leased: Iterable[Notice], report: DeliveryReport, until: float | None
    ) -> None:
        self.to_send = deque(leased)
        self.hung_up_on: list[tuple[Notice, str]] = []
        self.report = report
        self.until = until
        self.taken: list[int] = []
        self.lease_until = self.to_send[0].lease_until
        self.leased_until = time.monotonic() + settings.NOTICE_LEASE_SECONDS
        self.sender = from_header()
        self.written: tuple[Notice, bytes | None] | None = None
        self.session = Session(while_waiting=self._mark_sent)

    def send(self) -> None:
        """Send until the batch is empty, the server is away, or the time is over."""
        try:
            self.session.open()
            Heartbeat.objects.filter(name=MAIL_SERVER_AWAY).delete()
            while self.to_send and not _over(self.until):
                self._keep_lease()
                if self.to_send:
                    self._send_next()
            if self.hung_up_on:
                raise ServerAway(self.hung_up_on[-1][1])  # nothing speaks for the server
            self._give_back(self.to_send)
        except ServerAway as error:
            self._server_is_away(str(error))
        finally:
            self._mark_sent()
            self.session.close()

    def _send_next(self) -> None:
        notice = self.to_send.popleft()
        try:
            message = self._message_of(notice)
        except Exception as error:
            log.error("notice %s cannot be rendered", notice.pk, exc_info=error)
            self._put_off(notice, f"{type(error).__name__}: {error}")
            return
        if message is None:
            self._drop(notice)
            return
        try:
            self.session.send(notice.address, message, meanwhile=self._write_next)
        except HungUp as error:
            self.hung_up_on.append((notice, str(error)))
            if len(self.hung_up_on) >= HUNG_UP_MOST:
                raise ServerAway(str(error)) from error
        except ServerAway:
            self.to_send.appendleft(notice)
            raise
        except Refused as error:
            self._server_is_there()
            if error.for_good:
                self._park(notice, str(error))
            else:
                self._put_off(notice, str(error), for_days=True)
        except Exception as error:
            log.error("notice %s cannot be sent", notice.pk, exc_info=error)
            self._put_off(notice, f"{type(error).__name__}: {error}")
        else:
            self.taken.append(notice.pk)
            if len(self.taken) >= MARKED_TOGETHER:
                self._mark_sent()
            self._server_is_there()

    def _message_of(self, notice: Notice) -> bytes | None:
        """The message; None when nothing is left to say to its recipient."""
        if self.written is not None and self.written[0] is notice:
            return self.written[1]
        said = last_words(notice)
        if said is None:
            return None
        stop_link = link_of(notice)
        rendered = render(notice, said, stop_link)
        return message_of(
            notice, rendered, sender=self.sender, at=clock.wall(), stop_link=stop_link
        )

    def _drop(self, notice: Notice) -> None:
        """Leave a notice unsent that has nothing to say any more."""
        self._held([notice]).update(state=NoticeState.DROPPED, lease_until=None, last_error="")
        self.report.dropped += 1

    def _write_next(self) -> None:
        """Write the next message while the server has this one. One that cannot be written says so in its turn."""
        self.written = None
        if self.to_send:
            with contextlib.suppress(Exception):
                self.written = (self.to_send[0], self._message_of(self.to_send[0]))

    def _keep_lease(self) -> None:
        """Renew the lease when half of it is gone; what was lost all the same is another worker's now."""
        if self.leased_until - time.monotonic() > settings.NOTICE_LEASE_SECONDS / 2:
            return
        ours = [*self.to_send, *(notice for notice, _ in self.hung_up_on)]
        self.leased_until = time.monotonic() + settings.NOTICE_LEASE_SECONDS
        renewed = database_clock.read() + _lease_length()
        self._held(ours).update(lease_until=renewed)
        self.lease_until = renewed
        kept = set(self._held(ours).values_list("pk", flat=True))
        self.to_send = deque(notice for notice in self.to_send if notice.pk in kept)
        self.hung_up_on = [(notice, why) for notice, why in self.hung_up_on if notice.pk in kept]

    def _held(self, notices: Iterable[Notice]) -> models.QuerySet[Notice]:
        ids = (notice.pk for notice in notices)
        return Notice.objects.still_waiting(ids).filter(lease_until=self.lease_until)

    def _mark_sent(self) -> None:
        """Mark as sent what the server has taken, whoever holds the lease now."""
        if not self.taken:
            return
        taken, self.taken = self.taken, []
        Notice.objects.still_waiting(taken).update(
            state=NoticeState.SENT, sent_at=clock.now(), lease_until=None, last_error=""
        )
        self.report.sent += len(taken)

    def _server_is_there(self) -> None:
        """The server answered: those on which it hung up before have used a try."""
        for notice, reason in self.hung_up_on:
            self._put_off(notice, reason, for_days=True)
        self.hung_up_on = []

    def _server_is_away(self, reason: str) -> None:
        """Return everything untried, and let nobody ask again for a moment."""
        self.report.server_away = True
        wait = _seconds(settings.NOTICE_BACKOFF_SECONDS)
        Heartbeat.objects.bulk_create(
            [
                Heartbeat(
                    name=MAIL_SERVER_AWAY,
                    at=_from_now(settings.NOTICE_BACKOFF_SECONDS),
                    figures={"reason": reason[:500]},
                )
            ],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at", "figures"],
        )
        log.warning("the mail server is away, mail waits: %s", reason)
        self._give_back(self.to_send, reason)
        # Retry those it hung up on a little later: other mails then show first who was at fault.
        self._give_back([notice for notice, _ in self.hung_up_on], reason, wait=2 * wait)

    def _give_back(
        self, notices: Iterable[Notice], reason: str = "", *, wait: dt.timedelta = NO_TIME
    ) -> None:
        """Return leases without counting a try."""
        self.report.put_off += self._held(notices).update(
            lease_until=None,
            attempts=F("attempts") - 1,
            next_try_at=F("next_try_at") if not wait else Now() + wait,
            last_error=reason,
        )

    def _put_off(self, notice: Notice, reason: str, *, for_days: bool = False) -> None:
        """Try again later, each time twice as late. Park after the last try or, `for_days`, when it waited so long."""
        over = (
            notice.waited > dt.timedelta(days=settings.NOTICE_RETRY_DAYS)  # type: ignore[attr-defined]
            if for_days
            else notice.attempts >= settings.NOTICE_ATTEMPTS
        )
        if over:
            self._park(notice, reason)
            return
        doubled = min(notice.attempts - 1, DOUBLED_MOST)
        wait = min(
            settings.NOTICE_BACKOFF_SECONDS * 2**doubled, settings.NOTICE_BACKOFF_MOST_SECONDS
        )
        self.report.put_off += self._held([notice]).update(
            next_try_at=_from_now(wait), lease_until=None, last_error=reason
        )
        log.warning("notice %s put off for %.0f s: %s", notice.pk, wait, reason)

    def _park(self, notice: Notice, reason: str) -> None:
        with transaction.atomic():
            parked = self._held([notice]).update(
                state=NoticeState.PARKED, lease_until=None, last_error=reason
            )
            if not parked:
                return
            alarms.raise_alarm(
                notice.subject,
                f"notice-{notice.pk}-parked",
                f"“{notice.title}” could not be sent to {notice.address}: {reason}",
                at=clock.now(),
                url=notice.url,
                channels=(Channel.INBOX,),
            )
        self.report.parked += 1


def retry_parked() -> int:
    """Let the notices that could not be sent wait again, with all their tries and days; return how many."""
    return Notice.objects.filter(state=NoticeState.PARKED).update(
        state=NoticeState.WAITING, attempts=0, next_try_at=Now(), written_at=Now()
    )


def give_up_parked() -> int:
    """Leave the notices that could not be sent unsent for good: they count as failed no more. Return how many."""
    return Notice.objects.filter(state=NoticeState.PARKED).update(state=NoticeState.GIVEN_UP)


def bring_back() -> int:
    """Bring back what waits for an instant that no pause or lease reaches: the clock was set back. Return how many."""
    pause = _from_now(settings.NOTICE_BACKOFF_MOST_SECONDS + MARGIN_SECONDS)
    lease = _from_now(settings.NOTICE_LEASE_SECONDS + MARGIN_SECONDS)
    waiting = Notice.objects.filter(state=NoticeState.WAITING)
    stuck = waiting.filter(Q(next_try_at__gt=pause) | Q(lease_until__gt=lease))
    back = stuck.update(next_try_at=Now(), lease_until=None)
    away = Heartbeat.objects.filter(name=MAIL_SERVER_AWAY)
    away.filter(at__gt=_from_now(settings.NOTICE_BACKOFF_SECONDS + MARGIN_SECONDS)).delete()
    return back
