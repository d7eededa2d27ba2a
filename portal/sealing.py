"""Sealing the journal and checking its seals: hashes chained from the first entry to the last that is sealed.

The database makes the digests, so that no entry leaves it. An entry is sealed a while after it was written, by a tick;
until then the database's own refusal to change one is all that keeps it.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max

from portal import locks
from portal.models import Heartbeat, JournalEntry, JournalSeal, SubjectKey

MOST = 50_000
"""Entries of one seal at most."""
_NOTED = "seal"
_ENTRY = """
    jsonb_build_array(
        id, subject_type, subject_id, verb, extract(epoch FROM at), extract(epoch FROM logged_at),
        extract(epoch FROM recorded_at), by_id, by_name, text, clause, public, before, after, data, changed)
"""
_DIGEST = f"""
    SELECT count(*), max(id), encode(sha256(convert_to(
           %(before)s || coalesce(string_agg({_ENTRY}::text, E'\\n' ORDER BY id), ''), 'UTF8')), 'hex')
      FROM (SELECT * FROM portal_journalentry WHERE id > %(after)s AND id <= %(last)s ORDER BY id LIMIT %(most)s) AS one
"""  # noqa: S608  # the names are ours


def seal(at: dt.datetime) -> int:
    """Seal what had been written when this was called before, and note what has been by now; returns how many entries.

    Entries get their numbers before they are committed: those noted are sealed once every transaction that ran then has
    ended, so that none comes in late below a seal.
    """
    noted = Heartbeat.objects.filter(name=_NOTED).first()
    sealed = 0
    if noted is not None and not _still_writing(noted.at):
        while count := _seal(int(noted.figures["last"]), at):
            sealed += count
    if noted is None or sealed or noted.figures["last"] != _last_entry():
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            now = cursor.fetchone()[0]
        Heartbeat.objects.update_or_create(
            name=_NOTED, defaults={"at": now, "figures": {"last": _last_entry()}}
        )
    return sealed


def _last_entry() -> int:
    return int(JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0)


def _still_writing(since: dt.datetime) -> bool:
    """Whether a transaction of another session runs that began before an instant of the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND xact_start <= %s)",
            [since],
        )
        return bool(cursor.fetchone()[0])


def _seal(last: int, at: dt.datetime) -> int:
    """One more seal, up to the entry `last` at most; returns how many entries it covers."""
    with transaction.atomic(), connection.cursor() as cursor:
        locks.lock(SubjectKey(JournalSeal._meta.label_lower, 0))
        count, reached, digest = _digest(cursor, JournalSeal.objects.last(), last)
        if count:
            JournalSeal.objects.create(
                last_entry=reached, entries=count, digest=digest, sealed_at=at
            )
    return count


def broken_seals() -> Iterator[str]:
    """What is wrong with the seals, in sentences; nothing when every entry is as it was sealed."""
    before: JournalSeal | None = None
    for one in JournalSeal.objects.iterator():
        with connection.cursor() as cursor:
            count, _, digest = _digest(cursor, before, one.last_entry)
        if count != one.entries:
            yield (
                f"Seal {one.pk}, up to entry {one.last_entry}, covers {one.entries} entries; there are {count}."
            )
        elif digest != one.digest:
            yield f"Seal {one.pk}, up to entry {one.last_entry}: an entry is not as it was sealed."
        before = one


def _digest(cursor: object, before: JournalSeal | None, last: int) -> tuple[int, int, str]:
    """How many entries there are after a seal up to the entry `last`, the last of them, and their digest."""
    cursor.execute(  # type: ignore[attr-defined]
        _DIGEST,
        {
            "before": before.digest if before else "",
            "after": before.last_entry if before else 0,
            "last": last,
            "most": MOST,
        },
    )
    found: tuple[int, int, str] = cursor.fetchone()  # type: ignore[attr-defined]
    return found
