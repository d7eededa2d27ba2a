"""Writing the exports that wait, one at a time in the whole portal: what is due is settled before what is asked for.

A worker claims one by a lease. Killed, it lets the lease run out, and the next tick begins the file anew.
"""

import contextlib
import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from portal import deadlines
from portal.deadlines.due import Due
from portal.exports.kinds import kind_of
from portal.exports.writing import SHEETS
from portal.models import Export, ExportState
from portal.notices import outbox
from portal.rules.refusal import Refusal

LEASE_SECONDS = 60
ATTEMPTS = 3
PART = 1000
KEPT = dt.timedelta(days=1)
GONE = dt.timedelta(seconds=15)
"""Whoever's page asked longer ago has left it, and is told when the file is ready."""
EXPIRES = "portal.export_expires"

_CLAIM = """
    UPDATE portal_export SET state = 'running', written = 0, attempts = attempts + 1,
                             lease_until = clock_timestamp() + make_interval(secs => %s)
     WHERE id = (SELECT id FROM portal_export
                  WHERE state = 'waiting' OR state = 'running' AND lease_until < clock_timestamp()
                  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       AND NOT EXISTS (SELECT FROM portal_export AS other
                        WHERE other.state = 'running' AND other.lease_until >= clock_timestamp())
 RETURNING id
"""
_RENEW = """
    UPDATE portal_export SET written = %s, total = %s, lease_until = clock_timestamp() + make_interval(secs => %s)
     WHERE id = %s AND state = 'running' AND attempts = %s
"""


class TakenOffError(Exception):
    """The export was canceled, or another worker has it."""


def run_next(at: dt.datetime) -> str:
    """Write the next export that waits, as of an instant (aware); return what became of it, "" when none waits."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [LEASE_SECONDS])
        found = cursor.fetchone()
    if found is None:
        return ""
    export = Export.objects.select_related("owner").get(pk=found[0])
    if export.attempts > ATTEMPTS:
        return _fail(export, "It could not be written, however often it was begun.", at)
    try:
        with timezone.override(ZoneInfo(export.owner.zone)):
            return _write(export, at)
    except TakenOffError:
        return "canceled"
    except Refusal as refusal:
        return _fail(export, f"{refusal.sentence} {refusal.way_out}", at)


def _write(export: Export, at: dt.datetime) -> str:
    kind = kind_of(export.kind)
    if kind is None or not export.owner.is_active:
        raise Refusal("It cannot be exported any more.", way_out="Ask for it again.")
    table = kind.read(export.owner, export.params, at)
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "file"
        sheet = SHEETS[export.format](path, ZoneInfo(export.owner.zone))
        with contextlib.closing(sheet):
            sheet.row(table.header)
            written = 0
            for cells in table.rows:
                sheet.row(cells)
                written += 1
                if written % PART == 0:
                    _renew(export, written, table.total)
            _renew(export, written, table.total)
        with path.open("rb") as content:
            name = default_storage.save(f"exports/{export.pk}.{export.format}", File(content))
    return _finish(export, name, written, at)


def _renew(export: Export, written: int, total: int) -> None:
    """Note how far it is, and keep it. Raises TakenOffError once it is somebody else's, or nobody's."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [written, total, LEASE_SECONDS, export.pk, export.attempts])
        if not cursor.rowcount:
            raise TakenOffError


def _finish(export: Export, name: str, written: int, at: dt.datetime) -> str:
    """Say that it is ready, let it expire in a day, and tell whoever has left its page; in one transaction."""
    with transaction.atomic():
        mine = Export.objects.select_for_update().filter(
            pk=export.pk, state=ExportState.RUNNING, attempts=export.attempts
        )
        fresh = mine.first()
        if fresh is None:
            default_storage.delete(name)
            return "canceled"
        fresh.file.name, fresh.state, fresh.finished_at = name, ExportState.DONE, at
        fresh.written = fresh.total = written
        fresh.lease_until = None
        fresh.save()
        deadlines.set_deadline(fresh, EXPIRES, due_at=at + KEPT, clause="", at=at)
        if fresh.seen_at is None or fresh.seen_at < at - GONE:
            outbox.post(
                fresh,
                "ready",
                to=[export.owner],
                template="export_ready",
                title=f"Your export is ready: {export.title}",
                context={"rows": written, "action": "Download it"},
                url=reverse("export", args=[export.pk]),
                at=at,
            )
    return "done"


def _fail(export: Export, why: str, at: dt.datetime) -> str:
    Export.objects.filter(pk=export.pk, attempts=export.attempts).update(
        state=ExportState.FAILED, refused=why.strip(), finished_at=at, lease_until=None
    )
    return "failed"


def expire(rows: Sequence[Due], now: dt.datetime) -> None:
    """Delete the files whose day is over, once that is committed; their rows say so."""
    over = Export.objects.filter(pk__in=[row.subject_id for row in rows], state=ExportState.DONE)
    names = list(over.values_list("file", flat=True))
    over.update(state=ExportState.EXPIRED, file="")
    transaction.on_commit(lambda: _delete(names))


def _delete(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)
