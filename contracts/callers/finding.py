"""Finding the contact who is calling: by what was said, and where little fits by words that it may stand for."""

from collections.abc import Sequence

from django.db import connection, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length, StrIndex
from django.db.models.lookups import GreaterThan

from contracts.callers.models import CallerQuerySet, CallerWords
from contracts.callers.rules import Said, may_be_wrong, misfit
from portal.models import User

FEW = 3
"""With so many that fit, nobody is looked for who is only alike."""
COMPARED = 60
"""So many known words with the most pieces in common are compared with a typed one letter by letter."""
MEANT = 6
"""For so many known words a typed one may stand."""


def find(said: Said, user: User, most: int) -> tuple[list[int], bool]:
    """The keys of the contacts that fit best, at most so many, and whether there are more.

    A code or number that is whole comes first, then who fits by every word, then who is alike. Words are found in
    any order, also as parts of words. People who left are found last.
    """
    if not said.asks:
        return [], False
    rows = CallerWords.objects.visible_to(user)
    fits = list(_best(rows.filter(_fitting(said)), said).values_list("pk", flat=True)[: most + 1])
    by_code = bool(said.code and fits)
    if len(fits) < FEW and any(map(may_be_wrong, said.words)) and not by_code:
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
            spoken &= Q(words__contains=word if len(word) > 2 else f" {word}")
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
    """Who fits by words that those typed may stand for, the fewest letters off first. Two statements."""
    wanted, off = Q(), Value(0) + Value(0)
    for meant in _meant(said.words).values():
        if not meant:
            return []
        wanted &= Q(*(Q(words__contains=part) for part, _ in meant), _connector=Q.OR)
        off = off + Case(
            *(When(words__contains=part, then=Value(letters)) for part, letters in meant),
            default=Value(9),
        )
    near = (
        rows.filter(wanted)
        .annotate(off=off)
        .order_by(F("contact__left_at").asc(nulls_first=True), "off", "words", "pk")
    )
    return list(near.values_list("pk", flat=True)[:most])


def _meant(words: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """What each typed word may stand for, as it stands in `CallerWords.words`, with how many letters that is off."""
    doubtful = [word for word in words if may_be_wrong(word)]
    found: dict[str, list[tuple[int, str]]] = {word: [] for word in doubtful}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [doubtful, COMPARED])
        for word, known in cursor.fetchall():
            letters = misfit(word, known)
            if letters is not None:
                found[word].append((letters, known))
    return {
        word: [(f" {known}", letters) for letters, known in sorted(found[word])[:MEANT]]
        if word in found
        else [(word if len(word) > 2 else f" {word}", 0)]
        for word in words
    }


_NEAR = """
    SELECT typed.word, known.word
      FROM unnest(%s::text[]) AS typed (word)
      CROSS JOIN LATERAL (
            SELECT word FROM contracts_callerword AS known
             WHERE length(word) BETWEEN length(typed.word) - 2 AND length(typed.word) + 2
                OR position(typed.word IN word) > 0
             ORDER BY similarity(word, typed.word) DESC, word LIMIT %s) AS known
"""
