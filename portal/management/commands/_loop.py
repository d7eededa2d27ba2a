"""Shared by the commands that replace beat: run, report, wait, and end calmly when asked."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, close_old_connections

Say = Callable[[str], object]


def repeat(run: Callable[[], str], *, every: float, once: bool, say: Say, complain: Say) -> None:
    """Run and say its report, every so many real seconds until SIGINT or SIGTERM, or once.

    An empty report is not worth a line. While the database is away the loop goes on and says so once; a single run
    lets the error out.
    """
    if once:
        say(run() or "Nothing to do.")
        return
    away = False
    with _until_asked_to_end() as ended:
        while not ended.is_set():
            try:
                close_old_connections()
                report = run()
                if report:
                    say(report)
                away = False
            except (OperationalError, InterfaceError) as error:
                if not away:
                    complain(f"The database is away: {str(error).strip()}")
                away = True
            ended.wait(every)
    say("Ended.")


@contextmanager
def _until_asked_to_end() -> Iterator[threading.Event]:
    ended = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: ended.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
