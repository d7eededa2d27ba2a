"""The query language of search: words, phrases, alternatives, what to leave out, and operators."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cases.case.rules.vocabulary import State
from portal.rules.folding import folded, words_of
from portal.rules.refusal import Refusal

LONGEST = 400
"""Characters of a query that are read; a longer one is cut, and the page says so."""
MOST_WORDS = 24
LEVELS = (1, 2, 3, 4)
STATES = ("open", *(state.value for state in State))
YES, NO = ("yes", "true", "1"), ("no", "false", "0")

OPERATORS: dict[str, tuple[str, str]] = {
    "owner": ("me, nobody, or a part of an engineer's name", "owner:me"),
    "severity": ("1, 2, 3 or 4; several with a comma", "severity:1"),
    "product": ("a part of the product's name", "product:networker"),
    "release": ("the release, or its beginning", "release:6.1"),
    "platform": ("a word of the platform", "platform:solaris"),
    "state": (f"one of {', '.join(STATES)}", "state:open"),
    "reseller": ("a part of the reseller's name", "reseller:mti"),
    "contact": ("a part of the contact's name or address", "contact:keane"),
    "enduser": ("a word of the End-User's name", "enduser:harbor"),
    "before": ("reported before a day", "before:2003-03-01"),
    "after": ("reported on a day or after it", "after:2003-02-01"),
    "opened": ("reported on a day, in a month or a year", "opened:2003-02"),
    "closed": ("closed on a day, in a month or a year", "closed:2003-02"),
    "breached": ("yes or no: a promise is past due", "breached:yes"),
    "waiting": ("reseller or engineering", "waiting:reseller"),
    "has": ("file", "has:file"),
    "is": ("open, closed, mine, unassigned or watched", "is:open"),
    "number": ("a case number", "number:100062"),
}
"""What each operator takes, and an example."""
VALUES: dict[str, tuple[str, ...]] = {
    "owner": ("me", "nobody"),
    "severity": tuple(map(str, LEVELS)),
    "state": STATES,
    "breached": ("yes", "no"),
    "waiting": ("reseller", "engineering"),
    "has": ("file",),
    "is": ("open", "closed", "mine", "unassigned", "watched"),
}
"""The values of the operators that have few."""
DATES = ("before", "after", "opened", "closed")
_SAME = {
    "end-user": "enduser",
    "end_user": "enduser",
    "sev": "severity",
    "engineer": "owner",
    "status": "state",
    "company": "reseller",
    "case": "number",
}

_PART = re.compile(
    r"""(?P<minus>[-−–]?)(?:(?P<name>[A-Za-z][A-Za-z_-]*):(?P<value>"[^"]*"?|\S*)|"(?P<phrase>[^"]*)"?|(?P<word>\S+))"""
)
_ALNUM = re.compile(r"[^\W_]+")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAY_IN_WORDS = re.compile(r"(\d{1,2})[ .-]?([A-Za-z]{3,9})[ .-]?(\d{4})")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


class WrongQuery(Refusal):
    """A part of a query that means nothing: an operator that does not exist, or a value it does not take."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together, folded. A `phrase` is found as it is; the last word of others may go on."""

    words: tuple[str, ...]
    phrase: bool = False

    @property
    def text(self) -> str:
        """The term as one reads it."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Operator:
    """A value asked of a case: `negative` leaves those out that have it."""

    name: str
    value: str
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked. `every` are groups of which each must be found, by any of its terms; `without` must not be."""

    text: str
    every: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()
    operators: tuple[Operator, ...] = ()
    number: int | None = None
    wrong: tuple[Refusal, ...] = field(default=(), compare=False)

    @property
    def terms(self) -> list[Term]:
        """All terms that are looked for."""
        return [term for group in self.every for term in group]

    @property
    def asks(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.every or self.without or self.operators)

    @property
    def refused(self) -> Refusal | None:
        """Everything that is wrong with it, None when nothing is."""
        return WrongQuery.joined(list(self.wrong))


def number_in(text: str) -> int | None:
    """The case number that a text is, written with or without separators and a sign before it; None for any other."""
    digits = re.sub(r"^(?:case|#|no\.?)\s*", "", text.strip().lower())
    digits = re.sub(r"(?<=\d)[ ,.'’\u00a0\u202f](?=\d{3}\b)", "", digits)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 18 else None


def read(text: str) -> Query:
    """What a typed query asks. Whatever it cannot understand is in `wrong`, with what is possible."""
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    marks = text.translate(str.maketrans("“”„«»", '"""""'))
    groups: list[list[Term]] = []
    without: list[Term] = []
    operators: list[Operator] = []
    wrong: list[Refusal] = []
    joins = False
    for part in _PART.finditer(marks):
        minus, name = bool(part["minus"]), (part["name"] or "").lower()
        if part["word"] == "OR" and not minus and groups:
            joins = True
            continue
        if name and (known := _SAME.get(name, name)) in OPERATORS:
            value = (part["value"] or "").strip('"').strip()
            objection = objection_to(known, value)
            if objection:
                wrong.append(objection)
            else:
                operators.append(Operator(known, value, minus))
            continue
        if name and not minus and part["value"] and not _is_text(name, part["value"]):
            wrong.append(_no_operator(name))
            continue
        phrase = part["phrase"] is not None
        said = part["phrase"] if phrase else part[0].removeprefix(part["minus"])
        term = Term(words_of(said or ""), phrase)
        if not term.words:
            continue
        if minus and not phrase and part.start() and marks[part.start() - 1] != " ":
            minus = False
        if minus:
            without.append(term)
        elif joins:
            groups[-1].append(term)
        else:
            groups.append([term])
        joins = False
    kept = groups[:MOST_WORDS]
    return Query(
        text=text,
        every=tuple(tuple(group) for group in kept),
        without=tuple(without[:MOST_WORDS]),
        operators=tuple(operators),
        number=number_in(text),
        wrong=tuple(wrong),
    )


def _is_text(name: str, value: str) -> bool:
    """Whether what looks like an operator is text: an address, a path, a Windows drive, "ORA:…" in a pasted line."""
    return (
        value.startswith(("/", "\\"))
        or len(name) == 1
        or value[0] in "\"':-"
        or any(c.isdigit() for c in name)
    )


def _no_operator(name: str) -> Refusal:
    return WrongQuery(
        f"There is no operator “{name}:”.",
        way_out=f"The operators are {', '.join(f'{each}:' for each in OPERATORS)}. "
        f"To search for the text itself, put it in quotes.",
        field="q",
    )


def objection_to(name: str, value: str) -> Refusal | None:
    """What is wrong with a value of an operator, with what is possible; None when nothing is."""
    takes, example = OPERATORS[name]
    value = value.lower()
    good = bool(value)
    if name == "severity":
        good = good and all(each in VALUES[name] for each in value.split(","))
    elif name in ("state", "waiting", "has", "is"):
        good = good and value.replace(" ", "_") in VALUES[name]
    elif name == "breached":
        good = not value or value in YES + NO
    elif name in DATES:
        good = period_of(value) is not None
    elif name == "number":
        good = number_in(value) is not None
    elif name != "owner":
        good = bool(words_of(value))
    if good:
        return None
    said = f"“{name}:{value}” is not understood." if value else f"“{name}:” says nothing."
    return WrongQuery(said, way_out=f"It takes {takes}, as in {example}.", field="q")


def period_of(value: str) -> tuple[dt.date, dt.date] | None:
    """The first day that a date, month or year names, and the day after its last; None for what is none of them."""
    if named := _DAY_IN_WORDS.fullmatch(value.strip()):
        month = named[2][:3].lower()
        if month in _MONTHS:
            value = f"{named[3]}-{_MONTHS.index(month) + 1}-{named[1]}"
    found = _PERIOD.fullmatch(value.strip())
    if not found:
        return None
    year, month_number, day = (int(each) if each else 0 for each in found.groups())
    try:
        first = dt.date(year, month_number or 1, day or 1)
        if day:
            return first, first + dt.timedelta(days=1)
        if month_number:
            return first, dt.date(year + month_number // 12, month_number % 12 + 1, 1)
        return first, dt.date(year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How what is typed may go on: `whole` is the query with it, `part` what is added, `words` what it means."""

    whole: str
    part: str
    words: str


def suggestions(text: str, *, for_provider: bool, most: int = 6) -> list[Suggestion]:
    """The operators and values that the last part of a query may become; none for a part that begins none."""
    before, _, last = text.rpartition(" ")
    minus, typed = ("-", last[1:]) if last.startswith("-") else ("", last)
    if not typed or '"' in last:
        return []
    lead = f"{before} {minus}" if before else minus
    name, colon, value = typed.lower().partition(":")
    if colon:
        known = _SAME.get(name, name)
        fits = [each for each in VALUES.get(known, ()) if each.startswith(value) and each != value]
        return [Suggestion(f"{lead}{known}:{each} ", f"{known}:{each}", "") for each in fits[:most]]
    return [
        Suggestion(f"{lead}{each}:", f"{each}:", takes)
        for each, (takes, _) in OPERATORS.items()
        if each.startswith(name) and (for_provider or each != "reseller")
    ][:most]


def like_words(text: str, stops: Iterable[str] = (), most: int = 40) -> list[str]:
    """The significant words of a text, each once, in their order: for "like this"."""
    left_out = set(stops)
    seen: dict[str, None] = {}
    for word in words_of(text):
        if len(word) > 2 and word not in left_out:
            seen.setdefault(word)
    return list(seen)[:most]


# --- excerpts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an excerpt: a word that was looked for is `marked`."""

    text: str
    marked: bool = False


def _fits(word: str, wanted: Sequence[str]) -> bool:
    return any(word.startswith(each) for each in wanted)


def stems_of(terms: Iterable[Term]) -> list[str]:
    """The beginnings by which the words of terms are recognized in a text: English endings taken off.

    Roughly: a page marks words by them, it does not find by them.
    """
    made = []
    for term in terms:
        for word in term.words:
            stem = re.sub(r"(?:ing|edly|ed|ies|es|s|ly|y|e)$", "", word)
            made.append(stem if len(stem) > 2 else word)
    return made


def marked(text: str, wanted: Sequence[str]) -> tuple[Piece, ...]:
    """The text in pieces, the words that begin with one of those wanted marked."""
    pieces: list[Piece] = []
    done = 0
    for found in _ALNUM.finditer(text):
        if not _fits(folded(found[0]), wanted):
            continue
        if found.start() > done:
            pieces.append(Piece(text[done : found.start()]))
        pieces.append(Piece(found[0], True))
        done = found.end()
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return tuple(pieces)


def excerpt(text: str, wanted: Sequence[str], size: int = 220) -> tuple[tuple[Piece, ...], int]:
    """The part of a text with the most different words wanted, marked, and how many those are.

    At most about `size` characters, cut at spaces; a text without any of the words begins at its beginning.
    """
    flat = " ".join(text[:20000].split())
    spots = [
        (found.start(), next(each for each in wanted if word.startswith(each)))
        for found in _ALNUM.finditer(flat)
        if _fits(word := folded(found[0]), wanted)
    ]
    best, most = 0, 0
    for n, (start, _) in enumerate(spots):
        inside = {stem for at, stem in spots[n : n + 40] if at < start + size - 40}
        if len(inside) > most:
            best, most = start, len(inside)
    begin = max(best - 40, 0)
    if begin:
        begin = flat.find(" ", begin) + 1 or begin
    end = min(begin + size, len(flat))
    if end < len(flat):
        end = max(flat.rfind(" ", begin, end), begin + 1)
    cut = flat[begin:end]
    said = ("… " if begin else "") + cut + (" …" if end < len(flat) else "")
    return marked(said, wanted), most
