"""The defined terms of a programme: found by name and by words, each with the terms it uses."""

import pytest

from contracts.programmes.rules import programme_file
from contracts.programmes.rules.glossary import defined, definitions, in_short
from contracts.programmes.rules.terms import GlossaryTerm
from tests.atsp import PROGRAMME_FILE

ATSP = programme_file.read_file(PROGRAMME_FILE).glossary


def term(name: str, meaning: str = "A meaning.") -> GlossaryTerm:
    return GlossaryTerm(term=name, meaning=meaning, clause="ATSP 1.1")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Workaround", "Workaround"),
        ("workaround", "Workaround"),
        ("Escalation", "Escalation (Escalate)"),
        ("Liaison", None),
    ],
)
def test_a_term_is_found_by_its_name(asked: str, found: str | None) -> None:
    entry = defined(ATSP, asked)
    assert (entry.term if entry else None) == found


@pytest.mark.clause("ATSP 1")
def test_all_terms_of_section_1_stand_in_the_order_of_the_alphabet() -> None:
    names = [one.entry.term for one in definitions(ATSP)]
    assert len(names) == len(ATSP)
    assert names == sorted(names, key=str.casefold)


def test_words_narrow_by_name_meaning_and_clause_and_all_must_be_there() -> None:
    assert "Technical Contact" in [one.entry.term for one in definitions(ATSP, "exhibit CONTACT")]
    assert [one.entry.term for one in definitions(ATSP, "1.20")] == ["Technical Contact"]
    assert definitions(ATSP, "workaround zebra") == []


def test_words_are_found_across_the_lines_of_the_paper() -> None:
    glossary = (term("Case", "recorded in\nthe system"),)
    assert len(definitions(glossary, "recorded in the")) == 1


def test_each_term_leads_to_those_it_uses_but_not_to_itself() -> None:
    glossary = (
        term("Support", "Help."),
        term("Technical Support", "Technical Support is for Problems."),
        term("Problem", "An error, no problem of taste."),
        term("Case", "A Problem under Technical Support."),
    )
    uses = {one.entry.term: one.uses for one in definitions(glossary)}
    assert uses == {
        "Support": (),
        "Technical Support": ("Problem",),
        "Problem": (),
        "Case": ("Technical Support", "Problem"),
    }


def test_a_pop_over_takes_whole_sentences() -> None:
    first = "A sentence of some length about nothing much. " * 3
    assert in_short(f"{first}\n\nAnother paragraph.") == first.strip()
    long = in_short("A sentence of some length about nothing much. " * 30)
    assert len(long) <= 420
    assert long.endswith("much.")
    sentence = "word " * 200 + "end."
    assert in_short(sentence) == sentence, "one sentence is never cut"
