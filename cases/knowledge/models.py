"""The knowledge base: articles, and when their Fix was published (D-12)."""

import datetime as dt
import re
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, Func, Q, Value

from cases.products.models import Product
from contracts.scope import places_of
from portal.models.text import contains_index

_WORDS_READ = 60
_WORDS_SHARED = 2


class _Shared(Func):
    """How many words two search vectors have in common."""

    template = "cardinality(ARRAY(SELECT unnest(tsvector_to_array(%(expressions)s))))"
    arg_joiner = ")) INTERSECT SELECT unnest(tsvector_to_array("
    output_field = models.IntegerField()


class ArticleQuerySet(models.QuerySet["Article"]):
    """Selects articles."""

    def visible_to(self, user: Any) -> Self:
        """Published articles for everybody who signed in; drafts only for the house, which owns the products."""
        if not user.is_authenticated:
            return self.none()
        published = Q(published_at__isnull=False)
        return self.filter(published | ~Exists(places_of(user)) if user.is_provider else published)

    def with_fix(self, at: dt.datetime) -> Self:
        """Those whose Fix was published at `at` or before (D-12)."""
        return self.filter(fix_published_at__lte=at)

    def matching(self, title: str, description: str) -> Self:
        """Articles that share words with a described Problem, the best match first; one word is not enough."""
        words = re.findall(r"\w+", f"{title} {description}")[:_WORDS_READ]
        typed = SearchVector(Value(" ".join(words)), config="english")
        any_of_them = SearchQuery(" or ".join(words), search_type="websearch", config="english")
        return (
            self.filter(search=any_of_them)
            .annotate(shared=_Shared(F("search"), typed), rank=SearchRank(F("search"), any_of_them))
            .filter(shared__gte=_WORDS_SHARED)
            .select_related("product")
            .order_by("-shared", "-rank", "number")
        )


class ArticleManager(models.Manager.from_queryset(ArticleQuerySet)):  # type: ignore[misc]  # made at run time
    """Articles without their search vector, which no page reads."""

    def get_queryset(self) -> ArticleQuerySet:
        """All articles."""
        return super().get_queryset().defer("search")


class Article(models.Model):
    """An answer: symptom, cause, and a Fix statement with its own publication time (D-12)."""

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="articles")
    symptom = models.TextField()
    cause = models.TextField(blank=True)
    fix = models.TextField(blank=True, help_text="The Fix statement.")
    fix_published_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    search = SearchVectorField(
        null=True, editable=False, help_text="Its words; a trigger of the database keeps them."
    )

    objects = ArticleManager()

    class Meta:
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="article_search"),
            contains_index("number", name="article_number_words"),
            contains_index("title", name="article_title_words"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(fix_published_at=None) | ~models.Q(fix=""),
                name="article_published_fix_says_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
