"""Whether an End-User's delegated coverage holds on a day (SCL 8.4, 12.2, Ex.C; D-43). A flag, never a refusal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.programmes.rules.terms import Coverage
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

_NO_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Covered:
    """A line of the exhibit; `ends_on` is the last day that is covered."""

    site_id: str
    site_name: str
    description: str
    level: str
    ends_on: date


class Verdict(StrEnum):
    """What the exhibit says of an End-User on a day."""

    COVERED = "covered"
    EXPIRED = "expired"
    OTHER_PRODUCT = "other_product"
    UNKNOWN = "unknown"
    UNTOLD = "untold"

    @property
    def is_flagged(self) -> bool:
        """Whether the engineer has to decide."""
        return self is not Verdict.COVERED


@dataclass(frozen=True, slots=True)
class CoverageFinding:
    """The verdict in a sentence, with its clause and the lines it rests on."""

    verdict: Verdict
    words: str
    clause: str
    lines: tuple[Covered, ...] = ()


def coverage_of(
    terms: Coverage, lines: Sequence[Covered], *, end_user: str, product: str, on: date
) -> CoverageFinding:
    """What the exhibit says of an End-User, by name or site id, and of a product on a day (SCL Ex.C; D-43).

    `end_user` is as typed: it means a site when it is its id or has its name,
    or its first words, whatever the case and the punctuation.
    A line covers the product when its description has the word that the product's name begins with. `on` is a date at
    the Liaison's site; the last day is covered.
    """
    if not _plain(end_user):
        return _found(
            terms, Verdict.UNTOLD, "No End-User is named, so its coverage cannot be told."
        )
    of_site = [line for line in lines if _means(end_user, line)]
    if not of_site:
        sentence = f"“{end_user.strip()}” is no site of the exhibit."
        return _found(terms, Verdict.UNKNOWN, sentence)
    fitting = [line for line in of_site if _is_for(product, line)]
    name = of_site[0].site_name
    if not fitting:
        has = ", ".join(dict.fromkeys(line.description for line in of_site))
        sentence = f"{name} has {has}, and nothing for {product}."
        return _found(terms, Verdict.OTHER_PRODUCT, sentence, of_site)
    what = f" for {product}" if product.strip() else ""
    holding = [line for line in fitting if on <= line.ends_on]
    if not holding:
        last = max(line.ends_on for line in fitting)
        sentence = f"The coverage of {name}{what} ended on {day_words(last)}."
        return _found(terms, Verdict.EXPIRED, sentence, fitting)
    best = max(holding, key=lambda line: (terms.level(line.level).round_the_clock, line.ends_on))
    sentence = (
        f"{name} is covered{what}: {terms.level(best.level).name}, "
        f"through {day_words(best.ends_on)}."
    )
    return _found(terms, Verdict.COVERED, sentence, holding)


def check_line(terms: Coverage, line: Covered, *, effective_on: date) -> None:
    """Raise one Refusal with all that is wrong with a line that is entered: its site, its level, its last day."""
    found = [
        Refusal(f"The {what} is missing.", clause=terms.clause, way_out="Write it.", field=field)
        for field, what, value in (
            ("site_id", "site id", line.site_id),
            ("site_name", "End-User's name", line.site_name),
            ("description", "description", line.description),
        )
        if not value.strip()
    ]
    if line.level not in [level.code for level in terms.levels]:
        found.append(
            Refusal(
                "Choose the coverage level.",
                clause=terms.clause,
                way_out=f"The levels: {', '.join(level.name for level in terms.levels)}.",
                field="level",
            )
        )
    if line.ends_on < effective_on:
        found.append(
            Refusal(
                f"{day_words(line.ends_on)} is before the Effective Date, {day_words(effective_on)}.",
                clause=terms.clause,
                way_out="Write the End-User's contract end date.",
                field="ends_on",
            )
        )
    joined = Refusal.joined(found)
    if joined is not None:
        raise joined


def served_on(lines: Sequence[Covered], day: date) -> str:
    """Who is covered on a day, in words: "CITIZENS BANK through 2006-07-31"; "" for nobody."""
    last: dict[str, date] = {}
    for line in lines:
        if line.ends_on >= day:
            last[line.site_name] = max(line.ends_on, last.get(line.site_name, day))
    return "; ".join(f"{name} through {day_words(ends)}" for name, ends in sorted(last.items()))


def _found(
    terms: Coverage, verdict: Verdict, words: str, lines: Sequence[Covered] = ()
) -> CoverageFinding:
    return CoverageFinding(verdict, words, terms.clause, tuple(lines))


def _plain(text: str) -> str:
    return _NO_LETTERS.sub(" ", text.lower()).strip()


def _means(end_user: str, line: Covered) -> bool:
    """Whether what was typed names the site: its id, its name, or the first words of its name."""
    typed, name = _plain(end_user), _plain(line.site_name)
    named = line.site_id.lower() in typed.split()
    return named or _begins(typed, name) or _begins(name, typed)


def _is_for(product: str, line: Covered) -> bool:
    """Whether the line's description has the product's name: the word it begins with."""
    asked = _plain(product).split()
    return not asked or asked[0] in _plain(line.description).split()


def _begins(shorter: str, longer: str) -> bool:
    return longer == shorter or longer.startswith(f"{shorter} ")
