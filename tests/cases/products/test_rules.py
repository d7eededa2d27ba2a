"""Supported releases, and the limitations of support."""

import pytest

from cases.products.rules import Limitation, Release, limitations, parse_release, supported_lines
from tests.atsp import atsp

PUBLISHED = tuple(parse_release(text) for text in ["6.0.0", "6.0.2", "6.1.0", "6.1.3", "5.5.9"])


@pytest.mark.clause("ATSP 1.13", "ATSP 1.13.1", "ATSP 1.13.2", "ATSP 1.13.3")
@pytest.mark.parametrize(
    ("text", "release"),
    [("6.1.3", Release(6, 1, 3)), (" 6.1 ", Release(6, 1, 0)), ("10.02.1", Release(10, 2, 1))],
)
def test_a_release_is_read_as_major_minor_and_bug_fix(text: str, release: Release) -> None:
    assert parse_release(text) == release


@pytest.mark.parametrize("text", ["", "6", "6.1.3.4", "vv6.1", "6.1b", "6,1", "٦.١", "banana"])
def test_anything_else_is_no_release(text: str) -> None:
    with pytest.raises(ValueError, match=r"X\.yy\.z"):
        parse_release(text)


@pytest.mark.clause("ATSP 1.13.1", "ATSP 1.13.2", "ATSP 1.16", "ATSP 4.3", "ATSP 4.8")
@pytest.mark.parametrize(
    ("name", "release", "words"),
    [
        ("the current Release", "6.1.3", ""),
        ("an earlier bug-fix of the current one", "6.1.0", ""),
        ("the prior minor Release", "6.0.2", ""),
        ("the prior minor Release without its bug-fix", "6.0", ""),
        ("older", "5.5.9", "supported are 6.1 and 6.0"),
        ("between", "5.9.0", "neither current nor the prior"),
        ("not published", "6.1.4", "the newest of its line is 6.1.3"),
        ("not published yet", "7.0.0", "neither current nor the prior"),
        ("not a Release", "latest", "not a Release of the form"),
    ],
)
def test_support_goes_by_the_current_and_the_prior_minor_release(
    name: str, release: str, words: str
) -> None:
    flags = limitations(release, PUBLISHED)

    if not words:
        assert flags == ()
        return
    (flag,) = flags
    assert flag.limitation is Limitation.RELEASE
    assert (flag.clause, flag.limitation.value) == ("ATSP 4.8", "unsupported-release")
    assert words in flag.words


@pytest.mark.clause("ATSP 1.13.2", "ATSP 1.13.3", "ATSP 4.3")
@pytest.mark.parametrize(
    ("published", "lines"),
    [
        (["6.0.0", "6.1.0", "7.0.0"], ((7, 0), (6, 1))),  # the prior minor of an earlier major
        (["6.2.0", "6.10.0", "6.9.1"], ((6, 10), (6, 9))),
        (["6.0.0", "6.0.5"], ((6, 0),)),
        ([], ()),
    ],
)
def test_at_most_two_minor_releases_are_supported(
    published: list[str], lines: tuple[tuple[int, int], ...]
) -> None:
    assert supported_lines(parse_release(text) for text in published) == lines


def test_a_product_without_published_releases_flags_none() -> None:
    assert limitations("6.1.3", []) == ()


@pytest.mark.clause("ATSP 4.8")
def test_each_limitation_is_flagged_in_the_order_of_the_clause() -> None:
    flags = limitations(
        "5.0.0", PUBLISHED, modified=True, platform_supported=False, caused_otherwise=True
    )

    assert [flag.limitation.value for flag in flags] == [
        "modified-software",
        "unsupported-release",
        "misuse",
        "unsupported-platform",
    ]
    assert all(flag.words.endswith(".") for flag in flags)


@pytest.mark.clause("ATSP 4.8")
def test_a_platform_that_is_not_known_is_no_limitation() -> None:
    assert limitations("6.1.3", PUBLISHED, platform_supported=None) == ()


@pytest.mark.clause("ATSP 4.8")
def test_the_limitations_are_those_of_the_programme() -> None:
    assert [term.code for term in atsp().limitations] == [each.value for each in Limitation]
