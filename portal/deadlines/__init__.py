"""The deadlines engine: everything timed is a row, computed when a fact changes and swept when it falls due."""

from portal.deadlines.due import Due
from portal.deadlines.kinds import DeadlineKind, by_lateness, register
from portal.deadlines.setting import Setting, set_deadline, set_deadlines
from portal.deadlines.settle import (
    call_back,
    cancel,
    cancel_many,
    meet,
    meet_earlier,
    meet_many,
    supersede,
    supersede_many,
)

__all__ = [
    "DeadlineKind",
    "Due",
    "Setting",
    "by_lateness",
    "call_back",
    "cancel",
    "cancel_many",
    "meet",
    "meet_earlier",
    "meet_many",
    "register",
    "set_deadline",
    "set_deadlines",
    "supersede",
    "supersede_many",
]
