"""When each person looked at a case last, for what is new to them since."""

import datetime as dt
from typing import Any

from django.db import connection

from cases.case.around import AROUND, MOST, know_around
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

_LOOK_AROUND = f"WITH looked AS ({_LOOK}) {AROUND}, (SELECT before FROM looked)"  # noqa: S608  # our own words

_GO_ON = """
UPDATE cases_look SET at = CASE WHEN %(reading)s THEN greatest(at, %(at)s) ELSE at END
 WHERE user_id = %(user)s AND case_id = %(case)s
RETURNING before
"""


def look(case: Case, *, by: User, at: dt.datetime) -> dt.datetime | None:
    """Keep that somebody looks at a case. Returns until when they had seen it before; None at the first look.

    For a page that is opened; one that asks again by itself goes on with its look (`go_on_looking`). One statement,
    which reads what stands around the case as well: its page shows both.
    """
    seconds = int(ONE_LOOK.total_seconds())
    values: dict[str, Any] = {
        "user": by.pk,
        "case": case.pk,
        "at": at,
        "one": seconds,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_AROUND, values)
        *found, before = cursor.fetchone()
    know_around(case, found)
    seen: dt.datetime | None = before
    return seen


def go_on_looking(case: Case, *, by: User, at: dt.datetime, reading: bool) -> dt.datetime | None:
    """Until when somebody had seen a case before the look that goes on; what is new stays marked. One statement.

    While they are `reading`, what comes is looked at as it appears; a page that nobody sits before only shows it.
    """
    return _before(_GO_ON, {"user": by.pk, "case": case.pk, "at": at, "reading": reading})


def _before(statement: str, values: dict[str, Any]) -> dt.datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
    return found[0] if found else None
