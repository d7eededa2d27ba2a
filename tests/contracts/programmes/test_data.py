"""A programme as data: stored and read back without loss, fingerprinted, told apart."""

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.programmes.rules.programme_file import (
    Change,
    ProgrammeFileError,
    diff,
    digest,
    dump,
    load,
    parse,
)
from contracts.programmes.rules.terms import Band, Clause, Programme, QuotaPool, Region, Span, Unit
from tests.contracts.programmes.published import SMALL, atsp, atsp_text


def small() -> Programme:
    return parse(SMALL, name="small.toml")


def with_tier_fee(programme: Programme, code: str, fee: str) -> Programme:
    tiers = tuple(
        replace(tier, fee=Decimal(fee)) if tier.code == code else tier for tier in programme.tiers
    )
    return replace(programme, tiers=tiers)


@pytest.mark.parametrize("programme", [atsp(), small()], ids=["whole", "small"])
def test_a_programme_survives_the_database_without_loss(programme: Programme) -> None:
    stored = json.loads(json.dumps(dump(programme)))
    assert load(stored) == programme
    assert dump(load(stored)) == stored
    assert digest(load(stored)) == digest(programme)


def test_data_has_the_shape_of_the_file() -> None:
    data = dump(atsp())
    assert data["programme"]["code"] == "atsp-2002"
    assert data["tier"][1]["pool"][0]["regions"] == ["US"]
    assert data["tier"][0]["fee"] == "24000.00"
    assert data["severity"][1]["first_response"] == "1 business hour"
    assert data["business_day"]["weekdays"][0] == "Monday"
    assert data["scorecard"]["measure"][0]["bands"][1] == {"least": 5, "most": 9, "points": "1.5"}
    assert "to_severity" not in data["information_clock"][2]
    assert "scorecard" not in dump(small())


def test_data_that_cannot_be_read_is_refused_with_its_entry() -> None:
    data = dump(small())
    del data["roster"]["due_within"]
    with pytest.raises(
        ProgrammeFileError, match=r"stored programme: roster\.due_within is missing"
    ):
        load(data)


def test_a_stored_version_stays_readable_when_checks_grow() -> None:
    data = dump(small())
    data["severity"][0]["level"] = 3  # a file may not begin at 3; what was published once is loaded
    assert load(data).severities[0].level == 3


def test_equal_terms_have_equal_digests_however_they_are_written() -> None:
    hours = 'opens = "08:00"\ncloses = "17:00"\n'
    turned = SMALL.replace(hours, 'closes = "17:00" # a comment\nopens = "08:00"\n')
    assert turned != SMALL
    assert digest(parse(turned, name="x")) == digest(small())
    points = atsp_text().replace('points = "1.5"', 'points = "1.50"')
    assert parse(points, name="x") == atsp()
    assert digest(parse(points, name="x")) == digest(atsp())


def test_any_changed_term_changes_the_digest() -> None:
    changed = with_tier_fee(atsp(), "level-1", "24000.01")
    assert digest(changed) != digest(atsp())
    assert len(digest(atsp())) == 64


def test_the_same_terms_do_not_differ() -> None:
    assert diff(atsp(), atsp()) == []


def test_a_changed_fee_is_one_change_at_its_entry() -> None:
    assert diff(atsp(), with_tier_fee(atsp(), "level-2", "85000.00")) == [
        Change("tier[level-2].fee", "80000.00", "85000.00")
    ]


def test_an_entry_put_in_between_changes_nothing_else() -> None:
    first, second = atsp().regions
    more = replace(atsp(), regions=(first, Region("APJ", "Asia Pacific and Japan"), second))
    assert diff(atsp(), more) == [
        Change("region[APJ].code", None, "APJ"),
        Change("region[APJ].name", None, "Asia Pacific and Japan"),
    ]
    assert diff(more, atsp()) == [
        Change("region[APJ].code", "APJ", None),
        Change("region[APJ].name", "Asia Pacific and Japan", None),
    ]


def test_a_changed_order_is_a_change() -> None:
    turned = replace(atsp(), regions=atsp().regions[::-1])
    assert diff(atsp(), turned) == [Change("order of region", "US, EMEA", "EMEA, US")]


def test_a_removed_section_is_listed_term_by_term() -> None:
    changes = diff(atsp(), replace(atsp(), scorecard=None))
    assert {change.after for change in changes} == {None}
    assert {change.path.removeprefix("order of ").split(".")[0] for change in changes} == {
        "scorecard"
    }


def test_true_and_false_read_as_in_the_file() -> None:
    severities = (replace(small().severities[0], by_telephone_only=False),)
    assert diff(small(), replace(small(), severities=severities)) == [
        Change("severity[1].by_telephone_only", "true", "false")
    ]


def parts_of(value: Any) -> list[Any]:
    """A value and all that it is made of."""
    found = [value]
    if is_dataclass(value):
        for item in fields(value):
            found += parts_of(getattr(value, item.name))
    elif isinstance(value, tuple):
        for item in value:
            found += parts_of(item)
    return found


def test_every_entry_names_a_clause_that_the_programme_has() -> None:
    known = {clause.id for clause in atsp().clauses}
    without = {Programme, Region, QuotaPool, Band, Clause, Span}
    entries = [part for part in parts_of(atsp()) if is_dataclass(part)]
    assert {type(entry) for entry in entries if not hasattr(entry, "clause")} == without - {
        Programme
    }
    named = [entry.clause for entry in entries if type(entry) not in without]
    assert len(named) > 90
    assert known.issuperset(named)


def test_nothing_in_a_programme_can_be_changed() -> None:
    parts = parts_of(atsp())
    assert not any(isinstance(part, list | dict | set) for part in parts)
    for part in parts:
        if is_dataclass(part):
            name = fields(part)[0].name
            with pytest.raises((FrozenInstanceError, TypeError)):
                setattr(part, name, None)
    assert hash(atsp()) == hash(load(dump(atsp())))


@given(st.integers(1, 999_999), st.sampled_from(list(Unit)))
def test_a_span_reads_back_from_its_words(amount: int, unit: Unit) -> None:
    assert Span.parse(str(Span(amount, unit))) == Span(amount, unit)


@pytest.mark.parametrize(
    "text", ["", "1", "hour", "1hour", "1  hour", "-1 hour", "1.5 hours", "1 business week", "1 ms"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a span of time"):
        Span.parse(text)


@pytest.mark.parametrize("unit", [Unit.WEEK, Unit.MONTH, Unit.BUSINESS_HOUR])
def test_a_span_without_fixed_length_has_none(unit: Unit) -> None:
    with pytest.raises(ValueError, match="has no fixed length"):
        _ = Span(1, unit).length
