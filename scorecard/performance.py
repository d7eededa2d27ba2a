"""Answer contracts about performance: the reviews of a year with their status (ATSP 4.2, 9.2; REN)."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.renewal.performance import Performance
from contracts.renewal.rules.non_renewal import Classification
from portal.ui.words import day as day_words
from scorecard.measuring import Readings
from scorecard.rules.status_history import Review, standing


def performances(agreements: Sequence[Agreement], at: dt.datetime) -> dict[int, Performance]:
    """How the agreements with a scorecard performed up to an instant, by primary key."""
    measured = [one for one in agreements if one.programme.scorecard is not None]
    if not measured:
        return {}
    readings = Readings.of(measured)
    return {one.pk: _performance(readings, one, one.date_at(at)) for one in measured}


def _performance(readings: Readings, agreement: Agreement, today: dt.date) -> Performance:
    scorecard = agreement.programme.scorecard
    assert scorecard is not None  # noqa: S101  # only those with one are asked
    reviewed = readings.reviewed(agreement, today)
    reviews = [Review(card.review_on, card.result.status) for card in reviewed.cards]
    effective_on = readings.effective_on(agreement)
    considered = [
        standing(scorecard, effective_on, reviews[: number + 1]).status
        for number in range(len(reviews))
    ]
    stands = reviewed.standing
    return Performance(
        status=stands.status,
        since=stands.since,
        words=_words(agreement, reviews),
        url=reverse("scorecard", args=[agreement.reference]),
        classifications=tuple(
            Classification(review.on, review.status, after or review.status)
            for review, after in zip(reviews, considered, strict=True)
        ),
    )


def _words(agreement: Agreement, reviews: Sequence[Review]) -> str:
    if not reviews:
        return "No review yet."
    return (
        f"By the scorecard's review of {day_words(reviews[-1].on)}, contract {agreement.reference}."
    )
