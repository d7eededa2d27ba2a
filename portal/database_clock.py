"""The database's clock: the one that all processes share. Leases, tries, heartbeats and lags are measured by it."""

import datetime as dt

from django.db import connection


def read() -> dt.datetime:
    """The present instant by the database's clock, UTC; it goes on within a transaction. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: dt.datetime = cursor.fetchone()[0]
    return instant.astimezone(dt.UTC)
