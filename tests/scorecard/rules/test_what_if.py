"""The smallest change that would move a measure to another band."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Measure
from scorecard.rules.exhibit_b import measure_result
from scorecard.rules.figures import Figure
from scorecard.rules.what_if import what_if
from tests.atsp import atsp


def measure(code: str) -> Measure:
    scorecard = atsp().scorecard
    assert scorecard is not None
    return next(each for each in scorecard.measures if each.code == code)


@pytest.mark.clause("ATSP Ex.B")
@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "better", "worse"),
    [
        (
            "M3",
            28,
            100,
            "3 cases fewer would be 25 %: 3 points.",
            "8 cases more would be 36 %: 1 point.",
        ),
        ("M3", 25, 100, None, "1 case more would be 26 %: 2 points."),
        ("M1", 4, 10, "2 cases fewer would be 20 %: 0.5 points.", None),
        (
            "M5",
            7,
            8,
            "1 contact more would be 100 %: 1 point.",
            "4 contacts fewer would be 38 %: 0 points.",
        ),
        ("M5", 8, 8, None, "1 contact fewer would be 88 %: 0.5 points."),
        ("M3", 0, 0, None, None),
        ("M4", 30, 3, None, None),
    ],
)
def test_the_nearest_other_band(
    code: str, numerator: int, denominator: int, better: str | None, worse: str | None
) -> None:
    result = measure_result(measure(code), Figure(Fraction(numerator), denominator))

    found = what_if(measure(code), result)

    assert (found.better.words if found.better else None) == better
    assert (found.worse.words if found.worse else None) == worse


@pytest.mark.clause("ATSP Ex.B")
@given(
    code=st.sampled_from(["M1", "M2", "M3", "M5"]),
    share=st.integers(1, 200).flatmap(
        lambda whole: st.tuples(st.integers(0, whole), st.just(whole))
    ),
)
def test_no_smaller_change_would_do(code: str, share: tuple[int, int]) -> None:
    numerator, denominator = share
    now = measure_result(measure(code), Figure(Fraction(numerator), denominator))

    found = what_if(measure(code), now)

    for change in (found.better, found.worse):
        if change is None:
            continue
        step = 1 if change.by > 0 else -1
        just_before = Figure(Fraction(numerator + change.by - step), denominator)
        then = Figure(Fraction(numerator + change.by), denominator)
        assert measure_result(measure(code), just_before).points == now.points
        assert measure_result(measure(code), then).points == change.points
    best = max(band.points for band in measure(code).bands)
    assert (found.better is None) is (now.points == best)
