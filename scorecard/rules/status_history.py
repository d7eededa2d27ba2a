"""The status over time: when the next review is, and when a reseller has come back (ATSP 4.2, 9.2).

A review every six months after the Effective Date; once Non-Compliant every month, on the rolling last six months; six
consecutive compliant months make the reseller Compliant again. The last status of the programme is the failing one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.programmes.rules.terms import Scorecard, Span, Unit
from portal.ui.words import day as day_words
from scorecard.rules.window import months_after


@dataclass(frozen=True, slots=True)
class Review:
    """A review and what it measured: `on` is the day before which its window ends, `status` a code of the programme."""

    on: date
    status: str


@dataclass(frozen=True, slots=True)
class StatusInForce:
    """How the reseller stands after the reviews so far.

    `status` is the status it is considered to have (None before the first review), `since` the review from which on.
    While `failing`, `compliant_months` counts the consecutive compliant months; a month that fails starts it again.
    `next_review_on` is the next review.
    """

    status: str | None
    since: date | None
    failing: bool
    compliant_months: int
    next_review_on: date
    clause: str
    words: str


def standing(
    scorecard: Scorecard, effective_on: date, reviews: Sequence[Review] = ()
) -> StatusInForce:
    """The standing after the reviews, given in order of time (ATSP 4.2).

    A month without a review breaks the consecutive months; a second review within a month counts once. Raises
    ValueError for reviews out of order or before the first month, and for an unknown status.
    """
    _check(scorecard, effective_on, reviews)
    failing_status = scorecard.statuses[-1].code
    recovered_status = scorecard.statuses[-2].code
    status: str | None = None
    since: date | None = None
    failing = False
    streak = 0
    last_month = 0
    for review in reviews:
        month = months_between(effective_on, review.on)
        considered = review.status
        if review.status == failing_status:
            failing, streak = True, 0
        elif failing:
            if month > last_month:
                streak = streak + 1 if month == last_month + 1 else 1
            failing = streak < scorecard.months_to_recover
            considered = failing_status if failing else recovered_status
        last_month = month
        if considered != status:
            status, since = considered, review.on
    next_review_on = next(
        review_days(
            effective_on,
            scorecard.review_every_when_failing if failing else scorecard.review_every,
            after=reviews[-1].on if reviews else effective_on,
        )
    )
    return StatusInForce(
        status=status,
        since=since,
        failing=failing,
        compliant_months=streak if failing else 0,
        next_review_on=next_review_on,
        clause=scorecard.clause,
        words=_words(scorecard, failing, streak, since, next_review_on),
    )


def review_days(effective_on: date, every: Span, after: date) -> Iterator[date]:
    """The days of review later than `after`, every so many months counted from the Effective Date, without end.

    Counted from the fixed Effective Date, so that a month's end does not drift. Raises ValueError for a span that is
    not of months.
    """
    if every.unit is not Unit.MONTH or every.amount < 1:
        raise ValueError(f"reviews come every so many months, not every {every}")
    number = max(months_between(effective_on, after) // every.amount, 0)
    while True:
        number += 1
        yield months_after(effective_on, number * every.amount)


def months_between(start: date, end: date) -> int:
    """The whole calendar months from `start` to `end`, a month clipped to its last day counting whole (D-8)."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if months_after(start, months) <= end else months - 1


def may_decline_renewal(standing: StatusInForce) -> bool:
    """Whether the provider has the option not to renew: Non-Compliant in some rolling six months of the term, and not
    come back to Compliant (ATSP 9.2).
    """
    return standing.failing


def _check(scorecard: Scorecard, effective_on: date, reviews: Sequence[Review]) -> None:
    known = {rule.code for rule in scorecard.statuses}
    before = effective_on
    for review in reviews:
        if review.status not in known:
            raise ValueError(f"{review.status!r} is not a status: {', '.join(sorted(known))}")
        if review.on <= before:
            raise ValueError(f"the review of {review.on} does not come after {before}")
        before = review.on


def _words(
    scorecard: Scorecard, failing: bool, streak: int, since: date | None, next_review_on: date
) -> str:
    if since is None:
        return f"No review yet; the first is on {day_words(next_review_on)}."
    every = scorecard.review_every_when_failing if failing else scorecard.review_every
    words = (
        f"Since {day_words(since)}; reviewed every "
        f"{every.unit.value if every.amount == 1 else every}, next on {day_words(next_review_on)}."
    )
    if not failing:
        return words
    left = scorecard.months_to_recover - streak
    return f"{words} {streak} of {scorecard.months_to_recover} consecutive compliant months reached, {left} to go."
