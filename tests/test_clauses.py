"""Every clause that code cites has a test, and the table of clauses lists them all."""

import pytest

from tests import clauses


def test_every_clause_that_code_cites_is_held_by_a_test() -> None:
    unheld = [row.clause for row in clauses.rows() if row.code and not row.tests]
    assert not unheld, f"no test carries the clause marker of {', '.join(unheld)}"


def test_the_table_names_each_test_beside_the_clause_that_it_holds() -> None:
    lines = {
        line.split(" | ")[0].removeprefix("| "): line for line in clauses.render().splitlines()
    }
    missing = [
        (clause, test) for clause, test in clauses.held() if f"`{test}`" not in lines[clause]
    ]
    assert not missing


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ATSP 4.9.1", ["ATSP 4.9.1"]),
        ("due (ATSP 4.6, 4.7; D-10).", ["ATSP 4.6", "ATSP 4.7", "D-10"]),
        ("ATSP Ex.C, ATSP page 1 and REN", ["ATSP Ex.C", "ATSP page 1", "REN"]),
        ("BL Appendix 1", ["BL Appendix 1"]),
        ("nothing of 1.3 is cited", []),
    ],
)
def test_a_text_cites_clauses(text: str, found: list[str]) -> None:
    assert list(clauses.cited(text)) == found
