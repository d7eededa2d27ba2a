"""A telephone number is the same in every spelling."""

import pytest

from portal.rules.telephone import digits_of, is_whole

ROSTER = "7146932238"


@pytest.mark.parametrize(
    "typed",
    ["7146932238", "714-693-2238", "(714) 693 2238", "+1 714.693.2238", "001 714/693-2238",
     "714-693-2238 ext. 12", "714-693-2238 x5"],
)  # fmt: skip
def test_every_spelling_is_one_number(typed: str) -> None:
    assert digits_of(typed) in ROSTER
    assert is_whole(digits_of(typed))


@pytest.mark.parametrize(
    ("typed", "digits"), [("2238", "2238"), ("22", ""), ("C-4711", ""), ("tess", ""), ("", "")]
)
def test_what_is_no_whole_number_is_not_looked_for_alone(typed: str, digits: str) -> None:
    assert digits_of(typed) == digits
    assert not is_whole(digits)
