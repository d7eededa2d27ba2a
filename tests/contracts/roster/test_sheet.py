"""A completed Exhibit A as a table: what each row would do, and what is wrong in it (ATSP 5.2.1, Ex.A)."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements.rules.agreement_file import ContactRole
from contracts.roster.rules import sheet
from contracts.roster.rules.lines import Form, Line, Place
from contracts.roster.rules.sheet_rows import Effect, Plan
from contracts.roster.rules.table import COLUMNS, OnRecord, table_of
from portal.rules.refusal import Refusal
from tests.contracts.roster.test_change_rules import LEVEL_2, REGIONS, TERMS, person

ADA = Line(1, 1, person(1), ContactRole.ADMINISTRATIVE)
TOM = Line(2, 2, person(2), ContactRole.TECHNICAL, Place("us", 1))
ALMA = Line(3, 3, person(3), ContactRole.ALTERNATE, Place("us", 2))
RHYS = Line(4, 4, person(4, "London"), ContactRole.TECHNICAL, Place("emea", 1))
STANDS = Form(TERMS.roster, LEVEL_2, REGIONS, (ADA, TOM, ALMA, RHYS))
RECORD = {2: OnRecord("C-2", dt.date(2002, 6, 3))}


def table(
    *changes: tuple[str, str, str], without: str = "", more: tuple[dict[str, str], ...] = ()
) -> Any:
    """The current form with some cells changed: who, column, value."""
    rows = [row for row in table_of(STANDS, RECORD) if row[3] or row[0] == "Role"]
    for email, column, value in changes:
        row = next(row for row in rows if row[6] == email)
        row[COLUMNS.index(column)] = value
    rows = [row for row in rows if not without or row[6] != without]
    return rows + [[each.get(column, "") for column in COLUMNS] for each in more]


def look(rows: Any, **more: Any) -> Plan:
    return sheet.plan(STANDS, rows, on_record=RECORD, **more)


NEW = {
    "Role": "Technical Contact",
    "Name": "Ines",
    "E-mail Address": "ines@r.example",
    "Site": "Anaheim",
}


@pytest.mark.clause("ATSP Ex.A")
def test_the_form_as_it_stands_changes_nothing() -> None:
    whole = table_of(STANDS, RECORD)
    assert len(whole) == 1 + 1 + 20, (
        "the header, the Administrative Contact, and the slots of both pools"
    )
    plan = look(whole)
    assert not plan.does_something
    assert not plan.faults
    assert {row.effect for row in plan.rows} == {Effect.UNCHANGED}


def test_rows_are_added_changed_removed_or_left() -> None:
    plan = look(table(("p2@r.example", "Phone Number", "55"), without="p3@r.example", more=(NEW,)))
    effects = [(row.details.email, row.effect) for row in plan.rows]
    assert effects == [
        ("p1@r.example", Effect.UNCHANGED),
        ("p2@r.example", Effect.CHANGE),
        ("p4@r.example", Effect.UNCHANGED),
        ("ines@r.example", Effect.ADD),
        ("p3@r.example", Effect.REMOVE),
    ]
    changed, added = plan.rows[1], plan.rows[3]
    assert changed.changes == {"phone number": ("", "55")}
    assert not changed.waits
    assert added.place == Place("us", 2), "the slot of the one who goes is free"
    assert added.waits


def test_two_contacts_exchange_their_slots() -> None:
    plan = look(table(("p2@r.example", "Slot", "2"), ("p3@r.example", "Slot", "1")))
    assert not plan.faults
    assert [row.place for row in plan.rows if row.effect is Effect.CHANGE] == [
        Place("us", 2),
        Place("us", 1),
    ]


@pytest.mark.clause("ATSP 2.1")
def test_contacts_beyond_the_slots_are_counted() -> None:
    more = ({**NEW, "Slot": "beyond"}, {**NEW, "Slot": "Beyond", "E-mail Address": "o@r.example"})
    assert look(table(more=more)).additions == 2


@pytest.mark.parametrize(
    ("rows", "column", "says"),
    [
        (table(more=({**NEW, "Role": "King"},)), "Role", "King is no role"),
        (table(more=({**NEW, "Name": ""},)), "Name", "name is missing"),
        (table(more=({**NEW, "E-mail Address": "x"},)), "E-mail Address", "not an e-mail"),
        (table(more=({**NEW, "Site": "Paris"},)), "Site", "not one of the reseller's sites"),
        (table(more=({**NEW, "Pool": "Mars"},)), "Pool", "no pool 'Mars'"),
        (table(more=({**NEW, "Slot": "two"},)), "Slot", "'two' is no slot"),
        (table(more=({**NEW, "Pool": "US", "Slot": "1"},)), "Slot", "Slot 1 of US is"),
        (table(more=({**NEW, "Pool": "US", "Slot": "77"},)), "Slot", "no slot 77"),
        (table(more=({**NEW, "Pool": "EMEA", "Slot": "3"},)), "Slot", "Anaheim is in US"),
        (table(("p2@r.example", "Site", "London")), "Slot", "London is in EMEA"),
        (
            table(more=({**NEW, "E-mail Address": "p2@r.example"},)),
            "E-mail Address",
            "stands in row",
        ),
        (table(more=({**NEW, "Role": "Administrative Contact"},)), "Role", "does not change"),
        (table(without="p1@r.example"), "Role", "leaves the Administrative Contact out"),
        (table(("p2@r.example", "Legato Contact Code", "C-9")), "Legato Contact Code", "says C-2"),
        (table(("p3@r.example", "Trained on", "2003-01-01")), "Trained on", "says nothing"),
        (
            table(
                more=(
                    {
                        **NEW,
                        "Role": "Escalation management contact",
                        "E-mail Address": "p2@r.example",
                    },
                )
            ),
            "Name",
            "says something else of p2",
        ),
    ],
)
@pytest.mark.clause("ATSP 5.2.1", "ATSP Ex.A")
def test_each_mistake_names_its_column_and_clause(rows: Any, column: str, says: str) -> None:
    plan = look(rows)
    faults = [fault for row in plan.rows for fault in row.faults]
    (found,) = [fault for fault in faults if says in fault.refusal.sentence]
    assert found.column == column
    assert found.refusal.clause
    assert found.refusal.way_out


def test_an_address_of_somebody_else_is_a_fault() -> None:
    plan = look(table(more=(NEW,)), taken=frozenset({"ines@r.example"}))
    assert plan.faults == 1


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (["Role", "Name"], "lacks: E-mail Address, Site"),
        (["Role", "Name", "E-mail Address", "Site", "Shoe size"], "'Shoe size' is no column"),
        (["Role", "Name", "E-mail Address", "Site", "NAME"], "Name is there twice"),
        (["1", "2"], "'1' is no column"),
    ],
)
def test_wrong_headers_are_refused(header: list[str], says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        look([header])
    assert "Legato Contact Code" in refused.value.way_out


def test_confirming_applies_exactly_the_preview() -> None:
    one, other = look(table(more=(NEW,))), look(table(more=({**NEW, "Phone Number": "1"},)))
    assert one.fingerprint == look(table(more=(NEW,))).fingerprint
    assert one.fingerprint != other.fingerprint


@given(st.lists(st.lists(st.text(max_size=12), min_size=0, max_size=14), max_size=6))
def test_no_table_breaks_the_reading(cells: list[list[str]]) -> None:
    plan = look([list(COLUMNS), *cells])
    assert all(fault.refusal.way_out for row in plan.rows for fault in row.faults)
