"""The published, dated holidays of each region (ATSP 1.2, D-6)."""

from typing import ClassVar

from django.db import models


class Holiday(models.Model):
    """A day on which the provider is closed in a region."""

    region = models.CharField(max_length=20)
    date = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["region", "date"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["region", "date"], name="holiday_once_a_region")
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name} ({self.region})"
