"""When each person looked at a case last, for what is new to them since."""

import datetime as dt

from django.db import connection

from cases.case.models import Case
from portal.models import User

ONE_LOOK = dt.timedelta(minutes=10)
"""Pages asked for within so long of each other are one look: what was new stays marked while one reads."""

_LOOK = """
INSERT INTO cases_look AS look (user_id, case_id, at, before) VALUES (%(user)s, %(case)s, %(at)s, NULL)
ON CONFLICT (user_id, case_id) DO UPDATE SET
  before = CASE WHEN excluded.at - look.at > make_interval(secs => %(one)s) THEN look.at ELSE look.before END,
  at = greatest(look.at, excluded.at)
RETURNING before
"""


def look(case: Case, *, by: User, at: dt.datetime) -> dt.datetime | None:
    """Keep that somebody looks at a case. Returns until when they had seen it before; None at the first look.

    One statement, for a page that is opened: what a page asks for again by itself is no look.
    """
    with connection.cursor() as cursor:
        seconds = int(ONE_LOOK.total_seconds())
        cursor.execute(_LOOK, {"user": by.pk, "case": case.pk, "at": at, "one": seconds})
        before: dt.datetime | None = cursor.fetchone()[0]
    return before
