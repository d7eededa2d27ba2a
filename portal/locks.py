"""The subject lock: whoever changes a subject, or settles its deadlines, holds it to the end of the transaction.

Acts wait for it; the sweep only tries, and comes back later. So the two never wait for each other in a circle,
and the deadlines of one subject fire in their order however many workers sweep.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection, models

from portal.models.subject import SubjectKey, key_of


def lock_number(key: SubjectKey) -> int:
    """The signed 64-bit number under which PostgreSQL knows the subject's lock."""
    digest = hashlib.blake2b(f"{key.subject_type}:{key.subject_id}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def lock(subject: models.Model | SubjectKey) -> None:
    """Wait for the subject's lock and hold it to the end of the running transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(key_of(subject))])


def try_lock_all(keys: Iterable[SubjectKey]) -> set[SubjectKey]:
    """Try the locks of several subjects in one statement, without waiting; return those now held."""
    numbers = {lock_number(key): key for key in keys}
    if not numbers:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM unnest(%s::bigint[]) AS number WHERE pg_try_advisory_xact_lock(number)",
            [list(numbers)],
        )
        return {numbers[number] for (number,) in cursor.fetchall()}
