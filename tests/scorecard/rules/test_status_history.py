"""The status over time: reviews, months of recovery, the right not to renew."""

from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Scorecard, Span, Unit
from scorecard.rules.status_history import (
    Review,
    may_decline_renewal,
    months_between,
    review_days,
    standing,
)
from scorecard.rules.window import months_after
from tests.atsp import atsp

EFFECTIVE = date(2002, 9, 3)
BAD, GOOD, BEST = "non-compliant", "compliant", "exceptional"


def exhibit_b() -> Scorecard:
    scorecard = atsp().scorecard
    assert scorecard is not None
    return scorecard


def reviews(*statuses: str, first: int = 6) -> list[Review]:
    """Reviews every month from the month `first` after the Effective Date on."""
    return [
        Review(months_after(EFFECTIVE, first + number), status)
        for number, status in enumerate(statuses)
    ]


HISTORIES = [
    # name, reviews, status, since, failing, compliant months, next review
    ("no review yet", [], None, None, False, 0, "2003-03-03"),
    ("compliant", reviews(GOOD), GOOD, "2003-03-03", False, 0, "2003-09-03"),
    ("exceptional", reviews(BEST), BEST, "2003-03-03", False, 0, "2003-09-03"),
    (
        "compliant twice",
        [Review(date(2003, 3, 3), GOOD), Review(date(2003, 9, 3), GOOD)],
        GOOD,
        "2003-03-03",
        False,
        0,
        "2004-03-03",
    ),
    ("non-compliant: monthly", reviews(BAD), BAD, "2003-03-03", True, 0, "2003-04-03"),
    ("one good month", reviews(BAD, GOOD), BAD, "2003-03-03", True, 1, "2003-05-03"),
    ("five good months", reviews(BAD, *[GOOD] * 5), BAD, "2003-03-03", True, 5, "2003-09-03"),
    (
        "six good months",
        reviews(BAD, *[GOOD] * 6),
        GOOD,
        "2003-09-03",
        False,
        0,
        "2004-03-03",
    ),
    (
        "six months of the best are compliant",
        reviews(BAD, *[BEST] * 6),
        GOOD,
        "2003-09-03",
        False,
        0,
        "2004-03-03",
    ),
    (
        "a bad month starts the six again",
        reviews(BAD, *[GOOD] * 5, BAD, GOOD),
        BAD,
        "2003-03-03",
        True,
        1,
        "2003-11-03",
    ),
    (
        "a month without a review starts them again",
        [*reviews(BAD, *[GOOD] * 5), Review(months_after(EFFECTIVE, 13), GOOD)],
        BAD,
        "2003-03-03",
        True,
        1,
        "2003-11-03",
    ),
    (
        "a second review within a month counts once",
        [*reviews(BAD, *[GOOD] * 5), Review(date(2003, 8, 20), GOOD)],
        BAD,
        "2003-03-03",
        True,
        5,
        "2003-09-03",
    ),
    (
        "a bad second review within a month counts",
        [*reviews(BAD, *[GOOD] * 5), Review(date(2003, 8, 20), BAD)],
        BAD,
        "2003-03-03",
        True,
        0,
        "2003-09-03",
    ),
    (
        "failed again after coming back",
        [*reviews(BAD, *[GOOD] * 6), Review(date(2004, 3, 3), BAD)],
        BAD,
        "2004-03-03",
        True,
        0,
        "2004-04-03",
    ),
]


@pytest.mark.clause("ATSP 4.2", "ATSP 9.2")
@pytest.mark.parametrize(
    ("name", "held", "status", "since", "failing", "months", "next_review"),
    HISTORIES,
    ids=[row[0] for row in HISTORIES],
)
def test_the_standing_follows_from_the_reviews(
    name: str,
    held: list[Review],
    status: str | None,
    since: str | None,
    failing: bool,
    months: int,
    next_review: str,
) -> None:
    found = standing(exhibit_b(), EFFECTIVE, held)

    assert found.status == status
    assert found.since == (None if since is None else date.fromisoformat(since))
    assert (found.failing, found.compliant_months) == (failing, months)
    assert found.next_review_on == date.fromisoformat(next_review)
    assert may_decline_renewal(found) is failing
    assert found.clause == "ATSP 4.2"


def test_the_standing_is_told_in_words() -> None:
    assert standing(exhibit_b(), EFFECTIVE).words == "No review yet; the first is on 3 Mar 2003."
    assert standing(exhibit_b(), EFFECTIVE, reviews(GOOD)).words == (
        "Since 3 Mar 2003; reviewed every 6 months, next on 3 Sep 2003."
    )
    assert standing(exhibit_b(), EFFECTIVE, reviews(BAD, GOOD, GOOD)).words == (
        "Since 3 Mar 2003; reviewed every month, next on 3 Jun 2003. 2 of 6 consecutive compliant months reached, 4 to "
        "go."
    )


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ([Review(date(2003, 3, 3), "lovely")], "'lovely' is not a status"),
        ([Review(date(2003, 3, 3), GOOD), Review(date(2003, 3, 3), GOOD)], "does not come after"),
        ([Review(EFFECTIVE, GOOD)], "does not come after"),
    ],
)
def test_reviews_that_cannot_be_are_an_error(held: list[Review], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        standing(exhibit_b(), EFFECTIVE, held)


@pytest.mark.clause("ATSP 4.2", "D-8")
@pytest.mark.parametrize(
    ("effective", "every", "after", "days"),
    [
        ("2002-08-31", 6, "2002-08-31", ["2003-02-28", "2003-08-31", "2004-02-29"]),
        ("2002-08-31", 1, "2003-02-28", ["2003-03-31", "2003-04-30", "2003-05-31"]),
        ("2002-09-03", 6, "2003-03-02", ["2003-03-03", "2003-09-03", "2004-03-03"]),
        ("2002-09-03", 6, "2003-03-03", ["2003-09-03", "2004-03-03", "2004-09-03"]),
        ("2002-09-03", 6, "2002-01-01", ["2003-03-03", "2003-09-03", "2004-03-03"]),
    ],
)
def test_reviews_count_from_the_effective_date_so_that_month_ends_do_not_drift(
    effective: str, every: int, after: str, days: list[str]
) -> None:
    found = review_days(
        date.fromisoformat(effective), Span(every, Unit.MONTH), after=date.fromisoformat(after)
    )

    assert [day.isoformat() for day in islice(found, 3)] == days


def test_reviews_that_are_not_months_apart_are_an_error() -> None:
    with pytest.raises(ValueError, match="every so many months"):
        next(review_days(EFFECTIVE, Span(2, Unit.WEEK), after=EFFECTIVE))


@pytest.mark.clause("D-8")
@given(start=st.dates(date(1990, 1, 1), date(2050, 12, 31)), months=st.integers(0, 120))
def test_months_between_undoes_months_after(start: date, months: int) -> None:
    assert months_between(start, months_after(start, months)) == months


@pytest.mark.clause("ATSP 4.2")
@given(statuses=st.lists(st.sampled_from([BAD, GOOD, BEST]), max_size=24))
def test_a_reseller_fails_exactly_while_a_bad_month_lies_within_the_last_six(
    statuses: list[str],
) -> None:
    failing = False
    since_bad = 0
    for status in statuses:
        since_bad = 0 if status == BAD else since_bad + 1
        failing = status == BAD or (failing and since_bad < 6)

    found = standing(exhibit_b(), EFFECTIVE, reviews(*statuses))

    assert found.failing is failing
    assert found.next_review_on > (reviews(*statuses)[-1].on if statuses else EFFECTIVE)
