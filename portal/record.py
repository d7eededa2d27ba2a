"""Checks of the record: each room registers its own, and a night's tick or ``manage.py check_record`` runs them all."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator

from portal import alarms
from portal.models import JournalEntry, SubjectKey
from portal.sealing import broken_seals

log = logging.getLogger(__name__)
Check = Callable[[], Iterable[object]]
SHOWN = 20
"""So many findings an alarm names."""
_checks: dict[str, Check] = {"the journal's seals": broken_seals}


def register_check(name: str, check: Check) -> None:
    """Make known what else is checked: `check` yields what it found, each of which reads as a sentence."""
    _checks[name] = check


def findings() -> Iterator[tuple[str, str]]:
    """What every check finds: its name, and the finding in words."""
    for name, check in _checks.items():
        for found in check():
            yield name, str(found)


def check_and_alarm(at: dt.datetime) -> int:
    """Run every check, and raise one alarm for the day when anything was found. Returns how much was."""
    found = [f"{name}: {words}" for name, words in findings()]
    for each in found:
        log.error("the record: %s", each)
    if found:
        more = f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""
        alarms.raise_alarm(
            SubjectKey(JournalEntry._meta.label_lower, 0),
            f"record:{at:%Y-%m-%d}",
            f"The record does not hold together. {' '.join(found[:SHOWN])}{more}",
            at=at,
        )
    return len(found)
