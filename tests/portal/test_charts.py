"""Step lines over the days of a year: every shape lies in the drawing, labels do not cover each other."""

import datetime as dt
import itertools
import re

from portal.ui.charts import Series, step_chart

BEGINS, ENDS = dt.date(2002, 9, 3), dt.date(2003, 9, 2)
TODAY = dt.date(2003, 3, 5)


def numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]


def test_a_line_steps_down_and_goes_on_to_today() -> None:
    values = [(BEGINS, 40), (dt.date(2002, 12, 1), 30), (dt.date(2003, 2, 1), 25)]
    chart = step_chart(
        [Series("All", values, (dt.date(2003, 8, 1), 0))], begins=BEGINS, ends=ENDS, today=TODAY
    )
    (line,) = chart.lines
    assert line.path.startswith(f"M{chart.left} {chart.top}H")
    assert line.path.count("V") == 2
    assert line.path.endswith(f"H{chart.today}")
    assert line.expected.endswith(f" {chart.base}")
    assert line.value == 25
    for length in (*numbers(line.path), *numbers(line.expected)):
        assert 0 <= length <= chart.width
    assert [tick.label for tick in chart.levels] == ["0", "10", "20", "30", "40"]
    assert [tick.label for tick in chart.months][:2] == ["Oct", "Nov"]
    assert len(chart.months) == 12


def test_labels_of_lines_that_end_together_stand_apart() -> None:
    series = [Series(name, [(BEGINS, 10)]) for name in ("US", "EMEA", "APAC")]
    lines = step_chart(series, begins=BEGINS, ends=ENDS, today=TODAY).lines
    heights = sorted(float(line.label_y) for line in lines)
    assert all(below - above >= 15 for above, below in itertools.pairwise(heights))
    assert [line.number for line in lines] == [1, 2, 3]


def test_nothing_to_draw_is_drawn_as_nothing() -> None:
    chart = step_chart([Series("US", [])], begins=BEGINS, ends=BEGINS, today=TODAY)
    assert (chart.lines[0].path, chart.lines[0].expected) == ("", "")
    assert chart.today == chart.left


def test_a_day_outside_the_year_stays_in_the_drawing() -> None:
    before = BEGINS - dt.timedelta(days=40)
    chart = step_chart(
        [Series("US", [(before, 5)])], begins=BEGINS, ends=ENDS, today=ENDS + dt.timedelta(days=9)
    )
    assert chart.lines[0].path == f"M{chart.left} {chart.top}H{chart.right}"
