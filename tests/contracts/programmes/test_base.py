"""A programme file may be based on another: it writes down what changes, and is checked as a whole."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from contracts.programmes.rules.data import dump
from contracts.programmes.rules.programme_file import (
    Change,
    ProgrammeFileError,
    diff,
    digest,
    load,
    parse,
    read_file,
)
from contracts.programmes.rules.terms import Programme
from tests.contracts.programmes.published import ATSP_FILE, FOLDER, atsp

NEXT = """
[programme]
based_on = "atsp-2002"
code = "next"
"""


def base(code: str) -> Mapping[str, Any] | None:
    return dump(atsp()) if code == "atsp-2002" else None


def based(text: str = "", heading: str = "") -> Programme:
    return parse(NEXT + heading + text, name="next.toml", base=base)


def problems_of(text: str, heading: str = "") -> list[tuple[str, str, str]]:
    with pytest.raises(ProgrammeFileError) as refused:
        based(text, heading)
    return [(one.file, one.entry, one.reason) for one in refused.value.problems]


HEADING = [
    Change("programme.code", "atsp-2002", "next"),
    Change("programme.based_on", None, "atsp-2002"),
]


def test_unnamed_terms_come_from_the_base() -> None:
    assert diff(atsp(), based()) == HEADING


def test_a_table_changes_only_the_entries_that_it_names() -> None:
    text = '[term]\nsoftware_notice = "120 days"\n'
    assert diff(atsp(), based(text)) == [
        *HEADING,
        Change("term.software_notice", "90 days", "120 days"),
    ]


def test_an_entry_of_the_same_name_is_changed_and_a_new_one_added_at_the_end() -> None:
    text = """
    [[option]]
    code = "psam-2"
    fee = "15000.00"

    [[option]]
    code = "gold"
    kind = "ess"
    name = "Gold"
    tier = "level-2"
    fee = "1.00"
    clause = "ATSP 15"
    """
    programme = based(text, 'without = ["option[ess-2]"]\n')
    assert [option.code for option in programme.options] == ["psam-1", "psam-2", "ess-1", "gold"]
    assert programme.option("psam-2").fee == 15000
    assert programme.option("psam-2").name == "PSAM Level II"


def test_an_entry_within_an_entry_is_changed_too() -> None:
    text = '[[tier]]\ncode = "level-2"\n[[tier.pool]]\ncode = "emea"\ncases = 120\n'
    assert diff(atsp(), based(text))[2:] == [Change("tier[level-2].pool[emea].cases", "100", "120")]


def test_a_list_of_words_takes_the_place_of_the_other() -> None:
    text = '[business_day]\nweekdays = ["Monday", "Tuesday"]\n'
    assert based(text).business_day.weekdays == (0, 1)


def test_the_fingerprint_is_of_the_whole_and_a_stored_version_needs_no_base() -> None:
    programme = based('[term]\nsoftware_notice = "120 days"\n')
    assert load(dump(programme)) == programme
    assert digest(programme) != digest(based())
    assert digest(based()) == digest(based("\n# a remark\n"))


@pytest.mark.parametrize(
    ("text", "heading", "entry", "reason"),
    [
        (
            '[[option]]\ncode = "psam-2"\nfee = "15"\n',
            "",
            "option[1].fee",
            "is '15'; money is written as text with its cents, \"24000.00\"",
        ),
        (
            '[[option]]\ncode = "psam-3"\nfee = "15.00"\nkind = "psam"\nname = "x"\n'
            'tier = "level-2"\nclause = "ATSP 14"\n',
            "",
            "option[1].kind",
            "is 'psam' for tier 'level-2', which option[2] is already",
        ),
        (
            '[[option]]\nfee = "15.00"\n',
            "",
            "option[1].code",
            "is missing; it says which entry is changed or added",
        ),
        (
            '[[option]]\ncode = "psam-1"\n[[option]]\ncode = "psam-1"\n',
            "",
            "option[2].code",
            "is 'psam-1', which option[1] is already",
        ),
        (
            "",
            'without = ["option[gold]"]\n',
            "programme.without[1]",
            "is 'option[gold]'; below there is psam-1, psam-2, ess-1, ess-2",
        ),
        (
            "",
            'without = ["options"]\n',
            "programme.without[1]",
            "is 'options'; an entry that falls away is written \"option[ess-1]\"",
        ),
        (
            "",
            'without = ["roster[x]"]\n',
            "programme.without[1]",
            "is 'roster[x]'; there is no list 'roster' below",
        ),
        (
            "",
            'without = ["tier[level-1]"]\n',
            "option[psam-1] (of atsp-2002).tier",
            "is 'level-1', which is no tier; there is level-2",
        ),
        (
            '[[renewal.percentage]]\nstatus = "brilliant"\npercent = "1"\nclause = "ATSP 9.2"\n',
            "",
            "renewal.percentage[1].status",
            "is 'brilliant', which is no status; there is exceptional, compliant, non-compliant",
        ),
        (
            '[[clause]]\nid = "REN"\nheading = "x"\ntext = "x."\n',
            "",
            "clause[1].id",
            'is \'REN\'; an id begins with "ATSP ", or is a decision, "D-1"',
        ),
    ],
)
def test_a_mistake_is_named_by_where_the_file_writes_it(
    text: str, heading: str, entry: str, reason: str
) -> None:
    assert ("next.toml", entry, reason) in problems_of(text, heading)


def test_a_base_that_is_not_at_hand_is_a_mistake_of_the_heading() -> None:
    with pytest.raises(ProgrammeFileError) as refused:
        parse('[programme]\nbased_on = "gone"\n', name="next.toml", base=base)
    assert [str(one) for one in refused.value.problems] == [
        "next.toml: programme.based_on is 'gone', and no programme of that code is at hand"
    ]


def test_files_that_are_based_on_each_other_are_refused(tmp_path: Path) -> None:
    for own, other in (("one", "two"), ("two", "one")):
        text = f'[programme]\ncode = "{own}"\nbased_on = "{other}"\n'
        (tmp_path / f"{own}.toml").write_text(text)
    with pytest.raises(ProgrammeFileError, match="no programme of that code is at hand"):
        read_file(tmp_path / "one.toml")


def test_a_programme_may_be_based_on_one_that_is_based_on_another(tmp_path: Path) -> None:
    (tmp_path / "atsp-2002.toml").write_text(ATSP_FILE.read_text())
    (tmp_path / "a.toml").write_text(NEXT.replace('"next"', '"a"'))
    (tmp_path / "b.toml").write_text(NEXT.replace('"next"', '"b"').replace("atsp-2002", "a"))
    assert diff(atsp(), read_file(tmp_path / "b.toml"))[0].after == "b"


def test_a_percentage_above_a_hundred_and_days_that_are_no_days_are_refused() -> None:
    text = """
    [renewal]
    opens_before = "3 months"
    [[renewal.percentage]]
    status = "compliant"
    percent = "101"
    clause = "ATSP 9.2"
    """
    assert [problem[1:] for problem in problems_of(text)] == [
        ("renewal.opens_before", "is 3 months; the days before the anniversary are counted"),
        ("renewal.percentage[1].percent", "is 101; a percentage is at most 100"),
    ]


@pytest.mark.clause("REN")
def test_the_terms_of_2004_are_those_of_2002_but_for_what_the_renewal_says() -> None:
    renewed = read_file(FOLDER / "atsp-2004.toml")
    changed = {change.path: change.after for change in diff(atsp(), renewed)}
    assert changed["option[psam-2].fee"] == changed["option[psam-1].fee"] == "15000.00"
    assert {path.partition("[")[0].partition(".")[0] for path in changed} == {
        "programme",
        "option",
        "renewal",
        "clause",
    }
    assert renewed.tiers == atsp().tiers
    assert renewed.renewal is not None
    assert [(one.status, one.percent) for one in renewed.renewal.percentages] == [
        ("exceptional", 1)
    ]
    assert renewed.renewal.percentage_for("compliant") is None
    assert "one additional Contract Year" in renewed.clause("REN").text


@pytest.mark.clause("ATSP 9.5")
def test_the_sections_that_survive_an_end() -> None:
    ending = atsp().ending
    assert ending is not None
    text = atsp().clause(ending.survival_clause).text
    for section in ending.surviving:
        number, _, heading = section.partition(", ")
        assert number in text
        assert heading in text
