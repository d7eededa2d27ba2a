"""Business time: opening hours, what is due when on them, and why (ATSP 1.2, 4.5; D-6 to D-8).

Pure functions and frozen values: no clock, no database, aware datetimes only.
"""

from portal.rules.business_time.business_calendar import BusinessCalendar, Window
from portal.rules.business_time.explaining import explain_elapsed
from portal.rules.business_time.explanation import Explanation
from portal.rules.business_time.hours import WeeklyHours
from portal.rules.business_time.steps import Closed, Counted, Holiday, Omitted, SpanKind
from portal.rules.business_time.timeline import BeyondCalendarError
from portal.rules.business_time.wall_clock import (
    add_elapsed,
    add_months,
    add_weeks,
    from_wall_clock,
    in_utc,
    zone_named,
)

__all__ = [
    "BeyondCalendarError",
    "BusinessCalendar",
    "Closed",
    "Counted",
    "Explanation",
    "Holiday",
    "Omitted",
    "SpanKind",
    "WeeklyHours",
    "Window",
    "add_elapsed",
    "add_months",
    "add_weeks",
    "explain_elapsed",
    "from_wall_clock",
    "in_utc",
    "zone_named",
]
