"""What the results page shows: each case with the place where the words were found."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.db.models.functions import Left

from cases.case.models import Case
from cases.conversation.models import Message
from cases.search.rules import Piece, Query, excerpt, marked, stems_of
from portal.models import User

MESSAGES = 120
"""So many messages of a page's cases are looked through for the place that is shown."""
READ = 20_000
"""Characters of a text that are looked through."""


@dataclass(frozen=True, slots=True)
class Result:
    """A case as it was found: its title and an excerpt with the words marked, and where that stands."""

    case: Case
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    url: str
    where: str = ""
    by: str = ""
    at: dt.datetime | None = None


def results(query: Query, keys: Sequence[int], user: User) -> list[Result]:
    """The cases of those keys in their order, in two statements."""
    wanted = stems_of(query.terms)
    cases = Case.objects.visible_to(user).for_list().in_bulk(list(keys))
    said = _said(wanted, list(cases), user)
    return [_result(cases[key], wanted, said.get(key, [])) for key in keys if key in cases]


def _said(wanted: list[str], keys: list[int], user: User) -> dict[int, list[Message]]:
    """The latest messages with one of the words that the reader may see, by case."""
    if not wanted or not keys:
        return {}
    has_one = reduce(or_, (Q(body__unaccent__icontains=word) for word in wanted[:8]))
    rows = (
        Message.objects.visible_to(user)
        .filter(has_one, case__in=keys)
        .annotate(begin=Left("body", READ))
        .defer("body")
        .order_by("-at", "-pk")[:MESSAGES]
    )
    by_case: dict[int, list[Message]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row)
    return by_case


def _result(case: Case, wanted: list[str], said: list[Message]) -> Result:
    title = marked(case.title, wanted)
    url = case.get_absolute_url()
    report = (case.description, case.business_impact, case.level_1_work, case.level_2_work)
    answers = [
        f"{each['asked']}: {each['answer']}" for each in case.product_answers if each["answer"]
    ]
    text, most = excerpt("\n".join([*report, case.replication_steps, *answers]), wanted)
    best = None
    for message in said:
        part, count = excerpt(message.begin, wanted)  # type: ignore[attr-defined]  # annotated
        if count > most:
            best, text, most = message, part, count
    if best is None:
        return Result(case, title, text, url, "Report")
    where = best.get_kind_display().capitalize()
    return Result(case, title, text, f"{url}#m{best.pk}", where, best.author, best.at)
