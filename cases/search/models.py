"""What cases are found by: their words in one row, kept by the database itself (ADR 57)."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from cases.case.models import Case


class SearchDocument(models.Model):
    """The words of a case. Triggers write it in the transaction of the act; nothing else does.

    Besides the words it holds facets, which begin with ``=``: who reads it (``=ar`` the reseller, ``=ap`` the
    provider), whose it is, its state, and blocks of case numbers. A case with internal notes has a second row, which
    holds them too and is the provider's; its first row is then the reseller's only.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    internal = models.BooleanField()
    words = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="search_words", fastupdate=False),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "internal"], name="search_once_an_audience"),
        ]

    def __str__(self) -> str:
        return f"Words of case {self.case_id}"


class SearchWord(models.Model):
    """A word that occurs in some case or article. By it typing errors are corrected; see `learn_words`."""

    word = models.TextField(primary_key=True)

    class Meta:
        indexes: ClassVar = [
            GinIndex(OpClass("word", name="gin_trgm_ops"), name="search_word_parts"),
        ]

    def __str__(self) -> str:
        return self.word


class SearchProgress(models.Model):
    """How far the words of new cases and messages are learnt: one row."""

    case = models.BigIntegerField(default=0)
    message = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Up to case {self.case} and message {self.message}"
