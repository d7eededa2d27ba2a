"""Handlers for a case's deadlines. The sweep calls them in its own transaction."""

from cases.clocks import misses, reminders
from cases.clocks import setting as clocks
from cases.information import deadlines as information
from cases.resolution import deadlines as closing
from cases.sub_cases.deadlines import register_wanted
from portal.deadlines import DeadlineKind, register


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(
        DeadlineKind(
            clocks.FIRST_RESPONSE,
            "First technical response",
            True,
            misses.first_response_missed,
            remind=reminders.first_response_near,
        )
    )
    register(
        DeadlineKind(
            clocks.STATUS_UPDATE,
            "Status update",
            True,
            misses.status_update_missed,
            remind=reminders.status_update_near,
        )
    )
    register(DeadlineKind(clocks.OVERDUE, "Severity 1 still overdue", False, misses.still_overdue))
    register(DeadlineKind(clocks.DIGEST, "Digest of missed updates", False, misses.mornings_come))
    register(DeadlineKind(clocks.INFORMATION, "Information of 5.2.3", True, information.missed))
    register(
        DeadlineKind(
            clocks.INFORMATION_WARNING, "Information still missing", False, information.warn
        )
    )
    register(
        DeadlineKind(
            clocks.CLOSING_REMINDER, "Reminder of a proposal to close", False, closing.remind
        )
    )
    register_wanted()
    register(DeadlineKind(clocks.CLOSING, "Closing without an answer", False, closing.unanswered))
