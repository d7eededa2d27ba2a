"""The programmes that the tests of the terms read."""

from functools import cache
from pathlib import Path

from contracts.programmes.rules.programme_file import read_file
from contracts.programmes.rules.terms import Programme

FOLDER = Path(__file__).parents[3] / "contracts" / "programmes"
ATSP_FILE = FOLDER / "atsp-2002.toml"


@cache
def atsp() -> Programme:
    """The ATSP programme of 2002."""
    return read_file(ATSP_FILE)


@cache
def back_line() -> Programme:
    """The back-line schedule of the license of 2002."""
    return read_file(FOLDER / "back-line-2002.toml")


@cache
def atsp_text() -> str:
    """Its file."""
    return ATSP_FILE.read_text(encoding="utf-8")


# What a programme may do without is left out: a back-line schedule of three liaisons (SCL Exhibit B).
SMALL = """
[programme]
code = "small"
title = "Back-line support"
form = "Exhibit B"
provider = "A provider"
currency = "USD"
prefix = "BL"

[business_day]
weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
opens = "08:00"
closes = "17:00"
clause = "BL 2.1.4"

[[region]]
code = "US"
name = "United States"

[roster]
due_within = "3 business days"
usable_after = "2 business days"
minimum_technical = 1
minimum_alternate = 0
maximum_technical = 3
clause = "BL 1.2"

[[severity]]
level = 1
name = "Critical"
meaning = "A business process is severely affected."
clause = "BL 2.1.1"
by_telephone_only = true
first_response = "30 minutes"
status_every = "24 hours"
status_in_business_time = false
resolution = "Continuous 7x24"
objective_clause = "BL 2.2"

[[closure_reason]]
code = "solution"
name = "A solution or answer provided"
clause = "BL 2.6.1"
by_agreement = false
is_relief = true
by_clock = false

[[clause]]
id = "BL 1.2"
heading = "Liaisons"
text = "Support will be provided for a maximum of three (3) Liaisons."

[[clause]]
id = "BL 2.1.1"
heading = "Severity"
text = "Correct any Problem in accordance with the Severity level."

[[clause]]
id = "BL 2.1.4"
heading = "Business Days"
text = "Regular business hours on Business Days."

[[clause]]
id = "BL 2.2"
heading = "Service level objectives"
text = "Service level objectives and response times."

[[clause]]
id = "BL 2.6.1"
heading = "Solution"
text = "A solution or answer provided."
"""
