"""When each person looked at a case last, for what is new to them since.

One statement keeps it and reads what a page needs besides: what stands around the case, and its pulse. It comes before
what the pulse tells of, so that a change in between is asked for again.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cases.case.around import AROUND, MOST, know_around
from cases.case.models import Case
from cases.presence.pulse import PULSE_TOO, Pulse, know_pulse, values_of
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

_GO_ON = """
UPDATE cases_look SET at = CASE WHEN %(reading)s THEN greatest(at, %(at)s) ELSE at END
 WHERE user_id = %(user)s AND case_id = %(case)s
RETURNING before
"""
_AND_READ = f"WITH looked AS ({{}}) {AROUND}, {PULSE_TOO}, (SELECT before FROM looked)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Looked:
    """Until when somebody had seen the case `before` (None at the first look), and its pulse."""

    before: dt.datetime | None
    beat: Pulse


def look(case: Case, *, by: User, at: dt.datetime) -> Looked:
    """Keep that somebody looks at a case, by a page that is opened; one that asks again goes on (`go_on_looking`)."""
    return _looked(_LOOK, case, by, at=at, one=int(ONE_LOOK.total_seconds()))


def go_on_looking(case: Case, *, by: User, at: dt.datetime, reading: bool) -> Looked:
    """Go on with the look of an open page; what is new stays marked.

    While they are `reading`, what comes is looked at as it appears; a page that nobody sits before only shows it.
    """
    return _looked(_GO_ON, case, by, at=at, reading=reading)


def _looked(keep: str, case: Case, by: User, **values: Any) -> Looked:
    with connection.cursor() as cursor:
        cursor.execute(_AND_READ.format(keep), {"most": MOST, **values_of(case.pk, by), **values})
        *found, beat, before = cursor.fetchone()
    know_around(case, found)
    return Looked(before, know_pulse(case, beat))
