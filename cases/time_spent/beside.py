"""Minutes noted beside what was written or said, in the same act."""

import datetime as dt

from django import forms

from cases.case.models import Case
from cases.time_spent.actions import note_time
from cases.time_spent.models import MOST_MINUTES
from portal.models import User


def minutes_field() -> forms.IntegerField:
    """A field for the minutes that it took; empty notes none."""
    return forms.IntegerField(
        label="Minutes spent",
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text="Only we see it; it is never billed.",
    )


def note_beside(
    case: Case, minutes: int | None, *, what: str, by: User, at: dt.datetime, logged_at: dt.datetime
) -> None:
    """Note the minutes that were typed, if any were, at the time at which they were spent."""
    if minutes:
        note_time(case, by=by, at=logged_at, minutes=minutes, what=what, happened_at=at)
