"""Delegated coverage: End-Users' own support agreements that a provider serves for its customer (SCL 8.4, Ex.C)."""

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.coverage.rules import Covered


class DelegatedCoverageQuerySet(OfAgreementQuerySet):
    """Selects lines of delegated coverage."""

    def standing(self, at: dt.datetime) -> "DelegatedCoverageQuerySet":
        """The lines that the exhibit has at an instant: entered by then, and not struck yet."""
        return self.filter(
            Q(entered_at=None) | Q(entered_at__lte=at), Q(struck_at=None) | Q(struck_at__gt=at)
        )

    def covered(self, agreement_id: int, at: dt.datetime) -> list[Covered]:
        """The lines of an agreement at an instant as the rule reads them, in the order of the paper; one query."""
        lines = self.standing(at).filter(agreement=agreement_id).order_by("line")
        return [one.covered for one in lines]

    def hold_on(self, agreement_id: int, day: dt.date, at: dt.datetime) -> bool:
        """Whether any line that stands at an instant covers a day; one query."""
        return self.standing(at).filter(agreement=agreement_id, ends_on__gte=day).exists()

    def holding_on(self, days: Mapping[int, dt.date], at: dt.datetime) -> set[int]:
        """Those of some agreements of which a line that stands at an instant covers their day; one query, or none."""
        if not days:
            return set()
        lasts = self.standing(at).filter(agreement__in=list(days)).order_by().values("agreement")
        found = lasts.annotate(last=models.Max("ends_on")).values_list("agreement", "last")
        return {pk for pk, last in found if last >= days[pk]}


class DelegatedCoverage(models.Model):
    """A line of the exhibit: an End-User's site, what is covered, at which level, and its last day.

    Equal lines stand for several licenses, as on the paper. A line does not change: it is struck, and another entered,
    by a written instrument of both parties (SCL 19.3). Those of the signed paper have no `entered_at`.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="coverages")
    line = models.PositiveSmallIntegerField(help_text="Its number in the exhibit.")
    site_id = models.CharField(max_length=20)
    site_name = models.CharField(max_length=120)
    description = models.CharField(max_length=160)
    level = models.CharField(max_length=60, help_text="A coverage level of the programme, by code.")
    ends_on = models.DateField(help_text="The last day that is covered.")
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by_paper = models.CharField(max_length=200, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by_paper = models.CharField(max_length=200, blank=True)

    objects = DelegatedCoverageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "line"]
        verbose_name_plural = "delegated coverage"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "line"], name="coverage_line_once"),
            models.CheckConstraint(condition=Q(line__gte=1), name="coverage_lines_count_from_one"),
            models.CheckConstraint(
                condition=~Q(site_id="") & ~Q(site_name=""), name="coverage_names_a_site"
            ),
            models.CheckConstraint(
                condition=(
                    Q(entered_at=None, entered_by_paper="")
                    | Q(entered_at__isnull=False) & ~Q(entered_by_paper="")
                )
                & (
                    Q(struck_at=None, struck_by_paper="")
                    | Q(struck_at__isnull=False) & ~Q(struck_by_paper="")
                ),
                name="coverage_changes_by_a_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.site_name}: {self.description}"

    @property
    def covered(self) -> Covered:
        """The line as the rule reads it."""
        return Covered(self.site_id, self.site_name, self.description, self.level, self.ends_on)
