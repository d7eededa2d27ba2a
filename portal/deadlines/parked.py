"""Parked deadlines: set aside after failing too often, and tried again when their cause is mended."""

import datetime as dt

from django.db import connection

# If the same step was set again meanwhile, leave this one parked: only one may be pending.
_RETRY = """
    UPDATE portal_deadline AS parked
       SET state = 'pending', settled_at = NULL, attempts = 0
     WHERE state = 'parked' AND settled_at <= %s
       AND NOT EXISTS (SELECT FROM portal_deadline AS other
                        WHERE (other.subject_type, other.subject_id, other.kind, other.step)
                            = (parked.subject_type, parked.subject_id, parked.kind, parked.step)
                          AND (other.state = 'pending' OR other.state = 'parked' AND other.id > parked.id))
"""


def retry_parked(now: dt.datetime) -> int:
    """Make the deadlines parked up to domain instant `now` pending again; the next sweep settles them, marked late.

    Returns how many.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RETRY, [now])
        return int(cursor.rowcount)
