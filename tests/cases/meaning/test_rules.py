"""Several orders as one."""

import pytest

from cases.meaning.rules import fuse


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([[], []], []),
        ([[1, 2, 3], []], [1, 2, 3]),
        ([[], [3, 2]], [3, 2]),
        ([[1, 2], [3, 4]], [1, 3, 2, 4]),
        ([[1, 2, 3], [3, 9]], [3, 1, 2, 9]),
        ([[1, 2], [2, 1]], [1, 2]),
        ([[7, 7, 8], [8]], [8, 7]),
    ],
    ids=[
        "nothing",
        "no meaning yet",
        "no word in common",
        "the first order goes first",
        "what both have comes first",
        "alike by both",
        "named twice counts once",
    ],
)
def test_what_stands_high_in_more_orders_comes_first(
    orders: list[list[int]], expected: list[int]
) -> None:
    assert fuse(*orders) == expected


def test_only_so_many_are_kept() -> None:
    assert fuse([1, 2, 3], [3, 2, 1], most=2) == [1, 3]
