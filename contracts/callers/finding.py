"""Finding the contact who is calling, in two statements: by what was said, and where little fits by what is alike."""

from django.db import connection, models, transaction
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Length, StrIndex
from django.db.models.lookups import GreaterThan

from contracts.callers.models import CallerQuerySet, CallerWords
from contracts.callers.rules import Said, misfit
from portal.models import User

FEW = 3
"""With so many that fit, nobody is looked for who is only alike."""
ALIKE = 300
"""So many that are alike are compared letter by letter."""
THRESHOLD = 0.3
"""The share of three-letter pieces that words have in common that are alike: "smtih" and "smith" have 2 of 6."""


def find(said: Said, user: User, most: int) -> tuple[list[int], bool]:
    """The keys of the contacts that fit best, at most so many, and whether there are more.

    A code or number that is whole comes first, then who fits by every word, then who is alike. Words are found in
    any order, also as parts of words. People who left are found last.
    """
    if not said.asks:
        return [], False
    rows = CallerWords.objects.visible_to(user)
    fits = list(_best(rows.filter(_fitting(said)), said).values_list("pk", flat=True)[: most + 1])
    if len(fits) < FEW and said.words and not said.whole:
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
    wanted = Q()
    likeness: models.Expression = Value(0.0, models.FloatField())
    for word in said.words:
        part = word if len(word) > 2 else f" {word}"
        wanted &= Q(words__contains=part) | Q(words__trigram_word_similar=word)
        likeness = likeness + Func(
            Value(word), F("words"), function="word_similarity", output_field=models.FloatField()
        )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(THRESHOLD)]
            )
        near = rows.filter(wanted).annotate(likeness=likeness).order_by("-likeness", "pk")
        found = list(near.values_list("contact__left_at", "words", "pk")[:ALIKE])
    ranked = sorted(
        (left is not None, off, len(set(said.words) - {*words.split()}), words, key)
        for left, words, key in found
        if (off := misfit(said.words, tuple(words.split()))) is not None
    )
    return [key for *_, key in ranked[:most]]
