"""Cases and articles like a case, by the words that they share and by what they mean (ADR 72)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cases.case.models import Case
from cases.knowledge.models import Article
from cases.meaning.models import CaseMeaning
from cases.meaning.rules import fuse
from cases.search.alike import keys_of_articles_like, keys_of_cases_like
from portal.models import User

MOST_CASES, MOST_ARTICLES = 5, 3
"""So many are shown."""
LOOKED_AT = 30
"""So many of each order take part, of which the reader may not see all."""


@dataclass(frozen=True, slots=True)
class Like:
    """What is like a case, the likest first: only what the reader may see."""

    cases: Sequence[Case] = ()
    articles: Sequence[Article] = ()


def like_case(case: Case, user: User, at: dt.datetime) -> Like:
    """What is like a case, at an instant (aware): other cases, and articles on its product, for a contact with a Fix.

    Where the worker has not read the case yet, words alone answer. Six statements.
    """
    text = f"{case.title} {case.description}"
    meant = CaseMeaning.objects.filter(pk=case.pk).defer("vector").first() or CaseMeaning()
    by_meaning = meant.cases if user.is_provider else meant.own
    by_words = keys_of_cases_like(text, user, most=LOOKED_AT, without=case.pk)
    cases = fuse(by_words, by_meaning)
    articles = fuse(keys_of_articles_like(text, most=LOOKED_AT), meant.articles)
    readable = Article.objects.visible_to(user).filter(product=case.product_id)
    readable = readable.select_related("product")
    if not user.is_provider:
        readable = readable.with_fix(at)
    found = Case.objects.visible_to(user).for_list().in_bulk(cases)
    told = readable.in_bulk(articles)
    return Like(
        [found[key] for key in cases if key in found][:MOST_CASES],
        [told[key] for key in articles if key in told][:MOST_ARTICLES],
    )
