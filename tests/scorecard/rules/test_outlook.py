"""What one measure alone would change of the status."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Measured
from scorecard.rules.exhibit_b import score_figures
from scorecard.rules.figures import Figure
from scorecard.rules.outlook import fewer_days, outlook
from tests.atsp import atsp
from tests.scorecard.counts import Counts, score_counts

SCORECARD = atsp().scorecard
assert SCORECARD is not None
ORDER = [rule.code for rule in SCORECARD.statuses]


def counts(**changes: object) -> Counts:
    """Ten points: nothing known, nothing replicated, closed at once, everybody trained."""
    values = {
        "severity_1": 20,
        "severity_1_with_fix": 0,
        "all_cases": 100,
        "all_with_fix": 0,
        "replicated": 0,
        "mean_days": Decimal(1),
        "contacts": 8,
        "trained": 8,
    }
    return Counts(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.clause("ATSP Ex.B", "D-18")
@pytest.mark.parametrize(
    ("changed", "rises", "falls", "short"),
    [
        (
            {},
            [],
            [
                "M2: 20 cases more in the knowledge base, 20 %, would be COMPLIANT with 7 points.",
                "M3: 26 cases more replicated, 26 %, would be COMPLIANT with 9 points.",
            ],
            "",
        ),
        (
            {"replicated": 28},
            ["M3: 3 cases fewer replicated, 25 %, would be EXCEPTIONAL with 10 points."],
            [],
            "EXCEPTIONAL needs M3 at most 25 % (total 9 now).",
        ),
        (
            {"severity_1_with_fix": 20, "all_with_fix": 10},
            [
                "M2: 6 cases fewer in the knowledge base, 4 %, would be EXCEPTIONAL with 8 points.",
                "M1: 20 cases fewer in the knowledge base, 0 %, would be EXCEPTIONAL with 8 points.",
            ],
            [],
            "EXCEPTIONAL needs 2 points more (total 6 now).",
        ),
        (
            {"severity_1_with_fix": 6, "all_with_fix": 20, "replicated": 26, "trained": 7},
            [],
            [
                "M3: 10 cases more replicated, 36 %, would be NON-COMPLIANT with 2.5 points.",
                "M4: a mean of 16 days, would be NON-COMPLIANT with 2.5 points.",
            ],
            "EXCEPTIONAL needs 4.5 points more and M3 at most 25 % (total 3.5 now).",
        ),
        (
            {
                "severity_1_with_fix": 20,
                "all_with_fix": 100,
                "replicated": 60,
                "mean_days": Decimal(20),
                "trained": 1,
            },
            [
                "M3: 35 cases fewer replicated, 25 %, would be COMPLIANT with 3 points.",
                "M2: 96 cases fewer in the knowledge base, 4 %, would be COMPLIANT with 3 points.",
            ],
            [],
            "COMPLIANT needs 3 points more or M3 at most 25 % (total 0 now).",
        ),
        (
            {"trained": 7, "all_with_fix": 10},
            [
                "M2: 1 case fewer in the knowledge base, 9 %, would be EXCEPTIONAL with 8.5 points.",
                "M5: 1 contact more trained, 100 %, would be EXCEPTIONAL with 8 points.",
            ],
            [],
            "EXCEPTIONAL needs 0.5 points more (total 7.5 now).",
        ),
    ],
    ids=["the best", "much replication", "two points", "days", "nothing", "a contact"],
)
def test_the_nearest_steps_to_another_status(
    changed: dict[str, object], rises: list[str], falls: list[str], short: str
) -> None:
    found = outlook(SCORECARD, score_counts(SCORECARD, counts(**changed)))
    assert [step.words for step in found.rises] == rises
    assert [step.words for step in found.falls] == falls
    assert found.short == short


@pytest.mark.clause("ATSP Ex.B")
@pytest.mark.parametrize(
    ("days", "words"),
    [
        (Decimal("3"), ""),
        (Decimal("7.4"), ""),
        (Decimal("7.5"), "A mean of 7 days or less would be 1 point."),
        (Decimal("15"), "A mean of 7 days or less would be 1 point."),
        (Decimal("15.5"), "A mean of 15 days or less would be 0.5 points."),
        (Decimal("300"), "A mean of 15 days or less would be 0.5 points."),
        (None, ""),
    ],
)
def test_the_next_better_mean_of_days(days: Decimal | None, words: str) -> None:
    result = score_counts(SCORECARD, counts(mean_days=days))
    measure = next(each for each in SCORECARD.measures if each.code == "M4")
    assert fewer_days(measure, result.measure("M4")) == words


def test_only_days_have_a_mean() -> None:
    result = score_counts(SCORECARD, counts(replicated=60))
    measure = next(each for each in SCORECARD.measures if each.code == "M3")
    assert fewer_days(measure, result.measure("M3")) == ""


@pytest.mark.clause("ATSP Ex.B", "D-17")
@given(st.data())
def test_a_step_leads_where_it_says_and_no_smaller_one_does(data: st.DataObject) -> None:
    whole = data.draw(st.integers(0, 60))
    critical = data.draw(st.integers(0, whole))
    contacts = data.draw(st.integers(0, 9))
    result = score_counts(
        SCORECARD,
        Counts(
            severity_1=critical,
            severity_1_with_fix=data.draw(st.integers(0, critical)),
            all_cases=whole,
            all_with_fix=data.draw(st.integers(0, whole)),
            replicated=data.draw(st.integers(0, whole)),
            mean_days=data.draw(st.none() | st.decimals(0, 30, places=2)),
            contacts=contacts,
            trained=data.draw(st.integers(0, contacts)),
        ),
    )
    figures = {each.measured: Figure(each.numerator, each.denominator) for each in result.measures}

    def status_with(measured: Measured, by: int) -> str | None:
        figure = figures[measured]
        if not 0 <= figure.numerator + by <= figure.denominator:
            return None
        changed = Figure(figure.numerator + by, figure.denominator)
        return score_figures(SCORECARD, {**figures, measured: changed}).status

    found = outlook(SCORECARD, result)
    named = {(step.code, step in found.rises): step for step in (*found.rises, *found.falls)}
    for measure in result.measures:
        if measure.measured is Measured.DAYS_RELIEF_TO_CLOSURE or measure.no_cases:
            continue
        for rises in (True, False):
            reached = [
                by
                for by in range(-measure.denominator, measure.denominator + 1)
                if (status := status_with(measure.measured, by)) is not None
                and status != result.status
                and (ORDER.index(status) < ORDER.index(result.status)) == rises
            ]
            step = named.get((measure.code, rises))
            if not reached:
                assert step is None
            else:
                assert step is not None
                assert step.by == min(reached, key=abs)
                assert step.status == status_with(measure.measured, step.by)
    assert bool(found.short) == (result.status != ORDER[0])
