"""Double entry: what is taken from a place is put to another, and the places of a pool sum to zero."""

import random

import pytest

from contracts.prepaid.rules.ledger import (
    OverdrawnError,
    Place,
    Pool,
    highest_passed,
    share_passed,
    source_of_a_case,
    to_cover,
    way_back,
)

SHARES = (50, 75, 90, 100)


@pytest.mark.clause("ATSP 2.3")
@pytest.mark.parametrize(
    ("before", "way", "after"),
    [
        (Pool(), (Place.PROVIDER, Place.AVAILABLE), Pool(granted=1)),
        (Pool(5), (Place.AVAILABLE, Place.PROVISIONAL), Pool(5, reserved=1)),
        (Pool(5, 1), (Place.PROVISIONAL, Place.CHARGED), Pool(5, 0, 1)),
        (Pool(5, 1), (Place.PROVISIONAL, Place.AVAILABLE), Pool(5)),
        (Pool(5, 0, 5), (Place.OVER, Place.PROVISIONAL), Pool(5, 1, 5, over=1)),
        (Pool(5, 1, 5, 1), (Place.PROVISIONAL, Place.OVER), Pool(5, 0, 5)),
        (Pool(6, 0, 6, 1), (Place.AVAILABLE, Place.OVER), Pool(6, 0, 6)),
    ],
    ids=["granted", "taken", "charged", "given back", "over quota", "back over quota", "made good"],
)
def test_a_case_goes_from_a_place_to_another(
    before: Pool, way: tuple[Place, Place], after: Pool
) -> None:
    assert before.after(*way) == after


@pytest.mark.parametrize(
    ("pool", "way"),
    [
        (Pool(5, 5), (Place.AVAILABLE, Place.PROVISIONAL)),
        (Pool(5), (Place.PROVISIONAL, Place.CHARGED)),
        (Pool(5), (Place.CHARGED, Place.AVAILABLE)),
        (Pool(5), (Place.AVAILABLE, Place.OVER)),
        (Pool(5, 3), (Place.AVAILABLE, Place.PROVIDER)),
    ],
)
def test_no_place_falls_below_zero(pool: Pool, way: tuple[Place, Place]) -> None:
    with pytest.raises(OverdrawnError):
        pool.after(*way, cases=3)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_moves_the_places_sum_to_zero(seed: int) -> None:
    chance, pool = random.Random(seed), Pool()
    for _ in range(200):
        source, target = chance.sample(list(Place), 2)
        try:
            pool = pool.after(source, target, chance.randint(1, 4))
        except OverdrawnError:
            continue
        outside = pool.granted + pool.over
        assert pool.available + pool.reserved + pool.charged == outside
        assert min(pool.granted, pool.over, pool.available, pool.reserved, pool.charged) >= 0


def test_a_case_is_taken_from_what_is_available_first_and_goes_back_to_over_quota_first() -> None:
    assert source_of_a_case(Pool(2, 1)) is Place.AVAILABLE
    assert source_of_a_case(Pool(2, 2)) is Place.OVER
    assert way_back(Pool(2, 3, 0, 1)) is Place.OVER
    assert way_back(Pool(2, 2)) is Place.AVAILABLE


@pytest.mark.clause("D-47")
def test_new_cases_make_good_what_stands_over_quota() -> None:
    assert to_cover(Pool(12, 0, 12, 2)) == 2
    assert to_cover(Pool(11, 0, 13, 3)) == 1
    assert to_cover(Pool(12, 0, 10)) == 0


@pytest.mark.clause("ATSP page 1, 2.a", "D-47")
@pytest.mark.parametrize(
    ("pool", "spent"),
    [
        (Pool(2, 0, 2), True),
        (Pool(2, 0, 3, 1), True),
        (Pool(2, 1, 1), False),
        (Pool(2, 0, 1), False),
    ],
    ids=["all charged", "one over quota too", "one provisional", "one left"],
)
def test_cases_are_expended_when_all_are_charged(pool: Pool, spent: bool) -> None:
    assert pool.is_spent is spent


@pytest.mark.parametrize(
    ("taken", "told", "share"),
    [
        (49, 0, None),
        (50, 0, 50),
        (51, 50, None),
        (74, 50, None),
        (75, 50, 75),
        (95, 0, 90),
        (100, 90, 100),
        (101, 100, None),
    ],
)
def test_a_share_is_told_when_it_is_reached_and_the_highest_only(
    taken: int, told: int, share: int | None
) -> None:
    assert share_passed(Pool(100, taken, 0, max(taken - 100, 0)), SHARES, told) == share


def test_a_pool_to_which_nothing_was_granted_passes_no_share() -> None:
    assert highest_passed(Pool(), SHARES) == 0
    assert highest_passed(Pool(10, 9), ()) == 0
