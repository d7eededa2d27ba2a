"""The services of agreements as their years begin and end: calls set and called off, gaps watched (ATSP 14)."""

import datetime as dt
from collections.abc import Sequence

from contracts.agreements.models.agreements import Agreement
from contracts.services.actions.calls import CALL, set_first_calls
from contracts.services.actions.vacancies import GAP, refresh_cover
from portal.models import User

ENDED_WITH_THE_YEAR = (CALL, GAP)
"""Kinds of deadlines that an agreement's end calls off; minutes of a call that was held stay to be published."""


def begin_services(agreements: Sequence[Agreement], *, by: User | None, at: dt.datetime) -> None:
    """Set the first call of agreements that came in force, and look for gaps; the same statements for many."""
    set_first_calls(agreements, at=at)
    refresh_cover(agreements, by=by, at=at)
