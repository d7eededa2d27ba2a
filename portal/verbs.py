"""Verbs of the journal: each room lists its own in one enumeration, with how they read on a timeline."""

from enum import StrEnum
from typing import Self

from portal.ui.icons import ICONS


class JournalVerb(StrEnum):
    """A verb: its value in the journal, the words that follow the person's name, an icon and a tone.

    One that `repeats` adds nothing for a reader where the act itself stands at the same instant. Raises ValueError for
    an icon that the portal does not have.
    """

    words: str
    icon: str
    tone: str
    repeats: bool

    def __new__(  # noqa: D102 - the class says it
        cls, value: str, words: str, icon: str = "point", tone: str = "", repeats: bool = False
    ) -> Self:
        if icon not in ICONS:
            raise ValueError(f"no icon {icon} for {value}: add it to portal/ui/icons.py")
        member = str.__new__(cls, value)
        member._value_ = value
        member.words, member.icon, member.tone, member.repeats = words, icon, tone, repeats
        return member


class Verb(JournalVerb):
    """What the ground itself writes."""

    ALARM_RAISED = "alarm.raised", "raised an alarm", "alert-triangle", "danger"
