"""Drawings: every value lies where it should, and inside the drawing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Measured
from scorecard import charts
from scorecard.measuring import Card, Readings
from scorecard.rules.exhibit_b import measure_result
from scorecard.rules.figures import Figure
from tests.atsp import atsp, local
from tests.scorecard.world import HOUR, Past, World, write_past

SCORECARD = atsp().scorecard
assert SCORECARD is not None


@pytest.mark.clause("ATSP Ex.B", "D-16")
@given(measure=st.sampled_from(SCORECARD.measures), value=st.integers(0, 100))
def test_the_marker_lies_in_the_band_that_was_scored_and_no_other(measure, value: int) -> None:
    share = Fraction(value, 100)
    if measure.measured is Measured.DAYS_RELIEF_TO_CLOSURE:
        figure = Figure(Fraction(value), 1)
    else:
        figure = Figure(share * 100, 100)
    result = measure_result(measure, figure)
    scale = charts.band_scale(measure, result)
    here = [segment for segment in scale.segments if segment.here]
    assert len(here) == 1
    assert Decimal(here[0].points) == result.points
    x, width = float(here[0].x), float(here[0].width)
    assert x <= float(scale.marker) <= x + width
    assert x + width <= scale.width + 0.1


@pytest.mark.clause("ATSP Ex.B")
def test_a_scale_runs_from_the_least_value_to_the_greatest() -> None:
    labels = {
        measure.code: [
            segment.label
            for segment in charts.band_scale(
                measure, measure_result(measure, Figure(Fraction(0), 1))
            ).segments
        ]
        for measure in SCORECARD.measures
    }
    assert labels["M1"] == ["0–4", "5–9", "10–14", "15–29", "30–100"]
    assert labels["M4"] == ["0–7", "8–15", "16+"]
    assert labels["M5"] == ["0–49", "50–99", "100"]


@pytest.fixture
def cards(world: World) -> list[Card]:
    """Seven months in which the total falls."""
    start = local("2002-10-20 10:00")
    write_past(world, [Past(start + n * 24 * HOUR, replicated=n > 40) for n in range(80)])
    day = world.agreement.effective_on.replace(year=2003, month=4)
    return Readings.of([world.agreement]).monthly(world.agreement, day, 12)


@pytest.mark.parametrize(("width", "inside"), [(640, False), (330, True)])
def test_the_chart_places_each_month_by_its_total(
    cards: list[Card], width: int, inside: bool
) -> None:
    chart = charts.total_chart(SCORECARD, cards, width=width, height=260)
    assert chart.named_inside is inside
    xs = [float(mark.x) for mark in chart.marks]
    assert xs == sorted(xs)
    assert chart.left < xs[0]
    assert xs[-1] < chart.right <= width
    by_total = {mark.card.result.total: float(mark.y) for mark in chart.marks}
    assert len(by_total) > 1
    assert [by_total[total] for total in sorted(by_total)] == sorted(
        by_total.values(), reverse=True
    )
    assert all(0 < float(mark.label_y) < float(mark.y) <= float(chart.base) for mark in chart.marks)
    assert [guide.name for guide in chart.guides] == ["", "COMPLIANT", "EXCEPTIONAL", ""]
    assert [guide.label for guide in chart.guides] == ["0", "3", "8", "10"]
    assert [mark.first_of_year for mark in chart.marks] == [
        True, False, False, True, False, False, False
    ]  # fmt: skip


def test_a_single_month_is_a_point_in_the_middle_without_an_area(cards: list[Card]) -> None:
    chart = charts.total_chart(SCORECARD, cards[:1], width=640, height=260)
    assert float(chart.marks[0].x) == pytest.approx((chart.left + chart.right) / 2)
    assert chart.area == ""


def test_a_sparkline_tells_the_change_of_the_last_month(cards: list[Card]) -> None:
    spark = charts.sparkline(SCORECARD, cards)
    assert spark.change == cards[-1].result.total - cards[-2].result.total
    assert 0 < float(spark.end_x) < spark.width
    assert 0 < float(spark.end_y) < spark.height
    assert charts.sparkline(SCORECARD, cards[:1]).change is None
