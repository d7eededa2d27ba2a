"""Finding cases: the candidates by their words, newest first, then ranked (ADR 57)."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Max
from django.db.models.expressions import RawSQL

from cases.case.models import Case
from cases.case.selecting import CaseQuerySet
from cases.search import asking
from cases.search.operators import MOST_AMONG, Narrowing, narrowing_of
from cases.search.rules import Query, Term, read
from contracts.scope import reach_of
from portal.bulk import array
from portal.models import User
from portal.rules.folding import distance, folded
from portal.rules.refusal import Refusal

COUNTED = 1000
"""So many matches are counted; of more the newest so many are shown."""
RANKED = 400
"""The newest so many matches are ranked; what is older follows by its number."""
MOST_MS = 100
"""Milliseconds for which candidates are looked for; a phrase of common words would take seconds."""
HALF = 120.0
"""Days after which the weight of a case's age has halved."""


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of what was found, best first, and whether there is `more` than was counted.

    `low` is the number of the case down to which was looked when the time was over, 0 when all were looked through.
    """

    keys: list[int]
    more: bool = False
    low: int = 0

    @property
    def in_words(self) -> str:
        """How many there are: "1 case", "more than 1,000 cases"."""
        if self.more:
            return f"more than {COUNTED:,} cases"
        return f"{len(self.keys):,} case{'s' if len(self.keys) != 1 else ''}"


def find(query: Query, user: User, now: dt.datetime, *, whole: bool = False) -> Found:
    """The cases that a reader may see and that fit, best first: an exact number, then by words and recency.

    Words count most in the title, then in names, then in the report, then in what was said. A match loses up to two
    thirds of its weight with age. Without words the newest stand first. What takes longer than `MOST_MS` is looked
    for in the newest cases only, and `low` says so; a `whole` search takes its time.
    """
    if not user.is_active or query.refused or not query.asks:
        return Found([])
    exact = _numbered(query, user)
    if exact and not query.operators and len(query.every) <= 2:
        others = _find(query, user, now, whole)
        return replace(others, keys=[*exact, *(key for key in others.keys if key not in exact)])
    return _find(query, user, now, whole)


def _numbered(query: Query, user: User) -> list[int]:
    if query.number is None:
        return []
    return list(Case.objects.visible_to(user).filter(pk=query.number).values_list("pk", flat=True))


def _find(query: Query, user: User, now: dt.datetime, whole: bool) -> Found:
    narrowing = narrowing_of(query, user, now)
    words = asking.words(query)
    wanted = _wanted(query, words, narrowing, user)
    among = None
    if narrowing.among is not None:
        newest = narrowing.among.order_by("-pk").values_list("pk", flat=True)[:MOST_AMONG]
        among = array(list(newest))
    times = [
        narrowing.opened_from,
        narrowing.opened_to,
        narrowing.closed_from,
        narrowing.closed_to,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _RANK.format(wanted=wanted.sql, words=words.sql),
            [
                *words.values,
                *wanted.values,
                _top(narrowing),
                COUNTED + 1,
                None if whole else MOST_MS,
                *times,
                among,
                bool(query.operators or query.without),
                now,
                HALF * 86400,
                RANKED,
                user.is_provider,
            ],
        )
        rows = cursor.fetchall()
    keys = [key for key, _ in rows if key is not None]
    return Found(keys[:COUNTED], len(keys) > COUNTED, rows[0][1] if rows else 0)


def _wanted(
    query: Query, words: asking.Expression, narrowing: Narrowing, user: User
) -> asking.Expression:
    scope = asking.scope(reach_of(user))
    return words.both(asking.without(query)).both(narrowing.asked).both(scope)


def _top(narrowing: Narrowing) -> int:
    """The number from which on it is searched downwards: the last one reported in time."""
    cases = Case.objects.all()
    if narrowing.opened_to is not None:
        last = cases.filter(reported_at__lt=narrowing.opened_to).order_by("-reported_at", "-pk")
        return last.values_list("pk", flat=True).first() or 0
    return cases.aggregate(last=Max("pk"))["last"] or 0


# The words are asked for once more where they have something to say: of nothing but words like "the" nothing is found.
_RANK = """
    WITH asked AS MATERIALIZED (SELECT {words} AS words),
         near AS MATERIALIZED (
            SELECT keys, low FROM search_newest({wanted}, %s, %s, %s, %s, %s, %s, %s, %s::bigint[])),
         hits AS MATERIALIZED (
            SELECT key, place FROM asked, near, unnest(near.keys) WITH ORDINALITY AS hit (key, place)
             WHERE numnode(asked.words) > 0 OR %s),
         best AS MATERIALIZED (
            SELECT h.key,
                   ts_rank('{{0.1, 0.3, 0.6, 1}}', d.words, asked.words)
                   * (1 + 2 * power(0.5, greatest(extract(epoch FROM %s - c.reported_at), 0) / %s)) AS rank
              FROM (SELECT key FROM hits WHERE place <= %s) h
              JOIN cases_case c ON c.id = h.key
              CROSS JOIN asked
              JOIN LATERAL (SELECT words FROM cases_searchdocument
                             WHERE case_id = h.key AND (NOT internal OR %s) ORDER BY internal DESC LIMIT 1) d ON true
             WHERE numnode(asked.words) > 0)
    SELECT hits.key, near.low FROM near LEFT JOIN hits ON true LEFT JOIN best USING (key)
     ORDER BY best.rank DESC NULLS LAST, hits.key DESC
