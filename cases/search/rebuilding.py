"""Writing the words of all cases anew."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from django.db import connection

CHUNK = 2000
_COPIED = ("cases_case", "cases_message")


def rebuild(workers: int = 1, say: Callable[[str], object] = lambda words: None) -> int:
    """Write the words of every case anew, and return how many there are. Each chunk is a transaction of its own.

    Acts may go on meanwhile: who writes a case's words holds its row, and reads what was written before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(min(id), 0), coalesce(max(id), -1), count(*) FROM cases_case"
        )
        low, high, count = cursor.fetchone()
    starts = iter(range(low, high + 1, CHUNK))
    lock = threading.Lock()

    def write(*, close: bool) -> None:
        while True:
            with lock:
                start = next(starts, None)
            if start is None:
                break
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(search_refresh(id)) FROM cases_case WHERE id BETWEEN %s AND %s",
                    [start, start + CHUNK - 1],
                )
            if start // CHUNK % 50 == 0:
                say(f"Up to case {start + CHUNK}")
        if close:
            connection.close()

    if workers < 2:
        write(close=False)
    else:
        threads = [threading.Thread(target=write, kwargs={"close": True}) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return int(count)


@contextlib.contextmanager
def without_triggers() -> Iterator[None]:
    """Leave the words alone while rows are copied in bulk; `rebuild` writes them afterwards."""
    _switch("DISABLE")
    try:
        yield
    finally:
        _switch("ENABLE")


def _switch(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%%I', t.tgrelid::regclass), t.tgname FROM pg_trigger t"
            " WHERE t.tgname LIKE 'search\\_%%' AND t.tgrelid = ANY (%s::regclass[])",
            [list(_COPIED)],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {name}")
