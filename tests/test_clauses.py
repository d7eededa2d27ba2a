"""docs/clauses.md is true: it names what code and tests say of themselves, and no cited clause is without a test."""

import pytest

from tests import clauses


def test_the_table_of_clauses_is_what_code_and_tests_say() -> None:
    assert clauses.TABLE.read_text() == clauses.render(), "run: python -m tests.clauses"


def test_every_clause_that_code_cites_is_held_by_a_test() -> None:
    unheld = [row.clause for row in clauses.rows() if row.code and not row.tests]
    assert not unheld, f"no test carries the clause marker of {', '.join(unheld)}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ATSP 4.9.1", ["ATSP 4.9.1"]),
        ("due (ATSP 4.6, 4.7; D-10).", ["ATSP 4.6", "ATSP 4.7", "D-10"]),
        ("ATSP Ex.C, ATSP page 1 and REN", ["ATSP Ex.C", "ATSP page 1", "REN"]),
        ("nothing of 1.3 is cited", []),
    ],
)
def test_a_text_cites_clauses(text: str, found: list[str]) -> None:
    assert list(clauses.cited(text)) == found
