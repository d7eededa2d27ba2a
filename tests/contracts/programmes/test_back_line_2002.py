"""The back-line schedule as data: what its paper says, and that nothing of it is lost on the way to the database."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.opening.rules import Cover, Opener, admission_refusals
from contracts.programmes.rules import programme_file
from contracts.programmes.rules.spans import due
from contracts.programmes.rules.terms import Programme, Span, Unit
from tests.atsp import calendar, local
from tests.contracts.programmes.published import FOLDER, atsp, back_line

FILE = FOLDER / "back-line-2002.toml"


@pytest.mark.clause("BL 2.2", "BL 2.1.3", "BL 2.1.4", "BL 2.3")
def test_the_times_are_those_of_the_schedule() -> None:
    rows = [
        (one.level, str(one.first_response), str(one.status_every), one.resolution)
        for one in back_line().severities
    ]
    assert rows == [
        (1, "30 minutes", "24 hours", "Continuous 7x24"),
        (2, "1 business hour", "1 business day", "Continuous 5x9 Business Days"),
        (3, "4 business hours", "1 week", "As Required (Business Days)"),
        (4, "1 business day", "1 month", "As Required (Business Days)"),
    ]
    assert [one.round_the_clock for one in back_line().severities] == [True, False, False, False]
    assert [one.by_telephone_only for one in back_line().severities] == [True, False, False, False]
    assert {one.objective_clause for one in back_line().severities} == {"BL 2.2"}


@pytest.mark.clause("BL 2.2")
def test_the_times_are_those_of_the_other_programme_too() -> None:
    def times(programme: Programme) -> list[tuple[Span, Span]]:
        return [(one.first_response, one.status_every) for one in programme.severities]

    assert times(back_line()) == times(atsp())


@pytest.mark.clause("BL 2.1.1")
def test_the_severities_are_in_the_schedules_own_words() -> None:
    assert [(one.name, one.meaning.split(".")[0]) for one in back_line().severities] == [
        (
            "Critical",
            "A business process is severely affected and there is no procedural workaround, "
            "End-user cannot recover needed data files",
        ),
        (
            "Serious",
            "A business process is affected, thereby exposing the data to potential loss but "
            "normal business operations are not disrupted",
        ),
        (
            "Medium impact",
            "There is some loss of functionality, but no immediate business exposure",
        ),
        ("Low", "A request for information or enhancement"),
    ]


@pytest.mark.clause(
    "BL 2.6", "BL 2.6.1", "BL 2.6.2", "BL 2.6.3", "BL 2.6.4", "BL 2.6.5", "BL 2.6.6"
)
def test_the_closure_reasons_are_the_six_of_the_schedule() -> None:
    reasons = back_line().closure_reasons
    assert [one.clause for one in reasons] == [f"BL 2.6.{n}" for n in range(1, 7)]
    assert not any(one.by_clock or one.by_agreement for one in reasons)
    assert back_line().closure_reason("workaround").name == "A workaround is provided"


@pytest.mark.clause("BL 1.1", "BL 1.2", "BL 3.1.1", "BL 3.1.2")
def test_the_roster_is_of_at_most_three_liaisons() -> None:
    roster = back_line().roster
    assert (roster.maximum_technical, roster.minimum_technical, roster.minimum_alternate) == (
        3,
        1,
        0,
    )
    assert (roster.due_within, roster.usable_after) == (
        Span(3, Unit.BUSINESS_DAY),
        Span(2, Unit.BUSINESS_DAY),
    )
    assert (roster.due_clause, roster.maximum_clause) == ("BL 3.1.1", "BL 1.2")
    assert roster.keeper_clause == "BL 3.1.1", "who keeps it, and its Administrative Contact"
    assert back_line().paper.name("technical") == "Liaison"
    assert back_line().paper.name("administrative") == "Administrative Contact"
    assert back_line().paper.name("form") == "Appendix 1"
    assert atsp().paper.name("technical") == "Technical Contact"
    assert atsp().paper.name("form") == "Exhibit A"


@pytest.mark.clause("SCL 8.2")
def test_the_schedule_has_no_terms_beyond_its_own() -> None:
    programme = back_line()
    assert programme.without_cost is not None
    assert programme.without_cost.through == "2004-09-30"
    assert not programme.tiers
    assert not programme.options
    assert not programme.information_clocks
    assert not programme.determinations
    assert not programme.work_rates
    assert (programme.escalation, programme.scorecard, programme.payment) == (None, None, None)


@pytest.mark.clause("BL 2.1.4", "D-40")
def test_five_by_nine_is_nine_hours_on_five_days() -> None:
    reported = local("2003-03-07 16:30")  # a Friday
    first = due(back_line().severity(2).first_response, reported, calendar())
    assert first.at == local("2003-03-10 08:30")


def test_it_stays_the_same_in_the_database() -> None:
    programme = back_line()
    assert programme_file.load(programme_file.dump(programme)) == programme
    again = programme_file.load(programme_file.dump(programme))
    assert programme_file.digest(again) == programme_file.digest(programme)


def test_every_packaged_programme_survives_the_round_trip() -> None:
    for path in FOLDER.glob("*.toml"):
        programme = programme_file.read_file(path)
        assert programme_file.load(programme_file.dump(programme)) == programme, path.name


def test_the_whole_paper_is_there() -> None:
    ids = {clause.id for clause in back_line().clauses}
    sections = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19)
    assert {f"SCL {n}.1" for n in sections} | {"SCL 15", "SCL 18", "SCL Ex.C"} <= ids
    assert {f"SCL 1.{n}" for n in range(1, 17)} <= ids, "the definitions stand for their clauses"
    assert {"BL 1.1", "BL 2.1.5", "BL 3.1.7", "BL 4.3", "BL Appendix 1"} <= ids
    assert len(back_line().glossary) == 16


def test_the_clauses_are_in_the_agreements_words() -> None:
    clause = back_line().clause("BL 2.5").text
    assert clause == (
        "CAMINOSOFT reserves the right to downgrade the severity of a Case as solutions are provided to lessen the "
        "Problem impact or should Liaison not engage in like resolution efforts."
    )


@pytest.mark.clause("D-41", "D-42")
def test_citations_become_its_own_clauses() -> None:
    programme = back_line()
    for house, own in (
        ("ATSP 4.6", "BL 2.2"),
        ("ATSP 4.6, 4.7", "BL 2.2, BL 2.4"),
        ("ATSP 5.2.2, 1.1", "BL 3.1.3, BL 3.1.1"),
        ("ATSP page 1, 2.a", "D-42"),
        ("ATSP 1.3", "D-41"),
        ("ATSP 4.5, D-9", "BL 2.1.3, D-9"),
        ("ATSP 2.1, 9.1", "BL 1.1, SCL 8.2"),
        ("ATSP 4.9.1, 5.2.3", "BL 3.1.4"),
        ("ATSP 15.1", ""),
        ("D-13", ""),
        ("BL 2.6.1", "BL 2.6.1"),
        ("", ""),
    ):
        assert programme.paper.cite(house) == own, house
    assert atsp().paper.cite("ATSP 15.1, D-13") == "ATSP 15.1, D-13"


@pytest.mark.parametrize(
    ("programme", "refused"),
    [
        (atsp, "Only Technical Contacts open cases (ATSP 5.2.2): ask one of them, or your"),
        (back_line, "Only Liaisons open cases (BL 3.1.3): ask one of them, or your"),
    ],
)
def test_a_refusal_is_made_in_the_words_and_clauses_of_its_paper(
    programme: Callable[[], Programme], refused: str
) -> None:
    stranger = Opener("Rhys", False, False, None, "America/Los_Angeles")
    cover = Cover(
        "1", dt.date(2003, 1, 1), dt.date(2004, 1, 1), "", True, "US", None, counts_cases=False
    )
    at = dt.datetime(2003, 3, 5, tzinfo=dt.UTC)
    (refusal,) = admission_refusals(stranger, cover, at, paper=programme().paper)
    assert refusal.way_out.startswith(refused)
    assert refusal.clause == programme().paper.cite("ATSP 2.1")


def test_a_clause_without_a_counterpart_is_not_cited() -> None:
    assert back_line().paper.cited["ATSP 4.9.1"] == ""
    assert atsp().paper.cited["ATSP 4.9.1"] == " (ATSP 4.9.1)"


def test_every_clause_that_the_rules_of_cases_cite_has_a_place_or_none_by_intent() -> None:
    """What has no counterpart is about terms that the schedule does not have."""
    cited = set()
    for path in (Path(__file__).parents[3] / "cases").rglob("*.py"):
        cited |= set(re.findall(r'clause="(ATSP [\w.]+)"', path.read_text(encoding="utf-8")))
    without = {clause for clause in cited if not back_line().paper.cite(clause)}
    services = {clause for clause in cited if clause.startswith(("ATSP 14.", "ATSP 15."))}
    assert without <= {"ATSP 2.3", "ATSP 5.1"} | services


@pytest.mark.parametrize(
    ("was", "becomes", "entry"),
    [
        ('through = "2004-09-30"', 'through = "soon"', "without_cost.through"),
        ("supported = 1", "supported = 0", "releases.supported"),
        ('of = "ATSP 1.2"', 'of = "ATSP 1.1"', "counterpart[2].of"),
        ('maximum_clause = "BL 1.2"', 'maximum_clause = "BL 9"', "roster.maximum_clause"),
    ],
)
def test_a_mistake_in_its_own_sections_is_named(was: str, becomes: str, entry: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert was in text
    with pytest.raises(programme_file.ProgrammeFileError) as refused:
        programme_file.parse(text.replace(was, becomes, 1), name=FILE.name)
    assert [problem.entry for problem in refused.value.problems] == [entry]
