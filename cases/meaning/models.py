"""What texts mean, as vectors, and what is near: rows that a worker writes and pages read (ADR 72)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.case.models import Case
from cases.knowledge.models import Article


class Compared(models.IntegerChoices):
    """How far a vector is compared with the others."""

    NEW = 0, "not compared, and no other with it"
    AGAIN = 1, "to compare again: something near it is new"
    DONE = 2, "compared"


class Meaning(models.Model):
    """The vector of a text: 512 numbers, a byte each. A trigger deletes it with the text that it was made of."""

    digest = models.UUIDField(help_text="Of the text that it was made of, and of the model.")
    vector = models.BinaryField()
    compared = models.SmallIntegerField(choices=Compared.choices, default=Compared.NEW)

    class Meta:
        abstract = True


class CaseMeaning(Meaning):
    """What a case's title and description mean, and what is near it, the nearest first.

    `cases` are cases under the same provider, `own` those of the same reseller: whose readers see no others.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="meaning"
    )
    cases = ArrayField(models.BigIntegerField(), default=list)
    own = ArrayField(models.BigIntegerField(), default=list)
    articles = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["compared", "-case"],
                name="case_meaning_to_compare",
                condition=Q(compared__lt=Compared.DONE),
            )
        ]

    def __str__(self) -> str:
        return f"Meaning of case {self.case_id}"


class ArticleMeaning(Meaning):
    """What an article's title, symptom and cause mean."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="meaning"
    )

    def __str__(self) -> str:
        return f"Meaning of article {self.article_id}"


class MeaningTurn(models.Model):
    """Whoever holds this one row writes vectors and compares them. After a failure nobody does for a while."""

    not_before = models.DateTimeField(null=True, help_text="By the database's clock (ADR 42).")

    def __str__(self) -> str:
        return f"Not before {self.not_before}" if self.not_before else "Free"
