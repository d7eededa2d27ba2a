"""Which cases and articles are near each other, as rows: the one place where vectors are compared."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from cases.meaning.calculator import Question
from cases.meaning.helper import Calculates
from cases.meaning.models import ArticleMeaning, CaseMeaning, Compared
from portal import bulk

NEAR_CASES, NEAR_OWN, NEAR_ARTICLES = 30, 10, 10
"""So many are kept of a case; a reader may not see all of them."""
TOUCHED = 50
"""So many open cases near something new are compared again."""
PART = 2000
"""So many vectors are in this process's memory at a time."""

FROM = "(SELECT coalesce(max(id), 0) - %(newest)s FROM cases_case)"
"""Cases up to this number are too old to be compared."""

_TO_COMPARE = f"""
    SELECT case_id, vector, compared FROM cases_casemeaning WHERE compared < 2 AND case_id > {FROM}
     ORDER BY compared, case_id DESC LIMIT %(most)s
"""  # noqa: S608  # our own words
_KEEP = """
    UPDATE cases_casemeaning m SET compared = 2, cases = given.cases, own = given.own, articles = given.articles
      FROM jsonb_to_recordset(%s) AS given (id bigint, cases bigint[], own bigint[], articles bigint[])
     WHERE m.case_id = given.id
"""
# Besides the open cases near what is new, whoever names what was made anew: it may be near no more.
_TOUCH = """
    UPDATE cases_casemeaning SET compared = 1
     WHERE compared = 2 AND case_id <> ALL (%(new)s::bigint[])
       AND (case_id = ANY (%(near)s::bigint[]) OR cases && %(new)s::bigint[] OR own && %(new)s::bigint[]
            OR articles && %(articles)s::bigint[])
"""


@dataclass(slots=True)
class _Held:
    """The cases that are compared with, by their places in the calculator: their keys and whose they are."""

    keys: "array[int]" = field(default_factory=lambda: array("q"))
    providers: "array[int]" = field(default_factory=lambda: array("q"))
    resellers: "array[int]" = field(default_factory=lambda: array("q"))
    open: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Some more: key, vector, provider, reseller, state of each."""
        for key, _, provider, reseller, state in rows:
            self.keys.append(key)
            self.providers.append(provider)
            self.resellers.append(reseller)
            self.open.append(state != "closed")

    def named(self, places: Iterable[int]) -> list[int]:
        """The keys at some places."""
        return [self.keys[place] for place in places]


def compare(calculates: Calculates, values: Mapping[str, int]) -> int:
    """Write what is near some of the cases that wait for it; what is new has others compared again.

    `values` are the `newest` so many cases that count, and how many are compared at `most`. Returns how many rows were
    written. Six statements, and one more for each `PART` of what is compared with.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TO_COMPARE, values)
        asked = cursor.fetchall()
    fresh = list(
        ArticleMeaning.objects.filter(compared=Compared.NEW)
        .order_by("pk")
        .values_list("pk", "vector")[: values["most"]]
    )
    if not asked and not fresh:
        return 0
    near, touched = _near_cases(calculates, asked, fresh, values)
    for each, articles in zip(near, _near_articles(calculates, asked), strict=True):
        each["articles"] = articles
    new = [key for key, _, compared in asked if compared == Compared.NEW]
    given = {"new": new, "near": sorted(touched), "articles": [key for key, _ in fresh]}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [json.dumps(near)])
        written = cursor.rowcount
        if new or fresh:
            cursor.execute(_TOUCH, {name: bulk.array(keys) for name, keys in given.items()})
    done = ArticleMeaning.objects.filter(pk__in=given["articles"])
    return int(written + (done.update(compared=Compared.DONE) if fresh else 0))


def _near_cases(
    calculates: Calculates,
    asked: Sequence[Sequence[Any]],
    fresh: Sequence[Sequence[Any]],
    values: Mapping[str, int],
) -> tuple[list[dict[str, Any]], set[int]]:
    """The cases near each asked one, and the keys of open cases near what is new, to compare again."""
    held = _hold_cases(calculates, values)
    place_of = {key: place for place, key in enumerate(held.keys)}
    places = [place_of.get(key, -1) for key, _, _ in asked]
    providers = [held.providers[place] if place >= 0 else -1 for place in places]
    resellers = [held.resellers[place] if place >= 0 else -1 for place in places]
    of_open = [
        provider if is_open else 0
        for provider, is_open in zip(held.providers, held.open, strict=True)
    ]
    cases, own, still_open = calculates.nearest(
        _together(asked),
        places,
        [
            Question(NEAR_CASES, providers, held.providers),
            Question(NEAR_OWN, resellers, held.resellers),
            Question(TOUCHED, providers, of_open),
        ],
    )
    near = [
        {"id": row[0], "cases": held.named(there), "own": held.named(mine)}
        for row, there, mine in zip(asked, cases, own, strict=True)
    ]
    touched = {
        held.keys[place]
        for row, there in zip(asked, still_open, strict=True)
        if row[2] == Compared.NEW
        for place in there
    }
    if fresh:
        ones = [1] * len(fresh)
        question = Question(TOUCHED, ones, held.open)
        found = calculates.nearest(_together(fresh), [-1] * len(fresh), [question])[0]
        touched.update(held.keys[place] for there in found for place in there)
    return near, touched


def _hold_cases(calculates: Calculates, values: Mapping[str, int]) -> _Held:
    """Give the calculator the vectors of the newest cases, part by part."""
    held = _Held()
    calculates.let_go()
    last = CaseMeaning.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = (
        CaseMeaning.objects.filter(pk__gt=last - values["newest"])
        .order_by("pk")
        .values_list("pk", "vector", "case__provider", "case__reseller", "case__state")
    )
    part: list[Any] = []
    for row in rows.iterator(PART):
        part.append(row)
        if len(part) == PART:
            held.add(part)
            calculates.hold(_together(part))
            part = []
    held.add(part)
    calculates.hold(_together(part))
    return held


def _near_articles(calculates: Calculates, asked: Sequence[Sequence[Any]]) -> list[list[int]]:
    """The articles near each asked case, whoever may read them."""
    if not asked:
        return []
    articles = list(ArticleMeaning.objects.order_by("pk").values_list("pk", "vector"))
    calculates.let_go()
    calculates.hold(_together(articles))
    every = Question(NEAR_ARTICLES, [1] * len(asked), [1] * len(articles))
    found = calculates.nearest(_together(asked), [-1] * len(asked), [every])[0]
    return [[articles[place][0] for place in there] for there in found]


def _together(rows: Iterable[Sequence[Any]]) -> bytes:
    """The vectors of rows, which stand second."""
    return b"".join(bytes(row[1]) for row in rows)
