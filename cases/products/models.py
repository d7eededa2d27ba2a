"""The products supported, and their published Releases (ATSP 1.13, 4.3)."""

from typing import ClassVar

from django.db import models


class Product(models.Model):
    """A product of the Software."""

    name = models.CharField(max_length=80, unique=True)
    line = models.CharField(max_length=80, blank=True, help_text="The family it belongs to.")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


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
