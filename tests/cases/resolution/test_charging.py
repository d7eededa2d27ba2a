"""What a case takes from the quota."""

from dataclasses import replace

import pytest

from cases.resolution.rules import Charge, case_charge
from tests.atsp import atsp


@pytest.mark.clause("ATSP 2.3", "ATSP 1.3", "D-3")
@pytest.mark.parametrize(
    ("determination", "charge", "change", "clause"),
    [
        ("known-defect", Charge.CHARGED, 0, "ATSP 2.3"),
        ("new-defect", Charge.GIVEN_BACK, +1, "ATSP 2.3"),
        ("question", Charge.CHARGED, 0, "D-3"),
        ("enhancement", Charge.CHARGED, 0, "D-3"),
        ("not-software", Charge.CHARGED, 0, "D-3"),
        ("duplicate", Charge.GIVEN_BACK, +1, "ATSP 1.3"),
    ],
)
def test_the_determination_settles_the_provisional_charge(
    determination: str, charge: Charge, change: int, clause: str
) -> None:
    settled = case_charge(atsp(), determination, before=Charge.PROVISIONAL)

    assert (settled.charge, settled.change, settled.clause) == (charge, change, clause)
    assert settled.words.endswith(".")


@pytest.mark.clause("ATSP 2.3")
def test_an_opened_case_takes_one_provisionally() -> None:
    opened = case_charge(atsp(), None)

    assert (opened.charge, opened.change, opened.clause) == (Charge.PROVISIONAL, -1, "ATSP 2.3")


@pytest.mark.clause("ATSP 1.3")
def test_a_sub_case_takes_none() -> None:
    opened = case_charge(atsp(), None, sub_case=True)

    assert (opened.charge, opened.change) == (Charge.NEVER, 0)
    assert case_charge(atsp(), "known-defect", before=Charge.NEVER, sub_case=True).change == 0


@pytest.mark.clause("ATSP 2.3")
@pytest.mark.parametrize(
    ("before", "determination", "change"),
    [
        (Charge.GIVEN_BACK, "known-defect", -1),  # determined anew: it turned out to be published
        (Charge.CHARGED, "new-defect", +1),
        (Charge.GIVEN_BACK, "duplicate", 0),
        (Charge.CHARGED, "question", 0),
    ],
)
def test_a_later_determination_changes_the_charge(
    before: Charge, determination: str, change: int
) -> None:
    assert case_charge(atsp(), determination, before=before).change == change


@pytest.mark.clause("ATSP 1.3")
@pytest.mark.parametrize("determination", [None, "known-defect", "new-defect"])
def test_a_reopened_case_is_not_charged_twice(determination: str | None) -> None:
    before = case_charge(atsp(), determination).charge

    assert case_charge(atsp(), determination, before=before).change == 0


@pytest.mark.clause("D-3")
def test_the_charge_is_a_term_of_the_programme() -> None:
    questions_free = replace(
        atsp(),
        determinations=tuple(
            replace(term, charged=False) if term.code == "question" else term
            for term in atsp().determinations
        ),
    )

    settled = case_charge(questions_free, "question", before=Charge.PROVISIONAL)

    assert settled.charge is Charge.GIVEN_BACK


def test_an_unknown_determination_is_an_error() -> None:
    with pytest.raises(KeyError, match="no determination 'magic'"):
        case_charge(atsp(), "magic")


def test_the_charges_that_count_take_a_case() -> None:
    assert [charge for charge in Charge if charge.counts] == [Charge.PROVISIONAL, Charge.CHARGED]
    assert [charge.label for charge in Charge] == [
        "charged provisionally",
        "charged",
        "given back",
        "not charged",
    ]
