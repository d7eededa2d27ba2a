"""Finding the contact who is calling: by what was said, and where little fits by words that it may stand for."""

from collections.abc import Sequence

from django.db import connection, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length, StrIndex
from django.db.models.lookups import GreaterThan

from contracts.callers.models import CallerQuerySet, CallerWords
from contracts.callers.rules import Said, may_be_misheard, misfit, misheard
from portal.models import User

COMPARED = 60
"""So many known words with the most pieces in common, and so many of the same sound, are compared by letters."""
MEANT = 6
"""For so many known words a typed one may stand."""


def find(said: Said, user: User, most: int) -> tuple[list[int], bool]:
    """The keys of the contacts that fit best, at most so many, and whether there are more.

    A code or number that is whole comes first, then who fits by every word, then, while there is room, who is alike
    by letters or by sound. Words are found in any order, also as parts of words. Of each, people who left come last.
    """
    if not said.asks:
        return [], False
    rows = CallerWords.objects.visible_to(user)
    fits = list(_best(rows.filter(_fitting(said)), said).values_list("pk", flat=True)[: most + 1])
    by_code = bool(said.code and fits)
    if len(fits) < most and any(map(may_be_misheard, said.words)) and not by_code:
        fits += [key for key in _alike(rows, said, most + 1) if key not in fits]
    return fits[:most], len(fits) > most


def _fitting(said: Said) -> Q:
    wanted = Q()
    if said.code:
        wanted |= (
            Q(code__endswith=said.code) if said.code.isdigit() else Q(code__startswith=said.code)
        )
    if said.digits:
        wanted |= Q(digits__contains=said.digits)
    if said.words and not said.whole:
        spoken = Q()
        for word in said.words:
            spoken &= Q(words__contains=_part(word))
        wanted |= spoken
    return wanted


def _best(rows: CallerQuerySet, said: Said) -> CallerQuerySet:
    """The closest first: the code, whole words before beginnings and parts, names before companies."""
    score: models.expressions.Combinable = Case(
        When(code=said.code or "-", then=Value(100)), default=Value(0)
    )
    for word in said.words:
        score = score + Case(
            When(words__contains=f" {word} ", then=Value(4)),
            When(words__contains=f" {word}", then=Value(2)),
            default=Value(0),
        )
    first = said.words[0] if said.words else ""
    in_company = GreaterThan(StrIndex(F("words"), Value(f" {first}")), Length("contact__name"))
    return rows.annotate(score=score, in_company=in_company).order_by(
        F("contact__left_at").asc(nulls_first=True), "-score", "in_company", "contact__name", "pk"
    )


def _alike(rows: CallerQuerySet, said: Said, most: int) -> list[int]:
    """Who fits by words that those typed may stand for, the nearest first. Two statements."""
    wanted, off = Q(), Value(0) + Value(0)
    for meant in _meant(said.words).values():
        wanted &= Q(*(Q(words__contains=part) for part, _ in meant), _connector=Q.OR)
        off = off + Case(
            *(When(words__contains=part, then=Value(steps)) for part, steps in meant),
            default=Value(9),
        )
    near = (
        rows.filter(wanted)
        .annotate(off=off)
        .order_by(F("contact__left_at").asc(nulls_first=True), "off", "words", "pk")
    )
    return list(near.values_list("pk", flat=True)[:most])


def _meant(words: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """What each typed word may stand for, as it stands in `CallerWords.words`, with how many steps that is off.

    The first is the word itself, also as a part of others.
    """
    doubtful = [word for word in words if may_be_misheard(word)]
    near: dict[str, dict[str, int]] = {word: {} for word in words}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"words": doubtful, "compared": COMPARED})
        for word, known, sounds in cursor.fetchall():
            steps = misheard(word, known) if sounds else misfit(word, known)
            if steps:
                near[word][known] = min(steps, near[word].get(known, steps))
    return {word: [(_part(word), 0), *_nearest(known)] for word, known in near.items()}


def _nearest(known: dict[str, int]) -> list[tuple[str, int]]:
    nearest = sorted(known.items(), key=lambda each: (each[1], each[0]))[:MEANT]
    return [(f" {word}", steps) for word, steps in nearest]


def _part(word: str) -> str:
    """How a typed word is looked for: a short one only where a word begins."""
    return word if len(word) > 2 else f" {word}"


_NEAR = """
    SELECT typed.word, known.word, known.sounds
      FROM unnest(%(words)s::text[]) AS typed (word)
      CROSS JOIN LATERAL (
           (SELECT word, false AS sounds FROM contracts_callerword
             WHERE length(typed.word) > 3
               AND length(word) BETWEEN length(typed.word) - 2 AND length(typed.word) + 2
             ORDER BY similarity(word, typed.word) DESC, word LIMIT %(compared)s)
           UNION ALL
           (SELECT word, true FROM contracts_callerword
             WHERE dmetaphone(typed.word) <> ''
               AND (dmetaphone(word) IN (dmetaphone(typed.word), dmetaphone_alt(typed.word))
                    OR dmetaphone_alt(word) IN (dmetaphone(typed.word), dmetaphone_alt(typed.word)))
             ORDER BY levenshtein(word, typed.word), word LIMIT %(compared)s)) AS known
"""
