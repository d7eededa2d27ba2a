"""What a change of Exhibit A needs: places, details, waiting, fees and the minimum, without a database (ATSP 5.2.1)."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements.rules.agreement_file import ContactRole
from contracts.programmes.rules.values import Span, Unit
from contracts.roster.rules import changes as rules
from contracts.roster.rules.lines import Details, Form, Line, Place
from portal.rules.refusal import Refusal
from tests.atsp import atsp

TERMS = atsp()
LEVEL_1, LEVEL_2 = TERMS.tier("level-1"), TERMS.tier("level-2")
REGIONS = {"Anaheim": "US", "London": "EMEA"}
FEE = Decimal("1500.00")


def person(number: int = 0, site: str = "Anaheim", **changes: str) -> Details:
    values = {
        "name": f"Person {'abcdefghijklmnopqrstuvwxyz'[number % 26]}",
        "email": f"p{number}@r.example",
    }
    return Details(site=site, **(values | changes))


def held(slot: int | None, pool: str = "us", standing: ContactRole = ContactRole.TECHNICAL) -> Line:
    key = (slot or 100) + (1000 if pool != "us" else 0)
    return Line(key, key, person(key), standing, Place(pool, slot))


def form(*lines: Line, tier: object = LEVEL_2) -> Form:
    return Form(TERMS.roster, tier, REGIONS, lines)  # type: ignore[arg-type]


FULL = form(*(held(slot) for slot in range(1, 11)))


@pytest.mark.parametrize(
    ("stands", "site", "wanted", "found"),
    [
        (form(), "Anaheim", None, Place("us", 1)),
        (form(held(1), held(3)), "Anaheim", None, Place("us", 2)),
        (form(held(1)), "London", None, Place("emea", 1)),
        (form(), "Anaheim", Place("us", 10), Place("us", 10)),
        (FULL, "Anaheim", Place("us", None), Place("us", None)),
        (FULL, "London", None, Place("emea", 1)),
    ],
)
@pytest.mark.clause("ATSP page 1", "ATSP 5.2.1")
def test_a_contact_takes_the_place_asked_for_or_the_first_free_one(
    stands: Form, site: str, wanted: Place | None, found: Place
) -> None:
    assert rules.place_for(stands, site, wanted) == found


@pytest.mark.parametrize(
    ("stands", "site", "wanted", "says"),
    [
        (FULL, "Anaheim", None, "All 10 slots of US are taken"),
        (FULL, "Anaheim", Place("us", 10), "Slot 10 of US is"),
        (form(), "Anaheim", Place("us", 0), "There is no slot 0"),
        (form(), "Anaheim", Place("us", 11), "There is no slot 11"),
        (form(), "London", Place("us", 1), "London is in EMEA"),
        (form(), "Paris", None, "Paris is not one of the reseller's sites"),
        (form(), "", None, "The site is missing"),
    ],
)
@pytest.mark.clause("ATSP page 1", "ATSP 5.2.1")
def test_no_other_place_is_given(stands: Form, site: str, wanted: Place | None, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        rules.place_for(stands, site, wanted)
    assert refused.value.clause
    assert refused.value.way_out


def test_a_site_of_a_region_without_a_pool_has_no_place() -> None:
    stands = Form(TERMS.roster, LEVEL_2, {"Tokyo": "APJ"})
    with pytest.raises(Refusal, match="Tokyo is in APJ"):
        rules.place_for(stands, "Tokyo", None)


def test_a_programme_without_tiers_has_its_own_maximum_and_nothing_beyond() -> None:
    terms = type(TERMS.roster)(**{**_fields(), "maximum_technical": 3, "additions_clause": None})
    stands = Form(terms, None, REGIONS, tuple(held(slot, "") for slot in (1, 2, 3)))
    with pytest.raises(Refusal, match="All 3 slots are taken") as refused:
        rules.place_for(stands, "Anaheim", Place("", None))
    assert refused.value.way_out == "Swap a contact for another, which is free of cost."


def _fields() -> dict[str, object]:
    return {name: getattr(TERMS.roster, name) for name in TERMS.roster.__dataclass_fields__}


@given(st.lists(st.integers(1, 10), unique=True), st.integers(-2, 13))
def test_a_slot_is_given_exactly_when_it_is_there_and_free(taken: list[int], wanted: int) -> None:
    stands = form(*(held(slot) for slot in taken))
    pool = stands.pool("us")
    assert set(stands.free(pool)) | set(taken) == set(range(1, 11))
    assert not set(stands.free(pool)) & set(taken)
    try:
        place = rules.place_for(stands, "Anaheim", Place("us", wanted))
    except Refusal:
        assert wanted not in stands.free(pool)
    else:
        assert place.slot in stands.free(pool)


@pytest.mark.parametrize(
    ("before", "after", "place", "waits"),
    [
        (None, person(1), Place("us", 1), True),
        (held(1), held(1).details, Place("us", 1), False),
        (held(1), held(1).details, Place("us", 2), False),
        (held(1), held(1).details, Place("us", None), False),
        (held(1), person(1, telephone="1"), Place("us", 1), False),
        (held(1), person(1, name="Another Name"), Place("us", 1), False),
        (held(1), person(1, email="P1@R.EXAMPLE"), Place("us", 1), False),
        (held(1), person(1, email="new@r.example"), Place("us", 1), True),
        (held(1), held(1).details, Place("emea", 1), True),
    ],
)
@pytest.mark.clause("ATSP 5.2.1")
def test_new_contacts_and_permanent_changes_wait(
    before: Line | None, after: Details, place: Place, waits: bool
) -> None:
    assert rules.waits_anew(before, after, place) is waits


@pytest.mark.parametrize(
    ("beyond", "paid", "more", "owed"),
    [
        (0, 0, 1, FEE),
        (0, 0, 3, 3 * FEE),
        (0, 1, 1, Decimal(0)),
        (0, 1, 2, FEE),
        (1, 1, 1, FEE),
        (2, 1, 1, FEE),  # what stood there unpaid is not charged in arrears
        (2, 5, 3, Decimal(0)),
    ],
)
@pytest.mark.clause("ATSP 2.1", "ATSP 5.2.1")
def test_each_place_beyond_the_slots_is_paid_for_once(
    beyond: int, paid: int, more: int, owed: Decimal
) -> None:
    lines = tuple(
        Line(n, n, person(n), ContactRole.TECHNICAL, Place("us", None)) for n in range(beyond)
    )
    assert rules.addition(form(*lines), paid, FEE, "USD", more=more).amount == owed


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5))
def test_adding_one_by_one_costs_what_adding_together_costs(
    beyond: int, paid: int, more: int
) -> None:
    def stands(count: int) -> Form:
        places = (
            Line(n, n, person(n), ContactRole.TECHNICAL, Place("us", None)) for n in range(count)
        )
        return form(*places)

    together = rules.addition(stands(beyond), paid, FEE, "USD", more=more).amount
    total, places = Decimal(0), paid
    for n in range(more):
        owed = rules.addition(stands(beyond + n), places, FEE, "USD").amount
        total += owed
        places += int(owed > 0) if places >= beyond + n else beyond + n - places + int(owed > 0)
    assert together == total


def test_a_fee_of_nothing_is_still_a_fee() -> None:
    assert rules.addition(form(), 0, Decimal("0.00"), "USD").amount == 0
    with pytest.raises(Refusal, match="No fee is set"):
        rules.addition(form(), 0, None, "USD")


@pytest.mark.parametrize(
    ("standings", "short"),
    [
        ([], ("1 Technical Contact", "1 alternate")),
        (["technical"], ("1 alternate",)),
        (["alternate", "alternate"], ("1 Technical Contact",)),
        (["technical", "alternate", "management"], ()),
    ],
)
@pytest.mark.clause("ATSP 5.2.1")
def test_the_form_names_one_technical_contact_and_one_alternate(
    standings: list[str], short: tuple[str, ...]
) -> None:
    assert rules.lacking(TERMS.roster, standings) == short


def test_reminders_stand_at_each_whole_unit_before_the_end() -> None:
    day = Unit.BUSINESS_DAY
    assert rules.reminders(Span(3, day)) == (Span(1, day), Span(2, day))
    assert rules.reminders(Span(1, day)) == ()


@pytest.mark.parametrize(
    ("on", "evidence", "has_file", "field"),
    [
        (None, "x", False, "completed_on"),
        (dt.date(2003, 3, 6), "x", False, "completed_on"),
        (dt.date(2003, 3, 5), "", False, "evidence"),
    ],
)
@pytest.mark.clause("ATSP 5.2.1")
def test_training_has_a_day_and_evidence(
    on: dt.date | None, evidence: str, has_file: bool, field: str
) -> None:
    today = dt.date(2003, 3, 5)
    with pytest.raises(Refusal) as refused:
        rules.check_training(TERMS.roster, on, today, evidence, has_file=has_file)
    assert refused.value.field == field
    assert rules.check_training(TERMS.roster, today, today, "", has_file=True) == today


def test_surrounding_spaces_are_removed() -> None:
    found = rules.typed(name="  Ada \t Lindt ", email=" ADA@R.Example ", site="Anaheim")
    assert (found.name, found.email) == ("Ada Lindt", "ada@r.example")
