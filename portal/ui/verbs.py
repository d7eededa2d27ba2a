"""How a journal's verbs read on a timeline: the words and the icon, registered by the apps."""

from dataclasses import dataclass

from portal.ui import words
from portal.ui.icons import ICONS


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb on the page: what follows the person's name ("opened the case"), and an icon.

    One that `repeats` adds nothing for a reader where the act itself stands at the same instant.
    """

    words: str
    icon: str = "point"
    tone: str = ""
    repeats: bool = False


_verbs: dict[str, Verb] = {}


def register(
    code: str, said: str, *, icon: str = "point", tone: str = "", repeats: bool = False
) -> None:
    """Say how a verb reads. Raises ValueError for an icon that the portal does not have."""
    if icon not in ICONS:
        raise ValueError(f"no icon {icon} for {code}: add it to portal/ui/icons.py")
    _verbs[code] = Verb(said, icon, tone, repeats)


def look(code: str) -> Verb:
    """Return how a verb reads; one that nobody registered reads as its own words."""
    return _verbs.get(code) or Verb(words.spoken(code).lower())
