"""How the verbs of the journal read on a timeline, as the rooms' enumerations say it."""

from dataclasses import dataclass

from portal.ui import words
from portal.verbs import JournalVerb


@dataclass(frozen=True, slots=True)
class UnknownVerb:
    """A verb that no room lists any more: it reads as its own words."""

    words: str
    icon: str = "point"
    tone: str = ""
    repeats: bool = False


_verbs: dict[str, JournalVerb] = {}


def register(verbs: type[JournalVerb]) -> None:
    """Make the verbs of a room known to the timelines."""
    _verbs.update({verb.value: verb for verb in verbs})


def look(code: str) -> JournalVerb | UnknownVerb:
    """Return how a verb reads."""
    return _verbs.get(code) or UnknownVerb(words.spoken(code).lower())
