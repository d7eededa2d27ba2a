"""Who is on duty: each room says who cannot be quiet now, whatever hours they set."""

import datetime as dt
from collections.abc import Callable, Collection

OnDuty = Callable[[Collection[int], dt.datetime], set[int]]
"""Those of the users (by key) who are on duty at an instant, in a fixed number of statements."""
_checks: list[OnDuty] = []


def register(check: OnDuty) -> None:
    """Let a room say who is on duty."""
    if check not in _checks:
        _checks.append(check)


def on_duty(user_ids: Collection[int], at: dt.datetime) -> set[int]:
    """Those of the users who are on duty at an instant."""
    if not user_ids:
        return set()
    return set().union(*(check(user_ids, at) for check in _checks))
