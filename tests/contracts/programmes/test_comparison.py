"""What changed between two versions, in words."""

import pytest

from contracts.programmes.rules.comparison import ToldChange, changes_in_words
from contracts.programmes.rules.programme_file import parse
from contracts.programmes.rules.terms import Programme
from tests.contracts.programmes.published import atsp, atsp_text


def changed(was: str, becomes: str) -> Programme:
    assert was in atsp_text()
    return parse(atsp_text().replace(was, becomes, 1), name="changed.toml")


def test_nothing_changed_is_nothing() -> None:
    assert changes_in_words(atsp(), atsp()) == []


@pytest.mark.parametrize(
    ("was", "becomes", "title", "entry", "clause"),
    [
        ('fee = "80000.00"', 'fee = "85000.00"', "Tiers", "tier level-2, fee", "ATSP page 1"),
        (
            'due_within = "30 days"',
            'due_within = "45 days"',
            "Payment",
            "payment, due within",
            "ATSP 3.2",
        ),
        (
            'first_response = "30 minutes"',
            'first_response = "15 minutes"',
            "Severities and objectives",
            "severity 1, first response",
            "ATSP 4.3.1",
        ),
        (
            'heading = "Entire agreement"',
            'heading = "The whole agreement"',
            "Clauses",
            "clause ATSP 20.1, heading",
            "ATSP 20.1",
        ),
        ('form = "051402"', 'form = "051403"', "The programme itself", "programme, form", ""),
    ],
)
def test_a_change_names_its_entry_and_its_clause(
    was: str, becomes: str, title: str, entry: str, clause: str
) -> None:
    (section,) = changes_in_words(atsp(), changed(was, becomes))
    (change,) = section.changes
    assert (section.title, change.entry, change.clause) == (title, entry, clause)
    assert not change.is_new
    assert not change.is_gone


def test_added_and_removed_terms_are_named() -> None:
    without = parse(
        atsp_text().replace(
            '[[limitation]]\ncode = "misuse"', '[[limitation]]\ncode = "misuse-of-it"', 1
        ),
        name="changed.toml",
    )
    (section,) = changes_in_words(atsp(), without)
    assert {change.is_new for change in section.changes} == {True, False}
    gone = [change for change in section.changes if change.is_gone]
    assert ToldChange("limitation misuse, code", "misuse", None, "ATSP 4.8") in gone
