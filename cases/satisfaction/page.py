"""What the answers come to: by reseller, product or engineer, in a fixed number of statements."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from cases.satisfaction.models import SurveyQuerySet
from cases.satisfaction.rules import Rate, Rating

LINES = 50
BY = {
    "reseller": ("Reseller", "reseller__name"),
    "product": ("Product", "product__name"),
    "engineer": ("Engineer", "engineer__name"),
}
PERIODS = {"30": "30 days", "365": "A year", "all": "All time"}
"""Beside the usual one, of 90 days."""
_COUNTS = {
    **{one.value: Count("pk", filter=Q(rating=one.value)) for one in Rating},
    "asked": Count("pk"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One reseller, product or engineer with their rate."""

    key: int | None
    name: str
    rate: Rate


def within(surveys: SurveyQuerySet, period: str, now: dt.datetime) -> SurveyQuerySet:
    """Those that were sent in a period up to now; in the last 90 days for ""."""
    sent = surveys.asked()
    days = dt.timedelta(int(period or 90)) if period != "all" else None
    return sent.filter(asked_at__gt=now - days) if days else sent


def rate_of(surveys: SurveyQuerySet) -> Rate:
    """What all of them come to; one statement."""
    return Rate(**surveys.aggregate(**_COUNTS))


def lines_of(surveys: SurveyQuerySet, by: str) -> Sequence[Line]:
    """The lines of a table, those with most answers first; one statement."""
    name = BY[by][1]
    rows: Any = (
        surveys.order_by()
        .values(key=F(by), name=F(name))
        .annotate(**_COUNTS, n=Count("pk", filter=~Q(rating="")))
        .order_by("-n", "name")[:LINES]
    )
    return [
        Line(
            row["key"],
            row["name"] or "Nobody had it",
            Rate(row["good"], row["fair"], row["bad"], row["asked"]),
        )
        for row in rows
    ]


def comments_of(surveys: SurveyQuerySet) -> SurveyQuerySet:
    """The answers, the newest first, with what a line shows."""
    answered = surveys.exclude(rating="")
    return answered.select_related("case", "reseller", "engineer", "contact").order_by(
        "-answered_at", "-pk"
    )
