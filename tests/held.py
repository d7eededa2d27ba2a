"""A subject's lock that somebody else holds, so that a test sees who waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, models, transaction

from portal.models import SubjectKey
from portal.models.subject import key_of


@contextmanager
def waits_for(subject: models.Model | SubjectKey) -> Iterator[None]:
    """Hold a subject's lock in another session, and hold that what runs inside waits for it; nothing of it is done.

    For tests that commit: within one transaction a test has the locks of all that it did before.
    """
    key, other = key_of(subject), connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"{key.subject_type}:{key.subject_id}"],
            )
            with transaction.atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
                with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
                    yield
    finally:
        other.close()
