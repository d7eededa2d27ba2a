"""Pure rules of renewal and end: the day, the year, the right, the notice."""

import datetime as dt
from decimal import Decimal

import pytest

from contracts.ending.rules.software_notice import earliest_end, require_notice
from contracts.programmes.rules.programme_file import parse, read_file
from contracts.programmes.rules.terms import Programme
from contracts.renewal.rules.non_renewal import Classification, non_renewal_right
from contracts.renewal.rules.proposal import (
    costs,
    next_year,
    opening,
    options_after,
    side_by_side,
    tier_after,
)
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words
from tests.contracts.programmes.published import FOLDER, SMALL, atsp

BEGAN, ENDS = dt.date(2002, 9, 3), dt.date(2003, 9, 2)


def small() -> Programme:
    return parse(SMALL, name="small.toml")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.clause("REN")
@pytest.mark.parametrize(
    ("anniversary", "opens"),
    [("2003-09-03", "2003-06-05"), ("2004-09-03", "2004-06-05"), ("2004-03-01", "2003-12-02")],
)
def test_the_proposal_is_opened_90_days_before_the_anniversary(
    anniversary: str, opens: str
) -> None:
    renewal = atsp().renewal
    assert renewal is not None
    found = opening(renewal, day(anniversary))
    assert found.on == day(opens)
    assert day_words(day(anniversary)) in found.words
    assert "the portal's own choice" in found.words


@pytest.mark.clause("REN", "D-46")
@pytest.mark.parametrize(
    ("first", "ends_on", "begins", "last"),
    [
        ("2002-09-03", "2003-09-02", "2003-09-03", "2004-09-02"),
        ("2002-09-03", "2004-09-02", "2004-09-03", "2005-09-02"),
        ("2004-02-29", "2007-02-27", "2007-02-28", "2008-02-28"),
        ("2004-02-29", "2008-02-28", "2008-02-29", "2009-02-27"),
        ("2002-09-03", "2003-05-31", "2003-06-01", "2004-05-31"),
    ],
)
def test_the_next_year_follows_the_one_that_ends(
    first: str, ends_on: str, begins: str, last: str
) -> None:
    year = next_year(day(first), day(ends_on))
    assert (year.begins, year.ends) == (day(begins), day(last))


def test_tier_and_options_go_over_as_far_as_the_terms_have_them() -> None:
    renewed = read_file(FOLDER / "atsp-2004.toml")
    taken = [("psam-2", 1), ("ess-2", 1), ("psam-2", 1)]
    assert options_after(renewed, "level-2", taken) == [("psam-2", 2)]
    assert options_after(atsp(), "level-2", taken) == [("psam-2", 2), ("ess-2", 1)]
    assert tier_after(renewed, "level-2") == "level-2"
    assert tier_after(small(), "level-2") == ""


@pytest.mark.clause("ATSP page 1", "D-1", "REN")
def test_what_the_year_costs_and_what_changes() -> None:
    renewed = read_file(FOLDER / "atsp-2004.toml")
    tier = renewed.tier("level-2")
    lines = costs(tier, [(renewed.option("psam-2"), 2)], "USD")
    assert [(line.text, line.amount, line.words) for line in lines] == [
        ("ATSP Level II", Decimal("80000.00"), "200 cases: US$80,000.00."),
        ("2 × PSAM", Decimal("30000.00"), "2 × US$15,000.00: US$30,000.00."),
    ]
    rows = side_by_side(
        atsp(),
        renewed,
        tiers=("level-2", "level-2"),
        options=({"psam-2": 2, "ess-2": 1}, {"psam-2": 1}),
    )
    said = {row.what: (row.before, row.after) for row in rows}
    assert said["PSAM"] == ("2 × US$22,500.00: US$45,000.00", "US$15,000.00")
    assert said["ESS Level II"] == ("US$35,000.00", "not offered")
    assert said["The year in all"] == ("US$160,000.00", "US$95,000.00")
    assert {row.what for row in rows if not row.changes} == {
        "Tier",
        "Cases",
        "Contacts",
        "Fee for the cases",
    }


def a_review(on: str, measured: str, considered: str = "") -> Classification:
    return Classification(day(on), measured, considered or measured)


FAILING, FINE = "non-compliant", "compliant"
RIGHT = {
    "no review yet": ([], False, None),
    "compliant": ([a_review("2003-03-03", FINE)], False, None),
    "non-compliant at the first review": ([a_review("2003-03-03", FAILING)], True, "2003-03-03"),
    "two compliant months are no improvement yet": (
        [
            a_review("2003-03-03", FAILING),
            a_review("2003-04-03", FINE, FAILING),
            a_review("2003-05-03", FINE, FAILING),
        ],
        True,
        "2003-03-03",
    ),
    "improved": (
        [a_review("2003-03-03", FAILING), a_review("2003-08-03", FINE)],
        False,
        None,
    ),
    "failed again after it improved": (
        [
            a_review("2003-03-03", FAILING),
            a_review("2003-04-03", FINE),
            a_review("2003-05-03", FAILING),
        ],
        True,
        "2003-05-03",
    ),
    "before the term only": ([a_review("2002-09-03", FAILING)], False, None),
    "a review that is to come": ([a_review("2003-08-04", FAILING)], False, None),
}


@pytest.mark.clause("ATSP 9.2", "ATSP 4.2")
@pytest.mark.parametrize("case", list(RIGHT))
def test_the_option_not_to_renew(case: str) -> None:
    reviews, holds, since = RIGHT[case]
    right = non_renewal_right(atsp(), reviews, term_began_on=BEGAN, today=day("2003-08-03"))
    assert right.holds is holds
    assert right.since == (day(since) if since else None)
    assert right.clause == "ATSP 9.2"
    if since:
        assert day_words(day(since)) in right.words
        assert all(one.considered == FAILING for one in right.facts)


def test_a_programme_without_a_scorecard_knows_no_such_right() -> None:
    right = non_renewal_right(small(), [], term_began_on=BEGAN, today=ENDS)
    assert (right.holds, right.words) == (False, "The programme knows no such right.")


@pytest.mark.clause("ATSP 9.3")
def test_ninety_days_of_notice() -> None:
    given_on = day("2003-01-01")
    assert earliest_end(atsp(), given_on)[0] == day("2003-04-01")
    require_notice(atsp(), given_on, day("2003-04-01"), given_on)
    with pytest.raises(Refusal, match="89 days after the notice") as refused:
        require_notice(atsp(), given_on, day("2003-03-31"), given_on)
    assert (refused.value.clause, refused.value.field) == ("ATSP 9.3", "ends_on")
    assert "1 Apr 2003" in refused.value.way_out
    with pytest.raises(Refusal, match="that day is in the future"):
        require_notice(atsp(), day("2003-01-02"), day("2003-06-01"), given_on)


def test_a_programme_without_a_term_knows_no_notice() -> None:
    with pytest.raises(Refusal, match="has no notice"):
        earliest_end(small(), BEGAN)
