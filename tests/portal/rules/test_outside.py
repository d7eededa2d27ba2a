"""What comes from outside: texts that can be stored, JSON and TOML within bounds, numbers that are keys."""

import time
import tomllib

import pytest

from portal.rules.outside import depth_of, load_json, load_toml, number_in, storable
from tests.atsp import PROGRAMME_FILE


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        pytest.param("plain ü 😀", "plain ü 😀", id="text stays as it is"),
        pytest.param("a\0b", "a\ufffdb", id="NUL"),
        pytest.param("a\ud800b\udfff", "a\ufffdb\ufffd", id="lone surrogates"),
    ],
)
def test_what_cannot_be_stored_is_marked_and_nothing_else_is_lost(text: str, stored: str) -> None:
    assert storable(text) == stored


def test_json_is_read_and_made_storable() -> None:
    assert load_json('{"a\\u0000": ["\\ud800", 1, null]}') == {"a\ufffd": ["\ufffd", 1, None]}


@pytest.mark.parametrize(
    "text",
    ["[" * 20_000, '{"a":' * 20_000, "[" * 60 + "]" * 60, "9" * 10_000, "NaN", "{", ""],
    ids=["arrays", "objects", "sixty", "digits", "NaN", "broken", "nothing"],
)
def test_json_out_of_bounds_is_a_mistake_of_its_sender(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        load_json(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = " + "[" * 1_000, id="a thousand brackets"),
        pytest.param("a = " + "[" * 20_000 + "]" * 20_000, id="nested arrays"),
        pytest.param("\n".join(f"k{n} = {n}" for n in range(90_000)), id="90,000 keys"),
        pytest.param("a = " + "9" * 10_000, id="a number of 10,000 digits"),
        pytest.param(".".join("a" * 5_000) + " = 1", id="a key of 5,000 parts"),
        pytest.param("[" + ".".join("a" * 5_000) + "]", id="a table nested 5,000 deep"),
        pytest.param("x = '" + "y" * 600_000 + "'", id="too long"),
    ],
)
def test_toml_out_of_bounds_is_a_mistake_of_its_sender_and_costs_no_time(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(tomllib.TOMLDecodeError):
        load_toml(text)
    assert time.monotonic() - started < 2


def test_a_programme_is_far_from_the_bounds() -> None:
    text = PROGRAMME_FILE.read_text(encoding="utf-8")
    assert load_toml(text)["programme"]
    assert depth_of(text) < 10


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("007", 7),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, None),
        ("9" * 5_000, None),
        ("x", None),
    ],
)
def test_a_number_is_read_as_far_as_keys_go(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_fifty_levels_are_read_and_one_more_is_not() -> None:
    for levels, text in ((50, "[" * 50 + "]" * 50), (51, "[" * 51 + "]" * 51)):
        assert depth_of(text) == levels
    assert load_json("[" * 50 + "]" * 50)
    with pytest.raises(ValueError, match="deeper than 50"):
        load_json("[" * 51 + "]" * 51)


def test_closing_brackets_first_hide_no_depth() -> None:
    assert depth_of("]" * 100 + "[" * 60) == 60


def test_a_toml_of_very_many_short_values_is_too_large() -> None:
    text = "\n".join(f"a{n}=1" for n in range(10_001))
    assert len(text) < 500_000
    with pytest.raises(tomllib.TOMLDecodeError, match="too large"):
        load_toml(text)
