"""Where files may be sent, and whose quota they take from. Each room registers its own places.

A place is a name in an address, "case:100062:reply": the part before the first colon says which room to ask.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import size as in_words


@dataclass(frozen=True, slots=True)
class Use:
    """What a quota counts, in words, how many bytes are used of it and how many it has; and the way out."""

    name: str
    used: int
    most: int
    way_out: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody may send files: whose account they count to, and how full each quota is.

    `uses` is asked while the account is locked, so that two uploads at once do not both take the last place.
    """

    name: str
    account: str
    number: int
    uses: Callable[[], Sequence[Use]]


Finder = Callable[[User, str, dt.datetime], Place | None]
_finders: dict[str, Finder] = {}


def register(code: str, finder: Finder) -> None:
    """Let files be sent to places that begin with the code; the finder gets the user, what follows it, and the time."""
    _finders[code] = finder


def place_of(user: User, name: str, at: dt.datetime) -> Place:
    """The place of that name. Raises Refusal for one that is not there, or where the user sends nothing."""
    code, _, rest = name.partition(":")
    finder = _finders.get(code)
    place = finder(user, rest, at) if finder else None
    if place is None:
        raise Refusal(
            "No file can be sent there.",
            way_out="Open the page again and choose the file on it.",
            field="attached",
        )
    return place


def require_room(place: Place, size: int, name: str) -> None:
    """Raise Refusal when a file of that many bytes goes over a quota: what is used, how much there is, the way out."""
    for use in place.uses():
        if use.used + size > use.most:
            raise Refusal(
                f"{name} has {in_words(size)}, and {use.name} has {in_words(use.used)} of {in_words(use.most)} "
                "already.",
                way_out=use.way_out,
                field="attached",
            )
