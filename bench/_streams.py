"""A prototype of server-sent events beside the portal, to be measured against asking: `gunicorn bench._streams`.

Each stream holds a thread and no connection to the database. One thread of each process reads what the journal has new,
who is where, twice a second, and marks its own readers as present; it wakes the streams whose case has changed.
"""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench._settings")

from portal.wsgi import application  # isort: skip

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import path

import bench._urls as urls
from cases.presence.pulse import pulse
from cases.presence.views import _SEEN
from portal.access import reader

__all__ = ["application"]
EVERY = 0.5
ALIVE = 15.0
BACK = 200
"""So many entries are read again each time: an entry with a lower number may be committed later."""


class Stream:
    """One open page: its reader, its case, and the signal that something is new."""

    def __init__(self, user: int, is_provider: bool, case: int) -> None:
        self.user, self.is_provider, self.case = user, is_provider, case
        self.signal = threading.Event()


_open: set[Stream] = set()
_held = threading.Lock()
_tail: list[threading.Thread] = []


def _follow() -> None:
    """Read what is new and wake whom it concerns, for good."""
    seen: set[int] = set()
    there: dict[int, tuple[Any, ...]] = {}
    marked = 0.0
    while True:
        begun = time.monotonic()
        with _held:
            streams = list(_open)
        by_case = defaultdict(list)
        for stream in streams:
            by_case[stream.case].append(stream)
        with connection.cursor() as cursor:
            if begun - marked > 4 and streams:
                cursor.execute(
                    "INSERT INTO cases_presence (user_id, case_id, seen_at) "
                    "SELECT DISTINCT u, c, statement_timestamp() FROM unnest(%s::bigint[], %s::bigint[]) AS t(u, c) "
                    "ON CONFLICT (case_id, user_id) DO UPDATE SET seen_at = excluded.seen_at",
                    [[one.user for one in streams], [one.case for one in streams]],
                )
                marked = begun
            cursor.execute(
                "SELECT id, subject_id, public FROM portal_journalentry "
                "WHERE id > (SELECT max(id) FROM portal_journalentry) - %s AND subject_type = 'cases.case'",
                [BACK],
            )
            rows = cursor.fetchall()
            cursor.execute(
                "SELECT case_id, array_agg(user_id ORDER BY user_id), "
                "array_agg(answering_at > statement_timestamp() - interval '10 s' ORDER BY user_id) "
                "FROM cases_presence WHERE seen_at > statement_timestamp() - interval '15 s' GROUP BY case_id"
            )
            people = {case: (users, answering) for case, users, answering in cursor.fetchall()}
        for number, case, public in rows:
            if number not in seen:
                for stream in by_case.get(case, ()):
                    if public or stream.is_provider:
                        stream.signal.set()
        seen = {number for number, _, _ in rows}
        for case, waiting in by_case.items():
            if people.get(case) != there.get(case):
                for stream in waiting:
                    stream.signal.set()
        there = people
        time.sleep(max(0.0, EVERY - (time.monotonic() - begun)))


@login_required
def stream(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """What the page is told: its version and the people, at first and each time that they change."""
    user = reader(request)
    if _SEEN.read(user, pk) is None:
        raise Http404
    mine = Stream(user.pk, user.is_provider, pk)
    with _held:
        _open.add(mine)
        if not _tail:
            _tail.append(threading.Thread(target=_follow, daemon=True))
            _tail[0].start()

    def told() -> Iterator[bytes]:
        try:
            last = None
            while True:
                mine.signal.clear()
                found = pulse(pk, of=user)
                connection.close()
                if found != last:
                    last = found
                    yield f"data: {found.version} {int(any(p.is_answering for p in found.people))}\n\n".encode()
                elif not mine.signal.is_set():
                    yield b": alive\n\n"
                mine.signal.wait(ALIVE)
        finally:
            with _held:
                _open.discard(mine)

    answer = StreamingHttpResponse(told(), content_type="text/event-stream")
    answer["X-Accel-Buffering"] = "no"
    return answer


urls.urlpatterns.insert(0, path("bench/stream/<int:pk>/", stream))
