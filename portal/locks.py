"""The subject lock: whoever changes a subject, or settles its deadlines, holds it to the end of the transaction.

Acts wait for it; the sweep only tries, and comes back later. So the two never wait for each other in a circle,
and the deadlines of one subject fire in their order however many workers sweep. An act takes the lock before it
touches any row of the subject, and when it needs several subjects takes them all at once with ``lock_all``.
"""

from collections.abc import Iterable

from django.db import connection, models
from django.db.transaction import TransactionManagementError

from portal.models.subject import SubjectKey, key_of

NUMBER_SQL = "hashtextextended(subject_type || ':' || subject_id, 0)"
"""The 64-bit number under which PostgreSQL knows the lock of the subject in these two columns."""


def lock(subject: models.Model | SubjectKey) -> None:
    """Wait for the subject's lock and hold it to the end of the running transaction.

    Raises TransactionManagementError outside a transaction, where it would hold nothing.
    """
    _require_transaction()
    key = key_of(subject)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{key.subject_type}:{key.subject_id}"],
        )


def lock_all(subjects: Iterable[models.Model | SubjectKey]) -> None:
    """Wait for the locks of several subjects in one statement, in one order for everybody, so that none deadlocks."""
    _require_transaction()
    keys = sorted({key_of(subject) for subject in subjects})
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT pg_advisory_xact_lock(number)
              FROM (SELECT DISTINCT {NUMBER_SQL} AS number
                      FROM unnest(%s::text[], %s::bigint[]) AS wanted (subject_type, subject_id)
                     ORDER BY number) AS in_order
            """,  # noqa: S608  # the expression is ours
            [[key.subject_type for key in keys], [key.subject_id for key in keys]],
        )


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("a subject is locked within a transaction")
