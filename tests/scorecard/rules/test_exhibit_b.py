"""Exhibit B: counts and cases to points, total and status."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.terms import Measure, Measured, Scorecard
from scorecard.rules.exhibit_b import (
    Result,
    band_of,
    band_words,
    measure_result,
    score,
)
from scorecard.rules.figures import CaseFacts, Contacts, Figure, round_half_up
from scorecard.rules.window import Window
from tests.atsp import atsp, local
from tests.scorecard.counts import Counts, score_counts


def exhibit_b() -> Scorecard:
    scorecard = atsp().scorecard
    assert scorecard is not None
    return scorecard


def measure(code: str) -> Measure:
    return next(each for each in exhibit_b().measures if each.code == code)


WORKED = [
    # sev-1, with Fix, all, with Fix, replicated, mean days, contacts, trained, points, total, status
    (20, 1, 100, 4, 25, "5.00", 8, 8, "1.5 3 3 1 1", "9.5", "EXCEPTIONAL"),
    (50, 0, 100, 0, 30, "2.00", 4, 4, "2 3 2 1 1", "9", "COMPLIANT"),
    (200, 9, 200, 9, 51, "7.49", 8, 8, "1.5 2 2 1 1", "7.5", "COMPLIANT"),
    (10, 3, 100, 20, 26, "15.00", 9, 8, "0 0 2 0.5 0.5", "3", "COMPLIANT"),
    (40, 20, 100, 60, 60, "20.00", 9, 3, "0 0 0 0 0", "0", "NON-COMPLIANT"),
    (0, 0, 0, 0, 0, None, 5, 5, "2 3 3 1 1", "10", "EXCEPTIONAL"),
]
MORE = [
    # eight points and the limits of the statuses
    (20, 1, 100, 10, 25, "8.00", 8, 8, "1.5 1 3 0.5 1", "7", "COMPLIANT"),
    (20, 0, 100, 9, 25, "8.00", 9, 8, "2 2 3 0.5 0.5", "8", "EXCEPTIONAL"),
    (20, 0, 1000, 90, 254, "8.00", 9, 8, "2 2 3 0.5 0.5", "8", "EXCEPTIONAL"),  # 25.4 % is 25 %
    (20, 1, 1000, 90, 255, "7.00", 8, 8, "1.5 2 2 1 1", "7.5", "COMPLIANT"),  # 25.5 % is 26 %
    (20, 20, 100, 100, 25, "16.00", 9, 3, "0 0 3 0 0", "3", "COMPLIANT"),
    (20, 20, 100, 100, 50, "15.49", 8, 8, "0 0 1 0.5 1", "2.5", "NON-COMPLIANT"),
    (20, 20, 100, 100, 50, "7.49", 8, 8, "0 0 1 1 1", "3", "COMPLIANT"),
    (0, 0, 0, 0, 0, None, 0, 0, "2 3 3 1 0", "9", "EXCEPTIONAL"),  # 0 of 0 contacts is 0 %
]


def counted(
    critical: int,
    critical_fix: int,
    every: int,
    fix: int,
    replicated: int,
    days: str | None,
    contacts: int,
    trained: int,
) -> Result:
    mean = None if days is None else Decimal(days)
    return score_counts(
        exhibit_b(),
        Counts(critical, critical_fix, every, fix, replicated, mean, contacts, trained),
    )


@pytest.mark.clause("ATSP Ex.B", "D-16", "D-17", "D-18")
@pytest.mark.parametrize(
    (
        "critical",
        "critical_fix",
        "every",
        "fix",
        "replicated",
        "days",
        "contacts",
        "trained",
        "points",
        "total",
        "status",
    ),
    WORKED + MORE,
)
def test_counts_score_as_worked_by_hand(
    critical: int,
    critical_fix: int,
    every: int,
    fix: int,
    replicated: int,
    days: str | None,
    contacts: int,
    trained: int,
    points: str,
    total: str,
    status: str,
) -> None:
    result = counted(critical, critical_fix, every, fix, replicated, days, contacts, trained)

    assert [each.points for each in result.measures] == [Decimal(each) for each in points.split()]
    assert result.total == Decimal(total)
    assert result.status_name == status
    assert [reason.holds for reason in result.reasons].count(True) == 1


BOUNDS = [
    # measure, whole number, points
    *(("M1", value, "2") for value in (0, 4)),
    *(("M1", value, "1.5") for value in (5, 9)),
    *(("M1", value, "1") for value in (10, 14)),
    *(("M1", value, "0.5") for value in (15, 29)),
    *(("M1", value, "0") for value in (30, 31, 100)),
    *(("M2", value, "3") for value in (0, 4)),
    *(("M2", value, "2") for value in (5, 9)),
    *(("M2", value, "1") for value in (10, 19)),
    *(("M2", value, "0") for value in (20, 21, 100)),
    *(("M3", value, "3") for value in (0, 25)),
    *(("M3", value, "2") for value in (26, 35)),
    *(("M3", value, "1") for value in (36, 50)),
    *(("M3", value, "0") for value in (51, 100)),
    *(("M4", value, "1") for value in (0, 7)),
    *(("M4", value, "0.5") for value in (8, 15)),
    *(("M4", value, "0") for value in (16, 400)),
    ("M5", 100, "1"),
    *(("M5", value, "0.5") for value in (50, 99)),
    *(("M5", value, "0") for value in (0, 49)),
]


@pytest.mark.clause("ATSP Ex.B", "D-16")
@pytest.mark.parametrize(("code", "value", "points"), BOUNDS)
def test_each_band_reaches_from_its_first_to_its_last_whole_number(
    code: str, value: int, points: str
) -> None:
    assert band_of(measure(code), value).points == Decimal(points)


@pytest.mark.clause("D-16")
@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "value"),
    [
        ("M1", 9, 200, 5),  # 4.5
        ("M1", 449, 10000, 4),  # 4.49
        ("M2", 19, 200, 10),  # 9.5
        ("M3", 51, 200, 26),  # 25.5
        ("M3", 254, 1000, 25),
        ("M3", 1, 3, 33),
        ("M3", 2, 3, 67),
        ("M5", 249, 250, 99),  # 99.6: only a true 100 % is 100
        ("M5", 9999, 10000, 99),
        ("M5", 7, 7, 100),
        ("M5", 99, 200, 50),  # 49.5
        ("M5", 49, 100, 49),
    ],
)
def test_percentages_are_rounded_half_up_and_trained_contacts_never_up_to_all(
    code: str, numerator: int, denominator: int, value: int
) -> None:
    assert measure_result(measure(code), Figure(Fraction(numerator), denominator)).value == value


@pytest.mark.clause("D-16")
@pytest.mark.parametrize(
    ("days", "value", "points"),
    [
        (Fraction(749, 100), 7, "1"),
        (Fraction(15, 2) - Fraction(1, 10**9), 7, "1"),
        (Fraction(15, 2), 8, "0.5"),
        (Fraction(31, 2) - Fraction(1, 10**9), 15, "0.5"),
        (Fraction(31, 2), 16, "0"),
    ],
)
def test_the_mean_of_days_is_rounded_half_up(days: Fraction, value: int, points: str) -> None:
    result = measure_result(measure("M4"), Figure(days * 3, 3))

    assert (result.value, result.points) == (value, Decimal(points))


@pytest.mark.clause("D-17")
def test_measures_without_cases_are_shown_as_such() -> None:
    result = counted(0, 0, 0, 0, 0, None, 5, 5)

    assert [each.code for each in result.measures if each.no_cases] == ["M1", "M2", "M3", "M4"]
    assert result.measure("M1").words == ("No cases: scored as 0 % (D-17). 0–4 % gives 2 points.")
    assert result.measure("M4").words.startswith("No cases: scored as 0 days (D-17).")


@pytest.mark.clause("ATSP Ex.B", "D-18")
def test_the_status_is_reasoned_line_by_line() -> None:
    result = counted(50, 0, 100, 0, 30, "2.00", 4, 4)

    assert [(reason.name, reason.holds, reason.words) for reason in result.reasons] == [
        (
            "EXCEPTIONAL",
            False,
            "Needs a total of 8 or more (9: yes) and M3 at most 25 % (30 %: no).",
        ),
        (
            "COMPLIANT",
            True,
            "Needs a total of 3 or more (9: yes) or M3 at most 25 % (30 %: no). A total that high, without the rest "
            "that the status above needs, is this status (D-18).",
        ),
        ("NON-COMPLIANT", False, "A status above holds."),
    ]


def test_only_one_status_holds_and_those_below_say_so() -> None:
    best = counted(20, 1, 100, 4, 25, "5.00", 8, 8)
    worst = counted(40, 20, 100, 60, 60, "20.00", 9, 3)

    assert [reason.holds for reason in best.reasons] == [True, False, False]
    assert best.reasons[1].words.endswith("A status above holds already.")
    assert [reason.holds for reason in worst.reasons] == [False, False, True]
    assert worst.reasons[2].words == "No status above holds."


def test_a_measure_spells_out_its_figure() -> None:
    result = counted(200, 9, 200, 9, 50, "7.49", 250, 249)

    assert [each.words for each in result.measures] == [
        "9 of 200 severity-1 cases were in the knowledge base with a Fix when reported (D-12): 4.5 %, rounded half-up "
        "to 5 % (D-16). 5–9 % gives 1.5 points.",
        "9 of 200 cases were in the knowledge base with a Fix when reported (D-12): 4.5 %, rounded half-up to 5 % "
        "(D-16). 5–9 % gives 2 points.",
        "50 of 200 cases required replication by the provider: 25 %. 0–25 % gives 3 points.",
        "7.49 days on the mean from relief to closure: 7.49 days, rounded half-up to 7 days (D-16). 0–7 days gives 1 "
        "point.",
        "249 of 250 Technical Contacts are certified or trained: 99.6 %, of which only a true 100 % is 100, so 99 % "
        "(D-16). 50–99 % gives 0.5 points.",
    ]


def test_bands_read_as_the_paper_has_them() -> None:
    assert [band_words(band, "days") for band in measure("M4").bands] == [
        "0–7 days",
        "8–15 days",
        "16 days and more",
    ]
    assert band_words(measure("M5").bands[0], "%") == "100 %"


REVIEW = Window(local("2003-03-03 00:00"), local("2003-09-03 00:00"))
REPORTED = local("2003-05-05 09:00")
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


def case(reference: str, reported_at: datetime = REPORTED, **facts: object) -> CaseFacts:
    return CaseFacts(reference, reported_at, **facts)  # type: ignore[arg-type]


def scored(*cases: CaseFacts, contacts: Contacts = Contacts(5, 5)) -> Result:  # noqa: B008
    return score(exhibit_b(), REVIEW, cases, contacts)


@pytest.mark.clause("D-12")
@pytest.mark.parametrize(
    ("published_after", "counts"),
    [
        (-DAY, True),
        (-MICROSECOND, True),
        (timedelta(0), True),  # at the very report
        (MICROSECOND, False),
        (None, False),
    ],
)
def test_a_fix_counts_when_it_was_published_by_the_report(
    published_after: timedelta | None, counts: bool
) -> None:
    published = None if published_after is None else REPORTED + published_after

    result = scored(case("C-1", was_severity_1=True, article_fix_published_at=published))

    assert result.measure("M1").cases == (("C-1",) if counts else ())
    assert result.measure("M2").cases == (("C-1",) if counts else ())


@pytest.mark.clause("ATSP Ex.B")
def test_every_figure_names_the_cases_behind_it() -> None:
    fix = REPORTED - DAY

    result = scored(
        case("C-1", was_severity_1=True, article_fix_published_at=fix),
        case("C-2", was_severity_1=True, replicated_by_provider=True),
        case("C-3", article_fix_published_at=fix, relieved_at=REPORTED, closed_at=REPORTED + DAY),
        case("C-4"),
        contacts=Contacts(authorised=4, trained=3),
    )

    found = {each.code: (each.cases, each.among) for each in result.measures}
    assert found == {
        "M1": (("C-1",), ("C-1", "C-2")),
        "M2": (("C-1", "C-3"), ("C-1", "C-2", "C-3", "C-4")),
        "M3": (("C-2",), ("C-1", "C-2", "C-3", "C-4")),
        "M4": (("C-3",), ("C-3",)),
        "M5": ((), ()),
    }
    assert [each.value for each in result.measures] == [50, 50, 25, 1, 75]


@pytest.mark.clause("ATSP Ex.B")
@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (REVIEW.starts_at - MICROSECOND, False),
        (REVIEW.starts_at, True),
        (REVIEW.ends_at - MICROSECOND, True),
        (REVIEW.ends_at, False),
    ],
)
def test_cases_count_by_their_report_and_days_by_the_closure(at: datetime, inside: bool) -> None:
    reported = scored(case("C-1", reported_at=at))
    closed = scored(case("C-1", REVIEW.starts_at - 90 * DAY, relieved_at=at - DAY, closed_at=at))

    assert reported.measure("M2").among == (("C-1",) if inside else ())
    assert closed.measure("M4").among == (("C-1",) if inside else ())
    assert closed.measure("M2").among == ()


@pytest.mark.clause("ATSP Ex.B", "D-16")
def test_days_from_relief_to_closure_are_the_exact_mean_of_elapsed_days() -> None:
    result = scored(
        case("C-1", relieved_at=REPORTED, closed_at=REPORTED + 7 * DAY),
        case("C-2", relieved_at=REPORTED, closed_at=REPORTED + 8 * DAY),
        case("C-3", closed_at=REPORTED + 90 * DAY),  # no relief: it has no such time
        case("C-4", relieved_at=REPORTED),  # not closed
    )

    days = result.measure("M4")
    assert (days.exact, days.value, days.points) == (Fraction(15, 2), 8, Decimal("0.5"))
    assert days.among == ("C-1", "C-2")


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ([case("C-1"), case("C-1")], "given twice"),
        ([case("C-1", relieved_at=REPORTED, closed_at=REPORTED - DAY)], "closed before its relief"),
        ([case("C-1", relieved_at=REPORTED + DAY, closed_at=REPORTED)], "closed before its relief"),
    ],
)
def test_facts_that_cannot_be_are_an_error(cases: list[CaseFacts], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        scored(*cases)


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 5), (1, 0), (6, 5)])
def test_figures_that_cannot_be_are_an_error(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match=r"figure|whole"):
        measure_result(measure("M3"), Figure(Fraction(numerator), denominator))


def test_a_measure_whose_bands_have_a_gap_is_an_error_where_it_matters() -> None:
    gap = replace(measure("M3"), bands=measure("M3").bands[1:])

    assert measure_result(gap, Figure(Fraction(30), 100)).points == 2
    with pytest.raises(ValueError, match="M3 has no band for 5 %"):
        measure_result(gap, Figure(Fraction(5), 100))


def test_a_result_freezes_into_json() -> None:
    result = counted(200, 9, 200, 9, 51, "7.49", 8, 8)

    data = json.loads(json.dumps(result.as_data()))

    assert data["total"] == "7.5"
    assert data["status"] == "compliant"
    assert data["measures"][3]["exact"] == "749/100"
    assert [each["code"] for each in data["measures"]] == ["M1", "M2", "M3", "M4", "M5"]


def test_an_unknown_measure_is_an_error() -> None:
    with pytest.raises(KeyError):
        counted(0, 0, 0, 0, 0, None, 5, 5).measure("M9")


shares = st.integers(0, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@pytest.mark.clause("D-16")
@given(value=st.fractions(0, 1000, max_denominator=10**6))
def test_rounding_goes_to_the_nearest_and_a_half_goes_up(value: Fraction) -> None:
    rounded = round_half_up(value)

    assert -Fraction(1, 2) < rounded - value <= Fraction(1, 2)


@pytest.mark.clause("ATSP Ex.B", "D-16")
@given(code=st.sampled_from(["M1", "M2", "M3", "M4", "M5"]), value=st.integers(0, 100))
def test_every_whole_number_lies_in_exactly_one_band(code: str, value: int) -> None:
    holding = [
        band
        for band in measure(code).bands
        if band.least <= value and (band.most is None or value <= band.most)
    ]

    assert len(holding) == 1


@pytest.mark.clause("ATSP Ex.B")
@given(code=st.sampled_from(["M1", "M2", "M3", "M5"]), share=shares, other=st.integers(0, 400))
def test_more_known_or_replicated_cases_never_earn_more_and_more_training_never_less(
    code: str, share: tuple[int, int], other: int
) -> None:
    numerator, denominator = share
    fewer, more = sorted((numerator, min(other, denominator)))

    points = [
        measure_result(measure(code), Figure(Fraction(each), denominator)).points
        for each in (fewer, more)
    ]

    assert points == sorted(points, reverse=code != "M5")


@pytest.mark.clause("ATSP Ex.B", "D-18")
@given(
    critical=shares,
    every=shares,
    replicated=st.integers(0, 400),
    trained=shares,
    days=st.none() | st.decimals(0, 60, places=2),
)
def test_the_status_follows_from_total_and_replication_as_the_paper_says(
    critical: tuple[int, int],
    every: tuple[int, int],
    replicated: int,
    trained: tuple[int, int],
    days: Decimal | None,
) -> None:
    result = score_counts(
        exhibit_b(),
        Counts(
            critical[1],
            critical[0],
            every[1],
            every[0],
            min(replicated, every[1]),
            days,
            trained[1],
            trained[0],
        ),
    )

    few_replicated = result.measure("M3").value <= 25
    assert 0 <= result.total <= 10
    assert result.total == sum(each.points for each in result.measures)
    if result.total >= 8 and few_replicated:
        assert result.status == "exceptional"
    elif result.total >= 3 or few_replicated:
        assert result.status == "compliant"
    else:
        assert result.status == "non-compliant"


@pytest.mark.clause("ATSP Ex.B")
@given(
    cases=st.lists(
        st.builds(
            CaseFacts,
            reference=st.uuids().map(str),
            reported_at=st.datetimes(datetime(2002, 9, 1), datetime(2003, 12, 31)).map(  # noqa: DTZ001
                lambda naive: naive.replace(tzinfo=UTC)
            ),
            was_severity_1=st.booleans(),
            replicated_by_provider=st.booleans(),
        ),
        max_size=30,
        unique_by=lambda facts: facts.reference,
    ),
    order=st.randoms(use_true_random=False),
)
def test_the_order_in_which_cases_are_given_changes_nothing(
    cases: list[CaseFacts], order: object
) -> None:
    shuffled = list(cases)
    order.shuffle(shuffled)  # type: ignore[attr-defined]

    result = scored(*shuffled)

    assert result == scored(*cases)
    assert set(result.measure("M2").among) == {
        each.reference for each in cases if REVIEW.starts_at <= each.reported_at < REVIEW.ends_at
    }
    assert result.measure("M1").denominator <= result.measure("M2").denominator
    assert {each.measured for each in result.measures} == set(Measured)
