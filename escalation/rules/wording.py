"""How marks and lengths of time of an escalation read."""

from datetime import timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def after_t(mark: timedelta) -> str:
    """A mark as Exhibit C counts it: "T", "T+30 min", "T+1 h", "T+90 min"."""
    if not mark:
        return "T"
    hours, rest = divmod(mark, HOUR)
    return f"T+{mark // MINUTE} min" if rest else f"T+{hours} h"


def length(span: timedelta) -> str:
    """A length of time, rounded down: "45 min", "6 h 05 min", "3 d 4 h"."""
    minutes = max(span, timedelta(0)) // MINUTE
    hours, days = minutes // 60, minutes // 1440
    if hours < 1:
        return f"{minutes} min"
    if days < 2:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{days} d {hours % 24} h"
