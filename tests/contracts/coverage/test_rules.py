"""Delegated coverage: what the exhibit says of an End-User on a day."""

from datetime import date

import pytest

from contracts.coverage.rules import Covered, Verdict, coverage_of
from contracts.programmes.rules.terms import Coverage
from tests.contracts.programmes.published import back_line

SERVER = "StandbyServer for NetWare per Server License"
SNAPSHOT = "Availability SnapShotServer for NetWare License"
LINES = [
    Covered("11407", "CITIZENS BANK", SNAPSHOT, "updates", date(2006, 7, 31)),
    Covered("11407", "CITIZENS BANK", SERVER, "updates", date(2006, 7, 31)),
    Covered("50996", "STATE OF ALASKA DGGS", "StandbyServer", "24x7-extended", date(2005, 6, 26)),
    Covered("19316", "ENRON CORP.", "StandbyServer", "24x7-extended", date(2004, 8, 27)),
    Covered("15814", "DELL COMPUTER CORP", SERVER, "updates", date(2004, 6, 30)),
    Covered("74390", "DELL COMPUTER CORP", "StandbyServer", "24x7-extended", date(2004, 6, 1)),
]
IN_TIME = date(2004, 3, 1)


def terms() -> Coverage:
    coverage = back_line().coverage
    assert coverage is not None
    return coverage


@pytest.mark.clause("SCL Ex.C", "SCL 8.4", "SCL 12.2", "D-43")
@pytest.mark.parametrize(
    ("end_user", "product", "on", "verdict", "words"),
    [
        (
            "Citizens Bank",
            "StandbyServer",
            IN_TIME,
            Verdict.COVERED,
            "Updates, through 31 Jul 2006",
        ),
        ("11407", "SnapShotServer", IN_TIME, Verdict.COVERED, "Updates"),
        ("site 11407", "SnapShotServer", IN_TIME, Verdict.COVERED, "CITIZENS BANK"),
        ("Enron Corp", "StandbyServer", date(2004, 8, 27), Verdict.COVERED, "24X7 EXTENDED"),
        ("Enron Corp", "StandbyServer", date(2004, 8, 28), Verdict.EXPIRED, "ended on 27 Aug 2004"),
        ("enron", "StandbyServer for NetWare", IN_TIME, Verdict.COVERED, "24X7"),
        ("ENRON CORP., Houston", "StandbyServer", IN_TIME, Verdict.COVERED, "24X7"),
        ("Dell Computer Corp", "StandbyServer", date(2004, 6, 1), Verdict.COVERED, "24X7"),
        ("Dell Computer Corp", "StandbyServer", date(2004, 6, 2), Verdict.COVERED, "Updates"),
        ("Dell Computer Corp", "StandbyServer", date(2004, 7, 1), Verdict.EXPIRED, "30 Jun 2004"),
        ("Enron Corp.", "OFFsite Archive", IN_TIME, Verdict.OTHER_PRODUCT, "has StandbyServer"),
        ("Acme", "StandbyServer", IN_TIME, Verdict.UNKNOWN, "“Acme” is no site"),
        ("Citizens", "", IN_TIME, Verdict.COVERED, "CITIZENS BANK is covered: Updates"),
        ("Enron", " ", date(2004, 8, 28), Verdict.EXPIRED, "of ENRON CORP. ended on"),
        ("  ", "StandbyServer", IN_TIME, Verdict.UNTOLD, "No End-User is named"),
        ("...", "StandbyServer", IN_TIME, Verdict.UNTOLD, "No End-User is named"),
    ],
)
def test_what_the_exhibit_says(
    end_user: str, product: str, on: date, verdict: Verdict, words: str
) -> None:
    found = coverage_of(terms(), LINES, end_user=end_user, product=product, on=on)
    assert found.verdict is verdict
    assert words in found.words
    assert found.clause == "SCL Ex.C"
    assert found.verdict.is_flagged == (verdict is not Verdict.COVERED)


@pytest.mark.clause("SCL Ex.C")
def test_without_lines_every_end_user_is_unknown() -> None:
    found = coverage_of(terms(), [], end_user="Citizens Bank", product="StandbyServer", on=IN_TIME)
    assert found.verdict is Verdict.UNKNOWN
    assert found.lines == ()


def test_a_level_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="no coverage level 'gold'"):
        terms().level("gold")
