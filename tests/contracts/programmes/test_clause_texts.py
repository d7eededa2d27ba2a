"""The chips that cite clauses know what the packaged programmes say."""

import pytest

from contracts.programmes.clause_texts import short_text
from contracts.programmes.rules.terms import Clause
from portal.ui import clauses
from tests.contracts.programmes.published import atsp


def test_every_clause_of_the_programme_has_its_text() -> None:
    for clause in atsp().clauses:
        assert clauses.text(clause.id).startswith(f"{clause.heading}: "), clause.id


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Short enough.", "Heading: Short enough."),
        ("A sentence. " + "b" * 280 + ".", "Heading: A sentence. " + "b" * 280 + "."),
        ("A sentence. " + "b" * 290 + ".", "Heading: A sentence."),
        ("One paragraph.\n\nAnother.", "Heading: One paragraph."),
        ("word " * 80 + "end.", "Heading: " + "word " * 80 + "end."),
    ],
    ids=["short", "just fits", "too long by a sentence", "paragraphs", "one long sentence"],
)
def test_a_long_clause_is_cut_at_a_sentence(text: str, short: str) -> None:
    assert short_text(Clause("ATSP 0", "Heading", text)) == short


def test_no_clause_ends_in_the_middle_of_a_sentence() -> None:
    assert not [one.id for one in atsp().clauses if short_text(one).endswith("…")]


def test_a_clause_id_with_a_comma_stays_whole() -> None:
    assert clauses.split("ATSP page 1, 2.a") == ["ATSP page 1, 2.a"]
    assert clauses.split("ATSP 4.6, D-7") == ["ATSP 4.6", "D-7"]
    assert clauses.split("ATSP 5.1, ATSP page 1, 2.b, D-2") == [
        "ATSP 5.1",
        "ATSP page 1, 2.b",
        "D-2",
    ]
