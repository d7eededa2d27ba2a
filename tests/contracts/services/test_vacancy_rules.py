"""The gaps in which nobody of those who share a duty is there."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.services.rules.vacancies import Gap, Stretch, gaps

T = dt.datetime(2003, 3, 1, tzinfo=dt.UTC)


def at(day: int) -> dt.datetime:
    return T + dt.timedelta(days=day)


def span(start: int, end: int) -> Stretch:
    return Stretch(at(start), at(end))


YEAR = span(0, 100)


@pytest.mark.clause("ATSP 14.2")
@pytest.mark.parametrize(
    ("assigned", "away", "found"),
    [
        pytest.param([("a", YEAR)], {}, [], id="somebody is always there"),
        pytest.param([], {}, [Gap(YEAR, ())], id="nobody is assigned"),
        pytest.param(
            [("a", YEAR)], {"a": [span(5, 9)]}, [Gap(span(5, 9), ("a",))], id="alone, and away"
        ),
        pytest.param(
            [("a", YEAR), ("b", YEAR)], {"a": [span(5, 9)]}, [], id="the alternate stands in"
        ),
        pytest.param(
            [("a", YEAR), ("b", YEAR)],
            {"a": [span(5, 9)], "b": [span(8, 12)]},
            [Gap(span(8, 9), ("a", "b"))],
            id="both away for a day",
        ),
        pytest.param(
            [("a", YEAR), ("b", YEAR)],
            {"a": [span(5, 9)], "b": [span(9, 12)]},
            [],
            id="one leaves as the other comes back",
        ),
        pytest.param(
            [("a", span(0, 40)), ("b", span(60, 100))],
            {},
            [Gap(span(40, 60), ())],
            id="nobody follows",
        ),
        pytest.param(
            [("a", span(0, 40))],
            {"a": [span(30, 50)]},
            [Gap(span(30, 40), ("a",)), Gap(span(40, 100), ())],
            id="away until their last day, and nobody after them",
        ),
        pytest.param(
            [("a", YEAR)],
            {"a": [span(-5, 2), span(98, 120)]},
            [Gap(span(0, 2), ("a",)), Gap(span(98, 100), ("a",))],
            id="over the edges of the window",
        ),
    ],
)
def test_gaps(
    assigned: list[tuple[str, Stretch]], away: dict[str, list[Stretch]], found: list[Gap]
) -> None:
    assert gaps(assigned, away, YEAR) == found


_spans = st.tuples(st.integers(-10, 110), st.integers(1, 40)).map(lambda s: span(s[0], s[0] + s[1]))


@given(
    assigned=st.lists(st.tuples(st.sampled_from("abc"), _spans), max_size=5),
    away=st.dictionaries(st.sampled_from("abc"), st.lists(_spans, max_size=4)),
)
def test_an_instant_is_in_a_gap_if_and_only_if_nobody_is_there(
    assigned: list[tuple[str, Stretch]], away: dict[str, list[Stretch]]
) -> None:
    found = gaps(assigned, away, YEAR)
    for day in range(100):
        instant = at(day)
        there = [
            who
            for who, time in assigned
            if time.holds(instant) and not any(one.holds(instant) for one in away.get(who, ()))
        ]
        assert any(gap.stretch.holds(instant) for gap in found) == (not there)
    assert all(one.stretch.end <= two.stretch.start for one, two in pairwise(found))
