"""Noting time spent. It bills nothing, starts and stops no clock, and is the provider's own."""

import datetime as dt

from cases.case.actions import doing, require_happened
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.time_spent.models import MOST_MINUTES, TimeSpent
from cases.verbs import Verb
from portal.models import User
from portal.rules.refusal import Refusal


def note_time(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    minutes: int,
    what: str,
    happened_at: dt.datetime | None = None,
) -> TimeSpent:
    """Note minutes that the person spent on a case at `happened_at` (D-23). Returns the entry.

    Raises Refusal for less than a minute, more than a day, nothing said, and a time to come.
    """
    happened_at = happened_at or at
    what = what.strip()[:200]
    with doing(case, Deed.TIME, by=by, at=at) as fresh:
        require_happened(fresh, happened_at, at, what="work")
        if not 1 <= minutes <= MOST_MINUTES or not what:
            raise Refusal(
                "Say on what the time was spent."
                if 1 <= minutes <= MOST_MINUTES
                else f"{minutes} minutes is no time of one sitting.",
                clause="ATSP 4.1",
                way_out="Write from 1 minute to 24 hours, and what it was for.",
                field="what" if 1 <= minutes <= MOST_MINUTES else "minutes",
            )
        spent = TimeSpent.objects.create(
            case=fresh,
            person=by,
            minutes=minutes,
            what=what,
            happened_at=happened_at,
            logged_at=at,
        )
        record(
            fresh,
            Verb.CASE_TIME_SPENT,
            by=by,
            at=at,
            text=f"{minutes} min: {what}",
            after={"entry": spent.pk, "minutes": minutes},
        )
    return spent


def take_back_time(spent: TimeSpent, *, by: User, at: dt.datetime) -> None:
    """Take an entry of one's own back. Raises Refusal for somebody else's."""
    if spent.person_id != by.pk:
        raise Refusal(
            f"The entry is {spent.person.name}'s.",
            clause="ATSP 4.1",
            way_out="Whoever wrote it takes it back.",
        )
    with doing(spent.case, Deed.TIME, by=by, at=at) as fresh:
        found = TimeSpent.objects.filter(pk=spent.pk).first()
        if found is None:
            return
        record(
            fresh,
            Verb.CASE_TIME_TAKEN_BACK,
            by=by,
            at=at,
            text=f"{found.minutes} min: {found.what}",
            before={"entry": found.pk, "minutes": found.minutes},
        )
        found.delete()
