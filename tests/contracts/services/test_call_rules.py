"""When the monthly conference calls fall due."""

import datetime as dt

import pytest

from contracts.programmes.rules.programme_file import read_file
from contracts.programmes.rules.terms import AccountManagement
from contracts.services.rules import calls
from tests.contracts.factories import PROGRAMME_FILE


@pytest.fixture(scope="module")
def terms() -> AccountManagement:
    found = read_file(PROGRAMME_FILE).account_management
    assert found is not None
    return found


@pytest.mark.clause("ATSP 14.1.1", "D-8")
@pytest.mark.parametrize(
    ("effective", "number", "last"),
    [
        ("2002-09-03", 1, "2002-10-02"),
        ("2002-09-03", 12, "2003-09-02"),
        ("2003-01-31", 1, "2003-02-27"),
        ("2003-01-31", 2, "2003-03-30"),
        ("2004-02-29", 12, "2005-02-27"),
    ],
)
def test_a_call_is_due_by_the_end_of_its_month_after_the_effective_date(
    terms: AccountManagement, effective: str, number: int, last: str
) -> None:
    day = dt.date.fromisoformat(effective)
    assert calls.last_day_of(terms, day, number) == dt.date.fromisoformat(last)


@pytest.mark.parametrize(
    ("day", "number"), [("2002-09-03", 1), ("2002-10-02", 1), ("2002-10-03", 2), ("2003-09-02", 12)]
)
def test_the_month_that_holds_a_day(terms: AccountManagement, day: str, number: int) -> None:
    effective = dt.date(2002, 9, 3)
    assert calls.number_on(terms, effective, dt.date.fromisoformat(day)) == number


def test_the_due_day_is_explained_in_words(terms: AccountManagement) -> None:
    assert calls.words(terms, dt.date(2002, 9, 3), 7) == (
        "A conference call every month: call 7 by the end of month 7 after the Effective Date, 3 Sep 2002: "
        "due by the end of Wed 2 Apr 2003."
    )
