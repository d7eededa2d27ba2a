"""The products supported, their published Releases, and what a report on them tells (ATSP 1.13, 4.3, 4.8, 5.2.3)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from contracts.parties.models.parties import Organisation
from contracts.scope import reach_of


class ProductQuerySet(models.QuerySet["Product"]):
    """Selects products."""

    def visible_to(self, user: Any) -> Self:
        """Those that a provider's person may keep: their own provider's, or the house's; a reseller's person none."""
        if not user.is_authenticated or not user.is_provider:
            return self.none()
        reach = reach_of(user)
        house = Q() if reach.place is not None else Q(kept_by=None)
        return self.filter(house | reach.serves("kept_by"))


class Product(models.Model):
    """A product of the Software."""

    name = models.CharField(max_length=80, unique=True)
    line = models.CharField(max_length=80, blank=True, help_text="The family it belongs to.")
    platforms = models.TextField(
        blank=True,
        help_text="The platforms it is supported on, one a line; empty where they are not listed (ATSP 4.8).",
    )
    kept_by = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The provider whose people keep this; empty for the house.",
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where it is kept."""
        return reverse("product", args=[self.pk])

    @property
    def platform_names(self) -> list[str]:
        """The platforms it is supported on; empty where they are not listed."""
        return [line.strip() for line in self.platforms.splitlines() if line.strip()]


class ProductQuestion(models.Model):
    """What a report on a product tells besides what every report does (ATSP 5.2.3)."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=120, help_text="What is asked for: “the savegroup report”.")
    hint = models.CharField(max_length=300, blank=True, help_text="How one gets it.")
    needed_to = models.PositiveSmallIntegerField(
        default=0,
        help_text="It is needed of severity 1 to this one; 0 where nothing follows when it is blank.",
    )

    class Meta:
        ordering: ClassVar = ["product", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "words"], name="question_once_a_product"),
            models.CheckConstraint(condition=~Q(words=""), name="question_asks_something"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.words}"


class Release(models.Model):
    """A published Release X.yy.z of a product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="releases")
    number = models.CharField(max_length=20)
    published_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["product", "-published_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "number"], name="release_once_a_product")
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.number}"
