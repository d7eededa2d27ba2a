"""What of cases the palette and the search page offer: cases, articles, people by their cases, acts."""

import re

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.http import urlencode

from cases.case.forms.acts import ACTS
from cases.case.models import Case
from cases.knowledge.models import Article, ArticleQuerySet
from cases.meaning.learning import learn_meaning
from cases.search import asking
from cases.search.addresses import search_page
from cases.search.finding import find
from cases.search.learning import learn_words
from cases.search.rules import read, suggestions
from contracts.agreements.models.agreements import Agreement
from contracts.callers.models import CallerWords
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import Participant
from portal.acts import offers
from portal.models import User
from portal.rules.folding import words_of
from portal.search import (
    Asked,
    Hit,
    Source,
    register_learning,
    register_reading,
    register_source,
)

_CASE_PAGE = re.compile(r"/cases/(\d{1,17})/(?:[\w-]+/)?")
_RANKED = 400
_ENOUGH = 2
"""Letters from which on people, agreements and articles are looked for."""


def register_sources() -> None:
    """Let cases and what belongs to them be found, their words be learnt, and what they mean."""
    register_learning(learn_words)
    register_reading(learn_meaning)
    register_source(Source("acts", "On this case", 10, _acts, only_in_palette=True))
    register_source(Source("cases", "Cases", 20, _cases))
    register_source(Source("people", "People", 30, _people))
    register_source(Source("agreements", "Agreements", 40, _agreements))
    register_source(Source("articles", "Articles", 50, _articles))
    register_source(Source("operators", "Narrow by", 60, _operators, only_in_palette=True))


def articles_matching(user: User, text: str) -> ArticleQuerySet:
    """Articles that the reader may see, by their words or number, the best first; of many the newest are ranked."""
    words = asking.words(read(text))
    once = (
        f"(SELECT {words.sql})"  # our own words; a select of its own is made once, not for each row
    )
    fits = RawSQL(f"search @@ {once}", words.values, BooleanField())  # noqa: S611  # what was typed is a value
    newest = Article.objects.visible_to(user).alias(fits=fits).filter(fits=True).order_by("-pk")
    rank = RawSQL(f"ts_rank(search, {once})", words.values)  # noqa: S611
    return (
        Article.objects.filter(pk__in=newest.values("pk")[:_RANKED])
        .select_related("product")
        .annotate(rank=rank)
        .order_by("-rank", "number")
    )


def _cases(asked: Asked) -> list[Hit]:
    keys = find(read(asked.text), asked.user, asked.now).keys[: asked.most]
    named = Case.objects.select_related("reseller").only("title", "end_user", "reseller__name")
    rows = named.in_bulk(keys)
    theirs = not asked.user.is_provider
    return [
        Hit(
            f"{row.number} {row.title}",
            row.get_absolute_url(),
            row.end_user if theirs else row.reseller.name,
            "list-details",
        )
        for row in (rows[key] for key in keys)
    ]


def _people(asked: Asked) -> list[Hit]:
    words = words_of(asked.text)
    if len(asked.text) < _ENOUGH or not words:
        return []
    near = CallerWords.objects.all()  # one index finds the few of whom to look closer
    for word in words:
        near = near.filter(words__contains=word if len(word) > 2 else f" {word}")
    named = (
        Q(name__icontains=asked.text) | Q(email__icontains=asked.text) | Q(code__iexact=asked.text)
    )
    named &= Q(pk__in=near.values("pk"))
    rows = Contact.objects.visible_to(asked.user).filter(named).select_related("organisation")
    return [
        Hit(one.name, search_page(f'contact:"{one.name}"'), one.organisation.name, "user")
        for one in rows.order_by("name", "pk")[: asked.most]
    ]


def _agreements(asked: Asked) -> list[Hit]:
    if len(asked.text) < _ENOUGH or not words_of(asked.text):
        return []
    named = Q(reference__icontains=asked.text) | Q(reseller__name__icontains=asked.text)
    rows = Agreement.objects.visible_to(asked.user).filter(named).select_related("reseller")
    return [
        Hit(
            one.reference,
            reverse("agreement", args=[one.reference]),
            one.reseller.name,
            "file-certificate",
        )
        for one in rows.order_by("-effective_on", "reference")[: asked.most]
    ]


def _articles(asked: Asked) -> list[Hit]:
    if len(asked.text) < _ENOUGH or not read(asked.text).every:
        return []
    return [
        Hit(
            f"{one.number} {one.title}",
            search_page(one.number, "articles"),
            one.product.name,
            "book",
        )
        for one in articles_matching(asked.user, asked.text)[: asked.most]
    ]


def _operators(asked: Asked) -> list[Hit]:
    offered = suggestions(asked.text, for_provider=asked.user.is_provider)
    return [Hit(one.part, search_page(one.whole), one.words, "filter") for one in offered]


def _acts(asked: Asked) -> list[Hit]:
    page = _CASE_PAGE.fullmatch(asked.at)
    if not page:
        return []
    case = (
        Case.objects.visible_to(asked.user)
        .select_related("agreement", "contact__site", "owner", "product", "site")
        .filter(pk=int(page[1]))
        .first()
    )
    if case is None:
        return []
    open_to = offers(ACTS.values(), case, Participant(asked.user, asked.now))
    wanted = asked.text.casefold()
    return [
        Hit(
            offer.label,
            f"{case.get_absolute_url()}?{urlencode({'act': offer.code})}#acts",
            f"Case {case.number}",
            offer.icon,
        )
        for offer in open_to
        if wanted in offer.label.casefold()
    ]