"""


def narrowed_by(
    text: str, cases: CaseQuerySet, user: User, now: dt.datetime
) -> tuple[CaseQuerySet, Refusal | None]:
    """The cases of a queryset that fit what was typed, in the queryset's own order, and what is wrong with the query.

    For the search box of any list of cases. A wrong query narrows to nothing and is told; an empty one narrows not at
    all. The queryset stays one: count it, order it, page it as before.
    """
    query = read(text)
    if query.refused or not query.asks:
        return (cases.none() if query.refused else cases), query.refused
    if query.number is not None and not query.operators:
        numbered = cases.filter(pk=query.number)
        if numbered.exists():
            return numbered, None
    found = _find(query, user, now, whole=False)
    if not found.more and not found.low:
        keys = RawSQL("SELECT unnest(%s::bigint[])", [array(found.keys)])
        return cases.filter(pk__in=keys), None
    narrowing = narrowing_of(query, user, now)
    wanted = _wanted(query, asking.words(query), narrowing, user)
    cases = cases.alias(fits=asking.fits(wanted)).filter(fits=True, **_by_time(narrowing))
    if narrowing.among is not None:
        cases = cases.filter(pk__in=narrowing.among.order_by().values("pk"))
    return cases, None


def _by_time(narrowing: Narrowing) -> dict[str, Any]:
    given = {
        "reported_at__gte": narrowing.opened_from,
        "reported_at__lt": narrowing.opened_to,
        "closed_at__gte": narrowing.closed_from,
        "closed_at__lt": narrowing.closed_to,
    }
    return {name: at for name, at in given.items() if at is not None}


# --- typing errors -----------------------------------------------------------------------------------


def corrected(query: Query, user: User, now: dt.datetime) -> Query | None:
    """The query with its unknown words put right, None where that finds nothing for this reader.

    Only what the reader may find is ever proposed: a correction is tried out as their own search.
    """
    changes: dict[str, str] = {}
    for term in query.terms:
        for word in term.words:
            if len(word) > 3 and not word.isdecimal() and not _finds(word, user, now):
                better = next((w for w in _alike(word) if _finds(w, user, now)), None)
                if better:
                    changes[word] = better
    if not changes:
        return None
    text = query.text
    for word, better in changes.items():
        text = _replaced(text, word, better)
    tried = read(text)
    return tried if tried.text != query.text and find(tried, user, now).keys else None


def _finds(word: str, user: User, now: dt.datetime) -> bool:
    return bool(find(Query(word, every=((Term((word,)),),)), user, now).keys)


def _alike(word: str) -> list[str]:
    """The known words most like a word, at most four. The index compares trigrams; the last word is the distance's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM cases_searchword WHERE word %% %s AND length(word) > 2 AND word <> %s"
            " AND left(word, 1) <> '='"  # a facet is no word to suggest
            " ORDER BY similarity(word, %s) DESC, word LIMIT 12",
            [word, word, word],
        )
        known = [each for (each,) in cursor.fetchall()]
    return sorted(known, key=lambda each: (distance(word, each), each))[:4]


def _replaced(text: str, word: str, better: str) -> str:
    return " ".join(better if folded(part) == word else part for part in text.split(" "))
