"""The query language, without a database."""

import datetime as dt

import pytest

from cases.search.rules import (
    OPERATORS,
    excerpt,
    marked,
    number_in,
    objection_to,
    period_of,
    read,
    stems_of,
    suggestions,
)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("colour:red", "There is no operator “colour:”"),
        ("severity:9", "“severity:9” is not understood"),
        ("state:sleeping", "“state:sleeping” is not understood"),
        ("before:2003-13-01", "“before:2003-13-01” is not understood"),
        ("before:", "“before:” says nothing"),
        ("has:hope", "“has:hope” is not understood"),
        ("number:abc", "“number:abc” is not understood"),
    ],
)
def test_a_wrong_operator_or_value_is_told_with_what_is_possible(typed: str, said: str) -> None:
    refused = read(f"index {typed}").refused
    assert refused is not None
    assert said in str(refused)
    assert refused.way_out


def test_every_operator_understands_its_own_example() -> None:
    for name, (_, example) in OPERATORS.items():
        query = read(example)
        assert query.refused is None, example
        assert [each.name for each in query.operators] == [name]


@pytest.mark.parametrize(
    "typed",
    [r"C:\temp\nsr.log", "http://x.example/a", "nsrd: exits", "ora1: lost", "a:b", "wish:-31"],
)
def test_what_looks_like_an_operator_may_be_text(typed: str) -> None:
    query = read(typed)
    assert query.refused is None
    assert query.operators == ()
    assert query.terms


def test_words_phrases_alternatives_and_what_is_left_out() -> None:
    query = read('index OR journal "is empty" -tape read-only')
    assert [[term.text for term in group] for group in query.every] == [
        ["index", "journal"],
        ["is empty"],
        ["read only"],
    ]
    assert [term.text for term in query.without] == ["tape"]
    assert query.every[1][0].phrase


@pytest.mark.parametrize("typed", ["", "   ", '"', "-", '""', "…", "\0", '-""'])
def test_nothing_asked_is_nothing_and_no_error(typed: str) -> None:
    query = read(typed)
    assert not query.asks
    assert query.refused is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [("100062", 100062), ("#100062", 100062), ("case 100,062", 100062), ("100 062", 100062)],
)
def test_a_number_is_read_in_any_spelling(typed: str, number: int) -> None:
    assert number_in(typed) == number


@pytest.mark.parametrize("typed", ["6.1.3", "0x80070005", "12 34", "", "²", "9" * 30])
def test_what_is_no_case_number(typed: str) -> None:
    assert number_in(typed) is None


def test_days_months_and_years() -> None:
    day = dt.date
    assert period_of("2003-02-28") == (day(2003, 2, 28), day(2003, 3, 1))
    assert period_of("2003-12") == (day(2003, 12, 1), day(2004, 1, 1))
    assert period_of("2003") == (day(2003, 1, 1), day(2004, 1, 1))
    assert period_of("17 Feb 2003") == (day(2003, 2, 17), day(2003, 2, 18))
    assert period_of("9999-12-31") is None
    assert objection_to("before", "2003-02-30") is not None


def test_operators_are_suggested_while_typing() -> None:
    assert [each.part for each in suggestions("index re", for_provider=True)] == [
        "release:",
        "reseller:",
    ]
    assert [each.part for each in suggestions("index re", for_provider=False)] == ["release:"]
    assert suggestions("index state:cl", for_provider=True)[0].whole == "index state:closed "
    assert suggestions("-has:", for_provider=True)[0].whole == "-has:file "
    assert suggestions("index ", for_provider=True) == []


def test_an_excerpt_shows_the_place_with_the_most_words_marked() -> None:
    text = "First " + "filler " * 100 + "the índex of José is empty here " + "more " * 100
    pieces, found = excerpt(text, stems_of(read("index jose empty").terms))
    assert found == 3
    assert [piece.text for piece in pieces if piece.marked] == ["índex", "José", "empty"]
    said = "".join(piece.text for piece in pieces)
    assert said.startswith("… ")
    assert said.endswith(" …")
    assert len(said) < 240


def test_marked_pieces_are_the_text() -> None:
    text = "“Index” is <b>empty</b>"
    assert "".join(piece.text for piece in marked(text, ["index", "empt"])) == text
