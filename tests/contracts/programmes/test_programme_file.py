"""A programme file is read whole, or refused with the file, the entry and the reason of every mistake."""

from pathlib import Path

import pytest

from contracts.programmes.rules.programme_file import Problem, ProgrammeFileError, parse, read_file
from contracts.programmes.rules.terms import Clause
from tests.contracts.programmes.published import SMALL, atsp_text

FILE = "broken.toml"


def problems_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ProgrammeFileError) as refused:
        parse(text, name=FILE)
    assert {problem.file for problem in refused.value.problems} == {FILE}
    return [(problem.entry, problem.reason) for problem in refused.value.problems]


def broken(before: str, after: str, text: str | None = None) -> str:
    """The ATSP file with the first place that reads `before` changed."""
    text = atsp_text() if text is None else text
    assert before in text, f"the file has no {before!r} to break"
    return text.replace(before, after, 1)


# What is broken, the text before and after, and the one problem that is reported.
BROKEN = {
    "misspelled key": (
        'first_response = "30 minutes"',
        'first_respnse = "30 minutes"',
        "severity[1].first_respnse",
        "is no known entry; 'first_response' is meant, it seems",
    ),
    "key that nothing is like": (
        'kind = "psam"',
        'kind = "psam"\nzebra = 1',
        "option[1].zebra",
        "is no known entry",
    ),
    "misspelled section": (
        "[roster]",
        "[rooster]",
        "rooster",
        "is no known entry; 'roster' is meant, it seems",
    ),
    "missing key": ('fee = "24000.00"\n', "", "tier[1].fee", "is missing"),
    "missing key in the heading": ('currency = "USD"\n', "", "programme.currency", "is missing"),
    "money as a number": (
        'fee = "24000.00"',
        "fee = 24000.00",
        "tier[1].fee",
        'is the number 24000.0; money is written as text with its cents, "24000.00"',
    ),
    "money with three decimals": (
        'fee = "24000.00"',
        'fee = "24000.005"',
        "tier[1].fee",
        "is '24000.005'; money is written as text with its cents, \"24000.00\"",
    ),
    "money with a thousands mark": (
        'per_day = "1500.00"',
        'per_day = "1,500.00"',
        "work_rate[1].per_day",
        "is '1,500.00'; money is written as text with its cents, \"24000.00\"",
    ),
    "money below zero": (
        'fee = "10000.00"',
        'fee = "-10000.00"',
        "option[1].fee",
        "is '-10000.00'; money is written as text with its cents, \"24000.00\"",
    ),
    "work for nothing": (
        'per_day = "1500.00"',
        'per_day = "0.00"',
        "work_rate[1].per_day",
        "is nothing; a day's work has its price",
    ),
    "currency that is none": (
        'currency = "USD"',
        'currency = "dollars"',
        "programme.currency",
        "is 'dollars'; a currency is three capital letters",
    ),
    "span without its unit": (
        'first_response = "30 minutes"',
        'first_response = "30"',
        "severity[1].first_response",
        "is no span: '30' is not a span of time; write a whole number and one of: minute, hour, "
        "day, week, month, business minute, business hour, business day",
    ),
    "span as a number": (
        'due_within = "30 days"',
        "due_within = 30",
        "payment.due_within",
        'is the number 30; a span of time is written "30 minutes"',
    ),
    "span of nothing": (
        'status_every = "24 hours"',
        'status_every = "0 hours"',
        "severity[1].status_every",
        "is nothing; a span is at least 1",
    ),
    "whole number as text": (
        "cases = 40",
        'cases = "40"',
        "tier[1].pool[1].cases",
        "is the text '40', where a whole number belongs",
    ),
    "whole number below zero": (
        "contacts = 5",
        "contacts = -5",
        "tier[1].pool[1].contacts",
        "is -5, below zero",
    ),
    "true where a number belongs": (
        "cases = 40",
        "cases = true",
        "tier[1].pool[1].cases",
        "is true, where a whole number belongs",
    ),
    "text where true or false belongs": (
        "by_telephone_only = true",
        'by_telephone_only = "yes"',
        "severity[1].by_telephone_only",
        "is the text 'yes', where true or false belongs",
    ),
    "number where text belongs": (
        'name = "Critical"',
        "name = 1",
        "severity[1].name",
        "is the number 1, where text belongs",
    ),
    "empty text": ('name = "Critical"', 'name = " "', "severity[1].name", "is empty"),
    "text with a blank to spare": (
        'code = "US"',
        'code = "US "',
        "region[1].code",
        "is 'US ', with spaces or line breaks to spare",
    ),
    "code that is none": (
        'code = "psam-1"',
        'code = "PSAM 1"',
        "option[1].code",
        "is 'PSAM 1'; a code is lower-case words and numbers joined by hyphens",
    ),
    "two of one code": (
        'code = "psam-2"',
        'code = "psam-1"',
        "option[2].code",
        "is 'psam-1', which option[1] is already",
    ),
    "two of one code inside an entry": (
        'code = "emea"',
        'code = "us"',
        "tier[2].pool[2].code",
        "is 'us', which tier[2].pool[1] is already",
    ),
    "clause that is not there": (
        'clause = "ATSP 4.3.1"',
        'clause = "ATSP 4.31"',
        "severity[1].clause",
        "is 'ATSP 4.31', which is no clause of this file",
    ),
    "entry without its clause": (
        'plus_expenses = false\nclause = "ATSP 16"\n',
        "plus_expenses = false\n",
        "work_rate[1].clause",
        "is missing",
    ),
    "clause of another agreement": (
        'id = "ATSP 8.1"',
        'id = "SCL 8.1"',
        "clause[51].id",
        'is \'SCL 8.1\'; an id begins with "ATSP ", or is a decision, "D-1"',
    ),
    "one clause twice": (
        'id = "ATSP 2.2"',
        'id = "ATSP 2.1"',
        "clause[5].id",
        "is 'ATSP 2.1', which clause[4] is already",
    ),
    "option of a tier that is not there": (
        'tier = "level-2"',
        'tier = "level-3"',
        "option[2].tier",
        "is 'level-3', which is no tier; there is level-1, level-2",
    ),
    "two options of a kind in one column": (
        'name = "PSAM Level II"\ntier = "level-2"',
        'name = "PSAM Level II"\ntier = "level-1"',
        "option[2].kind",
        "is 'psam' for tier 'level-1', which option[1] is already",
    ),
    "option of an unknown kind": (
        'kind = "ess"',
        'kind = "esss"',
        "option[3].kind",
        "is 'esss'; 'ess' is meant, it seems",
    ),
    "region in no pool": (
        'regions = ["US", "EMEA"]',
        'regions = ["US"]',
        "tier[1].pool",
        "serves no region 'EMEA': no pool names it",
    ),
    "region in a pool of another": (
        'regions = ["EMEA"]',
        'regions = ["US", "EMEA"]',
        "tier[2].pool[2].regions",
        "name 'US', which pool 'us' serves already",
    ),
    "region that is not there": (
        'regions = ["US", "EMEA"]',
        'regions = ["US", "EMEA", "APJ"]',
        "tier[1].pool[1].regions",
        "is 'APJ', which is no region; there is US, EMEA",
    ),
    "pool without cases": (
        "cases = 40",
        "cases = 0",
        "tier[1].pool[1].cases",
        "is 0; a pool holds at least one case",
    ),
    "pool without contacts": (
        "contacts = 5",
        "contacts = 0",
        "tier[1].pool[1].contacts",
        "is 0; a pool has at least one contact",
    ),
    "table where tables belong": (
        '[[region]]\ncode = "US"\nname = "United States"\n\n[[region]]',
        "[region]",
        "region",
        "is a table, where [[region]] tables belong",
    ),
    "text where a list belongs": (
        'regions = ["US"]',
        'regions = "US"',
        "tier[2].pool[1].regions",
        "is the text 'US', where a list belongs",
    ),
    "tables where a table belongs": (
        "[roster]",
        "[[roster]]",
        "roster",
        "is a list, where a table belongs",
    ),
    "severities with a gap": (
        "level = 4\n",
        "level = 5\n",
        "severity[4].level",
        "is 5, where 4 belongs: severities run 1, 2, 3 … without a gap",
    ),
    "status in business days but not in business time": (
        'status_every = "1 business day"\nstatus_in_business_time = true',
        'status_every = "1 business day"\nstatus_in_business_time = false',
        "severity[2].status_in_business_time",
        "is false, though status is owed every 1 business day",
    ),
    "round the clock, yet status in business time": (
        'status_every = "24 hours"\nstatus_in_business_time = false',
        'status_every = "24 hours"\nstatus_in_business_time = true',
        "severity[1].status_in_business_time",
        "is true, though the first response runs round the clock",
    ),
    "information clock of a severity that is not there": (
        '[[information_clock]]\nseverity = 3\nwithin = "5 days"',
        '[[information_clock]]\nseverity = 7\nwithin = "5 days"',
        "information_clock[3].severity",
        "is 7, which is no severity; there is 1, 2, 3, 4",
    ),
    "downgrade upwards": (
        "to_severity = 3",
        "to_severity = 1",
        "information_clock[2].to_severity",
        "is 1, which is not below severity 2",
    ),
    "downgrade to nowhere": (
        "to_severity = 3\n",
        "",
        "information_clock[2].to_severity",
        "is missing: a downgrade names the severity it goes to",
    ),
    "downgrade to a severity that is not there": (
        "to_severity = 3",
        "to_severity = 9",
        "information_clock[2].to_severity",
        "is 9, which is no severity; there is 1, 2, 3, 4",
    ),
    "downgrade with a closure reason": (
        "to_severity = 3",
        'to_severity = 3\nclosure_reason = "fix"',
        "information_clock[2].closure_reason",
        "stands beside a downgrade, which closes nothing",
    ),
    "closure with a severity": (
        'outcome = "close"',
        'outcome = "close"\nto_severity = 4',
        "information_clock[3].to_severity",
        "stands beside a closure, which changes no severity",
    ),
    "clock that runs after the next": (
        'within = "1 hour"',
        'within = "2 days"',
        "information_clock[1].within",
        "is 2 days, not before the next clock's 1 day: both count from reporting",
    ),
    "clock in business time": (
        'within = "1 day"',
        'within = "1 business day"',
        "information_clock[2].within",
        "is 1 business day; it counts elapsed minutes, hours or days",
    ),
    "warning before the beginning": (
        'warn_before = "4 hours"',
        'warn_before = "24 hours"',
        "information_clock[2].warn_before",
        "is 24 hours, which is not within the 1 day of the clock",
    ),
    "opening after the closing": (
        'opens = "08:00"',
        'opens = "18:00"',
        "business_day.closes",
        "is 17:00, not after the opening at 18:00",
    ),
    "time of day that is none": (
        'opens = "08:00"',
        'opens = "8:00"',
        "business_day.opens",
        "is '8:00'; a time of day is written \"08:00\"",
    ),
    "hour that is none": (
        'closes = "17:00"',
        'closes = "25:00"',
        "business_day.closes",
        "is '25:00'; a time of day is written \"08:00\"",
    ),
    "weekday that is none": (
        '"Wednesday"',
        '"Wensday"',
        "business_day.weekdays[3]",
        "is 'Wensday'; 'Wednesday' is meant, it seems",
    ),
    "weekday twice": (
        '"Wednesday"',
        '"Tuesday"',
        "business_day.weekdays",
        "do not stand in the order of the week, each once",
    ),
    "no weekday": (
        'weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]',
        "weekdays = []",
        "business_day.weekdays",
        "is empty",
    ),
    "duty of an unknown role": (
        'role = "support_management"',
        'role = "support_managment"',
        "escalation.duty[9].role",
        "is 'support_managment'; 'support_management' is meant, it seems",
    ),
    "duty of the reseller": (
        'role = "support_management"',
        'role = "technical_contact"',
        "escalation.duty[9].role",
        "is the reseller's contact, who bears no duty of Exhibit C",
    ),
    "duty by an unknown act": (
        'act = "engage_pse"',
        'act = "sing"',
        "escalation.duty[14].act",
        "is 'sing'; one of contact_update, read_notes, status_from_cse, call_reseller_management, "
        "update_psam, inform_sales, status_from_management, inform_reseller_management, "
        "engage_pse, inform_director, engage_engineering belongs there",
    ),
    "marks that go back": (
        'at = "5 hours"',
        'at = "3 hours"',
        "escalation.duty[12].at",
        "is 3 hours, after one at 4 hours: marks ascend",
    ),
    "mark in business time": (
        'at = "5 hours"',
        'at = "5 business hours"',
        "escalation.duty[12].at",
        "is 5 business hours; marks count elapsed time",
    ),
    "notice to nobody": (
        'audience = ["executive"]',
        "audience = []",
        "escalation.notice[7].audience",
        "is empty",
    ),
    "notice to one role twice": (
        'audience = ["executive"]',
        'audience = ["executive", "executive"]',
        "escalation.notice[7].audience",
        "names a role twice",
    ),
    "update that serves two marks": (
        'served_by_update_within = "30 minutes"',
        'served_by_update_within = "60 minutes"',
        "escalation.commitment.served_by_update_within",
        "is 60 minutes, not shorter than the 1 hour between two marks",
    ),
    "escalation of a severity that is not there": (
        "[escalation]\nseverity = 1",
        "[escalation]\nseverity = 0",
        "escalation.severity",
        "is 0, which is no severity; there is 1, 2, 3, 4",
    ),
    "bands with a gap": (
        "{ least = 5, most = 9,",
        "{ least = 7, most = 9,",
        "scorecard.measure[1].bands[2]",
        "begins at 7: 5 to 6 lie in no band",
    ),
    "bands that overlap": (
        "{ least = 0, most = 4,",
        "{ least = 0, most = 5,",
        "scorecard.measure[1].bands[2]",
        "begins at 5, where the band before it goes to 5",
    ),
    "percentage that ends too soon": (
        "{ least = 30, most = 100,",
        "{ least = 30, most = 99,",
        "scorecard.measure[1].bands[5]",
        "ends at 99; the bands of a percentage end at 100",
    ),
    "percentage without an end": (
        "{ least = 30, most = 100,",
        "{ least = 30,",
        "scorecard.measure[1].bands[5]",
        "has no end; the bands of a percentage end at 100",
    ),
    "days with an end": (
        "{ least = 16, points",
        "{ least = 16, most = 99, points",
        "scorecard.measure[4].bands[3]",
        "ends at 99: more days lie in no band",
    ),
    "points as a number": (
        'points = "1.5"',
        "points = 1.5",
        "scorecard.measure[1].bands[2].points",
        'is the number 1.5; points are written as text, "1.5"',
    ),
    "points with three decimals": (
        'points = "1.5"',
        'points = "1.505"',
        "scorecard.measure[1].bands[2].points",
        "is '1.505'; points are written as text with at most two decimals, \"1.5\"",
    ),
    "measure in an unknown unit": (
        'unit = "days"',
        'unit = "weeks"',
        "scorecard.measure[4].unit",
        'is \'weeks\'; a measure is in "%" or in "days"',
    ),
    "one thing measured twice": (
        'measured = "all_in_knowledge_base"',
        'measured = "critical_in_knowledge_base"',
        "scorecard.measure[2].measured",
        "is 'critical_in_knowledge_base', which measure[1] is",
    ),
    "statuses out of order": (
        'least_total = "3"',
        'least_total = "8"',
        "scorecard.status[2].least_total",
        "is 8, not below the 8 of the status before: statuses stand in order of merit",
    ),
    "status out of reach": (
        'least_total = "8"',
        'least_total = "10.5"',
        "scorecard.status[1].least_total",
        "is 10.5; all measures give at most 10",
    ),
    "status of an unknown measure": (
        'measure = "M3"',
        'measure = "M9"',
        "scorecard.status[1].measure",
        "is 'M9', which is no measure; there is M1, M2, M3, M4, M5",
    ),
    "status with half a condition": (
        "at_most = 25\n",
        "",
        "scorecard.status[1].at_most",
        "and measure stand together or not at all",
    ),
    "last status that may not hold": (
        'least_total = "0"',
        'least_total = "1"',
        "scorecard.status[3]",
        "is the last and must hold for any total: least_total 0 and no measure",
    ),
    "review in weeks": (
        'review_every = "6 months"',
        'review_every = "26 weeks"',
        "scorecard.review_every",
        "is 26 weeks; reviews count calendar months",
    ),
    "term in days": (
        'length = "12 months"',
        'length = "365 days"',
        "term.length",
        "is 365 days; a term is counted in months",
    ),
    "extension in no shares": (
        "extension_months = 12",
        "extension_months = 0",
        "payment.extension_months",
        "is 0; the amount paid is divided by at least one month",
    ),
    "expenses due upon receipt under no clause": (
        'expenses_clause = "ATSP Ex.D"',
        "",
        "payment.expenses_clause",
        "and expenses_on_receipt stand together or not at all",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_is_named_with_its_entry_and_reason(case: str) -> None:
    before, after, entry, reason = BROKEN[case]
    assert problems_of(broken(before, after)) == [(entry, reason)]


def test_a_closure_reason_of_a_clock_needs_its_clock() -> None:
    text = broken('closure_reason = "information-not-received"', 'closure_reason = "fix"')
    assert problems_of(text) == [
        (
            "information_clock[3].closure_reason",
            "is 'fix', which is not by_clock: people close for it",
        ),
        ("closure_reason[8].by_clock", "is true, but no information clock closes for it"),
    ]


def test_a_clock_that_closes_names_a_reason_that_there_is() -> None:
    entry = 'closure_reason = "information-not-received"\n'
    missing = problems_of(broken(entry, ""))
    assert missing[0] == (
        "information_clock[3].closure_reason",
        "is missing: a closure names its reason",
    )
    unknown = problems_of(broken(entry, 'closure_reason = "silence"\n'))
    assert unknown[0][0] == "information_clock[3].closure_reason"
    assert unknown[0][1].startswith("is 'silence', which is no closure reason; there is solution,")


def test_an_escalation_for_an_option_that_nobody_sells_is_refused() -> None:
    text = atsp_text().replace('kind = "psam"', 'kind = "ess"')
    assert ("escalation.option", "is 'psam', which is no option kind; there is ess") in problems_of(
        text
    )


def test_a_band_that_ends_before_it_begins_is_named() -> None:
    found = problems_of(broken("{ least = 5, most = 9,", "{ least = 5, most = 3,"))
    assert ("scorecard.measure[1].bands[2]", "ends at 3, before it begins at 5") in found


def test_a_band_within_an_endless_one_is_named() -> None:
    found = problems_of(broken("{ least = 8, most = 15,", "{ least = 8,"))
    assert found == [
        (
            "scorecard.measure[4].bands[3]",
            "from 16 lies within the band before it, which has no end",
        )
    ]


def test_a_commitment_in_business_time_is_refused() -> None:
    found = problems_of(broken('every = "1 hour"', 'every = "1 business hour"'))
    assert found == [
        ("escalation.commitment.every", "is 1 business hour; marks count elapsed time")
    ]


def test_all_mistakes_of_a_file_are_named_at_once() -> None:
    text = broken('fee = "24000.00"', 'fee = "free"')
    text = broken('clause = "ATSP 16"', 'clause = "ATSP 61"', text)
    text = broken('closes = "17:00"', 'closes = "07:00"', text)
    text = broken("level = 4\n", "level = 6\n", text)
    text = broken("hotshot = true", "hotshott = true", text)
    assert sorted(entry for entry, _ in problems_of(text)) == [
        "business_day.closes",
        "escalation.notice[6].hotshott",
        "severity[4].level",
        "tier[1].fee",
        "work_rate[1].clause",
    ]


def test_an_error_of_syntax_is_named_with_its_line() -> None:
    text = broken('form = "051402"', "form = 051402")
    line = text[: text.index("form = 051402")].count("\n") + 1
    ((entry, reason),) = problems_of(text)
    assert entry == f"line {line}"
    assert reason.startswith("is not TOML: ")


def test_a_file_that_breaks_off_is_named_as_such() -> None:
    ((entry, reason),) = problems_of(SMALL.rstrip()[:-1])
    assert entry == "last line"
    assert reason.startswith("is not TOML: ")


def test_a_key_given_twice_is_an_error_of_syntax() -> None:
    ((entry, reason),) = problems_of(broken('currency = "USD"', 'currency = "USD"\ncode = "x"'))
    assert entry.startswith("line ")
    assert reason.startswith("is not TOML: ")


def test_an_empty_file_misses_everything_that_a_programme_must_have() -> None:
    found = problems_of("")
    assert {entry for entry, _ in found} == {
        "programme.code",
        "programme.title",
        "programme.form",
        "programme.provider",
        "programme.currency",
        "programme.prefix",
        "business_day",
        "region",
        "roster",
        "severity",
        "closure_reason",
        "clause",
    }
    assert {reason for _, reason in found} == {"is missing"}


@pytest.mark.parametrize("heading", ["programme = 1\n", 'programme = ["ATSP"]\n'])
def test_a_heading_that_is_no_table_is_named(heading: str) -> None:
    assert problems_of(heading)[0] == ("programme", "is no table; write [programme]")


def test_a_problem_reads_as_one_line() -> None:
    problem = Problem("atsp-2002.toml", "tier[2].pool[1].cases", "is missing")
    assert str(problem) == "atsp-2002.toml: tier[2].pool[1].cases is missing"
    assert str(ProgrammeFileError((problem, problem))) == f"{problem}\n{problem}"


def test_a_file_that_is_not_there_or_no_text_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeFileError, match=r"none\.toml: file cannot be read: No such file"):
        read_file(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'title = "Caf\xe9"')
    with pytest.raises(ProgrammeFileError, match=r"latin\.toml: byte 12 is not UTF-8 text"):
        read_file(tmp_path / "latin.toml")


def test_a_programme_may_do_without_tiers_clocks_escalation_and_scorecard() -> None:
    programme = parse(SMALL, name="small.toml")
    assert (programme.tiers, programme.options, programme.information_clocks) == ((), (), ())
    assert (programme.payment, programme.escalation, programme.scorecard) == (None, None, None)
    assert programme.roster.maximum_technical == 3


def test_a_roster_is_not_smaller_than_its_minimum() -> None:
    text = broken("maximum_technical = 3", "maximum_technical = 0", SMALL)
    assert problems_of(text) == [("roster.maximum_technical", "is 0, below the 1 required")]


def test_a_day_may_end_at_midnight() -> None:
    programme = parse(broken('"17:00"', '"24:00"', SMALL), name="small.toml")
    assert programme.business_day.closes == "24:00"


def test_prose_may_be_broken_into_lines_freely() -> None:
    one_line = parse(SMALL, name="a")
    broken_up = parse(
        broken(
            'text = "Regular business hours on Business Days."',
            'text = """\nRegular business\n   hours on\n\tBusiness Days.\n"""',
            SMALL,
        ),
        name="b",
    )
    assert one_line == broken_up


def test_a_blank_line_separates_paragraphs() -> None:
    text = broken('"Regular business hours on', '"""\nRegular\nhours.\n \nOn', SMALL)
    programme = parse(broken('Business Days."', 'Business Days."""', text), name="a")
    assert programme.clause("BL 2.1.4").text == "Regular hours.\n\nOn Business Days."


def test_a_glossary_entry_counts_as_its_clause() -> None:
    entry = '[[glossary]]\nterm = "Case"\nclause = "BL 9"\nmeaning = "One Problem."\n'
    assert parse(SMALL + entry, name="a").clause("BL 9") == Clause("BL 9", "Case", "One Problem.")
    full = entry + '[[clause]]\nid = "BL 9"\nheading = "Cases"\ntext = "In full."\n'
    assert parse(SMALL + full, name="a").clause("BL 9") == Clause("BL 9", "Cases", "In full.")
