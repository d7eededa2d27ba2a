"""Which people a text mentions: "@Maya Okafor", "@maya.okafor" or "@maya.okafor@legato.example".

Pure: a text and people in, a text and people out. Nobody is mentioned in what a machine wrote, in code and in what is
quoted. A word behind an @ that is nobody's stays as it was typed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portal.rules import pasted
from portal.rules.refusal import Refusal

MOST = 20
"""So many people may be mentioned in one text."""
LONGEST = 5
"""So many words of a name are looked at."""

_AT = re.compile(r"(?<![\w@./+-])@(?=\w)")
_WORD = re.compile(r"\w[\w'’.-]*")
_ADDRESS = re.compile(r"\w[\w.+'’-]*@\w[\w.-]*\w")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_BEHIND = ".,;:!?'’-"
"""What ends a sentence, or a part of one, and no name."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be mentioned: a `user` of the provider's or a `contact` of the reseller's, by key."""

    name: str
    email: str = ""
    user: int | None = None
    contact: int | None = None

    @property
    def spellings(self) -> set[str]:
        """What one may type behind the @."""
        name, email = self.name.casefold(), self.email.casefold()
        return {" ".join(name.split())} | ({email, email.partition("@")[0]} if email else set())


@dataclass(frozen=True, slots=True)
class Resolved:
    """A text with names in the place of what was typed, and whom it mentions, in order."""

    text: str
    people: list[Person] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """An @ in a line: where its word begins, and each spelling that may be meant with where it ends, longest first."""

    begin: int
    spellings: list[tuple[str, int]]


def spellings_in(text: str) -> set[str]:
    """All that may be somebody's name, login or address in a text; at most a few for each @."""
    lines = text.split("\n")
    return {
        spelling
        for _, places in _places(lines)
        for place in places
        for spelling, _ in place.spellings
    }


def resolved(text: str, people: Iterable[Person]) -> Resolved:
    """The text as it is kept, and whom it mentions. Of several people by one name all are.

    Raises Refusal for more than `MOST`.
    """
    known: dict[str, list[Person]] = {}
    for person in people:
        for spelling in person.spellings:
            known.setdefault(spelling, []).append(person)
    lines, found = text.split("\n"), dict[Person, None]()
    for n, places in _places(lines):
        lines[n] = _named(lines[n], places, known, found)
    if len(found) > MOST:
        raise Refusal(
            f"The text mentions {len(found)} people.",
            way_out=f"Mention at most {MOST}; others may watch the case.",
            field="body",
        )
    return Resolved("\n".join(lines), list(found))


def _named(
    line: str,
    places: Sequence[_Place],
    known: Mapping[str, Sequence[Person]],
    found: dict[Person, None],
) -> str:
    out, done = [], 0
    for place in places:
        if place.begin < done:
            continue
        meant = next(((known[one], end) for one, end in place.spellings if one in known), None)
        if meant is None:
            continue
        some, end = meant
        found.update(dict.fromkeys(some))
        out += [line[done : place.begin], some[0].name]
        done = end
    return "".join([*out, line[done:]])


def _places(lines: Sequence[str]) -> Iterator[tuple[int, list[_Place]]]:
    """The lines with an @ that may mention somebody, with those places."""
    if not any("@" in line for line in lines):
        return
    for n, spoken in enumerate(pasted.spoken(lines)):
        if spoken and "@" in lines[n] and not lines[n].lstrip().startswith(">"):
            places = list(_places_of(lines[n]))
            if places:
                yield n, places


def _places_of(line: str) -> Iterator[_Place]:
    code = [found.span() for found in _CODE.finditer(line)]
    for at in _AT.finditer(line):
        begin = at.end()
        if not any(first <= begin < last for first, last in code):
            yield _Place(begin, list(_spellings_at(line, begin)))


def _spellings_at(line: str, begin: int) -> Iterator[tuple[str, int]]:
    """What may be meant by what stands there, the longest first, each without what ends a sentence as well."""
    if address := _ADDRESS.match(line, begin):
        yield address[0].casefold(), address.end()
    ends: list[int] = []
    here = begin
    while len(ends) < LONGEST and (word := _WORD.match(line, here)):
        ends.append(word.end())
        here = word.end() + 1
        if line[word.end() : here] != " ":
            break
    for end in reversed(ends):
        whole = line[begin:end]
        yield whole.casefold(), end
        bare = whole.rstrip(_BEHIND)
        if bare != whole:
            yield bare.casefold(), begin + len(bare)
