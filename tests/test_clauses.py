"""Every clause that code cites has a test, and the table of clauses lists them all."""

import pytest

from tests import clauses


def test_every_clause_that_code_cites_is_held_by_a_test() -> None:
    known = clauses.not_built()
    unheld = [
        row.clause
        for row in clauses.rows()
        if row.code and not row.tests and row.clause not in known
    ]
    assert not unheld, f"no test carries the clause marker of {', '.join(unheld)}"


def test_the_list_has_every_clause_whose_text_the_programmes_have() -> None:
    listed = clauses.listed()
    assert len(set(listed)) == len(listed)
    assert set(listed) == clauses.written()


def test_every_clause_has_a_test_or_a_reason_and_not_both() -> None:
    held = {clause for clause, _ in clauses.held()}
    reasons = [*clauses.no_software(), *clauses.not_built()]
    bare = [one for one in clauses.listed() if one not in held and one not in reasons]
    assert not bare, f"neither test nor reason: {', '.join(bare)}"
    both = [one for one in reasons if one in held]
    assert not both, f"a test holds it, so take it off tests/clauses.toml: {', '.join(both)}"
    strangers = sorted(set(reasons) - set(clauses.listed()))
    assert not strangers, f"no clause of the papers: {', '.join(strangers)}"
    assert len(set(reasons)) == len(reasons)


def test_what_no_software_does_is_cited_by_no_code() -> None:
    cited = [row.clause for row in clauses.rows() if row.code and "no software" in row.reason]
    assert not cited, f"code cites it, so it is to be held: {', '.join(cited)}"


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
        ("ATSP page 1, 2.a; 9.1", ["ATSP page 1, 2.a"]),
        ("ATSP page 1, 2.b, 9.1", ["ATSP page 1, 2.b", "ATSP 9.1"]),
        ("ATSP Ex.D 2.3, Ex.A", ["ATSP Ex.D 2.3", "ATSP Ex.A"]),
        ("nothing of 1.3 is cited", []),
    ],
)
def test_a_text_cites_clauses(text: str, found: list[str]) -> None:
    assert list(clauses.cited(text)) == found
